//! The filters a device may subscribe to. ThingsBoard compares them as texts with a fixed list: any other
//! filter is refused, even one that would match fewer topics (ThingsBoard MqttTransportHandler.processSubscribe).

use super::{Flavour, PackageKind};

pub const ATTRIBUTES: &str = "v1/devices/me/attributes";
pub const ATTRIBUTES_RESPONSE: &str = "v1/devices/me/attributes/response/+";
pub const RPC_REQUEST: &str = "v1/devices/me/rpc/request/+";
pub const RPC_RESPONSE: &str = "v1/devices/me/rpc/response/+";

pub const GATEWAY_ATTRIBUTES: &str = "v1/gateway/attributes";
pub const GATEWAY_ATTRIBUTES_RESPONSE: &str = "v1/gateway/attributes/response";
pub const GATEWAY_RPC: &str = "v1/gateway/rpc";

/// For sessions that came to be provisioned, and the only one they may have.
pub const PROVISION_RESPONSE: &str = "/provision/response";

/// The whole list.
pub const ALL: [&str; 24] = [
    ATTRIBUTES,
    attributes(Flavour::V2),
    attributes(Flavour::V2Json),
    attributes(Flavour::V2Protobuf),
    ATTRIBUTES_RESPONSE,
    attributes_response(Flavour::V2),
    attributes_response(Flavour::V2Json),
    attributes_response(Flavour::V2Protobuf),
    RPC_REQUEST,
    rpc_request(Flavour::V2),
    rpc_request(Flavour::V2Json),
    rpc_request(Flavour::V2Protobuf),
    RPC_RESPONSE,
    rpc_response(Flavour::V2),
    rpc_response(Flavour::V2Json),
    rpc_response(Flavour::V2Protobuf),
    package_response(PackageKind::Firmware),
    package_error(PackageKind::Firmware),
    package_response(PackageKind::Software),
    package_error(PackageKind::Software),
    GATEWAY_ATTRIBUTES,
    GATEWAY_ATTRIBUTES_RESPONSE,
    GATEWAY_RPC,
    PROVISION_RESPONSE,
];

/// Changes of shared attributes.
#[must_use]
pub const fn attributes(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => ATTRIBUTES,
        Flavour::V2 => "v2/a",
        Flavour::V2Json => "v2/a/j",
        Flavour::V2Protobuf => "v2/a/p",
    }
}

/// Answers to requests for attributes.
#[must_use]
pub const fn attributes_response(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => ATTRIBUTES_RESPONSE,
        Flavour::V2 => "v2/a/res/+",
        Flavour::V2Json => "v2/a/res/j/+",
        Flavour::V2Protobuf => "v2/a/res/p/+",
    }
}

/// Server-side calls.
#[must_use]
pub const fn rpc_request(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => RPC_REQUEST,
        Flavour::V2 => "v2/r/req/+",
        Flavour::V2Json => "v2/r/req/j/+",
        Flavour::V2Protobuf => "v2/r/req/p/+",
    }
}

/// Answers to client-side calls.
#[must_use]
pub const fn rpc_response(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1 => RPC_RESPONSE,
        Flavour::V2 => "v2/r/res/+",
        Flavour::V2Json => "v2/r/res/j/+",
        Flavour::V2Protobuf => "v2/r/res/p/+",
    }
}

/// Chunks of a package.
#[must_use]
pub const fn package_response(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Firmware => "v2/fw/response/+/chunk/+",
        PackageKind::Software => "v2/sw/response/+/chunk/+",
    }
}

/// Why there are no chunks. ThingsBoard tells it about software too on the topic of firmware.
#[must_use]
pub const fn package_error(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Firmware => "v2/fw/error",
        PackageKind::Software => "v2/sw/error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{thingsboard::topic::Topic, topic::matches};
    use std::collections::BTreeSet;

    #[test]
    fn every_filter_matches_the_topics_it_is_for() {
        for flavour in Flavour::ALL {
            let pairs = [
                (attributes(flavour), Topic::Attributes(flavour)),
                (attributes_response(flavour), Topic::AttributesResponse(flavour, -7)),
                (rpc_request(flavour), Topic::RpcRequest(flavour, 7)),
                (rpc_response(flavour), Topic::RpcResponse(flavour, i32::MAX)),
            ];
            for (filter, topic) in pairs {
                assert!(matches(filter, &topic.to_string()), "{filter} {topic}");
            }
        }
        for kind in PackageKind::ALL {
            let chunk = Topic::PackageResponse { kind, request: 1, chunk: u32::MAX };
            assert!(matches(package_response(kind), &chunk.to_string()));
            assert_eq!(package_error(kind), Topic::PackageError(kind).to_string());
        }
        assert_eq!(GATEWAY_ATTRIBUTES, Topic::GatewayAttributes.to_string());
        assert_eq!(GATEWAY_ATTRIBUTES_RESPONSE, Topic::GatewayAttributesResponse.to_string());
        assert_eq!(GATEWAY_RPC, Topic::GatewayRpc.to_string());
        assert_eq!(PROVISION_RESPONSE, Topic::ProvisionResponse.to_string());
    }

    #[test]
    fn the_list_names_each_filter_once() {
        assert_eq!(ALL.into_iter().collect::<BTreeSet<_>>().len(), ALL.len());
    }
}
