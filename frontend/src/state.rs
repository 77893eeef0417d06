//! Everything the page knows, and the one function that changes it.
//!
//! [`update`] is pure: it takes an [`Action`] and a [`Now`], changes the [`State`] and says in
//! [`Effect`]s what the browser is to do. It must not know of web-sys, sockets, timers or clocks, so
//! that every behaviour of the page is a native test.

pub mod action;
pub mod attributes;
pub mod backoff;
pub mod connection;
pub mod contest;
pub mod copy_as;
pub mod dialect;
pub mod firmware;
pub mod form;
pub mod gateway;
pub mod limits;
pub mod log;
pub mod open_devices;
pub mod platform;
pub mod provision;
pub mod publish;
pub mod purpose;
pub mod requests;
pub mod rows;
pub mod rpc;
pub mod saved;
pub mod subscriptions;
pub mod telemetry;
mod update;

use crate::text::{Stamp, spoken};
use attributes::Attributes;
use connection::Phase;
use contest::Contest;
use copy_as::CopyAs;
use dialect::Dialect;
use firmware::Firmware;
use form::Form;
use gateway::Gateway;
use limits::Limits;
use log::{Content, Log, LogView};
use platform::Platform;
use provision::Provision;
use publish::{PublishForm, Raw};
use requests::Requests;
use rpc::Rpc;
use saved::Saved;
use shared::{thingsboard::topic::TopicId, wire::ProxyOffer};
use subscriptions::Subscriptions;
use telemetry::Telemetry;

pub use action::{Action, Effect, SocketId};
pub use update::{early, update};

/// What the world says at the moment of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    pub stamp: Stamp,
    /// 0 to 1, for the jitter of reconnects.
    pub chance: f64,
    /// Bytes that the WebSocket has taken and the network has not.
    pub unsent_bytes: u32,
}

impl Now {
    #[must_use]
    pub fn unix_ms(self) -> i64 {
        self.stamp.unix_ms
    }
}

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub offer: OfferState,
    pub form: Form,
    pub phase: Phase,
    pub log: Log,
    pub log_view: LogView,
    pub subscriptions: Subscriptions,
    pub requests: Requests,
    pub publish: PublishForm,
    pub raw: Raw,
    pub dialect: Dialect,
    pub telemetry: Telemetry,
    pub attributes: Attributes,
    pub rpc: Rpc,
    pub firmware: Firmware,
    pub provision: Provision,
    pub gateway: Gateway,
    pub limits: Limits,
    pub platform: Platform,
    pub saved: Saved,
    pub copy_as: CopyAs,
    pub tab: Tab,
    pub theme: Theme,
    /// What became of the last press of Copy: whether the clipboard took the text.
    pub copied: Option<bool>,
    /// Read out by screen readers, for what is otherwise only seen.
    pub announcement: Announcement,
    /// The socket whose events count; those of an earlier one are late and ignored.
    pub socket: Option<SocketId>,
    last_socket: SocketId,
    last_topic_id: TopicId,
    contest: Contest,
    demo_asked: Option<DemoAsked>,
    /// What was done waits for a part of the program that could not be fetched.
    pub part_missing: bool,
}

/// The demo device is being fetched. `then`: what was pressed meanwhile, to be done with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DemoAsked {
    then: Option<OnceFilled>,
}

/// What waits for the form to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnceFilled {
    Connect,
    RunExample,
}

/// What the proxy offers, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OfferState {
    #[default]
    Asked,
    Known(ProxyOffer),
    /// A sentence.
    Failed(String),
}

impl OfferState {
    #[must_use]
    pub fn known(&self) -> Option<&ProxyOffer> {
        match self {
            Self::Known(offer) => Some(offer),
            Self::Asked | Self::Failed(_) => None,
        }
    }

    /// Whether this proxy has an emulator behind it.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        self.known().is_some_and(|offer| offer.demo)
    }
}

/// The tabs of the work area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Console,
    Telemetry,
    Attributes,
    Rpc,
    Firmware,
    Provision,
    Gateway,
    RawMqtt,
    Certificate,
    Platform,
}

impl Tab {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Console => "Console",
            Self::Telemetry => "Telemetry",
            Self::Attributes => "Attributes",
            Self::Rpc => "RPC",
            Self::Firmware => "Firmware",
            Self::Provision => "Provision & claim",
            Self::Gateway => "Gateway",
            Self::RawMqtt => "Raw MQTT",
            Self::Certificate => "Certificate",
            Self::Platform => "Platform",
        }
    }

    /// The id of the tab itself.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Console => "tab-console",
            Self::Telemetry => "tab-telemetry",
            Self::Attributes => "tab-attributes",
            Self::Rpc => "tab-rpc",
            Self::Firmware => "tab-firmware",
            Self::Provision => "tab-provision",
            Self::Gateway => "tab-gateway",
            Self::RawMqtt => "tab-raw-mqtt",
            Self::Certificate => "tab-certificate",
            Self::Platform => "tab-platform",
        }
    }

    /// The id of what the tab shows.
    #[must_use]
    pub fn panel_id(self) -> &'static str {
        match self {
            Self::Console => "panel-console",
            Self::Telemetry => "panel-telemetry",
            Self::Attributes => "panel-attributes",
            Self::Rpc => "panel-rpc",
            Self::Firmware => "panel-firmware",
            Self::Provision => "panel-provision",
            Self::Gateway => "panel-gateway",
            Self::RawMqtt => "panel-raw-mqtt",
            Self::Certificate => "panel-certificate",
            Self::Platform => "panel-platform",
        }
    }
}

/// Light or dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// How it is kept between visits.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.key() == key)
    }
}

/// A sentence for screen readers. The number tells two equal sentences apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announcement {
    pub text: String,
    pub number: u32,
}

impl State {
    /// The page at its start.
    #[must_use]
    pub fn new(theme: Theme) -> Self {
        Self { theme, ..Self::default() }
    }

    /// The tabs that work with this proxy.
    #[must_use]
    pub fn tabs(&self) -> Vec<Tab> {
        let mut tabs = vec![
            Tab::Console,
            Tab::Telemetry,
            Tab::Attributes,
            Tab::Rpc,
            Tab::Firmware,
            Tab::Provision,
            Tab::Gateway,
            Tab::RawMqtt,
            Tab::Certificate,
        ];
        if self.offer.has_demo() {
            tabs.push(Tab::Platform);
        }
        tabs
    }

    /// Whether some tab counts time down, so that [`Action::Tick`] is due about twice a second.
    #[must_use]
    pub fn wants_ticks(&self) -> bool {
        update::wants_ticks(self)
    }

    /// A number that ties a request to its answer. 1 is the example's.
    fn new_topic_id(&mut self) -> TopicId {
        self.last_topic_id = self.last_topic_id.checked_add(1).unwrap_or(1).max(2);
        self.last_topic_id
    }

    fn note(&mut self, now: Now, text: impl Into<String>) {
        self.log.push(now.stamp, Content::Note(text.into()));
    }

    fn problem(&mut self, now: Now, text: impl Into<String>) {
        self.log.push(now.stamp, Content::Problem(text.into()));
    }

    /// Has screen readers say this: with invisible characters marked, and no more than they can say in one go.
    fn announce(&mut self, text: impl AsRef<str>) {
        let number = self.announcement.number.wrapping_add(1);
        self.announcement = Announcement { text: spoken(text.as_ref()), number };
    }
}

#[cfg(test)]
mod tests;
