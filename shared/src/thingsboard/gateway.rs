//! What a gateway publishes for the devices behind it (ThingsBoard AbstractGatewaySessionHandler): payloads
//! of `v1/gateway/*` from what a person typed, refused with a sentence where ThingsBoard would close the
//! connection. [`incoming`] reads what the server sends to a gateway.
//!
//! Only JSON: a gateway whose profile says Protobuf speaks other messages. Knows nothing of topics.

pub mod incoming;

use super::{
    attributes::Scope,
    claim::Claim,
    json::{Json, JsonProblem},
    rpc::literal::{self, quoted},
    topic::TopicId,
};
use std::collections::BTreeSet;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a payload cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("The device's name is missing: ThingsBoard closes the gateway's connection without it.")]
    NoDevice,
    #[error(
        "The device `{0}` is named twice: put all of it under one name, ThingsBoard would take only one."
    )]
    TwiceNamed(String),
    #[error("There is no device to send anything for: ThingsBoard closes the gateway's connection at that.")]
    Nothing,
    #[error("What is typed for the device `{device}` is no JSON: at line {}, column {}, {} is expected.", .problem.line, .problem.column, .problem.expected)]
    NoJson { device: String, problem: JsonProblem },
    #[error(
        "The telemetry of the device `{0}` is neither an object nor an array of objects with at least one: {{\"temperature\":25}}."
    )]
    NoTelemetry(String),
    #[error("The attributes of the device `{0}` are no object: {{\"serial\":\"A1\"}}.")]
    NoAttributes(String),
    #[error("There is no key to ask for: name at least one, a gateway cannot ask for all attributes.")]
    NoKeys,
    #[error("One of the keys is empty: remove it.")]
    EmptyKey,
}

/// `v1/gateway/connect`: the device is online through this gateway, and made if there is none. An empty
/// profile is ThingsBoard's `default`.
///
/// # Errors
/// When the name is missing.
pub fn connect(device: &str, profile: &str) -> Result<String, Problem> {
    let device = name(device)?;
    Ok(match profile {
        "" => format!("{{\"device\":{device}}}"),
        profile => format!("{{\"device\":{device},\"type\":{}}}", quoted(profile)),
    })
}

/// `v1/gateway/disconnect`.
///
/// # Errors
/// When the name is missing.
pub fn disconnect(device: &str) -> Result<String, Problem> {
    Ok(format!("{{\"device\":{}}}", name(device)?))
}

/// `v1/gateway/telemetry`: devices and their telemetry, each in one of the forms that a device itself may
/// send. ThingsBoard wants an array for each device, so a single object is put into one.
///
/// # Errors
/// What cannot be sent, and for which device.
pub fn telemetry(devices: &[(&str, &str)]) -> Result<String, Problem> {
    for_each(devices, |device, json, plain| match json {
        Json::Object(_) => Ok(format!("[{plain}]")),
        Json::Array(items) if !items.is_empty() && items.iter().all(is_object) => Ok(plain),
        _ => Err(Problem::NoTelemetry(device.to_owned())),
    })
}

/// `v1/gateway/attributes`: devices and their client attributes.
///
/// # Errors
/// What cannot be sent, and for which device.
pub fn attributes(devices: &[(&str, &str)]) -> Result<String, Problem> {
    for_each(devices, |device, json, plain| match json {
        Json::Object(_) => Ok(plain),
        _ => Err(Problem::NoAttributes(device.to_owned())),
    })
}

/// `v1/gateway/attributes/request`: some attributes of one device, from one scope. The answer carries the
/// same `id`.
///
/// # Errors
/// When the name or the keys are missing.
pub fn attributes_request(id: TopicId, device: &str, scope: Scope, keys: &[&str]) -> Result<String, Problem> {
    let device = name(device)?;
    if keys.iter().any(|key| key.is_empty()) {
        return Err(Problem::EmptyKey);
    }
    let keys = match keys {
        [] => return Err(Problem::NoKeys),
        [key] => format!("\"key\":{}", quoted(key)),
        keys => {
            let keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
            format!("\"keys\":[{}]", keys.join(","))
        }
    };
    let client = scope == Scope::Client;
    Ok(format!("{{\"id\":{id},\"device\":{device},\"client\":{client},{keys}}}"))
}

/// `v1/gateway/rpc`: the answer to a call for one device; JSON as it was typed.
///
/// # Errors
/// When the name is missing or the answer is no JSON.
pub fn rpc_reply(device: &str, id: TopicId, data: &str) -> Result<String, Problem> {
    let quoted = name(device)?;
    let data = literal::checked(data).map_err(|problem| no_json(device, problem))?;
    Ok(format!("{{\"device\":{quoted},\"id\":{id},\"data\":{data}}}"))
}

/// `v1/gateway/claim`: one device may be claimed.
///
/// # Errors
/// When the name is missing.
pub fn claim(device: &str, claim: &Claim) -> Result<Zeroizing<String>, Problem> {
    let (device, claim) = (name(device)?, claim.payload());
    Ok(Zeroizing::new(format!("{{{device}:{}}}", claim.as_str())))
}

/// A device's name as JSON.
fn name(device: &str) -> Result<String, Problem> {
    if device.is_empty() { Err(Problem::NoDevice) } else { Ok(quoted(device)) }
}

fn for_each(
    devices: &[(&str, &str)],
    value: impl Fn(&str, &Json, String) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let mut seen = BTreeSet::new();
    let mut members = Vec::with_capacity(devices.len());
    for (device, text) in devices {
        let quoted = name(device)?;
        if !seen.insert(device) {
            return Err(Problem::TwiceNamed((*device).to_owned()));
        }
        let (json, plain) = literal::read(text).map_err(|problem| no_json(device, problem))?;
        members.push(format!("{quoted}:{}", value(device, &json, plain)?));
    }
    if members.is_empty() { Err(Problem::Nothing) } else { Ok(format!("{{{}}}", members.join(","))) }
}

fn is_object(json: &Json) -> bool {
    matches!(json, Json::Object(_))
}

fn no_json(device: &str, problem: JsonProblem) -> Problem {
    Problem::NoJson { device: device.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thingsboard::provision::secret::Secret;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(payload: Result<String, Problem>, expected: &Value) {
        let payload = payload.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&payload).unwrap(), *expected, "{payload}");
    }

    #[test]
    fn devices_come_and_go() {
        check(connect("A \"1\"", ""), &json!({"device": "A \"1\""}));
        check(connect("A", "thermostat"), &json!({"device": "A", "type": "thermostat"}));
        check(disconnect("A"), &json!({"device": "A"}));
        assert_eq!(connect("", "x"), Err(Problem::NoDevice));
        assert_eq!(disconnect(""), Err(Problem::NoDevice));
    }

    #[test]
    fn telemetry_is_an_array_for_each_device() {
        let devices = [("A", r#"{"k": 127.0}"#), ("B", r#"[{"ts":1,"values":{"k":1}},{k:2}]"#)];
        let payload = telemetry(&devices).unwrap();
        assert_eq!(payload, r#"{"A":[{"k": 127.0}],"B":[{"ts":1,"values":{"k":1}},{"k":2}]}"#);
        for text in ["5", "[]", "[1]", "", "null", "\"x\""] {
            assert_eq!(telemetry(&[("A", text)]), Err(Problem::NoTelemetry("A".to_owned())), "{text}");
        }
        assert_eq!(telemetry(&[]), Err(Problem::Nothing));
        assert_eq!(telemetry(&[("", "{}")]), Err(Problem::NoDevice));
        let twice = telemetry(&[("A", r#"{"a":1}"#), ("A", r#"{"b":1}"#)]);
        assert_eq!(twice, Err(Problem::TwiceNamed("A".to_owned())));
        let problem = telemetry(&[("A", "{\"k\":")]).unwrap_err().to_string();
        assert!(problem.contains("`A`") && problem.contains("line 1, column 6"), "{problem}");
    }

    #[test]
    fn attributes_are_an_object_for_each_device() {
        check(attributes(&[("A", r#"{"k":1}"#), ("B", "{l:2}")]), &json!({"A": {"k": 1}, "B": {"l": 2}}));
        assert_eq!(attributes(&[("A", r#"[{"k":1}]"#)]), Err(Problem::NoAttributes("A".to_owned())));
    }

    #[test]
    fn a_request_has_one_key_or_several() {
        let one = attributes_request(7, "A", Scope::Client, &["k"]);
        check(one, &json!({"id": 7, "device": "A", "client": true, "key": "k"}));
        let several = attributes_request(8, "A", Scope::Shared, &["k", "l,m"]);
        check(several, &json!({"id": 8, "device": "A", "client": false, "keys": ["k", "l,m"]}));
        assert_eq!(attributes_request(1, "A", Scope::Shared, &[]), Err(Problem::NoKeys));
        assert_eq!(attributes_request(1, "A", Scope::Shared, &["k", ""]), Err(Problem::EmptyKey));
        assert_eq!(attributes_request(1, "", Scope::Shared, &["k"]), Err(Problem::NoDevice));
    }

    #[test]
    fn an_answer_names_device_and_call() {
        check(rpc_reply("A", 7, r#"{"ok":true}"#), &json!({"device": "A", "id": 7, "data": {"ok": true}}));
        assert!(matches!(rpc_reply("A", 7, "1},{"), Err(Problem::NoJson { .. })));
    }

    #[test]
    fn a_claim_stands_under_the_devices_name() {
        let with = Claim { secret: Some(Secret::new("s".to_owned())), duration_ms: Some(60_000) };
        let payload = claim("A", &with).unwrap();
        assert_eq!(payload.as_str(), r#"{"A":{"secretKey":"s","durationMs":60000}}"#);
        assert_eq!(claim("A", &Claim::default()).unwrap().as_str(), r#"{"A":{}}"#);
    }
}
