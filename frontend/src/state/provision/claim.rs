//! The form that lets a customer take this device over.

use crate::state::form::Secret;

pub const CLAIM_SECRET_ID: &str = "claim-secret";
pub const CLAIM_DURATION_ID: &str = "claim-duration";

/// The form, and what became of the last claim.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimForm {
    pub secret: Secret,
    pub secret_shown: bool,
    /// Milliseconds; empty for the server's own.
    pub duration: String,
    pub duration_problem: Option<String>,
    pub outcome: Option<Outcome>,
    /// The publish that is waited for.
    pub(in crate::state) number: u32,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Waiting,
    Received,
    /// A sentence.
    Failed(String),
}

/// The person worked on the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimAction {
    SecretTyped(Secret),
    ToggleSecretShown,
    DurationTyped(String),
    Submit,
}
