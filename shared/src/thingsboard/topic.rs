//! Topics of ThingsBoard's device API over MQTT, version 1 (ThingsBoard's MqttTopics).
//! One type for both directions of each text, so that page, proxy tests and emulator cannot disagree.

use std::fmt;

/// Number that ties a request to its response.
pub type TopicId = i32;

/// A topic of the device API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    Telemetry,
    Attributes,
    AttributesRequest(TopicId),
    AttributesResponse(TopicId),
    RpcRequest(TopicId),
    RpcResponse(TopicId),
    Claim,
}

/// The filters a device may subscribe to, exactly as ThingsBoard compares them.
pub mod filter {
    pub const ATTRIBUTES: &str = "v1/devices/me/attributes";
    pub const ATTRIBUTES_RESPONSE: &str = "v1/devices/me/attributes/response/+";
    pub const RPC_REQUEST: &str = "v1/devices/me/rpc/request/+";
    pub const RPC_RESPONSE: &str = "v1/devices/me/rpc/response/+";
}

impl Topic {
    /// Reads a topic name; `None` when it is not one of the device API, or its id is no number.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("v1/devices/me/")?;
        match rest {
            "telemetry" => return Some(Self::Telemetry),
            "attributes" => return Some(Self::Attributes),
            "claim" => return Some(Self::Claim),
            _ => {}
        }
        let (kind, id) = rest.rsplit_once('/')?;
        let id = id.parse().ok()?;
        match kind {
            "attributes/request" => Some(Self::AttributesRequest(id)),
            "attributes/response" => Some(Self::AttributesResponse(id)),
            "rpc/request" => Some(Self::RpcRequest(id)),
            "rpc/response" => Some(Self::RpcResponse(id)),
            _ => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("v1/devices/me/")?;
        match self {
            Self::Telemetry => formatter.write_str("telemetry"),
            Self::Attributes => formatter.write_str("attributes"),
            Self::AttributesRequest(id) => write!(formatter, "attributes/request/{id}"),
            Self::AttributesResponse(id) => write!(formatter, "attributes/response/{id}"),
            Self::RpcRequest(id) => write!(formatter, "rpc/request/{id}"),
            Self::RpcResponse(id) => write!(formatter, "rpc/response/{id}"),
            Self::Claim => formatter.write_str("claim"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_comes_back_from_its_text() {
        let topics = [
            Topic::Telemetry,
            Topic::Attributes,
            Topic::AttributesRequest(1),
            Topic::AttributesResponse(i32::MAX),
            Topic::RpcRequest(0),
            Topic::RpcResponse(-1),
            Topic::Claim,
        ];
        for topic in topics {
            assert_eq!(Topic::parse(&topic.to_string()), Some(topic));
        }
    }

    #[test]
    fn other_texts_are_no_topic() {
        for name in ["", "v1/devices/me", "v1/devices/me/rpc/request/", "v1/devices/me/rpc/request/x", "v1/x"]
        {
            assert_eq!(Topic::parse(name), None, "{name}");
        }
    }
}
