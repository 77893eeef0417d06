//! Where the exchange with the server stands: it connects, subscribes, asks and is answered.

use crate::state::action::SocketId;
use shared::{
    thingsboard::provision::{Request, reply::Provisioned},
    wire::Connect,
};

/// Milliseconds for the whole exchange.
pub(in crate::state) const PATIENCE_MS: i64 = 15_000;

/// The id of what shows how far the exchange is.
pub const ANSWER_ID: &str = "provision-answer";

/// What the exchange goes through, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Connect,
    Subscribe,
    Ask,
    Answer,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Connect, Self::Subscribe, Self::Ask, Self::Answer];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Connect => "Connect as provision",
            Self::Subscribe => "Subscribe to the answer",
            Self::Ask => "Ask for a device",
            Self::Answer => "Be answered",
        }
    }
}

/// Where the exchange stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Exchange {
    #[default]
    Idle,
    Running(Box<Running>),
    /// The server gave credentials.
    Done,
    /// `step`: the one that failed.
    Failed {
        step: Step,
        why: String,
    },
}

/// An exchange under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    pub(in crate::state) socket: SocketId,
    pub(in crate::state) first: Box<Connect>,
    pub(in crate::state) request: Request,
    /// The one under way.
    pub step: Step,
    /// Unix milliseconds.
    pub(in crate::state) until_ms: i64,
}

/// What the server gave. It stands until the person dismisses it: nobody can ask for it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Tells it from the others.
    pub number: u32,
    pub provisioned: Provisioned,
    pub device_name: Option<String>,
    /// Whether the secret part is readable on the page.
    pub shown: bool,
    /// What is to be said of the last press.
    pub notice: Option<&'static str>,
}

impl Given {
    /// What the device proves itself with, for the clipboard.
    #[must_use]
    pub fn secret(&self) -> &str {
        match &self.provisioned {
            Provisioned::AccessToken(token) => token.expose(),
            Provisioned::MqttBasic { password, .. } => {
                password.as_ref().map_or("", shared::thingsboard::provision::secret::Secret::expose)
            }
            Provisioned::X509Certificate(certificate) => certificate,
        }
    }
}
