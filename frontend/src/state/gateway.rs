//! The tab `Gateway`: the device speaks for devices behind it.
//!
//! What the payloads look like is decided in `shared::thingsboard::gateway`; what is done with them stands in
//! `update/gateway.rs`.

pub mod asks;
pub mod calls;
pub mod children;
pub mod values;

use super::{
    form::Secret,
    publish::Recent,
    rows::{Editor, RowEdit},
};
use crate::text::visible_reason;
use asks::Asks;
use calls::Calls;
use children::Children;
use shared::thingsboard::{attributes::Scope, topic::filter};
use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};
use values::Values;

/// What a gateway hears.
pub const FILTERS: [&str; 3] =
    [filter::GATEWAY_ATTRIBUTES, filter::GATEWAY_ATTRIBUTES_RESPONSE, filter::GATEWAY_RPC];

/// Milliseconds without any acknowledgement after which the device is probably no gateway.
pub const SILENCE_MS: i64 = 5_000;

/// Publishes whose outcome is waited for.
const MOST_ERRANDS: usize = 64;

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gateway {
    pub device: String,
    pub profile: String,
    pub children: Children,
    pub telemetry: Values,
    pub attributes: String,
    pub keys: String,
    pub scope: AskScope,
    pub asks: Asks,
    pub calls: Calls,
    pub secret: Secret,
    pub duration: String,
    /// What is wrong with what stands in a form.
    problems: BTreeMap<FormName, String>,
    /// What came of the last press of a form's button.
    notices: BTreeMap<FormName, String>,
    pub recent: Recent,
    /// What each publish was for, by its number.
    errands: VecDeque<(u32, Errand)>,
    /// Since when nothing was acknowledged, Unix milliseconds.
    waiting_since_ms: Option<i64>,
    /// Nothing was acknowledged for so long that there must be a reason.
    pub is_silent: bool,
    /// When the tab was last looked at, Unix milliseconds; ages are counted from here.
    pub now_ms: i64,
}

/// The forms of the tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormName {
    Connect,
    Telemetry,
    Attributes,
    Request,
    Reply,
    Claim,
}

/// The text boxes of the tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    Device,
    Profile,
    Telemetry,
    Attributes,
    Keys,
    Reply,
    Secret,
    Duration,
}

/// Whose attributes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskScope {
    #[default]
    Client,
    Shared,
}

/// What a publish was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Connect(Rc<str>),
    Disconnect(Rc<str>),
    Telemetry(Rc<str>),
    /// A request, by its id.
    Request(i32),
    /// A reply, by the page's number of the call.
    Reply(u32),
    /// Nothing but its delivery matters.
    Other,
}

/// The person worked on the tab.
#[derive(Clone, Debug, PartialEq)]
pub enum GatewayAction {
    Typed(Input, String),
    Connect,
    Disconnect(Rc<str>),
    /// Work with this device.
    Choose(Rc<str>),
    EditorChosen(Editor),
    Row(RowEdit),
    PublishTelemetry,
    PublishAttributes,
    ScopeChosen(AskScope),
    Request,
    /// Answer this call.
    ChooseCall(u32),
    Reply,
    Claim,
}

impl FormName {
    /// The id of the text box that its problems are about.
    #[must_use]
    pub fn field_id(self) -> &'static str {
        match self {
            Self::Connect => "gateway-device",
            Self::Telemetry => "gateway-telemetry",
            Self::Attributes => "gateway-attributes",
            Self::Request => "gateway-keys",
            Self::Reply => "gateway-reply",
            Self::Claim => "gateway-duration",
        }
    }
}

impl Input {
    fn form(self) -> FormName {
        match self {
            Self::Device | Self::Profile => FormName::Connect,
            Self::Telemetry => FormName::Telemetry,
            Self::Attributes => FormName::Attributes,
            Self::Keys => FormName::Request,
            Self::Reply => FormName::Reply,
            Self::Secret | Self::Duration => FormName::Claim,
        }
    }
}

impl AskScope {
    pub const ALL: [Self; 2] = [Self::Client, Self::Shared];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Shared => "shared",
        }
    }

    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|scope| scope.label() == label).unwrap_or_default()
    }

    pub(super) fn scope(self) -> Scope {
        match self {
            Self::Client => Scope::Client,
            Self::Shared => Scope::Shared,
        }
    }
}

impl Gateway {
    #[must_use]
    pub fn problem(&self, form: FormName) -> Option<&str> {
        self.problems.get(&form).map(String::as_str)
    }

    #[must_use]
    pub fn notice(&self, form: FormName) -> Option<&str> {
        self.notices.get(&form).map(String::as_str)
    }

    /// Takes what was typed and withdraws what was said of another text.
    pub(super) fn typed(&mut self, input: Input, text: String) {
        self.quiet(input.form());
        match input {
            Input::Device => self.device = text,
            Input::Profile => self.profile = text,
            Input::Telemetry => self.telemetry.json = text,
            Input::Attributes => self.attributes = text,
            Input::Keys => self.keys = text,
            Input::Reply => self.calls.reply = text,
            Input::Secret => self.secret = Secret::new(text),
            Input::Duration => self.duration = text,
        }
    }

    /// Nothing is to be said of this form any more.
    pub(super) fn quiet(&mut self, form: FormName) {
        self.problems.remove(&form);
        self.notices.remove(&form);
    }

    pub(super) fn set_problem(&mut self, form: FormName, sentence: &str) {
        self.problems.insert(form, visible_reason(sentence));
    }

    pub(super) fn set_notice(&mut self, form: FormName, sentence: &str) {
        self.notices.insert(form, visible_reason(sentence));
    }

    /// A publish left, under the next number of the recent ones.
    pub(super) fn sent(&mut self, errand: Errand, now_ms: i64) -> u32 {
        let number = self.recent.next_number();
        self.errands.push_back((number, errand));
        if self.errands.len() > MOST_ERRANDS {
            self.errands.pop_front();
        }
        self.waiting_since_ms.get_or_insert(now_ms);
        number
    }

    /// What the publish with this number was for.
    pub(super) fn take_errand(&mut self, number: u32) -> Option<Errand> {
        let at = self.errands.iter().position(|(known, _)| *known == number)?;
        self.errands.remove(at).map(|(_, errand)| errand)
    }

    /// The server said something to the gateway.
    pub(super) fn heard(&mut self) {
        self.waiting_since_ms = None;
        self.is_silent = false;
    }

    /// The session is over.
    pub(super) fn over(&mut self) {
        self.waiting_since_ms = None;
        self.errands.clear();
        self.children.over();
        self.calls.over();
        self.asks.over();
    }

    /// A session of another device, perhaps: what was typed stays.
    pub(super) fn start_anew(&mut self) {
        let kept = std::mem::take(self);
        *self = Self {
            device: kept.device,
            profile: kept.profile,
            telemetry: kept.telemetry,
            attributes: kept.attributes,
            keys: kept.keys,
            scope: kept.scope,
            calls: Calls::writing(kept.calls.reply),
            secret: kept.secret,
            duration: kept.duration,
            ..Self::default()
        };
    }

    pub(super) fn wants_ticks(&self) -> bool {
        self.is_waiting() || self.calls.is_waiting() || self.asks.is_waiting()
    }

    fn is_waiting(&self) -> bool {
        self.waiting_since_ms.is_some() && !self.is_silent
    }

    /// Time passed. Returns whether it is newly noticed that nothing is acknowledged.
    pub(super) fn tick(&mut self, now_ms: i64) -> bool {
        self.now_ms = now_ms;
        self.asks.tick(now_ms);
        let silent = self.waiting_since_ms.is_some_and(|since_ms| now_ms - since_ms >= SILENCE_MS);
        silent && !std::mem::replace(&mut self.is_silent, true)
    }
}

#[cfg(test)]
mod tests;
