//! A failed step with everything that is known about it.

use shared::{failure::Failure, hint::Hint};

/// A failure, and what is known beyond it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) failure: Failure,
    /// The certificates the server presented, in DER, its own first.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) hints: Vec<Hint>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, chain: Vec::new(), hints: Vec::new() }
    }
}
