//! The payloads a device publishes. Their readers are [`shared::thingsboard::server`], which the page warns with;
//! here is what a session makes of a claim.

pub(crate) use shared::thingsboard::{
    UnixMs,
    attributes::RequestedKeys as AttributesRequest,
    server::{PayloadProblem, Sample},
};

use shared::{
    platform::Claim,
    thingsboard::{claim, json::Json, provision::secret::Secret, server},
};

/// Reads a payload as JSON.
pub(crate) fn read(payload: &[u8]) -> Result<Json, PayloadProblem> {
    Ok(server::read(payload)?)
}

/// The claim that holds from now on.
pub(crate) fn claimed(claim: &claim::Claim, now_ms: UnixMs) -> Claim {
    let duration_ms = claim.duration_ms.unwrap_or(claim::DEFAULT_DURATION_MS);
    Claim {
        secret_key: claim
            .secret
            .as_ref()
            .map_or_else(String::new, |secret| Secret::expose(secret).to_owned()),
        expires_ms: now_ms.saturating_add_unsigned(duration_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_as_long_as_it_says_or_a_day() {
        let claimed = |payload: &str| claimed(&server::claim(payload.as_bytes()).unwrap(), 1_000);
        let expected = |secret_key: &str, expires_ms| Claim { secret_key: secret_key.to_owned(), expires_ms };
        assert_eq!(claimed(""), expected("", 86_401_000));
        assert_eq!(claimed(r#"{"secretKey":"s","durationMs":60000}"#), expected("s", 61_000));
        assert_eq!(claimed(r#"{"durationMs":9223372036854775807}"#), expected("", i64::MAX));
    }
}
