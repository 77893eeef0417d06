//! What a device asks of the server: attributes, a call, a chunk of a package, to be claimed.

use super::{Refusal, read};
use crate::thingsboard::{attributes::RequestedKeys, claim::Claim, json::Json, provision::secret::Secret};

impl RequestedKeys {
    /// Reads `{"clientKeys":"a,b","sharedKeys":"c"}`. The texts are split at commas without trimming
    /// (JsonMqttAdaptor.processGetAttributeRequestMsg).
    ///
    /// # Errors
    /// Why nothing is answered.
    pub fn read(payload: &[u8]) -> Result<Self, Refusal> {
        let Json::Object(mut members) = read(payload)? else {
            return Err(Refusal::Shape);
        };
        let mut keys = |member| match members.remove(member) {
            None => Ok(None),
            Some(Json::String(text) | Json::Number(text)) => {
                Ok(Some(text.split(',').map(str::to_owned).collect()))
            }
            Some(_) => Err(Refusal::Keys(member)),
        };
        Ok(Self { client: keys("clientKeys")?, shared: keys("sharedKeys")? })
    }
}

/// The method of a client-side call (JsonConverter.convertToServerRpcRequest). What is not even an object is
/// an invalid payload; an object without a method is not foreseen.
///
/// # Errors
/// Why there is no call.
pub fn client_call_method(payload: &[u8]) -> Result<String, Refusal> {
    let Json::Object(members) = read(payload)? else {
        return Err(Refusal::Shape);
    };
    members.get("method").and_then(Json::as_text).ok_or(Refusal::Method)
}

/// Bytes of a chunk that is asked for: Java's `Integer.parseInt` of a payload that is not empty
/// (MqttTransportHandler.getOtaPackageCallback). 0 for the size of the request before, and so is what is
/// negative.
///
/// # Errors
/// When it is no number.
pub fn chunk_size(payload: &[u8]) -> Result<usize, Refusal> {
    if payload.is_empty() {
        return Ok(0);
    }
    let text = std::str::from_utf8(payload).map_err(|_| Refusal::ChunkSize)?;
    let size: i32 = text.parse().map_err(|_| Refusal::ChunkSize)?;
    Ok(usize::try_from(size).unwrap_or(0))
}

/// Both members of a claim are optional, and so is the payload (JsonConverter.convertToClaimDeviceProto).
///
/// # Errors
/// Why the device is not claimed.
pub fn claim(payload: &[u8]) -> Result<Claim, Refusal> {
    if payload.is_empty() { Ok(Claim::default()) } else { claim_of(&read(payload)?) }
}

/// The same of what is read already. What is not positive is no duration
/// (ClaimDevicesServiceImpl.validateDurationMs).
///
/// # Errors
/// As [`claim`].
pub fn claim_of(json: &Json) -> Result<Claim, Refusal> {
    let Json::Object(members) = json else {
        return Err(Refusal::Shape);
    };
    let secret = match members.get("secretKey") {
        None => None,
        Some(json) => Some(Secret::new(json.as_text().ok_or(Refusal::SecretKey)?)),
    };
    let duration_ms = match members.get("durationMs") {
        None => None,
        Some(json) => Some(json.as_long().ok_or(Refusal::Duration)?),
    };
    Ok(Claim {
        secret: secret.filter(|secret| !secret.is_empty()),
        duration_ms: duration_ms.and_then(|ms| u64::try_from(ms).ok()).filter(|ms| *ms > 0),
    })
}
