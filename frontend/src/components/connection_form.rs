//! The form `Connection`: where to, as whom, trusting whom.

mod advanced;

use super::{
    certificate_field::certificate_field,
    field::{Kind, TextField},
    select::select,
    token_field::token_field,
};
use crate::{
    hooks::Verbs,
    parts,
    state::{
        OfferState, State,
        action::FormAction,
        connection::Phase,
        form::{CredentialsKind, Field, Form, TrustChoice},
    },
};
use advanced::{advanced, login};
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
            { line_field(form, act) }
            <div class="connection__address">
                { line(form, act, Field::Host, "Host", Kind::Line) }
                { line(form, act, Field::Port, "Port", Kind::Number) }
            </div>
            { targets(state) }
            { match form.advanced.kind {
                CredentialsKind::AccessToken => token_field(form, act),
                CredentialsKind::Basic => login(form, act),
            } }
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
            { advanced(form, chosen_version(state), act) }
            { parts::session().map_or_else(Html::default, |part| (part.still_connected)(state)) }
            <p class="form__notice" aria-live="polite">{ form.notice.clone() }</p>
            <div class="form__buttons">
                <button type="submit" id="connection-connect" class={main_button(idle)} aria-disabled={disabled(!idle)}>{ "Connect" }</button>
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

/// The servers that may be reached, where only those may be.
fn targets(state: &State) -> Html {
    let targets = state.offer.known().map_or(&[][..], |offer| &offer.targets);
    if targets.is_empty() {
        return Html::default();
    }
    let mut list: Vec<String> = targets.iter().map(ToString::to_string).collect();
    list.extend(state.offer.has_demo().then(|| "the demo".to_owned()));
    html! { <p class="field__hint">{ format!("This console connects only to: {}.", list.join(", ")) }</p> }
}

/// The text box for what ThingsBoard shows under Check connectivity.
fn line_field(form: &Form, act: &Callback<FormAction>) -> Html {
    html! {
        <div class="field">
            <button
                type="button"
                class="button button--link"
                aria-expanded={form.line_open.to_string()}
                onclick={act.reform(|_| FormAction::ToggleLine)}
            >
                { if form.line_open { "Close the box for a line" } else { "Paste what ThingsBoard shows" } }
            </button>
            if form.line_open {
                { TextField {
                    id: Field::Line.id(),
                    label: "Line from Check connectivity",
                    kind: Kind::Lines(4),
                    hint: Some("mosquitto_pub, curl or coap-client: fills this form and the publish bar, runs nothing"),
                    value: form.line.expose(),
                    problem: form.problem(Field::Line),
                    on_input: act.reform(|text| FormAction::Typed(Field::Line, text)),
                    ..TextField::default()
                }.view() }
                <button type="button" class="button button--small" onclick={act.reform(|_| FormAction::ReadLine)}>
                    { "Fill in" }
                </button>
            }
        </div>
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
    let offered = offered(state);
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
    let selected = version_text(chosen_version(state));
    select("connection-version", "MQTT version", &choices, selected, &chosen)
}

fn offered(state: &State) -> &[MqttVersion] {
    state.offer.known().map_or(&[MqttVersion::V3_1_1], |offer| &offer.mqtt_versions)
}

fn chosen_version(state: &State) -> MqttVersion {
    state.form.version(offered(state))
}

pub(super) fn version_text(version: MqttVersion) -> &'static str {
    match version {
        MqttVersion::V3_1_1 => "3.1.1",
        MqttVersion::V5 => "5",
    }
}

/// Said above the buttons while the form says something else than the open connection.
pub(crate) fn still_connected(state: &State) -> Html {
    let Some(session) = state.phase.session().filter(|_| changed(state)) else { return Html::default() };
    html! {
        <p class="form__notice" aria-live="polite">
            { format!("You are still connected to {}. Disconnect first to use these settings; Run the example runs on the open connection.", session.dial.endpoint) }
        </p>
    }
}

/// Whether host, port, credentials or options are no longer those of the open connection.
fn changed(state: &State) -> bool {
    match &state.phase {
        // Its credentials are not the form's.
        Phase::Connected(session) if session.dial.credentials == Credentials::Provisioning => false,
        Phase::Connected(session) => {
            let endpoint = &session.dial.endpoint;
            !state.form.host.eq_ignore_ascii_case(endpoint.host.as_str())
                || state.form.port != endpoint.port.to_string()
                || state.form.credentials().ok().as_ref() != Some(&session.dial.credentials)
                || state.form.advanced.options(chosen_version(state)).ok().as_ref()
                    != Some(&session.dial.options)
        }
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Reconnecting(_) | Phase::Failed(_) => {
            false
        }
    }
}
