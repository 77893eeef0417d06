//! Topics and their texts.

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use shared::{
    thingsboard::topic::{Flavour, PackageKind, Topic, filter},
    topic::{check_name, matches},
};

fn flavour() -> impl Strategy<Value = Flavour> {
    proptest::sample::select(&Flavour::ALL[..])
}

fn kind() -> impl Strategy<Value = PackageKind> {
    proptest::sample::select(&PackageKind::ALL[..])
}

fn topic() -> impl Strategy<Value = Topic> {
    let package = || (kind(), any::<u32>(), any::<u32>());
    prop_oneof![
        flavour().prop_map(Topic::Telemetry),
        flavour().prop_map(Topic::Attributes),
        (flavour(), any::<i32>()).prop_map(|(flavour, id)| Topic::AttributesRequest(flavour, id)),
        (flavour(), any::<i32>()).prop_map(|(flavour, id)| Topic::AttributesResponse(flavour, id)),
        (flavour(), any::<i32>()).prop_map(|(flavour, id)| Topic::RpcRequest(flavour, id)),
        (flavour(), any::<i32>()).prop_map(|(flavour, id)| Topic::RpcResponse(flavour, id)),
        package().prop_map(|(kind, request, chunk)| Topic::PackageRequest { kind, request, chunk }),
        package().prop_map(|(kind, request, chunk)| Topic::PackageResponse { kind, request, chunk }),
        kind().prop_map(Topic::PackageError),
        proptest::sample::select(vec![
            Topic::Claim,
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
        ]),
    ]
}

/// Texts that are nearly topics: the words of topics and numbers in many spellings.
fn nearly_a_topic() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(vec![
            "v1",
            "v2",
            "devices",
            "gateway",
            "me",
            "rpc",
            "attributes",
            "request",
            "response",
            "a",
            "r",
            "t",
            "fw",
            "sw",
            "req",
            "res",
            "j",
            "p",
            "chunk",
            "error",
            "",
        ])
        .prop_map(str::to_owned),
        "[+-]?0{0,2}[0-9]{0,11}",
    ];
    let beginning = prop_oneof![
        Just(String::new()),
        proptest::sample::select(vec![
            "v1/devices/me/attributes/request/",
            "v1/devices/me/rpc/response/",
            "v2/a/res/",
            "v2/r/req/p/",
            "v2/fw/request/1/chunk/",
        ])
        .prop_map(str::to_owned),
    ];
    (beginning, proptest::collection::vec(word, 1..6))
        .prop_map(|(beginning, words)| beginning + &words.join("/"))
}

proptest! {
    #[test]
    fn every_topic_comes_back_from_its_text(topic in topic()) {
        let name = topic.to_string();
        assert_eq!(Topic::parse(&name), Some(topic), "{name}");
        assert_eq!(check_name(&name), Ok(()));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(name in prop_oneof![nearly_a_topic(), any::<String>()]) {
        if let Some(topic) = Topic::parse(&name) {
            assert_eq!(topic.to_string(), name);
        }
    }

    #[test]
    fn no_topic_is_matched_by_two_filters(topic in topic()) {
        let name = topic.to_string();
        let filters: Vec<&str> = filter::ALL.into_iter().filter(|filter| matches(filter, &name)).collect();
        assert!(filters.len() < 2, "{name}: {filters:?}");
    }
}
