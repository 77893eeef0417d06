//! What a device says to be let in.
//!
//! A secret is never shown: `Debug` prints `***`, there is no `Display`, and the memory is overwritten
//! when it is dropped.

use crate::{limits::MAX_TOKEN_BYTES, thingsboard::provision};
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

/// User name and password of ThingsBoard's credentials type MQTT Basic, valid by construction: at most 256 bytes
/// each, no control characters. Either may be empty, which leaves it out: the type asks for what was configured.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(try_from = "RawLogin", into = "RawLogin")]
pub struct BasicLogin {
    user_name: String,
    password: String,
}

/// [`BasicLogin`] as it travels.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct RawLogin {
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    password: String,
}

/// Why two texts cannot be a user name and a password. Never quotes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LoginProblem {
    #[error(
        "The user name is longer than {MAX_TOKEN_BYTES} bytes or holds a control character: copy it again."
    )]
    UserName,
    #[error(
        "The password is longer than {MAX_TOKEN_BYTES} bytes or holds a control character: copy it again."
    )]
    Password,
}

impl BasicLogin {
    /// Takes what a person typed.
    ///
    /// # Errors
    /// Which of the two cannot be, in a sentence for the person.
    pub fn new(user_name: &str, password: &str) -> Result<Self, LoginProblem> {
        let fits = |text: &str| text.len() <= MAX_TOKEN_BYTES && !text.contains(char::is_control);
        if !fits(user_name) {
            Err(LoginProblem::UserName)
        } else if !fits(password) {
            Err(LoginProblem::Password)
        } else {
            Ok(Self { user_name: user_name.to_owned(), password: password.to_owned() })
        }
    }
}

impl fmt::Debug for BasicLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BasicLogin(***)")
    }
}

impl TryFrom<RawLogin> for BasicLogin {
    type Error = LoginProblem;

    fn try_from(raw: RawLogin) -> Result<Self, LoginProblem> {
        Self::new(&raw.user_name, &raw.password)
    }
}

impl From<BasicLogin> for RawLogin {
    fn from(login: BasicLogin) -> Self {
        Self { user_name: login.user_name.clone(), password: login.password.clone() }
    }
}

/// Who the device says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// ThingsBoard's default: the token as MQTT user name, no password.
    AccessToken(AccessToken),
    /// ThingsBoard's MQTT Basic; the client id may be part of it.
    Basic(BasicLogin),
    /// Not a device yet: it asks for its credentials (ThingsBoard MqttTransportHandler).
    Provisioning,
}

impl Credentials {
    /// MQTT's user name; empty when there is none. For the one place that sends it.
    #[must_use]
    pub fn expose_user_name(&self) -> &str {
        match self {
            Self::AccessToken(token) => token.expose(),
            Self::Basic(login) => &login.user_name,
            Self::Provisioning => provision::USER_NAME,
        }
    }

    /// MQTT's password; empty when there is none. For the one place that sends it.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        match self {
            Self::Basic(login) => &login.password,
            Self::AccessToken(_) | Self::Provisioning => "",
        }
    }

    /// The access token, where that is the kind.
    #[must_use]
    pub fn access_token(&self) -> Option<&AccessToken> {
        match self {
            Self::AccessToken(token) => Some(token),
            Self::Basic(_) | Self::Provisioning => None,
        }
    }
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
        let credentials = Credentials::Basic(BasicLogin::new("n4me", "s3cret").unwrap());
        assert_eq!(format!("{credentials:?}"), "Basic(BasicLogin(***))");
    }

    #[test]
    fn a_login_comes_back_from_json_and_a_bad_one_is_not_quoted() {
        let credentials = Credentials::Basic(BasicLogin::new("name", "").unwrap());
        let json = serde_json::to_string(&credentials).unwrap();
        assert_eq!(json, r#"{"basic":{"user_name":"name","password":""}}"#);
        assert_eq!(serde_json::from_str::<Credentials>(&json).unwrap(), credentials);
        assert_eq!(BasicLogin::new("a", "s3\ncret"), Err(LoginProblem::Password));
        assert_eq!(BasicLogin::new(&"x".repeat(257), ""), Err(LoginProblem::UserName));
        let bad = r#"{"basic":{"user_name":"n4me","password":"s3\u0000cret"}}"#;
        let error = serde_json::from_str::<Credentials>(bad).unwrap_err().to_string();
        assert!(!error.contains("s3") && !error.contains("n4me"), "{error}");
    }

    #[test]
    fn what_goes_into_the_connect_packet_follows_from_the_kind() {
        let token = Credentials::AccessToken(AccessToken::parse("T").unwrap());
        assert_eq!((token.expose_user_name(), token.expose_password()), ("T", ""));
        let basic = Credentials::Basic(BasicLogin::new("u", "p").unwrap());
        assert_eq!((basic.expose_user_name(), basic.expose_password()), ("u", "p"));
        let provisioning = Credentials::Provisioning;
        assert_eq!((provisioning.expose_user_name(), provisioning.expose_password()), ("provision", ""));
    }

    #[test]
    fn refusals_in_json_do_not_quote_the_token() {
        let error = serde_json::from_str::<Credentials>(r#"{"access_token":" s3cret"}"#).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
