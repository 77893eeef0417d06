//! What ThingsBoard will make of a publish that may be sent all the same: raw means raw. Pure; the payload rules
//! themselves stand in `shared::thingsboard`.

use crate::state::dialect::{Dialect, PayloadFormat};
use shared::{
    payload::Payload,
    thingsboard::{
        json::{self, Json},
        topic::Topic,
        upload::{self, UploadProblem},
    },
    wire::{MqttVersion, QoS},
};

/// Something that the person should know before publishing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A whole sentence.
    what: String,
    then: Consequence,
    /// The payload as it was probably meant, where that can be told.
    pub mended: Option<String>,
}

/// What the server does then (ThingsBoard MqttTransportHandler).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consequence {
    /// Takes it, but not as meant.
    Taken,
    /// A payload problem: an `AdaptorException`.
    Invalid,
    /// What ThingsBoard does not foresee: an exception that nobody catches.
    Uncaught,
    /// No handler for the topic.
    UnknownTopic,
}

impl Warning {
    fn new(what: impl Into<String>, then: Consequence) -> Self {
        Self { what: what.into(), then, mended: None }
    }

    /// What is wrong and what the server does about it.
    #[must_use]
    pub fn sentence(&self, version: MqttVersion, qos: QoS) -> String {
        let then = match (self.then, version, qos) {
            (Consequence::Taken, ..) => return self.what.clone(),
            (Consequence::Invalid | Consequence::Uncaught, MqttVersion::V3_1_1, _) => {
                "MQTT 3.1.1: ThingsBoard closes the connection."
            }
            (Consequence::Invalid, MqttVersion::V5, QoS::AtLeastOnce) => {
                "MQTT 5: ThingsBoard refuses it with 0x99, payload format invalid."
            }
            (Consequence::Invalid, MqttVersion::V5, QoS::AtMostOnce) => {
                "MQTT 5 with QoS 0: ThingsBoard disconnects with 0x99, payload format invalid."
            }
            (Consequence::Uncaught, MqttVersion::V5, _) => "MQTT 5: ThingsBoard disconnects with 0x8B.",
            (Consequence::UnknownTopic, MqttVersion::V3_1_1, _) => {
                "MQTT 3.1.1: ThingsBoard acknowledges it and drops it."
            }
            (Consequence::UnknownTopic, MqttVersion::V5, _) => {
                "MQTT 5: ThingsBoard drops it and answers 0x90, topic name invalid."
            }
        };
        format!("{} {then}", self.what)
    }
}

/// The first thing to say of a publish to one of ThingsBoard's topics. `now_ms`: Unix milliseconds.
pub(super) fn of(topic: &str, payload: &Payload, profile: PayloadFormat, now_ms: i64) -> Option<Warning> {
    let Some(known) = Topic::parse(topic) else { return misspelled(topic) };
    let is_protobuf = Dialect { flavour: known.flavour(), profile }.format() == PayloadFormat::Protobuf;
    if is_protobuf && !matches!(known, Topic::PackageRequest { .. }) {
        return None;
    }
    let text = String::from_utf8_lossy(payload.as_bytes());
    match known {
        Topic::Telemetry(_) => telemetry(&text, now_ms),
        Topic::Attributes(_) => attributes(&text),
        Topic::AttributesRequest(_, id) => attributes_request(&text, id),
        Topic::RpcRequest(..) => client_call(&text),
        Topic::PackageRequest { .. } => chunk_size(&text),
        Topic::GatewayConnect
        | Topic::GatewayDisconnect
        | Topic::GatewayTelemetry
        | Topic::GatewayAttributes
        | Topic::GatewayAttributesRequest
        | Topic::GatewayRpc
        | Topic::GatewayClaim
        | Topic::ProvisionRequest => read(&text).err(),
        // Without a payload the claim rests on the device's own secret.
        Topic::Claim if text.is_empty() => None,
        Topic::Claim => read(&text).err(),
        // Any text; only callers expect JSON.
        Topic::RpcResponse(..) => None,
        Topic::AttributesResponse(..)
        | Topic::PackageResponse { .. }
        | Topic::PackageError(_)
        | Topic::GatewayAttributesResponse
        | Topic::ProvisionResponse => Some(Warning::new(
            "On this topic ThingsBoard speaks to devices, not devices to ThingsBoard.",
            Consequence::UnknownTopic,
        )),
    }
}

fn read(text: &str) -> Result<Json, Warning> {
    json::parse(text).map_err(|problem| Warning::new(problem.to_string(), Consequence::Invalid))
}

/// A topic that would be one of ThingsBoard's if its last level were a number that ThingsBoard takes.
fn misspelled(topic: &str) -> Option<Warning> {
    let (beginning, id) = topic.rsplit_once('/')?;
    let numbered = Topic::parse(&format!("{beginning}/1"))?;
    if !matches!(numbered, Topic::AttributesRequest(..) | Topic::RpcRequest(..) | Topic::RpcResponse(..)) {
        return None;
    }
    if id.parse::<i32>().is_ok() {
        let what = "ThingsBoard reads the number at the end, but answers with it spelled plainly: without + and \
                    leading zeros.";
        return Some(Warning::new(what, Consequence::Taken));
    }
    let what = if id.is_empty() {
        "The topic ends without its number, such as 1.".to_owned()
    } else {
        format!("The topic must end with a whole number below 2,147,483,648, not ‘{}’.", id.escape_debug())
    };
    Some(Warning::new(what, Consequence::Uncaught))
}

fn telemetry(text: &str, now_ms: i64) -> Option<Warning> {
    match upload::telemetry(text, now_ms) {
        Ok(preview) => preview.warnings.iter().find_map(in_time),
        Err(problem) => Some(refused(&problem)),
    }
}

/// What is easily overlooked and cannot be put right afterwards. The tab `Telemetry` says the rest.
fn in_time(warning: &upload::Warning) -> Option<Warning> {
    matches!(warning, upload::Warning::TimestampUnit { .. } | upload::Warning::NeverAcknowledged).then(|| {
        Warning {
            mended: warning.fixed().map(str::to_owned),
            ..Warning::new(warning.to_string(), Consequence::Taken)
        }
    })
}

fn attributes(text: &str) -> Option<Warning> {
    upload::attributes(text).err().map(|problem| refused(&problem))
}

fn refused(problem: &UploadProblem) -> Warning {
    let then = match problem {
        UploadProblem::Timestamp { .. } => Consequence::Uncaught,
        _ => Consequence::Invalid,
    };
    Warning::new(problem.to_string(), then)
}

/// ThingsBoard JsonMqttAdaptor.convertToGetAttributeRequest.
fn attributes_request(text: &str, id: i32) -> Option<Warning> {
    if text.is_empty() {
        let what = "A request for attributes needs a payload: {} asks for all of them, \
                    {\"clientKeys\":\"a,b\",\"sharedKeys\":\"c\"} for some.";
        return Some(Warning::new(what, Consequence::Invalid));
    }
    let members = match read(text) {
        Ok(Json::Object(members)) => members,
        Ok(_) => {
            let what = "A request for attributes is an object, such as {\"clientKeys\":\"a,b\"}.";
            return Some(Warning::new(what, Consequence::Invalid));
        }
        Err(warning) => return Some(warning),
    };
    let wrong = ["clientKeys", "sharedKeys"].into_iter().find(|member| {
        members.get(*member).is_some_and(|keys| !matches!(keys, Json::String(_) | Json::Number(_)))
    });
    if let Some(member) = wrong {
        let what = format!("{member} is one text with commas between the keys, such as \"a,b\".");
        return Some(Warning::new(what, Consequence::Invalid));
    }
    (id < 0).then(|| Warning::new("ThingsBoard does not answer requests below 0.", Consequence::Taken))
}

/// ThingsBoard JsonConverter.convertToServerRpcRequest.
fn client_call(text: &str) -> Option<Warning> {
    match read(text) {
        Ok(Json::Object(members)) => match members.get("method") {
            Some(Json::String(_) | Json::Number(_) | Json::Bool(_)) => None,
            _ => {
                let what = "A call needs a method, such as {\"method\":\"getTime\",\"params\":{}}.";
                Some(Warning::new(what, Consequence::Uncaught))
            }
        },
        Ok(_) => {
            let what = "A call is an object, such as {\"method\":\"getTime\",\"params\":{}}.";
            Some(Warning::new(what, Consequence::Invalid))
        }
        Err(warning) => Some(warning),
    }
}

/// ThingsBoard MqttTransportHandler.getOtaPackageCallback.
fn chunk_size(text: &str) -> Option<Warning> {
    let size = text.is_empty() || text.parse::<i32>().is_ok();
    (!size).then(|| {
        let what = "The payload is the size of a chunk in digits, such as 4096, or nothing.";
        Warning::new(what, Consequence::Uncaught)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_529_400_000;

    fn said(topic: &str, payload: &str) -> Option<String> {
        let warning = of(topic, &Payload::from_text(payload), PayloadFormat::Json, NOW_MS)?;
        Some(warning.sentence(MqttVersion::V3_1_1, QoS::AtLeastOnce))
    }

    #[track_caller]
    fn check(topic: &str, payload: &str, cause: &str, then: &str) {
        let sentence = said(topic, payload).unwrap_or_else(|| panic!("nothing is said of {topic} {payload}"));
        assert!(sentence.contains(cause) && sentence.ends_with(then), "{topic} {payload}: {sentence}");
    }

    const CLOSES: &str = "MQTT 3.1.1: ThingsBoard closes the connection.";

    #[test]
    fn what_thingsboard_takes_needs_no_words() {
        for (topic, payload) in [
            ("v1/devices/me/telemetry", "{temperature: 25}"),
            ("v1/devices/me/telemetry", r#"{"ts":1795529400000,"values":{"a":1}}"#),
            ("v2/t/p", "\u{1}\u{2}"),
            ("v1/devices/me/attributes", r#"{"model":"X"}"#),
            ("v1/devices/me/attributes/request/1", "{}"),
            ("v1/devices/me/attributes/request/1", r#"{"clientKeys":"model"}"#),
            ("v1/devices/me/rpc/request/5", r#"{"method":"getTime","params":{}}"#),
            ("v1/devices/me/rpc/response/5", "any text"),
            ("v2/fw/request/1/chunk/0", "4096"),
            ("v2/fw/request/1/chunk/0", ""),
            ("v1/devices/me/claim", ""),
            ("my/own/topic", "{"),
        ] {
            assert_eq!(said(topic, payload), None, "{topic} {payload}");
        }
    }

    #[test]
    fn what_closes_the_connection_is_said_with_its_place() {
        check("v1/devices/me/telemetry", "{\"a\": 1,\n \"b\" 2}", "line 2, column 6", CLOSES);
        check("v2/a", "[1]", "one object", CLOSES);
        check("v1/devices/me/attributes/request/1", "", "needs a payload", CLOSES);
        check("v1/devices/me/attributes/request/1", r#"{"clientKeys":["a"]}"#, "commas", CLOSES);
        check("v1/devices/me/attributes/request/one", "{}", "‘one’", CLOSES);
        check("v1/devices/me/rpc/request/", "{}", "without its number", CLOSES);
        check("v1/devices/me/rpc/request/1", "{}", "needs a method", CLOSES);
        check("v1/gateway/connect", "{", "line 1, column 2", CLOSES);
        check("v2/fw/request/1/chunk/0", "4k", "digits", CLOSES);
    }

    #[test]
    fn the_server_answers_by_version_and_qos() {
        let warning =
            of("v1/devices/me/telemetry", &Payload::from_text("{"), PayloadFormat::Json, NOW_MS).unwrap();
        assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("refuses it with 0x99"));
        assert!(warning.sentence(MqttVersion::V5, QoS::AtMostOnce).contains("disconnects with 0x99"));
        let warning =
            of("v1/devices/me/rpc/request/x", &Payload::from_text("{}"), PayloadFormat::Json, NOW_MS)
                .unwrap();
        assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("0x8B"));
    }

    #[test]
    fn bytes_of_a_protobuf_profile_are_not_read_as_json() {
        let payload = Payload::from_text("\u{1}");
        let warning = |topic| of(topic, &payload, PayloadFormat::Protobuf, NOW_MS);
        assert_eq!(warning("v1/devices/me/telemetry"), None);
        assert!(warning("v2/t/j").is_some() && warning("v2/fw/request/1/chunk/0").is_some());
    }

    #[test]
    fn seconds_are_noticed_and_mended() {
        let payload = Payload::from_text(r#"{"ts": 1795529400, "values": {"a": 127.0}}"#);
        let warning = of("v1/devices/me/telemetry", &payload, PayloadFormat::Json, NOW_MS).unwrap();
        assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("is in seconds"));
        assert_eq!(warning.mended.unwrap(), r#"{"ts": 1795529400000, "values": {"a": 127.0}}"#);
    }

    #[test]
    fn a_topic_for_the_other_direction_goes_nowhere() {
        check("v1/devices/me/attributes/response/1", "{}", "speaks to devices", "drops it.");
        check("v1/devices/me/rpc/request/007", "{}", "spelled plainly", "zeros.");
    }
}
