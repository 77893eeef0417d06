//! The platform's side in demo mode: what ThingsBoard sees of the device, and what it was told to do.

use super::{
    action::{PlatformCall, PlatformReply},
    connection::Dial,
};
use serde_json::{Map, Value};
use shared::{
    credentials::{AccessToken, Credentials},
    endpoint::{Endpoint, Host},
    platform::{DemoDevice, PlatformView, RpcCall, RpcOutcome},
};
use std::{collections::VecDeque, rc::Rc};

/// Commands shown; older ones fall out.
const MAX_COMMANDS: usize = 20;
/// Milliseconds that ThingsBoard waits for the device's answer by default.
const RPC_TIMEOUT_MS: u64 = 10_000;

/// Said when a command would reach nobody.
const DEAF: &str = "The device has not subscribed to v1/devices/me/rpc/request/+ (tab Raw MQTT, or Run the \
     example): it cannot receive this.";

pub const METHOD_ID: &str = "platform-method";
pub const PARAMS_ID: &str = "platform-params";
pub const KEY_ID: &str = "platform-key";
pub const VALUE_ID: &str = "platform-value";

/// The platform's side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Platform {
    /// The device the demo gave.
    pub demo: Option<DemoDevice>,
    pub view: Option<Rc<PlatformView>>,
    /// When the view was read, Unix milliseconds.
    pub read_at_ms: i64,
    /// Why there is no newer view.
    pub problem: Option<String>,
    pub rpc: RpcForm,
    pub attribute: AttributeForm,
    /// Newest first.
    pub commands: VecDeque<Command>,
    /// The device the view is of.
    token: Option<AccessToken>,
    viewing: Option<u32>,
    last_ticket: u32,
}

/// The form for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcForm {
    pub method: String,
    pub params: String,
    pub one_way: bool,
    pub method_problem: Option<String>,
    pub params_problem: Option<String>,
    /// Why the last press of the button came to nothing.
    pub notice: Option<&'static str>,
}

impl Default for RpcForm {
    fn default() -> Self {
        Self {
            method: "setValue".to_owned(),
            params: r#"{"value": true}"#.to_owned(),
            one_way: false,
            method_problem: None,
            params_problem: None,
            notice: None,
        }
    }
}

/// The form for a shared attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeForm {
    pub key: String,
    pub value: String,
    pub key_problem: Option<String>,
    pub value_problem: Option<String>,
}

/// Which form a command came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Rpc,
    Attribute,
}

/// Something the platform was told to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub ticket: u32,
    pub origin: Origin,
    /// In words.
    pub what: String,
    /// `None` while it is under way; `Err` is a sentence.
    pub outcome: Option<Result<PlatformReply, String>>,
}

/// The person worked on the platform tab, or an answer came.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformAction {
    /// Time to look again.
    Refresh,
    MethodTyped(String),
    ParamsTyped(String),
    OneWayChosen(bool),
    SendRpc,
    KeyTyped(String),
    ValueTyped(String),
    SetAttribute,
    DeleteAttribute(String),
    Replied {
        ticket: u32,
        result: Result<PlatformReply, String>,
    },
}

/// A call to make, and the focus to move when a form cannot be sent.
pub(super) enum Outcome {
    Call { ticket: u32, call: PlatformCall },
    Focus(&'static str),
}

impl Platform {
    /// The token that the platform side may be asked with: only one that belongs to the emulator, which
    /// is the demo's own device or any device at the emulator's address.
    #[must_use]
    pub fn token_for(&self, dial: &Dial) -> Option<AccessToken> {
        let Credentials::AccessToken(token) = &dial.credentials;
        self.belongs(&dial.endpoint, token).then(|| token.clone())
    }

    /// Whether this is the device that the demo gave.
    #[must_use]
    pub fn is_demo_device(&self, dial: &Dial) -> bool {
        let Credentials::AccessToken(token) = &dial.credentials;
        self.demo
            .as_ref()
            .is_some_and(|demo| demo.access_token == *token && is_same_place(&demo.endpoint, &dial.endpoint))
    }

    #[must_use]
    pub fn belongs(&self, endpoint: &Endpoint, token: &AccessToken) -> bool {
        self.demo
            .as_ref()
            .is_some_and(|demo| demo.access_token == *token || is_same_place(&demo.endpoint, endpoint))
    }

    /// Looks at the device with this token, unless an answer is still waited for.
    pub(super) fn refresh(&mut self, token: &AccessToken) -> Option<Outcome> {
        if self.token.as_ref() != Some(token) {
            self.token = Some(token.clone());
            self.view = None;
            self.problem = None;
            self.viewing = None;
        }
        if self.viewing.is_some() {
            return None;
        }
        let ticket = self.ticket();
        self.viewing = Some(ticket);
        Some(Outcome::Call { ticket, call: PlatformCall::View })
    }

    /// `hears`: whether the device can receive a command, as far as this page knows.
    pub(super) fn send_rpc(&mut self, hears: bool) -> Option<Outcome> {
        let method = self.rpc.method.trim();
        self.rpc.method_problem = method.is_empty().then(|| "The method is missing: type a name.".to_owned());
        let params = parse_json(&self.rpc.params);
        self.rpc.params_problem = params.as_ref().err().cloned();
        let params = match params {
            _ if self.rpc.method_problem.is_some() => return Some(Outcome::Focus(METHOD_ID)),
            Err(_) => return Some(Outcome::Focus(PARAMS_ID)),
            Ok(params) => params,
        };
        self.rpc.notice = (!hears).then_some(DEAF);
        if !hears {
            return None;
        }
        let call = RpcCall {
            method: method.to_owned(),
            params,
            one_way: self.rpc.one_way,
            timeout_ms: RPC_TIMEOUT_MS,
        };
        let way = if call.one_way { "One-way" } else { "Two-way" };
        let what = format!("{way} RPC {} {}", call.method, call.params);
        Some(self.command(Origin::Rpc, what, PlatformCall::Rpc(call)))
    }

    pub(super) fn set_attribute(&mut self) -> Outcome {
        let key = self.attribute.key.trim().to_owned();
        self.attribute.key_problem = key.is_empty().then(|| "The key is missing: type a name.".to_owned());
        let value = parse_json(&self.attribute.value);
        self.attribute.value_problem = value.as_ref().err().cloned();
        match value {
            _ if key.is_empty() => Outcome::Focus(KEY_ID),
            Err(_) => Outcome::Focus(VALUE_ID),
            Ok(value) => self.command(
                Origin::Attribute,
                format!("Set shared attribute {key} to {value}"),
                PlatformCall::SetShared(Map::from_iter([(key, value)])),
            ),
        }
    }

    pub(super) fn delete_attribute(&mut self, key: String) -> Outcome {
        let what = format!("Delete shared attribute {key}");
        let keys = shared::platform::AttributeKeys { keys: vec![key] };
        self.command(Origin::Attribute, what, PlatformCall::DeleteShared(keys))
    }

    fn command(&mut self, origin: Origin, what: String, call: PlatformCall) -> Outcome {
        let ticket = self.ticket();
        self.commands.push_front(Command { ticket, origin, what, outcome: None });
        self.commands.truncate(MAX_COMMANDS);
        Outcome::Call { ticket, call }
    }

    /// The newest command from one of the forms.
    #[must_use]
    pub fn newest(&self, origin: Origin) -> Option<&Command> {
        self.commands.iter().find(|command| command.origin == origin)
    }

    fn ticket(&mut self) -> u32 {
        self.last_ticket = self.last_ticket.wrapping_add(1);
        self.last_ticket
    }

    /// Takes an answer. Returns whether it was one to a command, so that the view is out of date.
    pub(super) fn reply(
        &mut self,
        ticket: u32,
        result: Result<PlatformReply, String>,
        now_ms: i64,
    ) -> Option<String> {
        if self.viewing == Some(ticket) {
            self.viewing = None;
            match result {
                Ok(PlatformReply::View(view)) => {
                    self.view = Some(Rc::new(view));
                    self.read_at_ms = now_ms;
                    self.problem = None;
                }
                Ok(PlatformReply::Rpc(_) | PlatformReply::Done) => {}
                Err(problem) => self.problem = Some(problem),
            }
            return None;
        }
        let command = self.commands.iter_mut().find(|command| command.ticket == ticket)?;
        command.outcome = Some(result);
        Some(format!("{}: {}", command.what, outcome_words(command.outcome.as_ref())))
    }
}

/// An outcome in words.
#[must_use]
pub fn outcome_words(outcome: Option<&Result<PlatformReply, String>>) -> String {
    match outcome {
        None => "under way".to_owned(),
        Some(Err(problem)) => problem.clone(),
        Some(Ok(PlatformReply::Rpc(RpcOutcome::Answered { response }))) => format!("answered {response}"),
        Some(Ok(PlatformReply::Rpc(RpcOutcome::Delivered))) => "delivered".to_owned(),
        Some(Ok(PlatformReply::Rpc(RpcOutcome::TimedOut))) => {
            "timed out: the device is not connected, not subscribed to RPC requests, or did not answer"
                .to_owned()
        }
        Some(Ok(PlatformReply::View(_) | PlatformReply::Done)) => "done".to_owned(),
    }
}

fn parse_json(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Err("The JSON is missing: type a value such as 21, \"on\", true or {}.".to_owned());
    }
    serde_json::from_str(text).map_err(|error| {
        format!(
            "This is not JSON (line {}, column {}): text needs quotes, as in \"on\".",
            error.line(),
            error.column()
        )
    })
}

/// Whether both lead to one listener; this computer has several names for itself.
fn is_same_place(one: &Endpoint, other: &Endpoint) -> bool {
    one == other || (one.port == other.port && is_loopback(&one.host) && is_loopback(&other.host))
}

fn is_loopback(host: &Host) -> bool {
    host.as_str() == "localhost" || host.ip().is_some_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> AccessToken {
        AccessToken::parse(text).unwrap()
    }

    fn endpoint(host: &str) -> Endpoint {
        Endpoint { host: Host::parse(host).unwrap(), port: 8883 }
    }

    #[test]
    fn a_token_of_a_real_server_is_never_used() {
        let mut platform = Platform::default();
        assert!(!platform.belongs(&endpoint("mqtt.thingsboard.cloud"), &token("T")));
        assert!(!platform.belongs(&endpoint("localhost"), &token("T")), "the demo may be elsewhere");
        let demo_at = |host| DemoDevice {
            name: "Demo".into(),
            endpoint: endpoint(host),
            access_token: token("D"),
            ca_pem: String::new(),
        };
        platform.demo = Some(demo_at("demo.example"));
        assert!(platform.belongs(&endpoint("demo.example"), &token("other")));
        assert!(!platform.belongs(&endpoint("tb.example"), &token("T")));
        assert!(!platform.belongs(&endpoint("localhost"), &token("T")));
        platform.demo = Some(demo_at("localhost"));
        assert!(platform.belongs(&endpoint("127.0.0.1"), &token("other")));
        let beside = Endpoint { port: 18_883, ..endpoint("localhost") };
        assert!(!platform.belongs(&beside, &token("T")), "another server on this computer");
        assert!(platform.belongs(&beside, &token("D")));
    }

    #[test]
    fn one_look_at_a_time_and_a_new_device_starts_afresh() {
        let mut platform = Platform::default();
        let Some(Outcome::Call { ticket, .. }) = platform.refresh(&token("A")) else { panic!() };
        assert!(platform.refresh(&token("A")).is_none());
        platform.reply(ticket, Ok(PlatformReply::View(PlatformView::default())), 5);
        assert!(platform.view.is_some());
        assert!(platform.refresh(&token("B")).is_some());
        assert!(platform.view.is_none());
    }

    #[test]
    fn commands_need_json_and_tell_their_outcome() {
        let mut platform = Platform::default();
        platform.rpc.params = "on".into();
        assert!(matches!(platform.send_rpc(true), Some(Outcome::Focus(PARAMS_ID))));
        assert!(platform.rpc.params_problem.as_ref().unwrap().contains("quotes"));
        platform.rpc.params = "1".into();
        assert!(platform.send_rpc(false).is_none());
        assert!(platform.rpc.notice.unwrap().contains("has not subscribed"));
        let Some(Outcome::Call { ticket, .. }) = platform.send_rpc(true) else { panic!() };
        assert_eq!(platform.rpc.notice, None);
        let response = serde_json::json!({"value1": "A"});
        let words =
            platform.reply(ticket, Ok(PlatformReply::Rpc(RpcOutcome::Answered { response })), 0).unwrap();
        assert!(platform.newest(Origin::Rpc).is_some_and(|command| command.outcome.is_some()));
        assert!(platform.newest(Origin::Attribute).is_none());
        assert_eq!(words, r#"Two-way RPC setValue 1: answered {"value1":"A"}"#);
        platform.attribute.key = "a".into();
        assert!(matches!(platform.set_attribute(), Outcome::Focus(VALUE_ID)));
        platform.attribute.value = "true".into();
        assert!(matches!(platform.set_attribute(), Outcome::Call { .. }));
    }
}
