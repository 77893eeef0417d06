//! The calls that the server made, each with what became of it. Knows nothing of how an answer is sent.

use crate::{
    state::log::Delivery,
    text::{Stamp, visible_name},
};
use shared::{
    payload::Payload,
    thingsboard::{
        rpc::SERVER_CALL_TIMEOUT_MS,
        topic::{Flavour, TopicId},
    },
    wire::PublishOutcome,
};
use std::{collections::VecDeque, rc::Rc};

/// Calls kept; older ones fall out, those that are over first.
pub const MAX_CALLS: usize = 50;

/// Bytes of methods, params and payloads kept.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

pub const REPLY_ID: &str = "rpc-reply";

/// What stands in the box for the first answer.
const FIRST_REPLY: &str = r#"{"success": true}"#;

/// The calls, newest first, and the answer that is being written.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbox {
    pub calls: VecDeque<Call>,
    /// How many fell out.
    pub left_out: usize,
    /// The call to be answered, by its number.
    pub chosen: Option<u32>,
    pub reply: String,
    /// Reply was pressed once for a text that is no JSON, and the person was warned.
    pub(in crate::state) warned: bool,
    pub problem: Option<String>,
    /// What came of the last press of a button.
    pub notice: Option<String>,
    /// After this time the server is taken to have given a call up: it does not say so itself.
    pub time_out_s: u32,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            calls: VecDeque::new(),
            left_out: 0,
            chosen: None,
            reply: FIRST_REPLY.to_owned(),
            warned: false,
            problem: None,
            notice: None,
            time_out_s: u32::try_from(SERVER_CALL_TIMEOUT_MS / 1000).unwrap_or(10),
        }
    }
}

/// A call from the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The page's own: ids begin again when the server does.
    pub number: u32,
    pub flavour: Flavour,
    pub id: TopicId,
    pub question: Question,
    pub came: Stamp,
    pub standing: Standing,
    /// Why a rule did not answer.
    pub problem: Option<String>,
    /// Whether long params are drawn whole.
    pub unfolded: bool,
}

/// What was asked. A copy costs little, however long it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    Read {
        method: Rc<str>,
        /// As JSON.
        params: Rc<str>,
    },
    /// No call by ThingsBoard's own form. It can be answered all the same: its id stands in the topic.
    Unread { payload: Rc<Payload>, problem: String },
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Waiting,
    /// A rule answers at this time, Unix milliseconds.
    Due {
        rule: u32,
        at_ms: i64,
    },
    Answered(Answer),
    /// The person says that the caller waits for nothing.
    NotNeeded,
    TimedOut,
    /// The connection was lost before there was an answer.
    Lost,
}

/// An answer that left, or tried to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub by: By,
    /// The publish, by this tab's number.
    pub publish: u32,
    /// Milliseconds after the call came.
    pub after_ms: i64,
    /// Whether the countdown was over.
    pub late: bool,
    pub delivery: Delivery,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Hand,
    Rule,
    /// "Run the example", which answers every call.
    Example,
}

impl Call {
    #[must_use]
    pub fn deadline_ms(&self, time_out_s: u32) -> i64 {
        self.came.unix_ms + i64::from(time_out_s) * 1000
    }

    /// Whether nothing was answered so far and the countdown runs.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        matches!(self.standing, Standing::Waiting | Standing::Due { .. })
    }

    /// Whether an answer may still be of use, or was not seen to arrive.
    #[must_use]
    pub fn takes_answers(&self) -> bool {
        match &self.standing {
            Standing::Answered(answer) => {
                matches!(
                    answer.delivery,
                    Delivery::Known(PublishOutcome::Refused { .. } | PublishOutcome::Unknown)
                )
            }
            Standing::Waiting
            | Standing::Due { .. }
            | Standing::NotNeeded
            | Standing::TimedOut
            | Standing::Lost => true,
        }
    }

    /// As `setValue, id 3`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}, id {}", self.method(), self.id)
    }

    /// The method as it may be drawn.
    #[must_use]
    pub fn method(&self) -> String {
        match &self.question {
            Question::Read { method, .. } => visible_name(method),
            Question::Unread { .. } => "unreadable call".to_owned(),
        }
    }

    fn bytes(&self) -> usize {
        match &self.question {
            Question::Read { method, params } => method.len() + params.len(),
            Question::Unread { payload, .. } => payload.len(),
        }
    }
}

impl Inbox {
    #[must_use]
    pub fn find(&self, number: u32) -> Option<&Call> {
        self.calls.iter().find(|call| call.number == number)
    }

    pub(in crate::state) fn find_mut(&mut self, number: u32) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.number == number)
    }

    /// The call to be answered.
    #[must_use]
    pub fn chosen(&self) -> Option<&Call> {
        self.find(self.chosen?)
    }

    #[must_use]
    pub fn waiting(&self) -> usize {
        self.calls.iter().filter(|call| call.is_waiting()).count()
    }

    /// Takes a call that came. It becomes the one to be answered unless another one waits for that.
    pub(in crate::state) fn take(&mut self, call: Call) {
        if call.is_waiting() && !self.chosen().is_some_and(Call::is_waiting) {
            self.chosen = Some(call.number);
            self.problem = None;
        }
        self.calls.push_front(call);
        while self.calls.len() > MAX_CALLS || (self.calls.len() > 1 && self.bytes() > MAX_BYTES) {
            let oldest = self.calls.len() - 1;
            let over = self.calls.iter().skip(1).rposition(|call| !call.is_waiting()).map(|at| at + 1);
            self.calls.remove(over.unwrap_or(oldest));
            self.left_out += 1;
        }
    }

    /// Bytes of methods, params and payloads.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.calls.iter().map(Call::bytes).sum()
    }

    /// The oldest call that waits becomes the one to be answered; without one the last stays.
    pub(in crate::state) fn choose_next(&mut self) {
        if let Some(next) = self.calls.iter().rev().find(|call| call.standing == Standing::Waiting) {
            self.chosen = Some(next.number);
        }
    }

    /// Other seconds are taken to be the time-out, for the calls that are here too.
    pub(in crate::state) fn set_time_out(&mut self, time_out_s: u32, now_ms: i64) {
        self.time_out_s = time_out_s;
        for call in &mut self.calls {
            if call.standing == Standing::TimedOut && now_ms < call.deadline_ms(time_out_s) {
                call.standing = Standing::Waiting;
            }
        }
        self.time_out(now_ms);
    }

    /// Marks the calls whose time is over, and returns their names.
    pub(in crate::state) fn time_out(&mut self, now_ms: i64) -> Vec<String> {
        let time_out_s = self.time_out_s;
        let mut names = Vec::new();
        for call in &mut self.calls {
            if call.standing == Standing::Waiting && now_ms >= call.deadline_ms(time_out_s) {
                call.standing = Standing::TimedOut;
                names.push(call.name());
            }
        }
        names
    }

    /// The session is over.
    pub(in crate::state) fn lose(&mut self) {
        for call in self.calls.iter_mut().filter(|call| call.is_waiting()) {
            call.standing = Standing::Lost;
        }
    }

    /// The outcome of an answer's publish. Returns whether it was one of this list's.
    pub(in crate::state) fn settle(&mut self, publish: u32, outcome: &PublishOutcome) -> bool {
        let answers = self.calls.iter_mut().filter_map(|call| match &mut call.standing {
            Standing::Answered(answer) => Some(answer),
            _ => None,
        });
        let Some(answer) = answers.into_iter().find(|answer| answer.publish == publish) else { return false };
        answer.delivery = Delivery::Known(outcome.clone());
        true
    }

    /// Takes out what is over.
    pub(in crate::state) fn clear(&mut self) {
        self.calls.retain(Call::is_waiting);
        self.left_out = 0;
        if self.chosen().is_none() {
            self.chosen = None;
            self.notice = None;
            self.problem = None;
        }
    }
}
