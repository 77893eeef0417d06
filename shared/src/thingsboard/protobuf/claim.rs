//! The claim of a device (ThingsBoard ProtoConverter.convertToClaimDeviceProto).

use super::{DecodeProblem, decode, transport::ClaimDevice};
use crate::thingsboard::{claim::Claim, provision::secret::Secret};
use prost::Message;
use zeroize::Zeroizing;

/// What was not given is left empty, and is the server's default.
#[must_use]
pub fn encode(claim: &Claim) -> Zeroizing<Vec<u8>> {
    let message = ClaimDevice {
        secret_key: claim.secret.as_ref().map_or_else(String::new, |secret| secret.expose().to_owned()),
        duration_ms: claim.duration_ms.map_or(0, |ms| i64::try_from(ms).unwrap_or(i64::MAX)),
    };
    Zeroizing::new(message.encode_to_vec())
}

/// As the server reads it; a duration that is not positive is none.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_claim(bytes: &[u8]) -> Result<Claim, DecodeProblem> {
    let message: ClaimDevice = decode(bytes, "ClaimDevice")?;
    let secret = Secret::new(message.secret_key.clone());
    Ok(Claim {
        secret: Some(secret).filter(|secret| !secret.is_empty()),
        duration_ms: u64::try_from(message.duration_ms).ok().filter(|ms| *ms > 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_comes_back_as_it_was() {
        let full = Claim { secret: Some(Secret::new("s".to_owned())), duration_ms: Some(60_000) };
        assert_eq!(*encode(&full), b"\x0a\x01s\x10\xe0\xd4\x03");
        for claim in [full, Claim::default()] {
            assert_eq!(decode_claim(&encode(&claim)), Ok(claim));
        }
        assert!(decode_claim(b"{}").is_err());
    }

    #[test]
    fn the_message_does_not_print_its_secret() {
        let message = ClaimDevice { secret_key: "s3cret".to_owned(), duration_ms: 5 };
        assert!(!format!("{message:?}").contains("s3cret"));
    }
}
