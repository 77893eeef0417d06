//! Topics and their texts.

use super::{Flavour, PackageKind, Topic};

#[test]
fn topics_are_known_by_their_texts() {
    let firmware = PackageKind::Firmware;
    let topics = [
        ("v1/devices/me/telemetry", Topic::Telemetry(Flavour::V1)),
        ("v2/t", Topic::Telemetry(Flavour::V2)),
        ("v2/t/j", Topic::Telemetry(Flavour::V2Json)),
        ("v2/a/p", Topic::Attributes(Flavour::V2Protobuf)),
        ("v1/devices/me/attributes/request/1", Topic::AttributesRequest(Flavour::V1, 1)),
        ("v2/a/req/1", Topic::AttributesRequest(Flavour::V2, 1)),
        ("v2/a/res/j/2147483647", Topic::AttributesResponse(Flavour::V2Json, i32::MAX)),
        ("v2/r/req/p/0", Topic::RpcRequest(Flavour::V2Protobuf, 0)),
        ("v1/devices/me/rpc/response/-1", Topic::RpcResponse(Flavour::V1, -1)),
        ("v1/devices/me/claim", Topic::Claim),
        ("v2/fw/request/1/chunk/0", Topic::PackageRequest { kind: firmware, request: 1, chunk: 0 }),
        ("v2/fw/response/2/chunk/3", Topic::PackageResponse { kind: firmware, request: 2, chunk: 3 }),
        ("v2/sw/error", Topic::PackageError(PackageKind::Software)),
        ("v1/gateway/attributes/response", Topic::GatewayAttributesResponse),
        ("/provision/request", Topic::ProvisionRequest),
    ];
    for (name, topic) in topics {
        assert_eq!(topic.to_string(), name);
        assert_eq!(Topic::parse(name), Some(topic), "{name}");
    }
}

#[test]
fn other_texts_are_no_topic() {
    let others = [
        "",
        "v1/devices/me",
        "v1/devices/me/telemetry/",
        "v1/devices/me/rpc/request/",
        "v1/devices/me/rpc/request/x",
        "v1/devices/me/rpc/request/+1",
        "v1/devices/me/rpc/request/01",
        "v1/devices/me/rpc/request/-0",
        "v1/devices/me/rpc/request/2147483648",
        "v1/x",
        "v2/a/req/j",
        "v2/a/req/j/",
        "v2/a/req/x/1",
        "v2/fw/request/1/chunk/",
        "v2/fw/request/-1/chunk/0",
        "v2/fw/request/1/chunk/0/",
        "v2/fw/request/1/chunks/0",
        "v2/hw/error",
        "provision/request",
    ];
    for name in others {
        assert_eq!(Topic::parse(name), None, "{name}");
    }
}
