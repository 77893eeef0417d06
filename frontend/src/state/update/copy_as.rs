//! The dialog `Copy as`, and the one place that makes a session out of what the page knows.

use crate::{
    copy_as::{Login, Publish, Secret, Session},
    state::{
        Effect, State,
        copy_as::{CopyAs, CopyAsAction, DIALOG_ID, PROGRAM_ID, What},
        form::{self, TrustChoice},
        log::{Content, Delivery, Log, Sent},
        subscriptions::Standing,
    },
};
use shared::{
    credentials::Credentials,
    endpoint::parse_port,
    limits::DEFAULT_MQTTS_PORT,
    wire::{MqttVersion, PublishOutcome, SessionOptions, Trust},
};
use zeroize::Zeroizing;

const NOTHING: &str = "Nothing was published yet: publish something first, or choose Whole session.";
const COPIED: &str = "Copied.";
const NOT_COPIED: &str = "The browser keeps its clipboard closed to this page: press Ctrl+A and Ctrl+C in the program, or Save it.";

pub(super) fn update(state: &mut State, action: CopyAsAction, effects: &mut Vec<Effect>) {
    let dialog = &mut state.copy_as;
    dialog.notice = None;
    match action {
        CopyAsAction::Open(what) => {
            *dialog = CopyAs { is_open: true, what, language: dialog.language, ..CopyAs::default() };
            effects.push(Effect::ShowDialog(DIALOG_ID));
        }
        CopyAsAction::Close => return effects.push(Effect::CloseDialog(DIALOG_ID)),
        CopyAsAction::Closed => {
            *dialog = CopyAs { language: dialog.language, ..CopyAs::default() };
            return;
        }
        CopyAsAction::LanguageChosen(language) => dialog.language = language,
        CopyAsAction::WhatChosen(what) => dialog.what = what,
        CopyAsAction::WithTokenChosen(with_token) => dialog.with_token = with_token,
        CopyAsAction::Copy | CopyAsAction::Save if dialog.program.expose().is_empty() => {}
        CopyAsAction::Copy => return effects.push(Effect::CopyProgram(dialog.program.clone())),
        CopyAsAction::Save => {
            let bytes = dialog.program.expose().as_bytes().to_vec();
            return effects.push(Effect::Save { name: dialog.language.file_name().to_owned(), bytes });
        }
        CopyAsAction::Copied(taken) => {
            dialog.notice = Some(if taken { COPIED } else { NOT_COPIED }.to_owned());
            if !taken {
                effects.push(Effect::Focus(PROGRAM_ID));
            }
            return;
        }
    }
    let CopyAs { what, with_token, language, .. } = state.copy_as;
    let session = session(state, what, with_token);
    let dialog = &mut state.copy_as;
    dialog.notice = session.is_none().then(|| NOTHING.to_owned());
    dialog.program = form::Secret::new(session.map(|session| language.program(&session)).unwrap_or_default());
}

/// What is to be copied; `None` without a publish where one is needed.
fn session(state: &State, what: What, with_token: bool) -> Option<Session> {
    let mut session = target(state, with_token);
    let sent: Vec<&Sent> = publishes(&state.log).collect();
    let wanted = match what {
        What::LastPublish => vec![*sent.last()?],
        What::WholeSession => {
            let live = |standing: &Standing| {
                matches!(standing, Standing::Asked | Standing::Granted(_) | Standing::Ended)
            };
            let list = state.subscriptions.list.iter().filter(|known| live(&known.standing));
            session.subscriptions = list.map(|known| (known.filter.clone(), known.wanted)).collect();
            session.is_older_lost = state.log.counts().dropped > 0;
            sent
        }
    };
    // Those that a program has no room for are not copied first.
    let surplus = wanted.len().saturating_sub(crate::copy_as::MAX_PUBLISHES);
    session.left_out = surplus as u64;
    session.publishes = wanted[surplus..]
        .iter()
        .map(|sent| Publish { topic: sent.topic.to_string(), qos: sent.qos, payload: sent.payload.clone() })
        .collect();
    session.bound();
    Some(session)
}

/// Our publishes that left the browser, oldest first. All that this part knows of the log.
fn publishes(log: &Log) -> impl Iterator<Item = &Sent> {
    log.entries().filter_map(|entry| match &entry.content {
        Content::Sent(Sent { delivery: Delivery::Known(PublishOutcome::Refused { .. }), .. }) => None,
        Content::Sent(sent) => Some(sent),
        Content::Note(_) | Content::Problem(_) | Content::Received(_) => None,
    })
}

/// Server and device: those of the session there is, else those of the form.
fn target(state: &State, with_token: bool) -> Session {
    let of = |host: &str, port, version, options: &SessionOptions, has_ca_file, credentials| Session {
        host: host.to_owned(),
        port,
        version,
        client_id: options.client_id.clone(),
        keep_alive_s: options.keep_alive_s,
        has_ca_file,
        login: login(credentials, with_token),
        subscriptions: Vec::new(),
        publishes: Vec::new(),
        left_out: 0,
        is_older_lost: false,
    };
    if let Some(dial) = state.phase.dial() {
        let has_ca_file = matches!(dial.trust, Trust::UploadedCertificate { .. });
        let endpoint = &dial.endpoint;
        return of(
            endpoint.host.as_str(),
            endpoint.port,
            dial.mqtt_version,
            &dial.options,
            has_ca_file,
            Some(&dial.credentials),
        );
    }
    let form = &state.form;
    let offered = state.offer.known().map_or(&[MqttVersion::V3_1_1][..], |offer| &offer.mqtt_versions);
    let version = form.version(offered);
    let options = form.advanced.options(version).unwrap_or_default();
    let port = parse_port(&form.port).unwrap_or(DEFAULT_MQTTS_PORT);
    let has_ca_file = form.trust == TrustChoice::UploadedCertificate;
    of(&form.host, port, version, &options, has_ca_file, form.credentials().ok().as_ref())
}

fn login(credentials: Option<&Credentials>, with_token: bool) -> Login {
    let told = |text: &str| Secret::Told(Zeroizing::new(text.to_owned()));
    let secret = |name, text: &str| if with_token { told(text) } else { Secret::Masked(name) };
    match credentials {
        // Not typed yet.
        None => Login { user_name: Some(Secret::Masked("TB_TOKEN")), password: None, is_token: true },
        Some(Credentials::AccessToken(token)) => {
            Login { user_name: Some(secret("TB_TOKEN", token.expose())), password: None, is_token: true }
        }
        Some(basic @ Credentials::Basic(_)) => {
            let (user_name, password) = (basic.expose_user_name(), basic.expose_password());
            Login {
                user_name: (!user_name.is_empty()).then(|| secret("TB_USER_NAME", user_name)),
                password: (!password.is_empty()).then(|| secret("TB_PASSWORD", password)),
                is_token: false,
            }
        }
        Some(Credentials::Provisioning) => {
            Login { user_name: Some(told("provision")), password: None, is_token: false }
        }
    }
}
