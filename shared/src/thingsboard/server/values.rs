//! Telemetry in all its forms, and attributes (ThingsBoard JsonConverter).

use super::{Refusal, read};
use crate::thingsboard::{UnixMs, json::Json, value};
use serde_json::Value;
use std::collections::BTreeMap;

/// Keys and values of one moment. A value that is `null` is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The device's time, else the time of arrival.
    pub ts_ms: UnixMs,
    pub values: Vec<(String, Value)>,
}

/// An object, or an array of them (JsonConverter.convertToTelemetry).
///
/// # Errors
/// Why nothing of it is taken.
pub fn samples(payload: &[u8], now_ms: UnixMs) -> Result<Vec<Sample>, Refusal> {
    samples_of(read(payload)?, now_ms)
}

/// The same of what is read already.
///
/// # Errors
/// As [`samples`].
pub fn samples_of(json: Json, now_ms: UnixMs) -> Result<Vec<Sample>, Refusal> {
    match json {
        Json::Object(members) => Ok(vec![sample(members, now_ms)?]),
        Json::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Json::Object(members) => sample(members, now_ms),
                _ => Err(Refusal::Shape),
            })
            .collect(),
        _ => Err(Refusal::Shape),
    }
}

/// JsonConverter.parseObject.
fn sample(mut members: BTreeMap<String, Json>, now_ms: UnixMs) -> Result<Sample, Refusal> {
    if !is_timed(|name| members.contains_key(name)) {
        return Ok(Sample { ts_ms: now_ms, values: typed(members)? });
    }
    let ts_ms = members.remove("ts").as_ref().and_then(Json::as_long).ok_or(Refusal::Timestamp)?;
    match members.remove("values") {
        Some(Json::Object(values)) => Ok(Sample { ts_ms, values: typed(values)? }),
        _ => Err(Refusal::Values),
    }
}

/// `ts` and `values` mean something only together.
pub(in crate::thingsboard) fn is_timed(has: impl Fn(&str) -> bool) -> bool {
    has("ts") && has("values")
}

/// One object (JsonConverter.convertToAttributesProto).
///
/// # Errors
/// Why nothing of it is taken.
pub fn attributes(payload: &[u8]) -> Result<Vec<(String, Value)>, Refusal> {
    attributes_of(read(payload)?)
}

/// The same of what is read already.
///
/// # Errors
/// As [`attributes`].
pub fn attributes_of(json: Json) -> Result<Vec<(String, Value)>, Refusal> {
    match json {
        Json::Object(members) => typed(members),
        _ => Err(Refusal::Shape),
    }
}

fn typed(members: BTreeMap<String, Json>) -> Result<Vec<(String, Value)>, Refusal> {
    let values = members.into_iter().map(|(key, json)| match value::typed(json) {
        Ok(value) => Ok(value.map(|value| (key, value))),
        Err(problem) => Err(Refusal::TooLarge(problem)),
    });
    values.filter_map(Result::transpose).collect()
}
