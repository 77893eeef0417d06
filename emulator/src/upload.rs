//! The payloads a device publishes: telemetry in all its forms, attributes, requests (ThingsBoard
//! JsonConverter and JsonMqttAdaptor). Pure: bytes in, values or a problem out.

use serde_json::Value;
use shared::{
    platform::Claim,
    thingsboard::{json, json::Json, value},
};
use std::collections::BTreeMap;

/// Milliseconds since 1970 (UTC).
pub(crate) type UnixMs = i64;

/// Why a payload was not taken; ThingsBoard treats the two differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayloadProblem {
    /// Malformed, or of the wrong shape: an `AdaptorException`.
    Invalid,
    /// What ThingsBoard does not foresee: an exception that nobody catches before the channel.
    Uncaught,
}

/// Keys and values of one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) ts_ms: UnixMs,
    pub(crate) values: Vec<(String, Value)>,
}

/// JsonConverter.convertToTelemetry: an object, or an array of them.
pub(crate) fn samples(payload: &[u8], now_ms: UnixMs) -> Result<Vec<Sample>, PayloadProblem> {
    samples_of(read(payload)?, now_ms)
}

pub(crate) fn samples_of(json: Json, now_ms: UnixMs) -> Result<Vec<Sample>, PayloadProblem> {
    match json {
        Json::Object(members) => Ok(vec![sample(members, now_ms)?]),
        Json::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Json::Object(members) => sample(members, now_ms),
                _ => Err(PayloadProblem::Invalid),
            })
            .collect(),
        _ => Err(PayloadProblem::Invalid),
    }
}

/// JsonConverter.parseObject: `ts` and `values` mean something only together.
fn sample(mut members: BTreeMap<String, Json>, now_ms: UnixMs) -> Result<Sample, PayloadProblem> {
    if !(members.contains_key("ts") && members.contains_key("values")) {
        return Ok(Sample { ts_ms: now_ms, values: typed(members)? });
    }
    let ts_ms = members.remove("ts").as_ref().and_then(as_long).ok_or(PayloadProblem::Uncaught)?;
    match members.remove("values") {
        Some(Json::Object(values)) => Ok(Sample { ts_ms, values: typed(values)? }),
        _ => Err(PayloadProblem::Invalid),
    }
}

/// Gson's `getAsLong`: a number is cut to a whole one, a text must be a whole number.
fn as_long(json: &Json) -> Option<i64> {
    match json {
        #[expect(clippy::cast_possible_truncation, reason = "as BigDecimal.longValue, but saturating")]
        Json::Number(spelling) => {
            spelling.parse().ok().or_else(|| Some(spelling.parse::<f64>().ok()? as i64))
        }
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// JsonConverter.convertToAttributesProto: one object.
pub(crate) fn attributes(payload: &[u8]) -> Result<Vec<(String, Value)>, PayloadProblem> {
    attributes_of(read(payload)?)
}

pub(crate) fn attributes_of(json: Json) -> Result<Vec<(String, Value)>, PayloadProblem> {
    match json {
        Json::Object(members) => typed(members),
        _ => Err(PayloadProblem::Invalid),
    }
}

fn typed(members: BTreeMap<String, Json>) -> Result<Vec<(String, Value)>, PayloadProblem> {
    let values = members.into_iter().map(|(key, json)| match value::typed(json) {
        Ok(value) => Ok(value.map(|value| (key, value))),
        Err(value::TooLarge) => Err(PayloadProblem::Invalid),
    });
    values.filter_map(Result::transpose).collect()
}

/// Which attributes a device asks for; `None` when it named none of that scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttributesRequest {
    pub(crate) client: Option<Vec<String>>,
    pub(crate) shared: Option<Vec<String>>,
}

impl AttributesRequest {
    /// JsonMqttAdaptor.processGetAttributeRequestMsg. The texts are split at commas without trimming.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, PayloadProblem> {
        let Json::Object(mut members) = read(payload)? else {
            return Err(PayloadProblem::Invalid);
        };
        let mut keys = |member| match members.remove(member) {
            None => Ok(None),
            Some(Json::String(text) | Json::Number(text)) => {
                Ok(Some(text.split(',').map(str::to_owned).collect()))
            }
            Some(_) => Err(PayloadProblem::Invalid),
        };
        Ok(Self { client: keys("clientKeys")?, shared: keys("sharedKeys")? })
    }
}

/// JsonConverter.convertToServerRpcRequest: the method of a client-side RPC. What is not even an object
/// is an invalid payload; an object without a method is not foreseen.
pub(crate) fn client_rpc_method(payload: &[u8]) -> Result<String, PayloadProblem> {
    let Json::Object(mut members) = read(payload)? else {
        return Err(PayloadProblem::Invalid);
    };
    match members.remove("method") {
        Some(Json::String(method) | Json::Number(method)) => Ok(method),
        Some(Json::Bool(method)) => Ok(method.to_string()),
        _ => Err(PayloadProblem::Uncaught),
    }
}

/// How long a claim holds that does not say so (`SECURITY_CLAIM_DURATION`).
const CLAIM_MS: i64 = 86_400_000;

/// JsonConverter.convertToClaimDeviceProto: both members are optional, and so is the payload.
pub(crate) fn claim(payload: &[u8], now_ms: UnixMs) -> Result<Claim, PayloadProblem> {
    if payload.is_empty() {
        return Ok(Claim { secret_key: String::new(), expires_ms: now_ms.saturating_add(CLAIM_MS) });
    }
    claim_of(&read(payload)?, now_ms)
}

/// ClaimDevicesServiceImpl.validateDurationMs: what is not positive is no duration.
pub(crate) fn claim_of(json: &Json, now_ms: UnixMs) -> Result<Claim, PayloadProblem> {
    let Json::Object(members) = json else {
        return Err(PayloadProblem::Invalid);
    };
    let secret_key = match members.get("secretKey") {
        None => String::new(),
        Some(Json::String(text) | Json::Number(text)) => text.clone(),
        Some(Json::Bool(flag)) => flag.to_string(),
        Some(Json::Null | Json::Object(_) | Json::Array(_)) => return Err(PayloadProblem::Uncaught),
    };
    let duration_ms = match members.get("durationMs") {
        None => 0,
        Some(json) => as_long(json).ok_or(PayloadProblem::Uncaught)?,
    };
    Ok(claim_for(secret_key, Some(duration_ms), now_ms))
}

pub(crate) fn claim_for(secret_key: String, duration_ms: Option<i64>, now_ms: UnixMs) -> Claim {
    let duration_ms = duration_ms.filter(|ms| *ms > 0).unwrap_or(CLAIM_MS);
    Claim { secret_key, expires_ms: now_ms.saturating_add(duration_ms) }
}

/// Bytes that are no UTF-8 become U+FFFD, as in Java's decoder.
pub(crate) fn read(payload: &[u8]) -> Result<Json, PayloadProblem> {
    json::parse(&String::from_utf8_lossy(payload)).map_err(|_| PayloadProblem::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: UnixMs = 1_700_000_000_000;

    #[track_caller]
    fn check(payload: &str, expected: &[(UnixMs, Value)]) {
        let samples = samples(payload.as_bytes(), NOW).unwrap();
        let found: Vec<(UnixMs, Value)> = samples
            .into_iter()
            .map(|sample| (sample.ts_ms, sample.values.into_iter().collect::<Value>()))
            .collect();
        assert_eq!(found, expected, "{payload}");
    }

    #[test]
    fn telemetry_has_four_forms() {
        check(r#"{"temperature": 42}"#, &[(NOW, json!({"temperature":42}))]);
        check(r#"[{"a":1},{"b":2}]"#, &[(NOW, json!({"a":1})), (NOW, json!({"b":2}))]);
        check(r#"{"ts":1451649600512,"values":{"a":1}}"#, &[(1_451_649_600_512, json!({"a":1}))]);
        check(
            r#"[{"ts":1,"values":{"a":1}},{"ts":"2","values":{"a":2}},{"b":3}]"#,
            &[(1, json!({"a":1})), (2, json!({"a":2})), (NOW, json!({"b":3}))],
        );
    }

    #[test]
    fn what_stands_beside_ts_and_values_is_ignored() {
        let metadata = r#"{"ts":5,"values":{"a":1},"metadata":{"connector":"x"}}"#;
        check(metadata, &[(5, json!({"a":1}))]);
    }

    #[test]
    fn ts_and_values_alone_are_ordinary_keys() {
        check(r#"{"ts":5}"#, &[(NOW, json!({"ts":5}))]);
        check(r#"{"values":{}}"#, &[(NOW, json!({"values":{}}))]);
    }

    #[test]
    fn nothing_is_a_valid_payload_too() {
        check("{}", &[(NOW, json!({}))]);
        check("[]", &[]);
        check(r#"{"a":null}"#, &[(NOW, json!({}))]);
        check(r#"{"ts":1,"values":{"a":null,"b":"x"}}"#, &[(1, json!({"b":"x"}))]);
    }

    #[test]
    fn a_time_stamp_is_a_whole_number() {
        check(r#"{"ts":1.9,"values":{}}"#, &[(1, json!({}))]);
        for ts in ["true", "null", "\"\"", "\"1.5\"", "NaN", "[1,2]", "{}"] {
            let payload = format!(r#"{{"ts":{ts},"values":{{}}}}"#);
            assert_eq!(samples(payload.as_bytes(), NOW), Err(PayloadProblem::Uncaught), "{ts}");
        }
    }

    #[test]
    fn other_shapes_are_invalid() {
        for payload in ["", "5", "\"x\"", "null", "[5]", "[[]]", "{", r#"{"ts":1,"values":5}"#, "1e9999"] {
            assert_eq!(samples(payload.as_bytes(), NOW), Err(PayloadProblem::Invalid), "{payload}");
        }
        for payload in ["", "[]", "5", "{a"] {
            assert_eq!(attributes(payload.as_bytes()), Err(PayloadProblem::Invalid), "{payload}");
        }
    }

    #[test]
    fn an_attributes_request_names_keys_by_scope() {
        let read = |payload: &str| AttributesRequest::read(payload.as_bytes());
        let keys = |text: &str| Some(text.split(',').map(str::to_owned).collect());
        assert_eq!(
            read(r#"{"clientKeys":"a, b","sharedKeys":"c"}"#),
            Ok(AttributesRequest { client: keys("a, b"), shared: keys("c") })
        );
        assert_eq!(read("{}"), Ok(AttributesRequest::default()));
        for payload in ["", "[]", "x", r#"{"clientKeys":null}"#, r#"{"sharedKeys":["a"]}"#] {
            assert_eq!(read(payload), Err(PayloadProblem::Invalid), "{payload}");
        }
    }

    #[test]
    fn a_client_rpc_needs_a_method() {
        let method = |payload: &str| client_rpc_method(payload.as_bytes());
        assert_eq!(method(r#"{"method":"getTime","params":{}}"#), Ok("getTime".to_owned()));
        assert_eq!(method("{method:5}"), Ok("5".to_owned()));
        assert_eq!(method("{}"), Err(PayloadProblem::Uncaught));
        assert_eq!(method(r#"{"method":null}"#), Err(PayloadProblem::Uncaught));
        assert_eq!(method("[]"), Err(PayloadProblem::Invalid));
        assert_eq!(method("{"), Err(PayloadProblem::Invalid));
    }

    #[test]
    fn a_claim_may_say_nothing() {
        let claim = |payload: &str| claim(payload.as_bytes(), 1_000);
        let claimed =
            |secret_key: &str, expires_ms| Ok(Claim { secret_key: secret_key.to_owned(), expires_ms });
        assert_eq!(claim(""), claimed("", 86_401_000));
        assert_eq!(claim("{}"), claimed("", 86_401_000));
        assert_eq!(claim(r#"{"secretKey":"s","durationMs":60000}"#), claimed("s", 61_000));
        assert_eq!(claim(r#"{"secretKey":12,"durationMs":-5}"#), claimed("12", 86_401_000));
        assert_eq!(claim("[]"), Err(PayloadProblem::Invalid));
        assert_eq!(claim(r#"{"durationMs":"long"}"#), Err(PayloadProblem::Uncaught));
        assert_eq!(claim(r#"{"secretKey":null}"#), Err(PayloadProblem::Uncaught));
    }
}
