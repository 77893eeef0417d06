//! The calls that the device makes to the server, and the form for one more.

use crate::text::Stamp;
use shared::{
    payload::Payload,
    thingsboard::{
        rpc::CLIENT_CALL_TIMEOUT_MS,
        topic::{Flavour, TopicId},
    },
    wire::PublishOutcome,
};
use std::{collections::VecDeque, rc::Rc};

/// Calls kept; older ones fall out.
pub const MAX_ASKS: usize = 20;

/// Bytes of methods, params and answers kept.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Milliseconds longer than the server's own time, so that its word about it is still heard.
const GRACE_MS: i64 = 5_000;

/// What ThingsBoard's transport answers by itself.
pub use shared::thingsboard::session_limits::METHOD as SESSION_LIMITS;

pub const METHOD_ID: &str = "rpc-call-method";
pub const PARAMS_ID: &str = "rpc-call-params";

/// The calls, newest first, and the form for one more.
#[derive(Clone, Debug, PartialEq)]
pub struct Asks {
    pub method: String,
    pub params: String,
    pub time_out_s: u32,
    pub method_problem: Option<String>,
    pub params_problem: Option<String>,
    /// What came of the last press of the button.
    pub notice: Option<String>,
    pub list: VecDeque<Ask>,
    /// How many fell out.
    pub left_out: usize,
}

impl Default for Asks {
    fn default() -> Self {
        Self {
            method: String::new(),
            params: "{}".to_owned(),
            time_out_s: u32::try_from(CLIENT_CALL_TIMEOUT_MS / 1000).unwrap_or(60),
            method_problem: None,
            params_problem: None,
            notice: None,
            list: VecDeque::new(),
            left_out: 0,
        }
    }
}

/// A call to the server. A copy costs little, however long its texts are.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The publish, by this tab's number.
    pub number: u32,
    pub flavour: Flavour,
    pub id: TopicId,
    pub method: Rc<str>,
    /// As typed.
    pub params: Rc<str>,
    pub asked: Stamp,
    pub time_out_s: u32,
    pub standing: AskStanding,
    /// Whether a long answer is drawn whole.
    pub unfolded: bool,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum AskStanding {
    Waiting,
    Answered {
        kind: AnswerKind,
        /// As it came, or for Protobuf what it says.
        answer: Rc<Payload>,
        /// Milliseconds after the call.
        after_ms: i64,
        /// Whether this page had given it up.
        late: bool,
    },
    TimedOut,
    /// The connection was lost before the answer.
    Lost,
    /// The call was not sent, or the server refused it.
    Refused(String),
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    Value,
    /// ThingsBoard's `{"error":"timeout"}`: no rule answered.
    TimedOut,
    /// Some other error.
    Error,
    /// Not readable in the payload format of its topic.
    Unreadable,
}

impl Ask {
    #[must_use]
    pub fn deadline_ms(&self) -> i64 {
        self.asked.unix_ms + i64::from(self.time_out_s) * 1000 + GRACE_MS
    }

    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.standing == AskStanding::Waiting
    }

    fn bytes(&self) -> usize {
        let answer = match &self.standing {
            AskStanding::Answered { answer, .. } => answer.len(),
            _ => 0,
        };
        self.method.len() + self.params.len() + answer
    }
}

impl Asks {
    /// Why there cannot be one more.
    #[must_use]
    pub(in crate::state) fn full(&self) -> Option<String> {
        let waiting = self.list.iter().filter(|ask| ask.is_waiting()).count();
        (waiting >= MAX_ASKS)
            .then(|| format!("{waiting} calls wait for their answer: wait for one of them first."))
    }

    pub(in crate::state) fn add(&mut self, ask: Ask) {
        self.list.push_front(ask);
        self.make_room();
    }

    /// Lets the oldest fall out that are over, and of those that wait as many as must.
    pub(in crate::state) fn make_room(&mut self) {
        while self.list.len() > MAX_ASKS || (self.list.len() > 1 && self.bytes() > MAX_BYTES) {
            let oldest = self.list.len() - 1;
            let over = self.list.iter().skip(1).rposition(|ask| !ask.is_waiting()).map(|at| at + 1);
            self.list.remove(over.unwrap_or(oldest));
            self.left_out += 1;
        }
    }

    /// Bytes of methods, params and answers.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.list.iter().map(Ask::bytes).sum()
    }

    /// The call that an answer with this id is for.
    pub(in crate::state) fn asked_as(&mut self, id: TopicId) -> Option<&mut Ask> {
        let mut asks = self.list.iter_mut();
        asks.find(|ask| ask.id == id && matches!(ask.standing, AskStanding::Waiting | AskStanding::TimedOut))
    }

    /// The outcome of a call's publish.
    pub(in crate::state) fn settle(&mut self, number: u32, outcome: &PublishOutcome) {
        let Some(ask) = self.list.iter_mut().find(|ask| ask.number == number && ask.is_waiting()) else {
            return;
        };
        match outcome {
            PublishOutcome::Delivered | PublishOutcome::Sent => {}
            PublishOutcome::Refused { reason } => ask.standing = AskStanding::Refused(reason.clone()),
            PublishOutcome::Unknown => ask.standing = AskStanding::Lost,
        }
    }

    /// Marks the calls whose time is over, and returns their methods.
    pub(in crate::state) fn time_out(&mut self, now_ms: i64) -> Vec<Rc<str>> {
        let over = self.list.iter_mut().filter(|ask| ask.is_waiting() && now_ms >= ask.deadline_ms());
        over.map(|ask| {
            ask.standing = AskStanding::TimedOut;
            ask.method.clone()
        })
        .collect()
    }

    /// The session is over.
    pub(in crate::state) fn lose(&mut self) {
        for ask in self.list.iter_mut().filter(|ask| ask.is_waiting()) {
            ask.standing = AskStanding::Lost;
        }
    }

    pub(in crate::state) fn clear(&mut self) {
        self.list.retain(Ask::is_waiting);
        self.left_out = 0;
    }
}
