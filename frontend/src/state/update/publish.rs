//! What the publish bar and the long form of `Raw MQTT` do.

use super::{
    limits,
    outgoing::{self, Letter},
};
use crate::{
    state::{
        Effect, Now, State,
        publish::{Place, PublishAction, PublishForm},
        purpose::Purpose,
    },
    text::counted,
};
use shared::payload::Payload;

pub(super) fn update(
    state: &mut State,
    place: Place,
    action: PublishAction,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    if action == PublishAction::Submit {
        return submit(state, place, now, effects);
    }
    let profile = state.dialect.profile;
    let form = form(state, place);
    edit(form, action);
    form.judge(profile, now.unix_ms());
}

/// The device profile was said to be another: looks again at what ThingsBoard will make of both messages.
pub(super) fn look(state: &mut State, now: Now) {
    let profile = state.dialect.profile;
    for form in [&mut state.publish, &mut state.raw.form] {
        form.judge(profile, now.unix_ms());
    }
}

fn form(state: &mut State, place: Place) -> &mut PublishForm {
    match place {
        Place::Bar => &mut state.publish,
        Place::Raw => &mut state.raw.form,
    }
}

/// A changed field has no problem any more: it was about another content.
fn edit(form: &mut PublishForm, action: PublishAction) {
    form.notice = None;
    match action {
        PublishAction::TopicTyped(topic) => {
            form.topic = topic;
            form.topic_problem = None;
        }
        PublishAction::QosChosen(qos) => form.qos = qos,
        PublishAction::RetainChosen(retain) => form.retain = retain,
        PublishAction::WritingChosen(writing) => {
            form.writing = writing;
            form.payload_problem = None;
        }
        PublishAction::PayloadTyped(payload) => {
            form.payload = payload;
            form.payload_problem = None;
        }
        PublishAction::FileRead(file) => {
            form.file = Some(file);
            form.payload_problem = None;
        }
        PublishAction::FileRefused(sentence) => {
            let kept = if form.file.is_some() { " The file chosen before stays." } else { "" };
            form.payload_problem = Some(format!("{sentence}{kept}"));
        }
        PublishAction::FileRemoved => {
            form.file = None;
            form.payload_problem = None;
        }
        PublishAction::Mend => {
            if let Some(mended) = form.warning.take().and_then(|warning| warning.mended) {
                form.payload = mended;
            }
        }
        PublishAction::Submit => {}
    }
}

fn submit(state: &mut State, place: Place, now: Now, effects: &mut Vec<Effect>) {
    let version = state.phase.dial().map_or_else(Default::default, |dial| dial.mqtt_version);
    if place == Place::Raw {
        state.raw.recent.pressed();
    }
    let form = form(state, place);
    form.notice = None;
    let payload = match form.check(place, version) {
        Ok(payload) => payload,
        Err(id) => return effects.push(Effect::Focus(id)),
    };
    let letter = letter(form, place, payload);
    if !outgoing::is_open(state) {
        let why = outgoing::not_connected(state, "publish again");
        self::form(state, place).notice = Some(format!("{why} Your text stays here."));
        return;
    }
    match place {
        Place::Bar => match limits::hold(state, &letter, now) {
            Some(warning) => state.publish.notice = Some(warning),
            None => outgoing::publish(state, letter, now, effects),
        },
        Place::Raw => submit_raw(state, letter, now, effects),
    }
}

fn letter(form: &PublishForm, place: Place, payload: Payload) -> Letter {
    let PublishForm { topic, qos, retain, .. } = form;
    // The bar's outcome stands in the console; the number is put in where it is known.
    let purpose = match place {
        Place::Bar => Purpose::Bar,
        Place::Raw => Purpose::Raw(0),
    };
    Letter { topic: topic.clone(), qos: *qos, retain: *retain, payload, purpose }
}

fn submit_raw(state: &mut State, letter: Letter, now: Now, effects: &mut Vec<Effect>) {
    let retained = if letter.retain { ", retained" } else { "" };
    let what =
        format!("{}, QoS {}{retained}", counted(letter.payload.len(), "byte", "bytes"), u8::from(letter.qos));
    let topic = letter.topic.clone();
    let letter = Letter { purpose: Purpose::Raw(state.raw.recent.next_number()), ..letter };
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => state.raw.recent.sent(now.stamp, topic, what),
        Err(why) => state.raw.form.notice = Some(why),
    }
}
