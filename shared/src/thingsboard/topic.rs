//! Topics of ThingsBoard's device API over MQTT: version 1, the short ones of version 2, OTA packages, gateways
//! and provisioning (ThingsBoard MqttTopics). One type for both directions of each text, so that page, proxy
//! tests and emulator cannot disagree. Knows nothing of payloads.

pub mod filter;
#[cfg(test)]
mod tests;

use std::fmt;

/// Number that ties a request to its response; ThingsBoard reads it as a Java `int`.
pub type TopicId = i32;

/// Which of the four sets of topics a feature uses. The one a session used last for a feature decides where
/// its downlink goes (ThingsBoard MqttTransportHandler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flavour {
    /// The long topics, with the payload type of the device profile.
    V1,
    /// The short topics, with the payload type of the device profile.
    V2,
    /// The short topics that force JSON.
    V2Json,
    /// The short topics that force Protobuf.
    V2Protobuf,
}

impl Flavour {
    pub const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V2Json, Self::V2Protobuf];
}

/// Which of a device's two OTA packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PackageKind {
    Firmware,
    Software,
}

impl PackageKind {
    pub const ALL: [Self; 2] = [Self::Firmware, Self::Software];

    /// What begins its keys (`fw_title`) and stands in its topics (`v2/fw/error`): `fw` or `sw`.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Firmware => "fw",
            Self::Software => "sw",
        }
    }
}

/// A topic of the device API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// From the device.
    Telemetry(Flavour),
    /// From the device: client attributes. To the device: changed shared attributes.
    Attributes(Flavour),
    /// From the device.
    AttributesRequest(Flavour, TopicId),
    /// To the device.
    AttributesResponse(Flavour, TopicId),
    /// To the device: a server-side call. From the device: a client-side call.
    RpcRequest(Flavour, TopicId),
    /// The answer, in the other direction.
    RpcResponse(Flavour, TopicId),
    /// From the device; only version 1 has it.
    Claim,
    /// From the device: asks for chunk number `chunk`, counted from 0.
    PackageRequest {
        kind: PackageKind,
        request: u32,
        chunk: u32,
    },
    /// To the device: the chunk's bytes.
    PackageResponse {
        kind: PackageKind,
        request: u32,
        chunk: u32,
    },
    /// To the device. ThingsBoard sends errors of software to the topic of firmware.
    PackageError(PackageKind),
    /// From the gateway, as all of its topics that say nothing else.
    GatewayConnect,
    /// From the gateway. To the gateway, with MQTT 5 only: a child device was given up.
    GatewayDisconnect,
    GatewayTelemetry,
    /// In both directions, as [`Topic::Attributes`].
    GatewayAttributes,
    GatewayAttributesRequest,
    /// To the gateway.
    GatewayAttributesResponse,
    /// To the gateway: a call. From the gateway: the answer.
    GatewayRpc,
    GatewayClaim,
    /// From a device without credentials.
    ProvisionRequest,
    /// To a device without credentials.
    ProvisionResponse,
}

/// The topics without a number and without flavours.
const FIXED: [Topic; 13] = [
    Topic::Claim,
    Topic::PackageError(PackageKind::Firmware),
    Topic::PackageError(PackageKind::Software),
    Topic::GatewayConnect,
    Topic::GatewayDisconnect,
    Topic::GatewayTelemetry,
    Topic::GatewayAttributes,
    Topic::GatewayAttributesRequest,
    Topic::GatewayAttributesResponse,
    Topic::GatewayRpc,
    Topic::GatewayClaim,
    Topic::ProvisionRequest,
    Topic::ProvisionResponse,
];

/// The topics that come in flavours, without a number.
const FLAVOURED: [fn(Flavour) -> Topic; 2] = [Topic::Telemetry, Topic::Attributes];

/// The topics that come in flavours and end with an id.
const NUMBERED: [fn(Flavour, TopicId) -> Topic; 4] =
    [Topic::AttributesRequest, Topic::AttributesResponse, Topic::RpcRequest, Topic::RpcResponse];

impl Topic {
    /// Reads a topic name. `None` when it is not one of the device API, or a number in it is not spelled as
    /// [`Display`](fmt::Display) writes it: ThingsBoard itself also takes ids as `+1` or `007`, but a program
    /// that compares texts does not find their answers.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let flavoured = || Flavour::ALL.into_iter().flat_map(|flavour| FLAVOURED.map(|topic| topic(flavour)));
        let fixed = FIXED.into_iter().chain(flavoured()).find(|topic| topic.beginning() == name);
        fixed.or_else(|| Self::numbered(name)).or_else(|| Self::package(name))
    }

    fn numbered(name: &str) -> Option<Self> {
        let (all, id) = name.rsplit_once('/').map(|(all, id)| (all.len(), id))?;
        let (beginning, id) = (&name[..=all], exact(id)?);
        let mut topics =
            Flavour::ALL.into_iter().flat_map(|flavour| NUMBERED.map(|topic| topic(flavour, id)));
        topics.find(|topic| topic.beginning() == beginning)
    }

    fn package(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("v2/")?.split('/');
        let kind = parts.next()?;
        let kind = PackageKind::ALL.into_iter().find(|known| known.prefix() == kind)?;
        let direction = parts.next()?;
        let request = exact(parts.next()?)?;
        parts.next().filter(|word| *word == "chunk")?;
        let chunk = exact(parts.next()?)?;
        match (direction, parts.next()) {
            ("request", None) => Some(Self::PackageRequest { kind, request, chunk }),
            ("response", None) => Some(Self::PackageResponse { kind, request, chunk }),
            _ => None,
        }
    }

    /// The name up to the first number.
    fn beginning(self) -> &'static str {
        let [v1, v2, v2_json, v2_protobuf] = match self {
            Self::Telemetry(_) => ["v1/devices/me/telemetry", "v2/t", "v2/t/j", "v2/t/p"],
            Self::Attributes(_) => ["v1/devices/me/attributes", "v2/a", "v2/a/j", "v2/a/p"],
            Self::AttributesRequest(..) => {
                ["v1/devices/me/attributes/request/", "v2/a/req/", "v2/a/req/j/", "v2/a/req/p/"]
            }
            Self::AttributesResponse(..) => {
                ["v1/devices/me/attributes/response/", "v2/a/res/", "v2/a/res/j/", "v2/a/res/p/"]
            }
            Self::RpcRequest(..) => ["v1/devices/me/rpc/request/", "v2/r/req/", "v2/r/req/j/", "v2/r/req/p/"],
            Self::RpcResponse(..) => {
                ["v1/devices/me/rpc/response/", "v2/r/res/", "v2/r/res/j/", "v2/r/res/p/"]
            }
            Self::Claim => return "v1/devices/me/claim",
            Self::PackageRequest { kind: PackageKind::Firmware, .. } => return "v2/fw/request/",
            Self::PackageRequest { kind: PackageKind::Software, .. } => return "v2/sw/request/",
            Self::PackageResponse { kind: PackageKind::Firmware, .. } => return "v2/fw/response/",
            Self::PackageResponse { kind: PackageKind::Software, .. } => return "v2/sw/response/",
            Self::PackageError(PackageKind::Firmware) => return "v2/fw/error",
            Self::PackageError(PackageKind::Software) => return "v2/sw/error",
            Self::GatewayConnect => return "v1/gateway/connect",
            Self::GatewayDisconnect => return "v1/gateway/disconnect",
            Self::GatewayTelemetry => return "v1/gateway/telemetry",
            Self::GatewayAttributes => return "v1/gateway/attributes",
            Self::GatewayAttributesRequest => return "v1/gateway/attributes/request",
            Self::GatewayAttributesResponse => return "v1/gateway/attributes/response",
            Self::GatewayRpc => return "v1/gateway/rpc",
            Self::GatewayClaim => return "v1/gateway/claim",
            Self::ProvisionRequest => return "/provision/request",
            Self::ProvisionResponse => return "/provision/response",
        };
        match self.flavour() {
            Flavour::V1 => v1,
            Flavour::V2 => v2,
            Flavour::V2Json => v2_json,
            Flavour::V2Protobuf => v2_protobuf,
        }
    }

    /// Which set the topic belongs to. Those that come in one form belong to that one.
    #[must_use]
    pub fn flavour(self) -> Flavour {
        match self {
            Self::Telemetry(flavour)
            | Self::Attributes(flavour)
            | Self::AttributesRequest(flavour, _)
            | Self::AttributesResponse(flavour, _)
            | Self::RpcRequest(flavour, _)
            | Self::RpcResponse(flavour, _) => flavour,
            Self::PackageRequest { .. } | Self::PackageResponse { .. } | Self::PackageError(_) => Flavour::V2,
            Self::Claim
            | Self::GatewayConnect
            | Self::GatewayDisconnect
            | Self::GatewayTelemetry
            | Self::GatewayAttributes
            | Self::GatewayAttributesRequest
            | Self::GatewayAttributesResponse
            | Self::GatewayRpc
            | Self::GatewayClaim
            | Self::ProvisionRequest
            | Self::ProvisionResponse => Flavour::V1,
        }
    }
}

/// A number spelled in the one way in which it is written.
fn exact<N: std::str::FromStr + ToString>(text: &str) -> Option<N> {
    text.parse().ok().filter(|number: &N| number.to_string() == text)
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.beginning())?;
        match self {
            Self::AttributesRequest(_, id)
            | Self::AttributesResponse(_, id)
            | Self::RpcRequest(_, id)
            | Self::RpcResponse(_, id) => write!(formatter, "{id}"),
            Self::PackageRequest { request, chunk, .. } | Self::PackageResponse { request, chunk, .. } => {
                write!(formatter, "{request}/chunk/{chunk}")
            }
            _ => Ok(()),
        }
    }
}
