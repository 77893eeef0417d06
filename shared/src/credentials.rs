//! What a device says to be let in. Knows no transport: where the token goes is the caller's business.
//!
//! A secret is never shown: `Debug` prints `***`, there is no `Display`, and the memory is overwritten
//! when it is dropped.

use crate::limits::MAX_TOKEN_BYTES;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A ThingsBoard device access token, valid by construction: 1 to 256 bytes, no white space at the ends,
/// no control characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(try_from = "String", into = "String")]
pub struct AccessToken(String);

/// Why a text cannot be an access token. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenProblem {
    #[error(
        "The access token is missing: copy it from the device's page in ThingsBoard (Copy access token)."
    )]
    Empty,
    #[error(
        "The access token has {length} bytes, more than the {MAX_TOKEN_BYTES} allowed: copy only the token."
    )]
    TooLong { length: usize },
    #[error(
        "The access token begins or ends with a space or line break: remove it, ThingsBoard compares exactly."
    )]
    SpaceAround,
    #[error("The access token holds a control character or line break: copy the token again.")]
    ControlCharacter,
}

impl AccessToken {
    /// Takes what a person typed.
    ///
    /// # Errors
    /// What is wrong with the text, in a sentence for the person.
    pub fn parse(text: &str) -> Result<Self, TokenProblem> {
        if text.trim().is_empty() {
            Err(TokenProblem::Empty)
        } else if text.len() > MAX_TOKEN_BYTES {
            Err(TokenProblem::TooLong { length: text.len() })
        } else if text.trim() != text {
            Err(TokenProblem::SpaceAround)
        } else if text.contains(char::is_control) {
            Err(TokenProblem::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The token itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(***)")
    }
}

impl TryFrom<String> for AccessToken {
    type Error = TokenProblem;

    fn try_from(mut text: String) -> Result<Self, TokenProblem> {
        let token = Self::parse(&text);
        text.zeroize();
        token
    }
}

impl From<AccessToken> for String {
    fn from(token: AccessToken) -> Self {
        token.0.clone()
    }
}

/// Who the device says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// ThingsBoard's default: the token as MQTT user name, no password.
    AccessToken(AccessToken),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_exactly_or_refused_with_the_reason() {
        assert_eq!(AccessToken::parse("A1_TEST_TOKEN").unwrap().expose(), "A1_TEST_TOKEN");
        assert_eq!(AccessToken::parse("with inner space").unwrap().expose(), "with inner space");
        assert_eq!(AccessToken::parse(""), Err(TokenProblem::Empty));
        assert_eq!(AccessToken::parse("  \n"), Err(TokenProblem::Empty));
        assert_eq!(AccessToken::parse("token\n"), Err(TokenProblem::SpaceAround));
        assert_eq!(AccessToken::parse("to\0ken"), Err(TokenProblem::ControlCharacter));
        assert_eq!(AccessToken::parse(&"x".repeat(257)), Err(TokenProblem::TooLong { length: 257 }));
    }

    #[test]
    fn a_token_does_not_print() {
        let credentials = Credentials::AccessToken(AccessToken::parse("s3cret").unwrap());
        assert_eq!(format!("{credentials:?}"), "AccessToken(AccessToken(***))");
    }

    #[test]
    fn refusals_in_json_do_not_quote_the_token() {
        let error = serde_json::from_str::<Credentials>(r#"{"access_token":" s3cret"}"#).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
