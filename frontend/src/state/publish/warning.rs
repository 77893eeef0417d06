//! What ThingsBoard will make of a publish that may be sent all the same: raw means raw. Pure. What the server
//! takes and what it does otherwise is [`server`]'s to say; here are the words.

#[cfg(test)]
mod tests;

use crate::state::dialect::PayloadFormat;
use shared::{
    payload::Payload,
    thingsboard::{
        attributes::RequestedKeys,
        format::is_by_schema,
        server::{self, PayloadProblem, Refusal},
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
    Refused(PayloadProblem),
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
            (Consequence::Refused(_), MqttVersion::V3_1_1, _) => {
                "MQTT 3.1.1: ThingsBoard closes the connection."
            }
            (Consequence::Refused(PayloadProblem::Invalid), MqttVersion::V5, QoS::AtLeastOnce) => {
                "MQTT 5: ThingsBoard refuses it with 0x99, payload format invalid."
            }
            (Consequence::Refused(PayloadProblem::Invalid), MqttVersion::V5, QoS::AtMostOnce) => {
                "MQTT 5 with QoS 0: ThingsBoard disconnects with 0x99, payload format invalid."
            }
            (Consequence::Refused(PayloadProblem::Uncaught), MqttVersion::V5, _) => {
                "MQTT 5: ThingsBoard disconnects with 0x8B."
            }
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
    let is_protobuf = known.flavour().format(profile) == PayloadFormat::Protobuf;
    if is_protobuf && !matches!(known, Topic::PackageRequest { .. }) {
        return (is_by_schema(known) && !profile.has_schemas()).then(no_schemas);
    }
    let bytes = payload.as_bytes();
    let text = String::from_utf8_lossy(bytes);
    match known {
        Topic::Telemetry(_) => telemetry(&text, now_ms),
        Topic::Attributes(_) => attributes(&text),
        Topic::AttributesRequest(_, id) => attributes_request(bytes, id),
        Topic::RpcRequest(..) => client_call(bytes),
        Topic::PackageRequest { .. } => chunk_size(bytes),
        Topic::GatewayConnect
        | Topic::GatewayDisconnect
        | Topic::GatewayTelemetry
        | Topic::GatewayAttributes
        | Topic::GatewayAttributesRequest
        | Topic::GatewayRpc
        | Topic::GatewayClaim
        | Topic::ProvisionRequest => {
            server::read(bytes).err().map(|why| refused(why, "The payload is an object."))
        }
        Topic::Claim => claim(bytes),
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

/// `words` for every cause but malformed JSON, which has words of its own.
fn refused(why: Refusal, words: impl Into<String>) -> Warning {
    let what = match why {
        Refusal::Malformed(problem) => problem.to_string(),
        _ => words.into(),
    };
    Warning::new(what, Consequence::Refused(why.problem()))
}

fn no_schemas() -> Warning {
    let what = "This topic carries Protobuf, but a device profile for JSON has no schemas to read it by: publish JSON on \
                the topic without /p, or choose Protobuf if the profile does say so.";
    Warning::new(what, Consequence::Refused(PayloadProblem::Invalid))
}

/// A topic that would be one of ThingsBoard's if its last level were a number that ThingsBoard takes.
fn misspelled(topic: &str) -> Option<Warning> {
    let (beginning, id) = topic.rsplit_once('/')?;
    let why = match Topic::parse(&format!("{beginning}/1"))? {
        Topic::RpcRequest(..) => Refusal::CallId,
        Topic::AttributesRequest(..) | Topic::RpcResponse(..) => Refusal::Id,
        _ => return None,
    };
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
    Some(refused(why, what))
}

fn telemetry(text: &str, now_ms: i64) -> Option<Warning> {
    match upload::telemetry(text, now_ms) {
        Ok(preview) => preview.warnings.iter().find_map(in_time),
        Err(problem) => Some(not_stored(&problem)),
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
    upload::attributes(text).err().map(|problem| not_stored(&problem))
}

fn not_stored(problem: &UploadProblem) -> Warning {
    Warning::new(problem.to_string(), Consequence::Refused(problem.into()))
}

fn attributes_request(payload: &[u8], id: i32) -> Option<Warning> {
    match RequestedKeys::read(payload) {
        Ok(_) => (id < 0)
            .then(|| Warning::new("ThingsBoard does not answer requests below 0.", Consequence::Taken)),
        Err(why) if payload.is_empty() => Some(refused(
            why,
            "A request for attributes needs a payload: {} asks for all of them, \
             {\"clientKeys\":\"a,b\",\"sharedKeys\":\"c\"} for some.",
        )),
        Err(why @ Refusal::Keys(member)) => {
            Some(refused(why, format!("{member} is one text with commas between the keys, such as \"a,b\".")))
        }
        Err(why) => {
            Some(refused(why, "A request for attributes is an object, such as {\"clientKeys\":\"a,b\"}."))
        }
    }
}

fn client_call(payload: &[u8]) -> Option<Warning> {
    let why = server::client_call_method(payload).err()?;
    let what = match why {
        Refusal::Method => "A call needs a method, such as {\"method\":\"getTime\",\"params\":{}}.",
        _ => "A call is an object, such as {\"method\":\"getTime\",\"params\":{}}.",
    };
    Some(refused(why, what))
}

fn chunk_size(payload: &[u8]) -> Option<Warning> {
    let why = server::chunk_size(payload).err()?;
    Some(refused(why, "The payload is the size of a chunk in digits, such as 4096, or nothing."))
}

fn claim(payload: &[u8]) -> Option<Warning> {
    let why = server::claim(payload).err()?;
    let what = match why {
        Refusal::SecretKey => "secretKey is a text, such as \"secret\".",
        Refusal::Duration => "durationMs is a whole number of milliseconds, such as 60000.",
        _ => "A claim is an object, such as {\"secretKey\":\"secret\",\"durationMs\":60000}, or nothing.",
    };
    Some(refused(why, what))
}
