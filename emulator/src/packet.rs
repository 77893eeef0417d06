//! MQTT packets without their version: what the rules read and write. [`v4`] and [`v5`] map them to
//! rumqttc's codecs, [`level`] finds out which of the two a connection speaks.

pub(crate) mod level;
mod v4;
mod v5;

use bytes::{Bytes, BytesMut};
use level::Version;
use shared::limits::MAX_PACKET_BYTES;
use tokio_util::codec::{Decoder, Encoder};
use zeroize::Zeroizing;

/// Bytes after the fixed header that one packet may have (`NETTY_MAX_PAYLOAD_SIZE`).
const MOST_PACKET_BYTES: u32 = MAX_PACKET_BYTES as u32;

/// Bytes of a packet to a device; more than any answer can have.
const MOST_OUTGOING_BYTES: u32 = 8 * 1024 * 1024;

/// At most once, at least once, exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Qos {
    Zero = 0,
    One = 1,
    Two = 2,
}

/// A packet from a device. No `Debug`: it may hold a token.
pub(crate) enum In {
    Connect(Connect),
    Publish(Publish),
    Subscribe {
        id: u16,
        filters: Vec<(String, Qos)>,
    },
    Unsubscribe {
        id: u16,
        filters: Vec<String>,
    },
    PubAck {
        id: u16,
    },
    PingReq,
    Disconnect,
    /// What ThingsBoard reads and ignores: the other acknowledgements, and what only a server sends.
    Ignored,
}

pub(crate) struct Connect {
    pub(crate) client_id: String,
    /// Clean session in 3.1.1, clean start in 5.
    pub(crate) clean: bool,
    /// Seconds.
    pub(crate) keep_alive: u16,
    /// `None` when absent or empty; rumqttc does not tell the two apart.
    pub(crate) username: Option<Zeroizing<String>>,
    /// `None` when absent or empty.
    pub(crate) password: Option<Zeroizing<String>>,
}

/// A publish in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publish {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    /// Zero at QoS 0.
    pub(crate) id: u16,
}

impl Publish {
    /// PUBACK for QoS 1, and for QoS 2 as well: ThingsBoard knows no other, so that a device waits for PUBREC
    /// in vain.
    pub(crate) fn acknowledge(&self, verdict: AckVerdict) -> Option<Out> {
        (self.qos != Qos::Zero).then_some(Out::PubAck { id: self.id, verdict })
    }
}

/// A packet to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    ConnAck {
        refusal: Option<Refusal>,
        session_present: bool,
    },
    /// One entry a filter: the granted QoS, or `None` for a filter that is refused.
    SubAck {
        id: u16,
        granted: Vec<Option<Qos>>,
    },
    /// One entry a filter.
    UnsubAck {
        id: u16,
        verdicts: Vec<UnsubVerdict>,
    },
    PubAck {
        id: u16,
        verdict: AckVerdict,
    },
    Publish(Publish),
    PingResp,
    /// Not in MQTT 3.1.1, where the server has no such packet.
    Disconnect {
        reason: u8,
    },
}

/// Why CONNECT is refused (ThingsBoard ReturnCodeResolver).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No device has this token.
    UnknownCredentials,
    /// Neither user name nor password, only a client id.
    NoCredentials,
    /// Nothing at all.
    Nothing,
    /// A rate limit is used up.
    TooOften,
    /// The server cannot look the device up just now.
    Unavailable,
}

/// What PUBACK says; only MQTT 5 can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AckVerdict {
    Taken,
    UnknownTopic,
    BadPayload,
    /// The server could not make sense of it; it closes too.
    Failed,
    /// There are as many devices as may be.
    Quota,
}

/// What UNSUBACK says of a filter; only MQTT 5 can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsubVerdict {
    Done,
    NotSubscribed,
    /// It was subscribed and is not on ThingsBoard's list.
    UnknownFilter,
}

/// What came was no packet that may be read. Says nothing more: the codecs' texts may quote what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undecodable;

/// Why reading or writing ended.
#[derive(Debug)]
pub(crate) enum CodecError {
    Undecodable,
    Io,
}

impl From<std::io::Error> for CodecError {
    fn from(_: std::io::Error) -> Self {
        Self::Io
    }
}

impl From<Undecodable> for CodecError {
    fn from(_: Undecodable) -> Self {
        Self::Undecodable
    }
}

/// Either version's codec behind one face.
pub(crate) enum Codec {
    V4(v4::Codec),
    V5(v5::Codec),
}

impl Codec {
    pub(crate) fn new(version: Version) -> Self {
        match version {
            Version::V4 => Self::V4(v4::codec()),
            Version::V5 => Self::V5(v5::codec()),
        }
    }
}

impl Decoder for Codec {
    type Item = In;
    type Error = CodecError;

    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<In>, CodecError> {
        Ok(match self {
            Self::V4(codec) => v4::decode(codec, bytes)?,
            Self::V5(codec) => v5::decode(codec, bytes)?,
        })
    }
}

impl Encoder<Out> for Codec {
    type Error = CodecError;

    fn encode(&mut self, packet: Out, bytes: &mut BytesMut) -> Result<(), CodecError> {
        match self {
            Self::V4(codec) => v4::encode(codec, packet, bytes)?,
            Self::V5(codec) => v5::encode(codec, packet, bytes)?,
        }
        Ok(())
    }
}

/// A user name or password, if any. An empty one counts as none (rumqttc reads both alike, and ThingsBoard
/// asks `StringUtils.isEmpty`).
fn some_text(text: String) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
