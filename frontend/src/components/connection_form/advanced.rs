//! The part `Advanced` of the form `Connection`.

use crate::{
    components::{
        field::{Kind, TextField, check},
        raw_mqtt::qos_select,
        select::select,
    },
    state::{
        action::FormAction,
        form::{AdvancedAction, CredentialsKind, Field, Form},
    },
};
use shared::wire::MqttVersion;
use web_sys::MouseEvent;
use yew::{Callback, Html, html};

const BODY_ID: &str = "connection-advanced";

/// `version`: what the form connects with.
pub(super) fn advanced(form: &Form, version: MqttVersion, act: &Callback<FormAction>) -> Html {
    let set = act.reform(FormAction::Advanced);
    // The page itself opens it where a problem is.
    let on_toggle = set.reform(|event: MouseEvent| {
        event.prevent_default();
        AdvancedAction::Toggle
    });
    let advanced = &form.advanced;
    let v5 = version == MqttVersion::V5;
    html! {
        <details class="advanced" aria-label="Advanced" open={advanced.is_open}>
            <summary class="advanced__summary" onclick={on_toggle}>{ "Advanced" }</summary>
            <div class="advanced__body" id={BODY_ID}>
                { select(
                    "connection-credentials",
                    "Credentials",
                    &CredentialsKind::ALL.map(|kind| (kind.key(), kind.label())),
                    advanced.kind.key(),
                    &set.reform(|key: String| AdvancedAction::KindChosen(CredentialsKind::from_key(&key))),
                ) }
                <div class="advanced__pair">
                    { line(form, act, Field::KeepAlive, "Keep-alive", Some("seconds, 10 to 300")) }
                    if v5 {
                        { line(form, act, Field::SessionExpiry, "Session expiry", Some("seconds")) }
                    }
                </div>
                { line(form, act, Field::ClientId, "Client id", Some("empty: the server chooses one")) }
                { check(
                    if v5 { "Clean start" } else { "Clean session" },
                    advanced.clean_start,
                    &set.reform(AdvancedAction::CleanStartChosen),
                ) }
                <p class="field__hint">
                    { "ThingsBoard keeps no sessions: what is sent while the device is away is lost, whatever is chosen here." }
                </p>
                { will(form, act) }
            </div>
        </details>
    }
}

fn will(form: &Form, act: &Callback<FormAction>) -> Html {
    let set = act.reform(FormAction::Advanced);
    html! {
        <fieldset class="advanced__will">
            <legend class="field__label">{ "Last will" }</legend>
            <p class="field__hint">
                { "What the server publishes when the connection breaks. ThingsBoard ignores it, except for Sparkplug." }
            </p>
            { line(form, act, Field::WillTopic, "Will topic", Some("empty: no last will")) }
            { line(form, act, Field::WillPayload, "Will payload", None) }
            <div class="advanced__pair">
                { qos_select("connection-will-qos", form.advanced.will_qos, &set.reform(AdvancedAction::WillQosChosen)) }
                { check("Retain", form.advanced.will_retain, &set.reform(AdvancedAction::WillRetainChosen)) }
            </div>
        </fieldset>
    }
}

/// User name and password, which stand where the token stands.
pub(super) fn login(form: &Form, act: &Callback<FormAction>) -> Html {
    html! {
        <>
            { line(form, act, Field::UserName, "User name", None) }
            { line(form, act, Field::Password, "Password", None) }
        </>
    }
}

fn line(
    form: &Form,
    act: &Callback<FormAction>,
    field: Field,
    label: &'static str,
    hint: Option<&'static str>,
) -> Html {
    let advanced = &form.advanced;
    let (value, kind) = match field {
        Field::UserName => (advanced.user_name.expose(), Kind::Line),
        Field::Password => (advanced.password.expose(), Kind::Secret),
        Field::ClientId => (advanced.client_id.as_str(), Kind::Line),
        Field::KeepAlive => (advanced.keep_alive.as_str(), Kind::Number),
        Field::SessionExpiry => (advanced.session_expiry.as_str(), Kind::Number),
        Field::WillTopic => (advanced.will_topic.as_str(), Kind::Line),
        Field::WillPayload => (advanced.will_payload.as_str(), Kind::Lines(2)),
        Field::Host | Field::Port | Field::Token | Field::Certificate | Field::Pasted | Field::Line => {
            return Html::default();
        }
    };
    TextField {
        id: field.id(),
        label,
        kind,
        hint,
        value,
        problem: form.problem(field),
        on_input: act.reform(move |text| FormAction::Typed(field, text)),
        ..TextField::default()
    }
    .view()
}
