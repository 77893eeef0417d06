//! The platform's side in demo mode: what ThingsBoard sees of the device, and what it was told to do.

pub mod calls;
pub mod fault;
mod forms;
pub mod package;
pub mod rates;

use super::connection::Dial;
use calls::{PlatformCall, PlatformReply};
use fault::{FaultAction, FaultForm};
pub use forms::{AttributeForm, RpcForm};
use package::{PackageAction, PackageForm, kind_word};
use rates::{RatesAction, RatesForm};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    endpoint::{Endpoint, Host},
    platform::{
        AttributeKeys, DemoDevice, MqttProfile, PayloadType, PlatformView, RpcCall, RpcOutcome, Unassign,
    },
    thingsboard::topic::PackageKind,
};
use std::{collections::VecDeque, rc::Rc};

/// Commands shown; older ones fall out.
const MAX_COMMANDS: usize = 20;

/// Said when a command would reach nobody.
const DEAF: &str = "The device has not subscribed to v1/devices/me/rpc/request/+ (tab RPC, or Run the \
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
    /// The device behind the gateway that RPC and shared attributes are for; `None` is the device itself.
    pub target: Option<String>,
    pub package: PackageForm,
    pub fault: FaultForm,
    pub rates: RatesForm,
    /// Newest first.
    pub commands: VecDeque<Command>,
    /// The device the view is of.
    token: Option<AccessToken>,
    viewing: Option<u32>,
    last_ticket: u32,
}

/// Which form a command came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Rpc,
    Attribute,
    Package,
    Fault,
    Rates,
    Profile,
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
    /// RPC and shared attributes are for this device behind the gateway, or for the device itself.
    TargetChosen(Option<String>),
    Package(PackageAction),
    Fault(FaultAction),
    Rates(RatesAction),
    Profile(ProfileAction),
    Replied {
        ticket: u32,
        result: Result<PlatformReply, String>,
    },
}

/// The person changed the device's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileAction {
    PayloadChosen(PayloadType),
    AcceptJsonChosen(bool),
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
        let token = dial.credentials.access_token()?;
        self.belongs(&dial.endpoint, token).then(|| token.clone())
    }

    /// Whether this is the device that the demo gave.
    #[must_use]
    pub fn is_demo_device(&self, dial: &Dial) -> bool {
        let token = dial.credentials.access_token();
        self.demo.as_ref().is_some_and(|demo| {
            Some(&demo.access_token) == token && is_same_place(&demo.endpoint, &dial.endpoint)
        })
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
            self.target = None;
        }
        if self.viewing.is_some() {
            return None;
        }
        let ticket = self.ticket();
        self.viewing = Some(ticket);
        Some(Outcome::Call { ticket, call: PlatformCall::View })
    }

    /// The shared attributes of the device that they are set for.
    #[must_use]
    pub fn target_attributes<'v>(&self, view: &'v PlatformView) -> &'v Map<String, Value> {
        let child = view.children.iter().find(|child| Some(&child.device) == self.target.as_ref());
        child.map_or(&view.shared_attributes, |child| &child.shared_attributes)
    }

    /// The device that RPC and shared attributes are for, in words for a command; nothing for the device itself.
    fn for_target(&self) -> String {
        self.target.as_ref().map(|name| format!(" for {name}")).unwrap_or_default()
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
        let is_deaf = !hears && self.target.is_none();
        self.rpc.notice = is_deaf.then_some(DEAF);
        if is_deaf {
            return None;
        }
        let call = RpcCall {
            method: method.to_owned(),
            params,
            one_way: self.rpc.one_way,
            timeout_ms: shared::thingsboard::rpc::SERVER_CALL_TIMEOUT_MS,
        };
        let way = if call.one_way { "One-way" } else { "Two-way" };
        let what = format!("{way} RPC {} {}{}", call.method, call.params, self.for_target());
        let child = self.target.clone();
        Some(self.command(Origin::Rpc, what, PlatformCall::Rpc { child, call }))
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
                format!("Set shared attribute {key} to {value}{}", self.for_target()),
                PlatformCall::SetShared {
                    child: self.target.clone(),
                    values: Map::from_iter([(key, value)]),
                },
            ),
        }
    }

    pub(super) fn delete_attribute(&mut self, key: String) -> Outcome {
        let what = format!("Delete shared attribute {key}{}", self.for_target());
        let keys = AttributeKeys { keys: vec![key] };
        let child = self.target.clone();
        self.command(Origin::Attribute, what, PlatformCall::DeleteShared { child, keys })
    }

    pub(super) fn package(&mut self, action: PackageAction) -> Option<Outcome> {
        let built = match action {
            PackageAction::Assign => self.package.assign(),
            PackageAction::Generate => self.package.generate(),
            PackageAction::Unassign(kind) => Ok(unassign(kind)),
            edit => {
                self.package.edit(edit);
                return None;
            }
        };
        Some(self.built(Origin::Package, built))
    }

    pub(super) fn fault(&mut self, action: FaultAction) -> Option<Outcome> {
        let built = match action {
            FaultAction::Set => self.fault.set(),
            FaultAction::Clear => Ok(("Clear fault".to_owned(), PlatformCall::ClearFault)),
            edit => {
                self.fault.edit(edit);
                return None;
            }
        };
        Some(self.built(Origin::Fault, built))
    }

    pub(super) fn rates(&mut self, action: RatesAction) -> Option<Outcome> {
        if action != RatesAction::Set {
            self.rates.edit(action);
            return None;
        }
        let built = self.rates.set();
        Some(self.built(Origin::Rates, built))
    }

    /// Changes the profile that was last seen.
    pub(super) fn profile(&mut self, action: ProfileAction) -> Option<Outcome> {
        let known = self.view.as_ref()?.profile.clone();
        let profile = match action {
            ProfileAction::PayloadChosen(payload_type) => MqttProfile { payload_type, ..known },
            ProfileAction::AcceptJsonChosen(accept_json) => MqttProfile { accept_json, ..known },
        };
        let what = "Change the device profile".to_owned();
        Some(self.command(Origin::Profile, what, PlatformCall::SetProfile(Box::new(profile))))
    }

    fn built(&mut self, origin: Origin, built: Result<(String, PlatformCall), &'static str>) -> Outcome {
        match built {
            Ok((what, call)) => self.command(origin, what, call),
            Err(id) => Outcome::Focus(id),
        }
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
                    self.view = Some(Rc::from(view));
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

fn unassign(kind: PackageKind) -> (String, PlatformCall) {
    (format!("Unassign {}", kind_word(kind)), PlatformCall::Unassign(Unassign { kind }))
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
mod tests;
