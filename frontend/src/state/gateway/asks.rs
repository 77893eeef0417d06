//! Requests for attributes of devices behind the gateway, each with its answer. Bounded.

use crate::text::Stamp;
use serde_json::Value;
use shared::thingsboard::{
    gateway::incoming::{AttributesResponse, Found},
    topic::TopicId,
};
use std::{collections::VecDeque, rc::Rc};

/// Requests kept; older ones fall out, the console still has them.
const MOST: usize = 8;

/// Milliseconds after which there will be no answer.
const PATIENCE_MS: i64 = 10_000;

/// Newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asks {
    pub list: VecDeque<Ask>,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub id: TopicId,
    pub at: Stamp,
    /// Whose attributes, and which, as it may be drawn.
    pub what: String,
    pub answer: Answer,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Waiting,
    /// The value, or an object of several, as JSON.
    Found(Rc<str>),
    /// The device has no such attribute.
    Nothing,
    /// A sentence.
    None(String),
}

impl Asks {
    pub(in crate::state) fn asked(&mut self, id: TopicId, at: Stamp, what: String) {
        self.list.push_front(Ask { id, at, what, answer: Answer::Waiting });
        self.list.truncate(MOST);
    }

    pub(in crate::state) fn answered(&mut self, response: AttributesResponse) {
        let answer = match response.found {
            Found::One(value) => Answer::Found(value.to_string().into()),
            Found::Several(values) => Answer::Found(Value::Object(values).to_string().into()),
            Found::Nothing => Answer::Nothing,
        };
        self.settle(response.id, answer);
    }

    pub(in crate::state) fn refused(&mut self, id: TopicId, why: String) {
        self.settle(id, Answer::None(why));
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.list.iter().any(|ask| ask.answer == Answer::Waiting)
    }

    pub(super) fn tick(&mut self, now_ms: i64) {
        self.give_up(
            |ask| now_ms - ask.at.unix_ms >= PATIENCE_MS,
            "No answer in 10 seconds: the device is no gateway, or the filter is not subscribed.",
        );
    }

    pub(super) fn over(&mut self) {
        self.give_up(|_| true, "The connection was lost before there was an answer.");
    }

    fn settle(&mut self, id: TopicId, answer: Answer) {
        if let Some(ask) = self.list.iter_mut().find(|ask| ask.id == id) {
            ask.answer = answer;
        }
    }

    fn give_up(&mut self, is_over: impl Fn(&Ask) -> bool, why: &str) {
        for ask in self.list.iter_mut().filter(|ask| ask.answer == Answer::Waiting) {
            if is_over(ask) {
                ask.answer = Answer::None(why.to_owned());
            }
        }
    }
}
