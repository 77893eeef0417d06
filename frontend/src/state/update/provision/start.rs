//! The person begins an exchange, or gives it up.

use super::exchange::{CONNECT, open};
use crate::state::{
    Effect, Now, State,
    action::SideEffect,
    form::{Certificates, Field, Form, TrustChoice},
    provision::{ANSWER_ID, Exchange, PATIENCE_MS, Running, Step},
};
use shared::{
    credentials::Credentials,
    endpoint::{Endpoint, Host, parse_port},
    wire::{Connect, MqttVersion, SessionOptions, Trust},
};

/// The person pressed Provision.
pub(super) fn start(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    if matches!(state.provision.exchange, Exchange::Running(_)) {
        state.provision.request.notice =
            Some("A request is under way: wait for its answer, or cancel it.".to_owned());
        return;
    }
    state.provision.request.problem = None;
    state.provision.request.notice = None;
    let request = match state.provision.request.check() {
        Ok(request) => request,
        Err((slot, sentence)) => {
            effects.push(Effect::Focus(slot.id()));
            state.provision.request.problem = Some((slot, sentence));
            return;
        }
    };
    let (endpoint, trust) = match server(&state.form) {
        Ok(server) => server,
        Err((field, sentence)) => {
            effects.push(Effect::Focus(field.id()));
            state.provision.request.notice =
                Some(format!("The server is taken from the connection form. {sentence}"));
            return;
        }
    };
    let offered = state.offer.known().map_or(&[MqttVersion::V3_1_1][..], |offer| &offer.mqtt_versions);
    let first = Connect {
        id: CONNECT,
        endpoint,
        trust,
        credentials: Credentials::Provisioning,
        mqtt_version: state.form.version(offered),
        options: SessionOptions::default(),
    };
    state.note(now, format!("Provisioning: connecting to {} beside the device's session.", first.endpoint));
    let running = Running {
        socket: 0,
        first: first.into(),
        request,
        step: Step::Connect,
        until_ms: now.unix_ms() + PATIENCE_MS,
    };
    open(state, running, effects);
    effects.push(Effect::Reveal(ANSWER_ID));
}

/// Where to, and whom to trust, as the connection form says; or its field with a problem.
fn server(form: &Form) -> Result<(Endpoint, Trust), (Field, String)> {
    let host = Host::parse(&form.host).map_err(|problem| (Field::Host, problem.to_string()))?;
    let port = parse_port(&form.port).map_err(|problem| (Field::Port, problem.to_string()))?;
    let trust = match (form.trust, &form.certificates) {
        (TrustChoice::PublicAuthorities, _) => Trust::PublicAuthorities,
        (TrustChoice::UploadedCertificate, Certificates::Given(given)) => {
            Trust::UploadedCertificate { pem: given.file.to_pem() }
        }
        (TrustChoice::UploadedCertificate, Certificates::None) => {
            let sentence =
                "Choose the server's CA certificate there, or set Trust to Public certificate authorities.";
            return Err((Field::Certificate, sentence.to_owned()));
        }
    };
    Ok((Endpoint { host, port }, trust))
}

/// The person gave up.
pub(super) fn cancel(state: &mut State, effects: &mut Vec<Effect>) {
    if matches!(state.provision.exchange, Exchange::Running(_)) {
        state.provision.exchange = Exchange::Idle;
        state.provision.request.notice = Some("Cancelled.".to_owned());
        effects.push(Effect::Side(SideEffect::Close));
    }
}
