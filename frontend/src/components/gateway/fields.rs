//! The text boxes of the tab, and what is said below a form.

use crate::{
    components::field::{Kind, TextField},
    state::gateway::{FormName, Gateway, GatewayAction, Input},
};
use yew::{Callback, Html, html};

/// A text box; `form`: whose problem is shown at it.
pub(super) fn text_box(
    tab: &Gateway,
    act: &Callback<GatewayAction>,
    input: Input,
    form: Option<FormName>,
    hint: Option<&'static str>,
) -> Html {
    let (id, label, kind, value) = match input {
        Input::Device => (FormName::Connect.field_id(), "Device name", Kind::Line, &tab.device),
        Input::Profile => ("gateway-profile", "Device profile", Kind::Line, &tab.profile),
        Input::Telemetry => {
            (FormName::Telemetry.field_id(), "Telemetry", Kind::Lines(3), &tab.telemetry.json)
        }
        Input::Attributes => {
            (FormName::Attributes.field_id(), "Client attributes", Kind::Lines(2), &tab.attributes)
        }
        Input::Keys => (FormName::Request.field_id(), "Attribute keys", Kind::Line, &tab.keys),
        Input::Reply => (FormName::Reply.field_id(), "Reply", Kind::Lines(2), &tab.calls.reply),
        Input::Duration => (FormName::Claim.field_id(), "Duration", Kind::Number, &tab.duration),
        Input::Secret => return Html::default(),
    };
    TextField {
        id,
        label,
        kind,
        hint,
        value,
        problem: form.and_then(|form| tab.problem(form)),
        on_input: act.reform(move |text| GatewayAction::Typed(input, text)),
        ..TextField::default()
    }
    .view()
}

/// What came of the last press of the form's button.
pub(super) fn notice(tab: &Gateway, form: FormName) -> Html {
    html! { <p class="form__notice" aria-live="polite">{ tab.notice(form).map(str::to_owned) }</p> }
}
