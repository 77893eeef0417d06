//! The devices behind the gateway, as far as this page knows them. Bounded.

use crate::text::Stamp;
use shared::{
    reason,
    thingsboard::{attributes::Push, gateway::incoming::Disconnected},
    wire::PublishOutcome,
};
use std::{collections::BTreeMap, rc::Rc};

/// Devices kept; those that are gone fall out first, then the oldest.
pub const MOST_CHILDREN: usize = 50;

/// Pushed attributes kept of each device.
pub const MOST_ATTRIBUTES: usize = 100;

/// Bytes kept of all devices: of their names, and of what came for them.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The devices, in the order they came, and the one that is worked with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Children {
    pub list: Vec<Child>,
    pub chosen: Option<Rc<str>>,
    /// How many fell out.
    pub left_out: usize,
    /// How many pushed attributes found no room.
    pub attributes_left_out: usize,
}

/// A device behind the gateway. A copy costs little, however long its texts are.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    pub name: Rc<str>,
    /// As this page said; empty for the server's own choice.
    pub profile: Rc<str>,
    pub standing: Standing,
    pub telemetry: Option<LastTelemetry>,
    /// The last call: when it came, and its method.
    pub call: Option<(Stamp, Rc<str>)>,
    /// Shared attributes that the server pushed: keys, and values as JSON.
    pub pushed: Rc<BTreeMap<Rc<str>, Rc<str>>>,
    /// Of the pushed keys and values.
    pushed_bytes: usize,
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
        self.list.iter().find(|child| &*child.name == name)
    }

    #[must_use]
    pub fn chosen(&self) -> Option<&Child> {
        self.find(self.chosen.as_deref()?)
    }

    /// The device, which is new where it was not known.
    pub(in crate::state) fn of(&mut self, name: &str) -> &mut Child {
        let at = self.list.iter().position(|child| &*child.name == name).unwrap_or_else(|| {
            while !self.list.is_empty()
                && (self.list.len() >= MOST_CHILDREN || self.bytes() + name.len() > MAX_BYTES)
            {
                self.drop_one();
            }
            self.list.push(Child {
                name: name.into(),
                profile: "".into(),
                standing: Standing::Connected,
                telemetry: None,
                call: None,
                pushed: Rc::default(),
                pushed_bytes: 0,
            });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    /// The oldest that is gone falls out, else the oldest, else the one that is worked with.
    fn drop_one(&mut self) {
        let gone = self.list.iter().position(|child| !child.is_here());
        let oldest = || self.list.iter().position(|child| self.chosen.as_ref() != Some(&child.name));
        let at = gone.or_else(oldest).unwrap_or(0);
        self.list.remove(at);
        self.left_out += 1;
    }

    /// Bytes of names, and of what came for the devices.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.list.iter().map(Child::bytes).sum()
    }

    /// The server called a device.
    pub(in crate::state) fn called(&mut self, name: &str, method: &str, at: Stamp) {
        self.of(name).call = None;
        // The method stands in the list of calls too: here it is left out where it would take too much.
        let room = self.bytes() + method.len() <= MAX_BYTES;
        self.of(name).call = Some((at, if room { method.into() } else { "".into() }));
    }

    /// The server pushed shared attributes of a device. What finds no room is left out, with what was known of it.
    pub(in crate::state) fn pushed(&mut self, name: &str, change: &Push) {
        let room = MAX_BYTES.saturating_sub(self.bytes_beside(name));
        let left_out = self.of(name).pushed(change, room);
        self.attributes_left_out += left_out;
    }

    /// Bytes of all but what was pushed for this device.
    fn bytes_beside(&mut self, name: &str) -> usize {
        let own = self.of(name).pushed_bytes;
        self.bytes() - own
    }

    pub(in crate::state) fn set(&mut self, name: &str, standing: Standing) {
        if let Some(child) = self.list.iter_mut().find(|child| &*child.name == name) {
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

    fn bytes(&self) -> usize {
        let method = self.call.as_ref().map_or(0, |(_, method)| method.len());
        self.name.len() + self.profile.len() + method + self.pushed_bytes
    }

    /// Shared attributes changed. `room`: bytes that they may take. Returns how many found none.
    fn pushed(&mut self, change: &Push, room: usize) -> usize {
        let pushed = Rc::make_mut(&mut self.pushed);
        let bytes = &mut self.pushed_bytes;
        let mut left_out = 0;
        match change {
            Push::Updated(values) => {
                for (key, value) in values {
                    forget(pushed, key, bytes);
                    let value = value.to_string();
                    let weight = key.len() + value.len();
                    if pushed.len() < MOST_ATTRIBUTES && *bytes + weight <= room {
                        *bytes += weight;
                        pushed.insert(key.as_str().into(), value.into());
                    } else {
                        left_out += 1;
                    }
                }
            }
            Push::Deleted(keys) => {
                for key in keys {
                    forget(pushed, key, bytes);
                }
            }
        }
        left_out
    }
}

fn forget(pushed: &mut BTreeMap<Rc<str>, Rc<str>>, key: &str, bytes: &mut usize) {
    if let Some(value) = pushed.remove(key) {
        *bytes -= key.len() + value.len();
    }
}
