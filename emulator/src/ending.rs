//! Why a session ended, and what MQTT 5 is told about it. MQTT 3.1.1 only sees the socket close.

use crate::packet::Refusal;

/// Why a session, or a connection that never became one, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The device sent DISCONNECT.
    Disconnected,
    /// The connection broke, or the device closed it without DISCONNECT.
    Lost,
    /// The TLS handshake failed or took too long.
    NoTls,
    /// No CONNECT came in time, or something else came first, or its version is not spoken.
    NoConnect,
    /// CONNACK said no.
    Refused(Refusal),
    /// A packet could not be decoded, was too large, or had a wildcard in its topic.
    Undecodable,
    /// A second CONNECT.
    SecondConnect,
    /// A payload was malformed, and there was no acknowledgement to say so.
    BadPayload,
    /// A provisioning session used another topic than its own.
    WrongTopic,
    /// A provisioning session had its time after the reply.
    Provisioned,
    /// What ThingsBoard does not foresee in a provisioning request.
    Unprocessable,
    /// What ThingsBoard does not foresee in a packet, such as an id that is no number.
    Uncaught,
    /// A rate limit is used up.
    RateLimited,
    /// A gateway's rate limit for its devices is used up. It was told in PUBACK, and nothing more is said.
    GatewayRateLimited,
    /// The device asked for a package that it cannot have.
    NoPackage,
    /// The device holds as many values as an emulated device may.
    Full,
    /// More waited for the device than may.
    TooMuchQueued,
    /// The device did not read.
    TooSlow,
    /// Nothing came for too long.
    Idle,
    /// A fault that was asked for: the socket is dropped without a word.
    Dropped,
    /// Another connection of the same device took over.
    TakenOver,
    /// The device was dropped for a newer one.
    DeviceDropped,
    /// The emulator stops.
    Stopping,
}

impl Ending {
    /// The reason for DISCONNECT in MQTT 5, from ThingsBoard MqttTransportHandler.closeCtx and
    /// onRemoteSessionCloseCommand; `None` where nothing is said.
    #[must_use]
    pub fn disconnect_reason(self) -> Option<u8> {
        match self {
            Self::Disconnected
            | Self::Lost
            | Self::NoTls
            | Self::NoConnect
            | Self::TooSlow
            | Self::Provisioned
            | Self::GatewayRateLimited
            | Self::Dropped => None,
            Self::Refused(Refusal::NoCredentials) => Some(0x85),
            Self::Refused(Refusal::UnknownCredentials) => Some(0x86),
            Self::Refused(Refusal::Nothing) => Some(0x87),
            // Other than in CONNACK.
            Self::Refused(Refusal::Unavailable) => Some(0x89),
            Self::Refused(Refusal::TooOften) => Some(0x96),
            Self::Undecodable => Some(0x81),
            Self::SecondConnect => Some(0x82),
            Self::Full | Self::Idle | Self::NoPackage | Self::RateLimited | Self::Unprocessable => Some(0x83),
            Self::Uncaught | Self::Stopping => Some(0x8b),
            Self::TakenOver => Some(0x8e),
            Self::WrongTopic => Some(0x90),
            Self::TooMuchQueued => Some(0x97),
            Self::DeviceDropped => Some(0x98),
            Self::BadPayload => Some(0x99),
        }
    }
}
