//! The reducer: which part of the page an action is for.

mod certificate;
mod incoming;
mod opening;
mod outgoing;
mod platform;

use super::{
    Action, Effect, Now, OfferState, State,
    action::{FormAction, PublishAction, SubscriptionAction},
    form::{Certificates, Field, Secret},
};
use crate::text::counted;
use shared::trust_file::{TrustFile, TrustFileProblem};

/// Changes the state by one action and says what the browser is to do.
pub fn update(state: &mut State, action: Action, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    match action {
        Action::Started => effects.push(Effect::FetchOffer),
        Action::Offer(offer) => {
            state.offer = match offer {
                Ok(offer) => OfferState::Known(offer),
                Err(sentence) => OfferState::Failed(sentence),
            };
        }
        Action::Form(action) => form(state, action, now),
        Action::Connect => opening::connect(state, false, &mut effects),
        Action::Disconnect => opening::disconnect(state, now, &mut effects),
        Action::ReconnectNow => opening::reconnect_now(state, &mut effects),
        Action::RunExample => outgoing::run_example(state, now, &mut effects),
        Action::UseDemoDevice => {
            state.form.notice = Some("Asking for the demo device …".to_owned());
            effects.push(Effect::FetchDemoDevice);
        }
        Action::DemoDevice(device) => match device {
            Ok(device) => {
                state.form.take_demo(&device, now.unix_ms() / 1000);
                state.form.notice =
                    Some(format!("The form holds the demo device {}: press Connect.", device.name));
                state.platform.demo = Some(device);
            }
            Err(sentence) => state.form.notice = Some(sentence),
        },
        Action::Socket(socket, event) if state.socket == Some(socket) => {
            incoming::event(state, event, now, &mut effects);
        }
        Action::Socket(..) => {}
        Action::Woke => opening::woke(state, now, &mut effects),
        Action::Publish(action) => publish(state, action, now, &mut effects),
        Action::Subscriptions(action) => subscriptions(state, action, now, &mut effects),
        Action::Platform(action) => platform::update(state, action, now, &mut effects),
        Action::Certificate(action) => certificate::update(state, action, &mut effects),
        Action::ClearLog => state.log.clear(),
        Action::SelectTab(tab) => {
            state.tab = tab;
            effects.push(Effect::Focus(tab.id()));
        }
        Action::ChooseTheme(theme) => {
            state.theme = theme;
            effects.push(Effect::KeepTheme(theme));
        }
    }
    effects
}

fn form(state: &mut State, action: FormAction, now: Now) {
    let form = &mut state.form;
    match action {
        FormAction::Typed(Field::Pasted, text) => pasted(state, text, now),
        FormAction::Typed(field, text) => form.typed(field, text),
        FormAction::ToggleTokenShown => form.token_shown = !form.token_shown,
        FormAction::TrustChosen(trust) => form.choose_trust(trust),
        FormAction::VersionChosen(version) => form.choose_version(version),
        FormAction::TogglePaste => {
            form.paste_open = !form.paste_open;
            form.pasted = Secret::default();
        }
        FormAction::CertificateRead { source, result } => certificates(state, source, result, now),
        FormAction::CertificateUnreadable => {
            form.set_certificate_problem("The browser could not read this file: choose it again.".to_owned());
        }
        FormAction::CertificateRemoved => {
            form.remove_certificates();
            state.announce("Certificate removed.");
        }
    }
}

/// Pasted text is read at once; it stays in its box only while it is no certificate.
fn pasted(state: &mut State, text: String, now: Now) {
    let result = TrustFile::read(text.as_bytes());
    state.form.typed(Field::Pasted, text);
    state.form.choose_trust(state.form.trust);
    if result != Err(TrustFileProblem::Empty) {
        certificates(state, "pasted text".to_owned(), result, now);
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

fn publish(state: &mut State, action: PublishAction, now: Now, effects: &mut Vec<Effect>) {
    let form = &mut state.publish;
    match action {
        PublishAction::TopicTyped(topic) => {
            form.topic = topic;
            form.topic_problem = None;
            form.notice = None;
        }
        PublishAction::QosChosen(qos) => form.qos = qos,
        PublishAction::PayloadTyped(payload) => {
            form.payload = payload;
            form.payload_problem = None;
            form.notice = None;
        }
        PublishAction::Submit => outgoing::submit_publish(state, now, effects),
    }
}

fn subscriptions(state: &mut State, action: SubscriptionAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        SubscriptionAction::FilterTyped(filter) => {
            state.subscriptions.filter = filter;
            state.subscriptions.problem = None;
        }
        SubscriptionAction::QosChosen(qos) => state.subscriptions.qos = qos,
        SubscriptionAction::Submit => outgoing::submit_subscription(state, now, effects),
        SubscriptionAction::Add(filter) => {
            outgoing::ask_subscription(state, filter, state.subscriptions.qos, now, effects);
        }
        SubscriptionAction::Remove(filter) => outgoing::unsubscribe(state, filter, effects),
    }
}
