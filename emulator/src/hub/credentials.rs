//! What a device connects with.

use crate::basic_credentials::BasicCredentials;

/// One of the three; a device has an access token in any case, which names it to the platform.
#[derive(Debug)]
pub(super) enum Credentials {
    Token,
    /// Instead of the token.
    Basic(BasicCredentials),
    /// The same: a certificate, as DER.
    Certificate(Vec<u8>),
}

impl Credentials {
    pub(super) fn basic(&self) -> Option<&BasicCredentials> {
        match self {
            Self::Basic(basic) => Some(basic),
            Self::Token | Self::Certificate(_) => None,
        }
    }

    pub(super) fn certificate(&self) -> Option<&[u8]> {
        match self {
            Self::Certificate(der) => Some(der),
            Self::Token | Self::Basic(_) => None,
        }
    }

    /// Besides those of the token, which has a bound of its own.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Token => 0,
            Self::Basic(basic) => basic.bytes(),
            Self::Certificate(der) => der.len(),
        }
    }
}
