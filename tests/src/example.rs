//! What ThingsBoard's one-way TLS example sends, in its order on the wire.
//!
//! One list for everybody who must send it: the script (with paho-mqtt) and the page's `Run the example`
//! are both compared with it. Written down from the script's behaviour (ThingsBoard device API reference,
//! "The example script, step by step"), not taken from the product.

use emulator::{Kind, Recorded};

/// One packet after CONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    Subscribe { filter: String, qos: u8 },
    Publish { topic: String, qos: u8, payload: String },
}

/// A constant's shape of [`Sent`].
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Subscribe { filter: &'static str, qos: u8 },
    Publish { topic: &'static str, qos: u8, payload: &'static str },
}

/// Everything until the first answer arrives.
pub const OPENING: [Step; 5] = [
    Step::Subscribe { filter: "v1/devices/me/attributes", qos: 0 },
    Step::Subscribe { filter: "v1/devices/me/attributes/response/+", qos: 0 },
    Step::Subscribe { filter: "v1/devices/me/rpc/request/+", qos: 0 },
    Step::Publish { topic: "v1/devices/me/telemetry", qos: 1, payload: r#"{"temperature": 42}"# },
    Step::Publish {
        topic: "v1/devices/me/attributes/request/1",
        qos: 1,
        payload: r#"{"clientKeys":"model"}"#,
    },
];

/// The answer to an RPC request.
pub const RPC_REPLY: &str = r#"{"value1":"A", "value2":"B"}"#;

/// What a person reads, apart from answers to RPC.
pub const TRANSCRIPT: [&str; 3] =
    ["Connected with result code 0", "Topic: v1/devices/me/attributes/response/1", "Message: {}"];

/// [`OPENING`] to compare a record with.
#[must_use]
pub fn opening() -> Vec<Sent> {
    OPENING.iter().copied().map(Sent::from).collect()
}

impl From<Step> for Sent {
    fn from(step: Step) -> Self {
        match step {
            Step::Subscribe { filter, qos } => Self::Subscribe { filter: filter.to_owned(), qos },
            Step::Publish { topic, qos, payload } => {
                Self::Publish { topic: topic.to_owned(), qos, payload: payload.to_owned() }
            }
        }
    }
}

/// What devices subscribed to and published, from the emulator's record: one entry a filter, in order.
#[must_use]
pub fn sent(record: &[Recorded]) -> Vec<Sent> {
    record.iter().flat_map(|entry| of_entry(&entry.kind)).collect()
}

fn of_entry(kind: &Kind) -> Vec<Sent> {
    match kind {
        Kind::Subscribe { filters, .. } => filters
            .iter()
            .map(|(filter, qos)| Sent::Subscribe { filter: filter.clone(), qos: *qos })
            .collect(),
        Kind::Publish { topic, qos, payload, .. } => {
            let payload = String::from_utf8_lossy(payload).into_owned();
            vec![Sent::Publish { topic: topic.clone(), qos: *qos, payload }]
        }
        _ => Vec::new(),
    }
}
