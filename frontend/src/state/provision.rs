//! The tab `Provision & claim`: how a device gets its credentials and its owner.
//!
//! What a request and its answer look like is decided in `shared::thingsboard`; the conversation with the
//! server stands in `update/provision.rs`.

mod claim;
mod exchange;
mod request;

pub use claim::{CLAIM_DURATION_ID, CLAIM_SECRET_ID, ClaimAction, ClaimForm, Outcome as ClaimOutcome};
pub(super) use exchange::PATIENCE_MS;
pub use exchange::{ANSWER_ID, Exchange, Given, Running, Step};
pub use request::{RequestForm, Slot, WantedKind};

use super::action::SocketId;
use shared::thingsboard::provision::reply::Provisioned;

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provision {
    pub request: RequestForm,
    pub exchange: Exchange,
    /// Newest first.
    pub given: Vec<Given>,
    pub claim: ClaimForm,
    last_given: u32,
    /// Whose secret was last handed to the clipboard.
    pub(super) copying: u32,
}

/// Credentials kept; the oldest are let go.
const MAX_GIVEN: usize = 20;

impl Provision {
    pub(super) fn keep(&mut self, provisioned: Provisioned, device_name: Option<String>) {
        self.last_given = self.last_given.wrapping_add(1);
        let number = self.last_given;
        self.given.insert(0, Given { number, provisioned, device_name, shown: false, notice: None });
        self.given.truncate(MAX_GIVEN);
    }

    pub(super) fn given_mut(&mut self, number: u32) -> Option<&mut Given> {
        self.given.iter_mut().find(|given| given.number == number)
    }

    /// The socket of the session that is to be provisioned.
    #[must_use]
    pub fn socket(&self) -> Option<SocketId> {
        match &self.exchange {
            Exchange::Running(running) => Some(running.socket),
            Exchange::Idle | Exchange::Done | Exchange::Failed { .. } => None,
        }
    }
}

/// The person worked on the tab.
#[derive(Clone, Debug, PartialEq)]
pub enum ProvisionAction {
    Typed(Slot, String),
    ToggleSecretShown,
    WantedChosen(WantedKind),
    GatewayChosen(bool),
    UseDemoKeys,
    Submit,
    Cancel,
    ToggleGivenShown(u32),
    Copy(u32),
    /// Whether the clipboard took what was to be copied.
    Copied(bool),
    /// Fill the connection form with what was given.
    Use(u32),
    Dismiss(u32),
    Claim(ClaimAction),
}

#[cfg(test)]
mod tests;
