//! The tab `RPC`: calls of the server with their answers, by hand or by rule, and calls of the device.

pub mod asks;
pub mod inbox;
pub mod rules;
mod template;

use asks::Asks;
use inbox::Inbox;
use rules::Rules;

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rpc {
    pub inbox: Inbox,
    pub rules: Rules,
    pub asks: Asks,
    /// The latest moment that this part was told of, Unix milliseconds: what ages and countdowns are counted from.
    pub now_ms: i64,
    last_number: u32,
}

impl Rpc {
    /// A number for a call, a rule or a publish of this tab.
    pub(super) fn new_number(&mut self) -> u32 {
        self.last_number = self.last_number.wrapping_add(1);
        self.last_number
    }
}

/// The person worked on the tab.
#[derive(Clone, Debug, PartialEq)]
pub enum RpcAction {
    Inbox(InboxAction),
    Rules(RulesAction),
    Asks(AsksAction),
}

/// The person worked on the calls of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum InboxAction {
    /// Seconds after which the server is taken to give a call up.
    TimeOutChosen(u32),
    /// The call to be answered.
    Choose(u32),
    /// Draws all of a call's long params, or folds them again.
    Unfold(u32),
    ReplyTyped(String),
    Reply,
    NeedsNoAnswer(u32),
    /// Takes all calls out that are over.
    Clear,
}

/// The person worked on the rules.
#[derive(Clone, Debug, PartialEq)]
pub enum RulesAction {
    MethodTyped(String),
    ReplyTyped(String),
    DelayTyped(String),
    /// Adds the rule, or keeps its changes.
    Submit,
    Edit(u32),
    /// Ends editing without a change.
    Leave,
    Toggle(u32),
    Remove(u32),
}

/// The person worked on the calls of the device.
#[derive(Clone, Debug, PartialEq)]
pub enum AsksAction {
    MethodTyped(String),
    ParamsTyped(String),
    TimeOutChosen(u32),
    /// Fills in a call that ThingsBoard answers by itself.
    UseSessionLimits,
    Submit,
    Unfold(u32),
    Clear,
}
