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

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provision {
    pub request: RequestForm,
    pub exchange: Exchange,
    pub claim: ClaimForm,
}

impl Provision {
    /// The socket of the session that is to be provisioned.
    #[must_use]
    pub fn socket(&self) -> Option<SocketId> {
        match &self.exchange {
            Exchange::Running(running) => Some(running.socket),
            Exchange::Idle | Exchange::Given(_) | Exchange::Failed { .. } => None,
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
    ToggleGivenShown,
    Copy,
    /// Whether the clipboard took what was to be copied.
    Copied(bool),
    /// Fill the connection form with what was given.
    Use,
    Claim(ClaimAction),
}

#[cfg(test)]
mod tests;
