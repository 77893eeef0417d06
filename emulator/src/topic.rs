//! Topics and filters as ThingsBoard compares them (ThingsBoard MqttTopics and
//! MqttTransportHandler.processDevicePublish): exact texts, or an exact beginning followed by an id.
//!
//! A feature that comes later (Protobuf) adds its variants here; until then its topics are unknown ones.

use crate::package::PackageKind;

/// The id after the last slash of a request or response; ThingsBoard reads it as a Java `int`.
pub(crate) use shared::thingsboard::topic::TopicId;

/// Which set of topics is used. The one used last for a feature decides where its downlink goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Flavour {
    V1,
    /// Short topics with the payload type of the device profile, which is JSON here.
    V2,
    /// Short topics that force JSON.
    V2Json,
}

/// What goes down to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Downlink {
    AttributesUpdate,
    AttributesResponse,
    RpcRequest,
    RpcResponse,
    PackageChunk(PackageKind),
    PackageError(PackageKind),
    Provision,
    GatewayAttributes,
    GatewayAttributesResponse,
    GatewayRpc,
    GatewayDisconnect,
}

/// A publish from the device, by its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uplink<'a> {
    Telemetry,
    Attributes,
    /// The id is `None` when it is no number.
    AttributesRequest(Flavour, Option<TopicId>),
    RpcResponse(Option<TopicId>),
    RpcRequest(Flavour, Option<TopicId>),
    Claim,
    /// The digits of the request id and of the chunk's number.
    PackageChunk(PackageKind, &'a str, &'a str),
    /// For gateways only.
    Gateway,
    Unknown,
}

impl<'a> Uplink<'a> {
    pub(crate) fn of(topic: &'a str) -> Self {
        match topic {
            "v1/devices/me/telemetry" | "v2/t" | "v2/t/j" => return Self::Telemetry,
            "v1/devices/me/attributes" | "v2/a" | "v2/a/j" => return Self::Attributes,
            "v1/devices/me/claim" => return Self::Claim,
            _ => {}
        }
        if topic.starts_with("v1/gateway/") {
            return Self::Gateway;
        }
        if let Some((flavour, id)) =
            split(topic, "v1/devices/me/attributes/request/", "v2/a/req/", "v2/a/req/j/")
        {
            Self::AttributesRequest(flavour, id.parse().ok())
        } else if let Some((_, id)) = split(topic, "v1/devices/me/rpc/response/", "v2/r/res/", "v2/r/res/j/")
        {
            Self::RpcResponse(id.parse().ok())
        } else if let Some((flavour, id)) =
            split(topic, "v1/devices/me/rpc/request/", "v2/r/req/", "v2/r/req/j/")
        {
            Self::RpcRequest(flavour, id.parse().ok())
        } else {
            package_request(topic)
                .map_or(Self::Unknown, |(kind, request, chunk)| Self::PackageChunk(kind, request, chunk))
        }
    }
}

/// A request for a chunk. ThingsBoard looks for its pattern anywhere in the topic (`Matcher.find`), and
/// for firmware first.
fn package_request(topic: &str) -> Option<(PackageKind, &str, &str)> {
    PackageKind::ALL.into_iter().find_map(|kind| {
        let beginning = format!("v2/{}/request/", kind.prefix());
        topic.match_indices(&beginning).find_map(|(at, _)| {
            let (request, rest) = leading_digits(&topic[at + beginning.len()..])?;
            let (chunk, _) = leading_digits(rest.strip_prefix("/chunk/")?)?;
            Some((kind, request, chunk))
        })
    })
}

/// The digits at the beginning, at least one, and what follows.
fn leading_digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Where a chunk is sent.
pub(crate) fn package_response(kind: PackageKind, request: &str, chunk: TopicId) -> String {
    format!("v2/{}/response/{request}/chunk/{chunk}", kind.prefix())
}

/// What follows one of the three beginnings, and which one it was.
fn split<'a>(topic: &'a str, v1: &str, v2: &str, v2_json: &str) -> Option<(Flavour, &'a str)> {
    if let Some(id) = topic.strip_prefix(v1) {
        return Some((Flavour::V1, id));
    }
    if let Some(id) = topic.strip_prefix(v2_json) {
        return Some((Flavour::V2Json, id));
    }
    // "p/" forces Protobuf, which is not here yet.
    topic.strip_prefix(v2).filter(|id| !id.starts_with("p/")).map(|id| (Flavour::V2, id))
}

const FLAVOURS: [Flavour; 3] = [Flavour::V1, Flavour::V2, Flavour::V2Json];

const DOWNLINKS: [Downlink; 4] =
    [Downlink::AttributesUpdate, Downlink::AttributesResponse, Downlink::RpcRequest, Downlink::RpcResponse];

/// Filters of features that have one set of topics. Any device may subscribe to all of them.
const OTHERS: [(&str, Downlink, Flavour); 8] = [
    ("v2/fw/response/+/chunk/+", Downlink::PackageChunk(PackageKind::Firmware), Flavour::V2),
    ("v2/fw/error", Downlink::PackageError(PackageKind::Firmware), Flavour::V2),
    ("v2/sw/response/+/chunk/+", Downlink::PackageChunk(PackageKind::Software), Flavour::V2),
    ("v2/sw/error", Downlink::PackageError(PackageKind::Software), Flavour::V2),
    (PROVISION_RESPONSE, Downlink::Provision, Flavour::V1),
    ("v1/gateway/attributes", Downlink::GatewayAttributes, Flavour::V1),
    ("v1/gateway/attributes/response", Downlink::GatewayAttributesResponse, Flavour::V1),
    ("v1/gateway/rpc", Downlink::GatewayRpc, Flavour::V1),
];

pub(crate) const PROVISION_REQUEST: &str = "/provision/request";
pub(crate) const PROVISION_RESPONSE: &str = "/provision/response";

/// The subscription that `filter` stands for; `None` for every text that is not on ThingsBoard's list,
/// even when it would match a topic that is.
pub(crate) fn subscription(filter: &str) -> Option<(Downlink, Flavour)> {
    if let Some((_, link, flavour)) = OTHERS.iter().find(|(other, ..)| *other == filter) {
        return Some((*link, *flavour));
    }
    let mut all = DOWNLINKS.into_iter().flat_map(|link| FLAVOURS.map(|flavour| (link, flavour)));
    all.find(|(link, flavour)| {
        let beginning = link.beginning(*flavour);
        match link {
            Downlink::AttributesUpdate => filter == beginning,
            _ => filter.strip_prefix(beginning) == Some("+"),
        }
    })
}

impl Downlink {
    /// The topic to send to; `id` is used by responses and by RPC. Chunks of packages have two numbers, and so
    /// a topic of their own ([`package_response`]).
    pub(crate) fn topic(self, flavour: Flavour, id: TopicId) -> String {
        match self {
            Self::AttributesResponse | Self::RpcRequest | Self::RpcResponse => {
                format!("{}{id}", self.beginning(flavour))
            }
            _ => self.beginning(flavour).to_owned(),
        }
    }

    fn beginning(self, flavour: Flavour) -> &'static str {
        match (self, flavour) {
            (Self::AttributesUpdate, Flavour::V1) => "v1/devices/me/attributes",
            (Self::AttributesUpdate, Flavour::V2) => "v2/a",
            (Self::AttributesUpdate, Flavour::V2Json) => "v2/a/j",
            (Self::AttributesResponse, Flavour::V1) => "v1/devices/me/attributes/response/",
            (Self::AttributesResponse, Flavour::V2) => "v2/a/res/",
            (Self::AttributesResponse, Flavour::V2Json) => "v2/a/res/j/",
            (Self::RpcRequest, Flavour::V1) => "v1/devices/me/rpc/request/",
            (Self::RpcRequest, Flavour::V2) => "v2/r/req/",
            (Self::RpcRequest, Flavour::V2Json) => "v2/r/req/j/",
            (Self::RpcResponse, Flavour::V1) => "v1/devices/me/rpc/response/",
            (Self::RpcResponse, Flavour::V2) => "v2/r/res/",
            (Self::RpcResponse, Flavour::V2Json) => "v2/r/res/j/",
            (Self::PackageChunk(PackageKind::Firmware), _) => "v2/fw/response/",
            (Self::PackageChunk(PackageKind::Software), _) => "v2/sw/response/",
            (Self::PackageError(PackageKind::Firmware), _) => "v2/fw/error",
            (Self::PackageError(PackageKind::Software), _) => "v2/sw/error",
            (Self::Provision, _) => PROVISION_RESPONSE,
            (Self::GatewayAttributes, _) => "v1/gateway/attributes",
            (Self::GatewayAttributesResponse, _) => "v1/gateway/attributes/response",
            (Self::GatewayRpc, _) => "v1/gateway/rpc",
            (Self::GatewayDisconnect, _) => "v1/gateway/disconnect",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publish_is_known_by_its_exact_topic() {
        let known = [
            ("v1/devices/me/telemetry", Uplink::Telemetry),
            ("v2/t/j", Uplink::Telemetry),
            ("v1/devices/me/attributes", Uplink::Attributes),
            ("v1/devices/me/attributes/request/1", Uplink::AttributesRequest(Flavour::V1, Some(1))),
            ("v2/a/req/7", Uplink::AttributesRequest(Flavour::V2, Some(7))),
            ("v2/a/req/j/7", Uplink::AttributesRequest(Flavour::V2Json, Some(7))),
            ("v1/devices/me/attributes/request/-1", Uplink::AttributesRequest(Flavour::V1, Some(-1))),
            ("v1/devices/me/attributes/request/", Uplink::AttributesRequest(Flavour::V1, None)),
            ("v1/devices/me/attributes/request/99999999999", Uplink::AttributesRequest(Flavour::V1, None)),
            ("v1/devices/me/rpc/response/3", Uplink::RpcResponse(Some(3))),
            ("v1/devices/me/rpc/request/x", Uplink::RpcRequest(Flavour::V1, None)),
            ("v2/r/req/j/3", Uplink::RpcRequest(Flavour::V2Json, Some(3))),
            ("v1/devices/me/claim", Uplink::Claim),
            ("v1/gateway/telemetry", Uplink::Gateway),
            ("v2/fw/request/1/chunk/0", Uplink::PackageChunk(PackageKind::Firmware, "1", "0")),
            ("v2/sw/request/007/chunk/12", Uplink::PackageChunk(PackageKind::Software, "007", "12")),
            ("a/v2/fw/request/1/chunk/2b", Uplink::PackageChunk(PackageKind::Firmware, "1", "2")),
        ];
        for (topic, uplink) in known {
            assert_eq!(Uplink::of(topic), uplink, "{topic}");
        }
        let unknown = [
            "",
            "v1/devices/me/telemetry/",
            "v1/devices/me/attributes/request",
            "v2/t/p",
            "v2/a/req/p/1",
            "v2/fw/request/x/chunk/0",
            "v2/fw/request/1/chunk/",
            "v2/fw/request/1/chunk",
            "/provision/request",
        ];
        for topic in unknown {
            assert_eq!(Uplink::of(topic), Uplink::Unknown, "{topic}");
        }
    }

    #[test]
    fn the_long_topics_are_those_the_page_uses() {
        use shared::thingsboard::topic::{Topic, filter};
        let uplinks = [
            (Topic::Telemetry, Uplink::Telemetry),
            (Topic::Attributes, Uplink::Attributes),
            (Topic::AttributesRequest(5), Uplink::AttributesRequest(Flavour::V1, Some(5))),
            (Topic::RpcRequest(5), Uplink::RpcRequest(Flavour::V1, Some(5))),
            (Topic::RpcResponse(5), Uplink::RpcResponse(Some(5))),
            (Topic::Claim, Uplink::Claim),
        ];
        for (topic, uplink) in uplinks {
            assert_eq!(Uplink::of(&topic.to_string()), uplink, "{topic}");
        }
        let downlinks = [
            (Topic::Attributes, filter::ATTRIBUTES, Downlink::AttributesUpdate),
            (Topic::AttributesResponse(5), filter::ATTRIBUTES_RESPONSE, Downlink::AttributesResponse),
            (Topic::RpcRequest(5), filter::RPC_REQUEST, Downlink::RpcRequest),
            (Topic::RpcResponse(5), filter::RPC_RESPONSE, Downlink::RpcResponse),
        ];
        for (topic, filter, link) in downlinks {
            assert_eq!(link.topic(Flavour::V1, 5), topic.to_string());
            assert_eq!(subscription(filter), Some((link, Flavour::V1)));
        }
    }

    #[test]
    fn every_subscription_has_one_exact_filter() {
        for link in DOWNLINKS {
            for flavour in FLAVOURS {
                let topic = link.topic(flavour, 1);
                let filter = topic.strip_suffix('1').map_or(topic.clone(), |rest| {
                    if link == Downlink::AttributesUpdate { topic.clone() } else { format!("{rest}+") }
                });
                assert_eq!(subscription(&filter), Some((link, flavour)), "{filter}");
            }
        }
    }

    #[test]
    fn the_other_filters_are_those_of_their_topics() {
        for (filter, link, flavour) in OTHERS {
            assert_eq!(subscription(filter), Some((link, flavour)));
            if let Downlink::PackageChunk(kind) = link {
                assert_eq!(package_response(kind, "+", 1), format!("{}1", &filter[..filter.len() - 1]));
            } else {
                assert_eq!(link.topic(flavour, 1), filter);
            }
        }
    }

    #[test]
    fn other_filters_are_not_on_the_list() {
        let others = [
            "#",
            "+",
            "v1/devices/me/+",
            "v1/devices/me/telemetry",
            "v1/devices/me/attributes/response/1",
            "v1/devices/me/attributes/response/#",
            "v1/devices/me/attributes/+",
            "v2/a/+",
            "v2/fw/response/+",
            "v1/gateway/rpc/+",
            "$share/g/v1/devices/me/attributes",
            "",
        ];
        for filter in others {
            assert_eq!(subscription(filter), None, "{filter}");
        }
    }
}
