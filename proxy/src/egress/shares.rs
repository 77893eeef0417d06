//! What all clients together have of one address and port, for servers that no operator listed.
//!
//! A listed server has its shares by the name it is listed under. Where any public host may be reached, a name is
//! whatever its owner makes up: a thousand names can lead to one server, which would have a thousand shares.

use crate::{
    admission::{Attempts, Pass, Tally},
    config::TargetLimits,
};
use shared::{endpoint::Endpoint, failure::Failure};
use std::net::SocketAddr;

/// The shares of every address.
#[derive(Debug, Default)]
pub(super) struct Shares {
    sessions: usize,
    open: Tally<SocketAddr>,
    attempts: Option<Attempts<SocketAddr>>,
}

impl Shares {
    pub(super) fn new(limits: &TargetLimits) -> Self {
        Self {
            sessions: limits.sessions,
            open: Tally::default(),
            attempts: limits.attempts_per_minute.map(Attempts::new),
        }
    }

    /// One more connection.
    ///
    /// # Errors
    /// What to say when there are as many as there may be.
    pub(super) fn take(&self, address: SocketAddr, endpoint: &Endpoint) -> Result<Pass<SocketAddr>, Failure> {
        let share = self
            .open
            .take(address, self.sessions)
            .ok_or_else(|| Failure::TargetBusy { endpoint: endpoint.clone() })?;
        if let Some(attempts) = &self.attempts {
            attempts.take(&address).map_err(|after_s| Failure::TooManyAttempts { after_s })?;
        }
        Ok(share)
    }
}
