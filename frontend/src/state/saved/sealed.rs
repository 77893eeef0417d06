//! Secrets as they are kept: encrypted under a passphrase, with what is needed to open them but for that.

use crate::state::form::{Form, Secret};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// PBKDF2's rounds for what is sealed here (OWASP's figure for HMAC-SHA-256).
pub const PBKDF2_ITERATIONS: u32 = 600_000;

/// The most that a file may ask for: more would keep the browser busy for half a minute.
pub const MAX_ITERATIONS: u32 = 10_000_000;

/// The least that a file may ask for: less is no protection.
const MIN_ITERATIONS: u32 = 100_000;

/// Characters of a passphrase.
pub const MIN_PASSPHRASE_CHARACTERS: usize = 8;

/// AES-256-GCM under a key that PBKDF2 with SHA-256 makes of the passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    pub iterations: u32,
    pub salt: Bytes,
    pub nonce: Bytes,
    pub text: Bytes,
}

/// Bytes, written as base64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD
            .decode(text)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("what is sealed is not base64"))
    }
}

impl Sealed {
    /// Whether it is of the size and strength that this page makes, or near.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        (MIN_ITERATIONS..=MAX_ITERATIONS).contains(&self.iterations)
            && (8..=64).contains(&self.salt.0.len())
            && self.nonce.0.len() == 12
            && (16..=16 * 1024).contains(&self.text.0.len())
    }
}

/// The form's secrets as one text: token, user name, password.
pub(super) fn text_of(form: &Form) -> Secret {
    let all = [&form.token, &form.advanced.user_name, &form.advanced.password].map(Secret::expose);
    Secret::new(serde_json::to_string(&all).unwrap_or_default())
}

/// Token, user name and password out of that text.
#[must_use]
pub fn secrets_from_text(text: &Secret) -> Option<[Secret; 3]> {
    serde_json::from_str::<[String; 3]>(text.expose()).ok().map(|all| all.map(Secret::new))
}
