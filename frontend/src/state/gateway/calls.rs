//! Calls of the server for devices behind the gateway, and the answer that is being written. Bounded.

use crate::{state::log::Delivery, text::Stamp};
use shared::thingsboard::{gateway::incoming::Call, rpc::SERVER_CALL_TIMEOUT_MS, topic::TopicId};
use std::{collections::VecDeque, rc::Rc};

/// Calls kept; older ones fall out.
const MOST: usize = 20;

/// Bytes of names, methods and params kept.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What stands in the box for the first answer.
const FIRST_REPLY: &str = r#"{"success": true}"#;

/// Newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Calls {
    pub list: VecDeque<ChildCall>,
    /// How many fell out.
    pub left_out: usize,
    /// The call to be answered, by its number.
    pub chosen: Option<u32>,
    pub reply: String,
    last: u32,
}

/// A call for a device behind the gateway. A copy costs little, however long its texts are.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildCall {
    /// The page's own.
    pub number: u32,
    pub device: Rc<str>,
    pub id: TopicId,
    pub method: Rc<str>,
    /// As JSON.
    pub params: Rc<str>,
    pub came: Stamp,
    pub standing: CallStanding,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum CallStanding {
    Waiting,
    Answered(Delivery),
    /// The connection was lost before there was an answer.
    Lost,
}

impl Default for Calls {
    fn default() -> Self {
        Self { list: VecDeque::new(), left_out: 0, chosen: None, reply: FIRST_REPLY.to_owned(), last: 0 }
    }
}

impl Calls {
    /// No calls, and this answer in the box.
    pub(super) fn writing(reply: String) -> Self {
        Self { reply, ..Self::default() }
    }

    /// A call came. The oldest that waits is the one to answer, until the person chooses another.
    pub(in crate::state) fn came(&mut self, call: Call, at: Stamp) {
        self.last = self.last.wrapping_add(1);
        self.list.push_front(ChildCall {
            number: self.last,
            device: call.device.into(),
            id: call.id,
            method: call.request.method.into(),
            params: call.request.params.to_string().into(),
            came: at,
            standing: CallStanding::Waiting,
        });
        while self.list.len() > MOST || (self.list.len() > 1 && self.bytes() > MAX_BYTES) {
            self.list.pop_back();
            self.left_out += 1;
        }
        self.choose_next();
    }

    /// Bytes of names, methods and params.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.list.iter().map(|call| call.device.len() + call.method.len() + call.params.len()).sum()
    }

    #[must_use]
    pub fn chosen(&self) -> Option<&ChildCall> {
        self.list.iter().find(|call| Some(call.number) == self.chosen)
    }

    pub(in crate::state) fn set(&mut self, number: u32, standing: CallStanding) {
        if let Some(call) = self.list.iter_mut().find(|call| call.number == number) {
            call.standing = standing;
        }
        self.choose_next();
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.list.iter().any(|call| call.standing == CallStanding::Waiting)
    }

    pub(super) fn over(&mut self) {
        for call in &mut self.list {
            if call.standing == CallStanding::Waiting {
                call.standing = CallStanding::Lost;
            }
        }
        self.chosen = None;
    }

    fn choose_next(&mut self) {
        let waits = |call: &&ChildCall| call.standing == CallStanding::Waiting;
        if self.chosen().filter(waits).is_none() {
            self.chosen = self.list.iter().rev().find(waits).map(|call| call.number);
        }
    }
}

impl ChildCall {
    /// Milliseconds that ThingsBoard waits for the answer, by default; below 0 when they are over.
    #[must_use]
    pub fn left_ms(&self, now_ms: i64) -> i64 {
        let patience_ms = i64::try_from(SERVER_CALL_TIMEOUT_MS).unwrap_or(i64::MAX);
        self.came.unix_ms + patience_ms - now_ms
    }
}
