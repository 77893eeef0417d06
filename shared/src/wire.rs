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
    limits::{DEFAULT_KEEP_ALIVE_S, KEEP_ALIVE_S, MAX_CLIENT_ID_BYTES, MAX_WILL_BYTES},
    payload::Payload,
    topic,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

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
    /// Ask the server to forget what it kept of an earlier session with this client id ("clean session" in
    /// MQTT 3.1.1). Without it there must be a client id.
    pub clean_start: bool,
    /// Seconds that the server is to keep the session after its end; MQTT 5 only. 0: not at all;
    /// 4,294,967,295: for ever (MQTT 5 section 3.1.2.11.2).
    pub session_expiry_s: u32,
    /// What the server is to publish when the connection breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub will: Option<Will>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            keep_alive_s: DEFAULT_KEEP_ALIVE_S,
            clean_start: true,
            session_expiry_s: 0,
            will: None,
        }
    }
}

/// Why options cannot be used, in words for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OptionsProblem {
    #[error("The keep-alive must be {} to {} seconds.", KEEP_ALIVE_S.start(), KEEP_ALIVE_S.end())]
    KeepAlive,
    #[error("The client id must have at most {MAX_CLIENT_ID_BYTES} bytes and no control characters.")]
    ClientId,
    #[error("A session that the server is to keep needs a client id: type one, or start clean.")]
    NoClientId,
    #[error("The last will's topic is wrong. {0}")]
    WillTopic(topic::TopicProblem),
    #[error(
        "The last will's payload has more than {MAX_WILL_BYTES} bytes, the most this program takes: shorten it."
    )]
    WillPayload,
}

impl SessionOptions {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first problem.
    pub fn check(&self) -> Result<(), OptionsProblem> {
        if !KEEP_ALIVE_S.contains(&self.keep_alive_s) {
            return Err(OptionsProblem::KeepAlive);
        }
        if self.client_id.len() > MAX_CLIENT_ID_BYTES || self.client_id.contains(char::is_control) {
            return Err(OptionsProblem::ClientId);
        }
        // MQTT 3.1.1 section 3.1.3.1; MQTT 5 would give an id that nobody knows next time.
        if !self.clean_start && self.client_id.is_empty() {
            return Err(OptionsProblem::NoClientId);
        }
        if let Some(will) = &self.will {
            topic::check_name(&will.topic).map_err(OptionsProblem::WillTopic)?;
            if will.payload.len() > MAX_WILL_BYTES {
                return Err(OptionsProblem::WillPayload);
            }
        }
        Ok(())
    }
}

/// The last will (MQTT 5 section 3.1.2.5). ThingsBoard reads it for Sparkplug only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Will {
    pub topic: String,
    pub qos: QoS,
    #[serde(default)]
    pub retain: bool,
    pub payload: Payload,
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
    Ending(Ending),
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
    /// As it stands in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::ExactMatch => "exact_match",
            Self::ExactMatchByCommonName => "exact_match_by_common_name",
            Self::ChainByCommonName => "chain_by_common_name",
            Self::Direct => "direct",
            Self::DirectByCommonName => "direct_by_common_name",
        }
    }

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

/// The proxy will end the session soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Seconds left.
    pub in_s: u64,
    pub reason: EndingReason,
}

/// See [`Ending`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingReason {
    /// Nothing was asked or published for long; asking for something keeps the session.
    Idle,
    /// It lasted long.
    TooLong,
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
    /// The servers that an operator lists, where only those and the demo's may be reached; empty where none is listed, or
    /// others may be reached as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Endpoint>,
}

#[cfg(test)]
mod tests;
