//! The messages between page and proxy: the promise that docs/protocol.md writes down.
//!
//! A WebSocket text frame holds one message as a JSON object, or several as a JSON array. One WebSocket
//! holds one MQTT session: the first message is [`Connect`], the last [`Disconnected`] or
//! [`ConnectFailed`]. Every request carries an id the sender chose and is answered under it exactly
//! once. A changed field here is a changed protocol.

use crate::{
    credentials::Credentials,
    endpoint::Endpoint,
    failure::{Failure, Step},
    hint::Hint,
    limits::DEFAULT_KEEP_ALIVE_S,
    payload::Payload,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Chosen by whoever asks, repeated in the answer. Unique among the requests still unanswered.
pub type RequestId = u32;

/// From the page to the proxy. Unknown and repeated fields are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToProxy {
    Connect(Box<Connect>),
    Publish(Publish),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    Disconnect(Disconnect),
}

/// Opens the session. Answered by [`StepPassed`] for each step, then [`Connected`] or [`ConnectFailed`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    pub id: RequestId,
    pub endpoint: Endpoint,
    pub trust: Trust,
    pub credentials: Credentials,
    pub mqtt_version: MqttVersion,
    #[serde(default)]
    pub options: SessionOptions,
}

/// Whom to believe about the server's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Only the certificates of this PEM text.
    UploadedCertificate { pem: String },
    /// The public certificate authorities that the proxy knows.
    PublicAuthorities,
}

/// The protocol version of the MQTT session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MqttVersion {
    #[default]
    #[serde(rename = "3.1.1")]
    V3_1_1,
    #[serde(rename = "5")]
    V5,
}

/// What a session may be told beyond the necessary. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionOptions {
    /// At most 128 bytes; empty lets the server choose.
    pub client_id: String,
    /// Seconds, 10 to 300.
    pub keep_alive_s: u16,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { client_id: String::new(), keep_alive_s: DEFAULT_KEEP_ALIVE_S }
    }
}

/// Delivery promise of a publish or subscription. ThingsBoard has no QoS 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum QoS {
    #[default]
    AtMostOnce,
    AtLeastOnce,
}

impl TryFrom<u8> for QoS {
    type Error = String;

    fn try_from(level: u8) -> Result<Self, String> {
        match level {
            0 => Ok(Self::AtMostOnce),
            1 => Ok(Self::AtLeastOnce),
            _ => Err(format!("QoS {level} is not offered: ThingsBoard knows 0 and 1")),
        }
    }
}

impl From<QoS> for u8 {
    fn from(qos: QoS) -> Self {
        match qos {
            QoS::AtMostOnce => 0,
            QoS::AtLeastOnce => 1,
        }
    }
}

/// Answered by [`Published`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    pub id: RequestId,
    pub topic: String,
    pub qos: QoS,
    #[serde(default)]
    pub retain: bool,
    pub payload: Payload,
}

/// Answered by [`Subscribed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    pub id: RequestId,
    pub filters: Vec<Subscription>,
}

/// One filter and the highest QoS wanted for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    pub filter: String,
    pub qos: QoS,
}

/// Answered by [`Unsubscribed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    pub id: RequestId,
    pub filters: Vec<String>,
}

/// Ends the session with an MQTT DISCONNECT. Answered by [`Disconnected`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disconnect {
    pub id: RequestId,
}

/// From the proxy to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToBrowser {
    StepPassed(StepPassed),
    Connected(Box<Connected>),
    ConnectFailed(Box<ConnectFailed>),
    Published(Published),
    Subscribed(Subscribed),
    Unsubscribed(Unsubscribed),
    Message(Message),
    RequestRefused(RequestRefused),
    Disconnected(Disconnected),
}

/// One step of the connection attempt is behind us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPassed {
    pub id: RequestId,
    pub step: Step,
    /// Microseconds this step took.
    pub elapsed_us: u64,
    /// A few words of fact, for example the address or the TLS version.
    pub detail: String,
}

/// The server accepted the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    pub id: RequestId,
    pub mqtt_version: MqttVersion,
    /// CONNACK's return code: 0.
    pub return_code: u8,
    pub session_present: bool,
    /// The address dialled, as `IP:PORT`.
    pub address: String,
    pub tls: TlsFacts,
}

/// What the handshake settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// `TLS 1.3` or `TLS 1.2`.
    pub version: String,
    /// IANA name.
    pub cipher_suite: String,
    /// IANA name of the group, for example `X25519`.
    pub key_exchange: String,
    /// How the server's certificate was verified.
    pub verification: Verification,
    /// The subject of the trusted certificate that ended the path; null for an exact match or a direct
    /// signature.
    pub anchor: Option<String>,
    /// The certificates the server presented, its own first.
    pub chain_pem: String,
}

/// The way in which a server's certificate was verified. There is no value for "not".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// A path to a trusted certificate, and the host among the subject alternative names.
    Strict,
    /// The certificate is one of those uploaded, byte for byte.
    ExactMatch,
    /// The same, and the host is its Common Name.
    ExactMatchByCommonName,
    /// A path to an uploaded certificate, and the host is the Common Name.
    ChainByCommonName,
    /// Signed by an uploaded authority, of a form that allows no path.
    Direct,
    /// The same, and the host is its Common Name.
    DirectByCommonName,
}

impl Verification {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Strict => "verified by certificate authority",
            Self::ExactMatch => "exact match with the uploaded certificate",
            Self::ExactMatchByCommonName => {
                "exact match with the uploaded certificate; name taken from Common Name, old style"
            }
            Self::ChainByCommonName => {
                "verified by the uploaded certificate authority; name taken from Common Name, old style"
            }
            Self::Direct => "signed by the uploaded certificate authority, old style",
            Self::DirectByCommonName => {
                "signed by the uploaded certificate authority; name taken from Common Name, old style"
            }
        }
    }
}

/// The attempt ended at `step`. The proxy closes the WebSocket after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectFailed {
    pub id: RequestId,
    pub step: Step,
    /// Microseconds spent in the failing step.
    pub elapsed_us: u64,
    pub failure: Failure,
    /// What a second look found.
    pub hints: Vec<Hint>,
    /// The certificates the server presented, its own first; empty when it presented none.
    pub chain_pem: String,
}

/// What became of a publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub id: RequestId,
    #[serde(flatten)]
    pub outcome: PublishOutcome,
}

/// See [`Published`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PublishOutcome {
    /// QoS 1: the server acknowledged it (PUBACK).
    Delivered,
    /// QoS 0: written to the connection; the protocol promises no more.
    Sent,
    /// Not sent, or refused by the server.
    Refused { reason: String },
    /// The connection ended before the acknowledgement came: it may or may not have arrived.
    Unknown,
}

/// One result for each filter asked for, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    pub id: RequestId,
    pub results: Vec<SubscribeResult>,
}

/// See [`Subscribed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeResult {
    pub filter: String,
    #[serde(flatten)]
    pub outcome: SubscribeOutcome,
}

/// See [`Subscribed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SubscribeOutcome {
    Granted {
        qos: QoS,
    },
    /// `code` is SUBACK's, for example 128.
    Refused {
        code: u8,
        reason: String,
    },
}

/// The filters no longer subscribed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsubscribed {
    pub id: RequestId,
    pub filters: Vec<String>,
}

/// A publish from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub topic: String,
    pub qos: QoS,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
    pub payload: Payload,
}

/// A subscribe, unsubscribe or repeated connect that was not carried out. The session goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRefused {
    pub id: RequestId,
    pub reason: String,
}

/// The session is over. The proxy closes the WebSocket after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disconnected {
    /// The disconnect request this answers, when the page asked for it.
    pub id: Option<RequestId>,
    /// Why, when the page did not ask for it.
    pub failure: Option<Failure>,
}

/// Writes one frame: the message itself when there is one, an array when there are several.
///
/// # Panics
/// Never: the wire types have no map keys or numbers that JSON cannot hold.
#[must_use]
pub fn encode_frame<T: Serialize>(messages: &[T]) -> String {
    let text = match messages {
        [message] => serde_json::to_string(message),
        messages => serde_json::to_string(messages),
    };
    text.expect("wire messages are representable in JSON")
}

/// Reads the messages of one frame.
///
/// # Errors
/// The parser's own text. It may quote what was read, so it is not for everybody's eyes.
pub fn decode_frame<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str(text).map(|message| vec![message])
    }
}

/// What this proxy offers, as the page asks at [`crate::OFFER_PATH`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyOffer {
    /// The program's version.
    pub version: String,
    pub mqtt_versions: Vec<MqttVersion>,
    /// Whether [`crate::platform`] is served.
    pub demo: bool,
}

#[cfg(test)]
mod tests;
