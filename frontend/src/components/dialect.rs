//! In which topics and which payload format a tab speaks: two selects, the same above `Telemetry`, `Attributes`
//! and `RPC`. Knows nothing of what is published.

use super::field::{described_by, hint_line};
use crate::{
    hooks::SessionHandle,
    state::dialect::{DialectAction, PayloadFormat},
};
use shared::thingsboard::topic::Flavour;
use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// `id_prefix`: tells the ids of one tab from those of the next, such as `telemetry`.
pub fn dialect(SessionHandle { state, verbs }: &SessionHandle, id_prefix: &'static str) -> Html {
    let (now, act) = (state.dialect, &verbs.dialect);
    let topics = Flavour::ALL.map(|flavour| (flavour_text(flavour), flavour == now.flavour));
    let forced = now.forced();
    let formats: Vec<_> = PayloadFormat::ALL
        .into_iter()
        .filter(|format| forced.is_none_or(|forced| forced == *format))
        .map(|format| (format.label(), format == now.format()))
        .collect();
    let on_topics = act.reform(|chosen: String| {
        let flavour = Flavour::ALL.into_iter().find(|flavour| flavour_text(*flavour) == chosen);
        DialectAction::FlavourChosen(flavour.unwrap_or(Flavour::V1))
    });
    let on_format = act.reform(|chosen: String| {
        let format = PayloadFormat::ALL.into_iter().find(|format| format.label() == chosen);
        DialectAction::ProfileChosen(format.unwrap_or_default())
    });
    html! {
        <div class="dialect">
            { choice(&format!("{id_prefix}-topics"), "Topics", &topics, None, &on_topics) }
            { choice(&format!("{id_prefix}-format"), "Payload format", &formats, Some(now.hint()), &on_format) }
        </div>
    }
}

/// Where the topics name the format there is one choice left, and the hint says why.
fn choice(
    id: &str,
    label: &'static str,
    options: &[(&'static str, bool)],
    hint: Option<&'static str>,
    on_choose: &Callback<String>,
) -> Html {
    let on_change =
        on_choose.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <div class="field">
            <label class="field__label" for={id.to_owned()}>{ label }</label>
            <select
                class="input"
                id={id.to_owned()}
                aria-describedby={described_by(id, hint.is_some(), false)}
                onchange={on_change}
            >
                for (text, selected) in options {
                    <option key={*text} value={*text} selected={*selected}>{ text }</option>
                }
            </select>
            { hint_line(id, hint) }
        </div>
    }
}

fn flavour_text(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => "v1",
        Flavour::V2 => "v2 short",
        Flavour::V2Json => "v2 short, JSON",
        Flavour::V2Protobuf => "v2 short, Protobuf",
    }
}
