//! The reducer: which part of the page an action is for.

mod attributes;
mod certificate;
mod copy_as;
pub mod early;
mod features;
mod firmware;
mod gateway;
mod incoming;
mod limits;
mod line;
mod log;
mod opening;
mod outgoing;
mod platform;
mod provision;
mod publish;
mod rpc;
mod saved;
mod telemetry;

use super::{
    Action, Effect, Now, OnceFilled, State,
    action::{FormAction, SubscriptionAction},
    connection::Phase,
    form::{Certificates, Field, Secret},
    publish::Place,
};
use crate::{pasted, text::counted};
use early::Early;
use shared::{
    platform::DemoDevice,
    trust_file::{TrustFile, TrustFileProblem},
};

/// Changes the state by one action and says what the browser is to do.
pub fn update(state: &mut State, action: Action, now: Now) -> Vec<Effect> {
    match early::update(state, action) {
        Early::Done(effects) => effects,
        Early::Left(action) => late(state, action, now),
    }
}

/// What [`early`] leaves.
fn late(state: &mut State, action: Action, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    limits::acting(state, &action);
    match action {
        // Done there.
        Action::Started
        | Action::Offer(_)
        | Action::SelectTab(_)
        | Action::ChooseTheme(_)
        | Action::PartAsked
        | Action::PartCame(_) => {}
        Action::Form(action) => form(state, action, now, &mut effects),
        Action::Connect => connect(state, &mut effects),
        Action::Disconnect => opening::disconnect(state, now, &mut effects),
        Action::ReconnectNow => opening::reconnect_now(state, &mut effects),
        Action::RunExample => run_example(state, now, &mut effects),
        Action::UseDemoDevice => {
            state.form.notice = Some("Asking for the demo device …".to_owned());
            state.demo_asked.get_or_insert_default();
            effects.push(Effect::FetchDemoDevice);
        }
        Action::DemoDevice(device) => demo_device(state, device, now, &mut effects),
        Action::Socket(socket, event) if state.socket == Some(socket) => {
            incoming::event(state, event, now, &mut effects);
        }
        Action::Socket(socket, event) if state.provision.socket() == Some(socket) => {
            provision::heard(state, event, now, &mut effects);
        }
        Action::Socket(..) => {}
        Action::Woke => opening::woke(state, now, &mut effects),
        Action::Tick => features::tick(state, now, &mut effects),
        Action::Publish(action) => publish::update(state, Place::Bar, action, now, &mut effects),
        Action::Raw(action) => publish::update(state, Place::Raw, action, now, &mut effects),
        Action::Subscriptions(action) => subscriptions(state, action, now, &mut effects),
        Action::Dialect(action) => {
            state.dialect.update(action);
            telemetry::look(state, now);
            publish::look(state, now);
        }
        Action::Telemetry(action) => telemetry::update(state, action, now, &mut effects),
        Action::Attributes(action) => attributes::update(state, action, now, &mut effects),
        Action::Rpc(action) => rpc::update(state, action, now, &mut effects),
        Action::Firmware(action) => firmware::update(state, action, now, &mut effects),
        Action::Provision(action) => provision::update(state, action, now, &mut effects),
        Action::Gateway(action) => gateway::update(state, action, now, &mut effects),
        Action::Limits(action) => limits::update(state, action, now, &mut effects),
        Action::Platform(action) => platform::update(state, action, now, &mut effects),
        Action::Saved(action) => saved::update(state, action, now, &mut effects),
        Action::Certificate(action) => certificate::update(state, action, &mut effects),
        Action::ClearLog => log::clear(state),
        Action::Log(action) => log::update(state, action, &mut effects),
        Action::CopyAs(action) => copy_as::update(state, action, &mut effects),
    }
    effects
}

pub(super) fn wants_ticks(state: &State) -> bool {
    features::wants_ticks(state)
}

/// Whether a press is for the demo device that is still being fetched. It is done once the form is filled.
fn waits_for_demo(state: &mut State, press: OnceFilled) -> bool {
    match &mut state.demo_asked {
        Some(asked) if state.phase.is_idle() => {
            asked.then = Some(press);
            true
        }
        _ => false,
    }
}

fn connect(state: &mut State, effects: &mut Vec<Effect>) {
    if !waits_for_demo(state, OnceFilled::Connect) {
        opening::connect(state, false, effects);
    }
}

fn run_example(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    if !waits_for_demo(state, OnceFilled::RunExample) {
        outgoing::run_example(state, now, effects);
    }
}

fn demo_device(state: &mut State, device: Result<DemoDevice, String>, now: Now, effects: &mut Vec<Effect>) {
    let then = state.demo_asked.take().and_then(|asked| asked.then);
    let device = match device {
        Ok(device) => device,
        Err(sentence) => {
            state.form.notice = Some(sentence);
            return;
        }
    };
    state.form.take_demo(&device, now.unix_ms() / 1000);
    if matches!(state.phase, Phase::Failed(_)) {
        // It was about another device.
        state.phase = Phase::default();
    }
    // Over an open connection the form itself says what to press.
    state.form.notice =
        state.phase.is_idle().then(|| "Demo device filled in. Press Run the example, or Connect.".to_owned());
    state.platform.demo = Some(device);
    match then {
        Some(OnceFilled::Connect) => opening::connect(state, false, effects),
        Some(OnceFilled::RunExample) => outgoing::run_example(state, now, effects),
        None => {}
    }
}

/// What [`early`] leaves of the form.
fn form(state: &mut State, action: FormAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        FormAction::Typed(Field::Line, text) => line::typed(state, text, now, effects),
        FormAction::Typed(Field::Host, text) => host(state, text, now, effects),
        FormAction::Typed(_, text) => pasted_certificate(state, text, now),
        FormAction::ReadLine => {
            let text = state.form.line.expose().to_owned();
            line::read(state, text, now, effects);
        }
        FormAction::CertificateRead { source, result } => certificates(state, source, result, now),
        FormAction::CertificateUnreadable => {
            state
                .form
                .set_certificate_problem("The browser could not read this file: choose it again.".to_owned());
        }
        FormAction::CertificateRemoved => {
            state.form.remove_certificates();
            state.announce("Certificate removed.");
        }
        // Done there.
        FormAction::ToggleTokenShown
        | FormAction::TrustChosen(_)
        | FormAction::VersionChosen(_)
        | FormAction::Advanced(_)
        | FormAction::TogglePaste
        | FormAction::ToggleLine => {}
    }
}

/// A host, or a whole line that was pasted in its place.
fn host(state: &mut State, text: String, now: Now, effects: &mut Vec<Effect>) {
    if line::is_pasted(&state.form.host, &text) && pasted::is_line(&text) {
        line::read(state, text, now, effects);
    } else {
        state.form.typed(Field::Host, text);
    }
}

/// Pasted text is read at once; it stays in its box only while it is no certificate and no secret.
fn pasted_certificate(state: &mut State, text: String, now: Now) {
    let text = Secret::new(text);
    match TrustFile::read(text.expose().as_bytes()) {
        // The box was wiped and still is empty: what was said about it stays.
        Err(TrustFileProblem::Empty) if state.form.pasted.expose().is_empty() => {}
        Err(TrustFileProblem::Empty) => state.form.typed(Field::Pasted, text.expose().to_owned()),
        Ok(file) => {
            state.form.typed(Field::Pasted, String::new());
            certificates(state, "pasted text".to_owned(), Ok(file), now);
        }
        Err(problem) => {
            let said = state.form.refuse_pasted(text, &problem);
            state.announce(said);
        }
    }
}

fn certificates(state: &mut State, source: String, result: Result<TrustFile, TrustFileProblem>, now: Now) {
    let taken = result.is_ok();
    state.form.take_certificates(source, result, now.unix_ms() / 1000);
    if let Certificates::Given(given) = &state.form.certificates
        && taken
    {
        let count = counted(given.summaries.len(), "certificate", "certificates");
        let warnings = match given.warnings() {
            0 => String::new(),
            warnings => format!(" {}.", counted(warnings, "warning", "warnings")),
        };
        state.announce(format!("{count} read.{warnings}"));
    }
}

fn subscriptions(state: &mut State, action: SubscriptionAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        SubscriptionAction::FilterTyped(filter) => {
            state.subscriptions.filter = filter;
            state.subscriptions.problem = None;
            state.subscriptions.notice = None;
        }
        SubscriptionAction::QosChosen(qos) => state.subscriptions.qos = qos,
        SubscriptionAction::Submit => outgoing::submit_subscription(state, now, effects),
        SubscriptionAction::Add(filter) => {
            outgoing::ask_subscription(state, filter, state.subscriptions.qos, now, effects);
        }
        SubscriptionAction::Remove(filter) => outgoing::unsubscribe(state, filter, effects),
    }
}
