//! A line that ThingsBoard shows was pasted: fills the form and the publish bar. A line that cannot be read stays in
//! its box.

use super::publish;
use crate::{
    pasted::{self, Login, Pasted, Trust},
    state::{
        Effect, Now, State,
        action::PublishAction,
        form::{Certificates, Field},
        publish::Place,
    },
    text::filled,
};

/// Bytes that come at once when they are pasted, and not when they are typed.
const PASTED_BYTES: usize = 8;

/// Whether a text became another by pasting.
pub(super) fn is_pasted(before: &str, after: &str) -> bool {
    after.len() >= before.len() + PASTED_BYTES
}

/// The text in the box is another: a pasted one is read at once, a typed one when the person says so.
pub(super) fn typed(state: &mut State, text: String, now: Now, effects: &mut Vec<Effect>) {
    if is_pasted(state.form.line.expose(), &text) {
        read(state, text, now, effects);
    } else {
        state.form.typed(Field::Line, text);
    }
}

pub(super) fn read(state: &mut State, text: String, now: Now, effects: &mut Vec<Effect>) {
    match pasted::read(&text) {
        Ok(line) => take(state, line, now, effects),
        Err(refused) => {
            let sentence = refused.sentence();
            // It may have been pasted into another field.
            if !state.form.line_open {
                effects.push(Effect::Focus(Field::Line.id()));
            }
            state.announce(&sentence);
            state.form.refuse_line(text, sentence);
        }
    }
}

fn take(state: &mut State, line: Pasted, now: Now, effects: &mut Vec<Effect>) {
    state.form.take_line(&line);
    let needs_file =
        matches!(line.trust, Some(Trust::File(_))) && state.form.certificates == Certificates::None;
    // The box is closed: leads to what is to be done next.
    effects.push(Effect::Focus(match line.login {
        Login::Unsaid => Field::Token.id(),
        Login::Token(_) | Login::Basic { .. } if needs_file => Field::Certificate.id(),
        Login::Token(_) | Login::Basic { .. } => Field::Host.id(),
    }));
    let mut notice = summary(&line);
    let Pasted { topic, qos, payload, remarks, .. } = line;
    let edits = [
        topic.map(PublishAction::TopicTyped),
        qos.map(PublishAction::QosChosen),
        payload.map(PublishAction::PayloadTyped),
    ];
    for edit in edits.into_iter().flatten() {
        publish::update(state, Place::Bar, edit, now, effects);
    }
    for remark in remarks {
        notice.push(' ');
        notice.push_str(&remark);
    }
    state.form.notice = Some(notice);
}

/// What was filled, by the names of the fields.
fn summary(line: &Pasted) -> String {
    let (token, basic) = match line.login {
        Login::Unsaid => (false, false),
        Login::Token(_) => (true, false),
        Login::Basic { .. } => (false, true),
    };
    let fields = [
        (true, "Host, Port"),
        (token, ", Access token"),
        (basic, ", User name, Password and Client id (under Advanced)"),
        (line.trust.is_some(), ", Trust"),
        (line.version.is_some(), ", MQTT version"),
        (line.keep_alive.is_some(), ", Keep-alive"),
        (line.topic.is_some(), "; below Topic"),
        (line.qos.is_some(), ", QoS"),
        (line.payload.is_some(), ", Payload"),
    ];
    let mut text = filled("Filled from the ¤ line: ", &[line.tool.name()]);
    for (_, name) in fields.iter().filter(|(is_filled, _)| *is_filled) {
        text.push_str(name);
    }
    text.push('.');
    text
}
