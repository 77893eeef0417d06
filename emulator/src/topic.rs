//! Topics and filters as ThingsBoard compares them (ThingsBoard MqttTopics and
//! MqttTransportHandler.processDevicePublish): exact texts, or an exact beginning followed by an id. Other than
//! [`shared::thingsboard::topic`], which knows only what is well-formed, it also knows what is nearly so.

use shared::thingsboard::topic::{PackageKind, Topic, filter};

pub(crate) use shared::thingsboard::topic::{Flavour, TopicId};

/// What goes down to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Downlink {
    AttributesUpdate,
    AttributesResponse,
    RpcRequest,
    RpcResponse,
    PackageChunk(PackageKind),
    PackageError(PackageKind),
    GatewayAttributes,
    GatewayAttributesResponse,
    GatewayRpc,
    GatewayDisconnect,
}

/// A publish from the device, by its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uplink<'a> {
    Telemetry(Flavour),
    Attributes(Flavour),
    /// The id is `None` when it is no number.
    AttributesRequest(Flavour, Option<TopicId>),
    RpcResponse(Flavour, Option<TopicId>),
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
            "v1/devices/me/telemetry" => return Self::Telemetry(Flavour::V1),
            "v2/t" => return Self::Telemetry(Flavour::V2),
            "v2/t/j" => return Self::Telemetry(Flavour::V2Json),
            "v2/t/p" => return Self::Telemetry(Flavour::V2Protobuf),
            "v1/devices/me/attributes" => return Self::Attributes(Flavour::V1),
            "v2/a" => return Self::Attributes(Flavour::V2),
            "v2/a/j" => return Self::Attributes(Flavour::V2Json),
            "v2/a/p" => return Self::Attributes(Flavour::V2Protobuf),
            "v1/devices/me/claim" => return Self::Claim,
            _ => {}
        }
        if topic.starts_with("v1/gateway/") {
            return Self::Gateway;
        }
        if let Some((flavour, id)) = split(topic, "v1/devices/me/attributes/request/", "v2/a/req/") {
            Self::AttributesRequest(flavour, id.parse().ok())
        } else if let Some((flavour, id)) = split(topic, "v1/devices/me/rpc/response/", "v2/r/res/") {
            Self::RpcResponse(flavour, id.parse().ok())
        } else if let Some((flavour, id)) = split(topic, "v1/devices/me/rpc/request/", "v2/r/req/") {
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

/// Where a chunk is sent. The request id is the device's own text, however many digits it has.
pub(crate) fn package_response(kind: PackageKind, request: &str, chunk: TopicId) -> String {
    format!("v2/{}/response/{request}/chunk/{chunk}", kind.prefix())
}

/// What follows one of the two beginnings, and in which form.
fn split<'a>(topic: &'a str, v1: &str, v2: &str) -> Option<(Flavour, &'a str)> {
    if let Some(id) = topic.strip_prefix(v1) {
        return Some((Flavour::V1, id));
    }
    let rest = topic.strip_prefix(v2)?;
    let forced = [(Flavour::V2Json, "j/"), (Flavour::V2Protobuf, "p/")];
    let forced = forced.into_iter().find_map(|(flavour, mark)| Some((flavour, rest.strip_prefix(mark)?)));
    Some(forced.unwrap_or((Flavour::V2, rest)))
}

pub(crate) const PROVISION_REQUEST: &str = "/provision/request";
pub(crate) const PROVISION_RESPONSE: &str = filter::PROVISION_RESPONSE;

/// Filters of features that come in one form. Any device may subscribe to all of them.
const OTHERS: [(&str, Downlink); 7] = [
    (filter::package_response(PackageKind::Firmware), Downlink::PackageChunk(PackageKind::Firmware)),
    (filter::package_error(PackageKind::Firmware), Downlink::PackageError(PackageKind::Firmware)),
    (filter::package_response(PackageKind::Software), Downlink::PackageChunk(PackageKind::Software)),
    (filter::package_error(PackageKind::Software), Downlink::PackageError(PackageKind::Software)),
    (filter::GATEWAY_ATTRIBUTES, Downlink::GatewayAttributes),
    (filter::GATEWAY_ATTRIBUTES_RESPONSE, Downlink::GatewayAttributesResponse),
    (filter::GATEWAY_RPC, Downlink::GatewayRpc),
];

/// The subscription that `filter` stands for; `None` for every text that is not on ThingsBoard's list,
/// even when it would match a topic that is. Nobody but a provisioning session may have its response.
pub(crate) fn subscription(filter: &str) -> Option<(Downlink, Flavour)> {
    if let Some((_, link)) = OTHERS.iter().find(|(other, _)| *other == filter) {
        return Some((*link, link.only_flavour()));
    }
    let all = Flavour::ALL.into_iter().flat_map(|flavour| {
        [
            (filter::attributes(flavour), Downlink::AttributesUpdate),
            (filter::attributes_response(flavour), Downlink::AttributesResponse),
            (filter::rpc_request(flavour), Downlink::RpcRequest),
            (filter::rpc_response(flavour), Downlink::RpcResponse),
        ]
        .map(|(other, link)| (other, link, flavour))
    });
    all.into_iter().find(|(other, ..)| *other == filter).map(|(_, link, flavour)| (link, flavour))
}

impl Downlink {
    /// The flavour of what comes in one form.
    pub(crate) fn only_flavour(self) -> Flavour {
        match self {
            Self::PackageChunk(_) | Self::PackageError(_) => Flavour::V2,
            _ => Flavour::V1,
        }
    }

    /// The topic to send to; `id` is used by responses and by RPC. Chunks of packages have two numbers, and so
    /// a topic of their own ([`package_response`]).
    pub(crate) fn topic(self, flavour: Flavour, id: TopicId) -> String {
        let topic = match self {
            Self::AttributesUpdate => Topic::Attributes(flavour),
            Self::AttributesResponse => Topic::AttributesResponse(flavour, id),
            Self::RpcRequest => Topic::RpcRequest(flavour, id),
            Self::RpcResponse => Topic::RpcResponse(flavour, id),
            Self::PackageChunk(kind) => return package_response(kind, "0", id),
            Self::PackageError(kind) => Topic::PackageError(kind),
            Self::GatewayAttributes => Topic::GatewayAttributes,
            Self::GatewayAttributesResponse => Topic::GatewayAttributesResponse,
            Self::GatewayRpc => Topic::GatewayRpc,
            Self::GatewayDisconnect => Topic::GatewayDisconnect,
        };
        topic.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publish_is_known_by_its_exact_topic() {
        let known = [
            ("v1/devices/me/telemetry", Uplink::Telemetry(Flavour::V1)),
            ("v2/t", Uplink::Telemetry(Flavour::V2)),
            ("v2/t/j", Uplink::Telemetry(Flavour::V2Json)),
            ("v2/t/p", Uplink::Telemetry(Flavour::V2Protobuf)),
            ("v2/a/p", Uplink::Attributes(Flavour::V2Protobuf)),
            ("v2/a/req/p/7", Uplink::AttributesRequest(Flavour::V2Protobuf, Some(7))),
            ("v2/r/res/p/7", Uplink::RpcResponse(Flavour::V2Protobuf, Some(7))),
            ("v1/devices/me/attributes", Uplink::Attributes(Flavour::V1)),
            ("v1/devices/me/attributes/request/1", Uplink::AttributesRequest(Flavour::V1, Some(1))),
            ("v2/a/req/7", Uplink::AttributesRequest(Flavour::V2, Some(7))),
            ("v2/a/req/j/7", Uplink::AttributesRequest(Flavour::V2Json, Some(7))),
            ("v1/devices/me/attributes/request/-1", Uplink::AttributesRequest(Flavour::V1, Some(-1))),
            ("v1/devices/me/attributes/request/", Uplink::AttributesRequest(Flavour::V1, None)),
            ("v1/devices/me/attributes/request/99999999999", Uplink::AttributesRequest(Flavour::V1, None)),
            ("v1/devices/me/rpc/response/3", Uplink::RpcResponse(Flavour::V1, Some(3))),
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
            "v2/t/x",
            "v2/claim",
            "v2/gateway/telemetry",
            "v2/p",
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
    fn what_the_page_spells_is_understood() {
        for flavour in Flavour::ALL {
            let uplinks = [
                (Topic::Telemetry(flavour), Uplink::Telemetry(flavour)),
                (Topic::Attributes(flavour), Uplink::Attributes(flavour)),
                (Topic::AttributesRequest(flavour, 5), Uplink::AttributesRequest(flavour, Some(5))),
                (Topic::RpcRequest(flavour, 5), Uplink::RpcRequest(flavour, Some(5))),
                (Topic::RpcResponse(flavour, 5), Uplink::RpcResponse(flavour, Some(5))),
            ];
            for (topic, uplink) in uplinks {
                assert_eq!(Uplink::of(&topic.to_string()), uplink, "{topic}");
            }
        }
        assert_eq!(Uplink::of(&Topic::Claim.to_string()), Uplink::Claim);
    }

    #[test]
    fn every_filter_on_the_list_is_a_subscription_of_its_topics() {
        for text in filter::ALL.into_iter().filter(|text| *text != PROVISION_RESPONSE) {
            let (link, flavour) = subscription(text).unwrap();
            assert!(shared::topic::matches(text, &link.topic(flavour, 5)), "{text}");
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
            PROVISION_RESPONSE,
            "v1/gateway/rpc/+",
            "$share/g/v1/devices/me/attributes",
            "",
        ];
        for filter in others {
            assert_eq!(subscription(filter), None, "{filter}");
        }
    }
}
