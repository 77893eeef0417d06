//! The devices behind the gateway, as far as this page knows them. Bounded.

use crate::text::Stamp;
use serde_json::Value;
use shared::{
    reason,
    thingsboard::{attributes::Push, gateway::incoming::Disconnected},
    wire::PublishOutcome,
};
use std::collections::BTreeMap;

/// Devices kept; those that are gone fall out first, then the oldest.
pub const MOST_CHILDREN: usize = 50;

/// Pushed attributes kept of each device.
pub const MOST_ATTRIBUTES: usize = 100;

/// The devices, in the order they came, and the one that is worked with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Children {
    pub list: Vec<Child>,
    pub chosen: Option<String>,
    /// How many fell out.
    pub left_out: usize,
}

/// A device behind the gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    pub name: String,
    /// As this page said; empty for the server's own choice.
    pub profile: String,
    pub standing: Standing,
    pub telemetry: Option<LastTelemetry>,
    /// The last call: when it came, and its method.
    pub call: Option<(Stamp, String)>,
    /// Shared attributes that the server pushed.
    pub pushed: BTreeMap<String, Value>,
}

/// Whether the device is connected through this gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for; the server has not said anything yet.
    Asked,
    /// Connected by us, or by a mention of it.
    Connected,
    Leaving,
    Left,
    /// The server gave it up, for this reason.
    GivenUp(String),
    Refused(String),
    /// The gateway's session is over.
    Ended,
}

/// What was last sent for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastTelemetry {
    pub at: Stamp,
    pub text: String,
    pub outcome: Option<PublishOutcome>,
}

impl Children {
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Child> {
        self.list.iter().find(|child| child.name == name)
    }

    #[must_use]
    pub fn chosen(&self) -> Option<&Child> {
        self.find(self.chosen.as_ref()?)
    }

    /// The device, which is new where it was not known.
    pub(in crate::state) fn of(&mut self, name: &str) -> &mut Child {
        let at = self.list.iter().position(|child| child.name == name).unwrap_or_else(|| {
            if self.list.len() >= MOST_CHILDREN {
                let gone = self.list.iter().position(|child| !child.is_here()).unwrap_or(0);
                self.list.remove(gone);
                self.left_out += 1;
            }
            self.list.push(Child {
                name: name.to_owned(),
                profile: String::new(),
                standing: Standing::Connected,
                telemetry: None,
                call: None,
                pushed: BTreeMap::new(),
            });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    pub(in crate::state) fn set(&mut self, name: &str, standing: Standing) {
        if let Some(child) = self.list.iter_mut().find(|child| child.name == name) {
            child.standing = standing;
        }
    }

    /// The server gave a device up.
    pub(in crate::state) fn give_up(&mut self, told: &Disconnected) -> String {
        let why = format!("{} ({:#04x})", reason::words(told.reason), told.reason);
        self.of(&told.device).standing = Standing::GivenUp(why.clone());
        why
    }

    pub(super) fn over(&mut self) {
        for child in &mut self.list {
            if child.is_here() {
                child.standing = Standing::Ended;
            }
        }
    }
}

impl Child {
    /// Whether the device is behind this gateway now, or about to be.
    #[must_use]
    pub fn is_here(&self) -> bool {
        matches!(self.standing, Standing::Asked | Standing::Connected | Standing::Leaving)
    }

    /// Shared attributes changed.
    pub(in crate::state) fn pushed(&mut self, change: Push) {
        match change {
            Push::Updated(values) => {
                for (key, value) in values {
                    if self.pushed.len() < MOST_ATTRIBUTES || self.pushed.contains_key(&key) {
                        self.pushed.insert(key, value);
                    }
                }
            }
            Push::Deleted(keys) => {
                for key in keys {
                    self.pushed.remove(&key);
                }
            }
        }
    }
}
