//! The form `Connection`: where to, as whom, trusting whom.

use super::{
    certificate_field::certificate_field,
    field::{Kind, TextField},
    select::select,
    token_field::token_field,
};
use crate::{
    hooks::Verbs,
    state::{
        OfferState, State,
        action::FormAction,
        connection::Phase,
        form::{Field, Form, TrustChoice},
    },
};
use shared::{credentials::Credentials, wire::MqttVersion};
use yew::{Callback, Html, SubmitEvent, classes, html};

pub fn connection_form(state: &State, verbs: &Verbs) -> Html {
    let (form, act) = (&state.form, &verbs.edit_form);
    let on_submit = verbs.connect.reform(|event: SubmitEvent| event.prevent_default());
    let idle = state.phase.is_idle();
    let leaving = state.phase.session().is_some_and(|session| session.leaving);
    html! {
        <form class="form connection" aria-label="Connection" onsubmit={on_submit} novalidate={true}>
            { offer_problem(&state.offer) }
            if state.offer.has_demo() {
                <div class="demo">
                    <p>{ "No ThingsBoard at hand?" }</p>
                    <button type="button" class="button" onclick={verbs.use_demo_device.reform(|_| ())}>
                        { "Use the demo device" }
                    </button>
                </div>
            }
            <div class="connection__address">
                { line(form, act, Field::Host, "Host", Kind::Line) }
                { line(form, act, Field::Port, "Port", Kind::Number) }
            </div>
            { token_field(form, act) }
            <div class="connection__choices">
                { select(
                    "connection-trust",
                    "Trust",
                    &TrustChoice::ALL.map(|choice| (choice.key(), choice.label())),
                    form.trust.key(),
                    &act.reform(|key: String| FormAction::TrustChosen(TrustChoice::from_key(&key))),
                ) }
                { version(state, act) }
            </div>
            { certificate_field(form, act) }
            { still_connected(state) }
            <p class="form__notice" aria-live="polite">{ form.notice.clone() }</p>
            <div class="form__buttons">
                <button type="submit" class={main_button(idle)} aria-disabled={disabled(!idle)}>{ "Connect" }</button>
                <button
                    type="button"
                    class={if idle { "button" } else { "button button--strong" }}
                    aria-disabled={disabled(idle)}
                    onclick={verbs.disconnect.reform(|_| ())}
                >
                    { if leaving { "Disconnecting …" } else { "Disconnect" } }
                </button>
                <button type="button" class="button form__wide" onclick={verbs.run_example.reform(|_| ())}>
                    { "Run the example" }
                </button>
            </div>
        </form>
    }
}

fn main_button(idle: bool) -> yew::Classes {
    classes!("button", idle.then_some("button--main"))
}

/// The buttons stay reachable: pressed in vain, they say why.
fn disabled(yes: bool) -> Option<&'static str> {
    yes.then_some("true")
}

fn offer_problem(offer: &OfferState) -> Html {
    match offer {
        OfferState::Failed(sentence) => html! { <p class="notice notice--bad">{ sentence }</p> },
        OfferState::Asked | OfferState::Known(_) => Html::default(),
    }
}

fn line(form: &Form, act: &Callback<FormAction>, field: Field, label: &'static str, kind: Kind) -> Html {
    TextField {
        id: field.id(),
        label,
        kind,
        value: if field == Field::Host { &form.host } else { &form.port },
        problem: form.problem(field),
        on_input: act.reform(move |text| FormAction::Typed(field, text)),
        ..TextField::default()
    }
    .view()
}

fn version(state: &State, act: &Callback<FormAction>) -> Html {
    let offered = state.offer.known().map_or(&[MqttVersion::V3_1_1][..], |offer| &offer.mqtt_versions);
    let newest_first = [MqttVersion::V5, MqttVersion::V3_1_1];
    let choices: Vec<_> = newest_first
        .into_iter()
        .filter(|version| offered.contains(version))
        .map(|version| (version_text(version), version_text(version)))
        .collect();
    let chosen = act.reform(move |text: String| {
        let version = newest_first.into_iter().find(|version| version_text(*version) == text);
        FormAction::VersionChosen(version.unwrap_or_default())
    });
    let selected = version_text(state.form.version(offered));
    select("connection-version", "MQTT version", &choices, selected, &chosen)
}

fn version_text(version: MqttVersion) -> &'static str {
    match version {
        MqttVersion::V3_1_1 => "3.1.1",
        MqttVersion::V5 => "5",
    }
}

/// Said above the buttons while the form says something else than the open connection.
fn still_connected(state: &State) -> Html {
    let Some(session) = state.phase.session().filter(|_| changed(state)) else { return Html::default() };
    html! {
        <p class="form__notice" aria-live="polite">
            { format!("You are still connected to {}. Disconnect first to use these settings; Run the example runs on the open connection.", session.dial.endpoint) }
        </p>
    }
}

/// Whether host, port or token are no longer those of the open connection.
fn changed(state: &State) -> bool {
    match &state.phase {
        Phase::Connected(session) => {
            let endpoint = &session.dial.endpoint;
            let Credentials::AccessToken(token) = &session.dial.credentials;
            !state.form.host.eq_ignore_ascii_case(endpoint.host.as_str())
                || state.form.port != endpoint.port.to_string()
                || state.form.token.expose() != token.expose()
        }
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Reconnecting(_) | Phase::Failed(_) => {
            false
        }
    }
}
