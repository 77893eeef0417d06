//! Each kind of message in both forms, and which form is asked for.

use super::*;
use serde_json::Map;
use shared::thingsboard::{
    claim,
    format::is_by_schema,
    protobuf::{
        attributes::{decode_pushes, decode_response},
        rpc, upload as fields,
    },
    provision::secret::Secret,
    topic::Topic,
};

const NOW: UnixMs = 1_000;

fn profile(payload_type: PayloadFormat) -> MqttProfile {
    MqttProfile { payload_type, ..MqttProfile::default() }
}

fn telemetry() -> Vec<u8> {
    fields::encode_telemetry(r#"{"temperature":25.5}"#).unwrap()
}

#[test]
fn topic_and_profile_decide_the_form() {
    use Flavour::{V1, V2, V2Json, V2Protobuf};
    let json = br#"{"temperature":25.5}"#;
    let takes = |profile: &MqttProfile, flavour, payload: &[u8]| {
        Encoding::new(profile, flavour).samples(payload, NOW).is_ok()
    };
    let (for_json, for_protobuf) = (profile(PayloadFormat::Json), profile(PayloadFormat::Protobuf));
    for flavour in [V1, V2, V2Json] {
        assert!(takes(&for_json, flavour, json) && !takes(&for_json, flavour, &telemetry()));
    }
    for flavour in [V1, V2, V2Protobuf] {
        assert!(takes(&for_protobuf, flavour, &telemetry()) && !takes(&for_protobuf, flavour, json));
    }
    assert!(takes(&for_protobuf, V2Json, json));
}

#[test]
fn a_profile_for_json_has_no_schemas() {
    let profile = profile(PayloadFormat::Json);
    let encoding = Encoding::new(&profile, Flavour::V2Protobuf);
    assert_eq!(encoding.samples(&telemetry(), NOW), Err(PayloadProblem::Invalid));
    let attributes = fields::encode_attributes(r#"{"serialNumber":"A1"}"#).unwrap();
    assert_eq!(encoding.attributes(&attributes), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.rpc_response(&rpc::encode_answer("x")), Err(PayloadProblem::Invalid));
    let request = RpcRequest { id: 7, method: "m".to_owned(), params: json!("on") };
    assert_eq!(encoding.rpc_request(&request), None);
    // The page warns of these, and not of the transport's own messages below.
    for topic in ["v2/t/p", "v2/a/p", "v2/r/res/p/7"] {
        assert!(is_by_schema(Topic::parse(topic).unwrap()), "{topic}");
    }
    for topic in ["v2/a/req/p/7", "v2/r/req/p/7"] {
        assert!(!is_by_schema(Topic::parse(topic).unwrap()), "{topic}");
    }
    let request = encoding.attributes_request(b"\x0a\x01a").unwrap();
    assert_eq!(request.client, Some(vec!["a".to_owned()]));
    let call = rpc::encode_client_call("getTime", "{}").unwrap();
    assert_eq!(encoding.client_rpc_method(&call).as_deref(), Ok("getTime"));
}

#[test]
fn a_profile_may_take_json_as_well_unless_protobuf_is_forced() {
    let profile = MqttProfile { accept_json: true, ..profile(PayloadFormat::Protobuf) };
    let json = br#"{"temperature":25.5}"#;
    for flavour in [Flavour::V1, Flavour::V2] {
        let encoding = Encoding::new(&profile, flavour);
        assert!(encoding.samples(json, NOW).is_ok() && encoding.samples(&telemetry(), NOW).is_ok());
    }
    let forced = Encoding::new(&profile, Flavour::V2Protobuf);
    assert_eq!(forced.samples(json, NOW), Err(PayloadProblem::Invalid));
}

#[test]
fn every_message_is_read_and_written_as_protobuf() {
    let profile = profile(PayloadFormat::Protobuf);
    let encoding = Encoding::new(&profile, Flavour::V1);
    let samples = encoding.samples(&telemetry(), NOW).unwrap();
    assert_eq!((samples.len(), samples[0].ts_ms), (1, NOW));
    assert!(samples[0].values.contains(&("temperature".to_owned(), json!(25.5))), "{samples:?}");
    let attributes = fields::encode_attributes(r#"{"serialNumber":"A1"}"#).unwrap();
    let attributes = encoding.attributes(&attributes).unwrap();
    assert!(attributes.contains(&("serialNumber".to_owned(), json!("A1"))), "{attributes:?}");

    let request = AttributesRequest { client: Some(vec!["a".to_owned(), "b".to_owned()]), shared: None };
    let bytes = encoding.attributes_response(3, &request, &json!({"client": {"a": 1}}), NOW);
    let response = decode_response(&bytes).unwrap();
    assert_eq!((response.client, response.shared.len()), (map(json!({"a": 1})), 0));

    for push in [Push::Updated(map(json!({"limit": 30}))), Push::Deleted(vec!["limit".to_owned()])] {
        assert_eq!(decode_pushes(&encoding.attributes_update(&push, NOW)), Ok(vec![push]));
    }

    let call = RpcRequest { id: 7, method: "m".to_owned(), params: json!("on") };
    let request = rpc::decode_server_call(&encoding.rpc_request(&call).unwrap()).unwrap();
    assert_eq!((request.method.as_str(), request.params), ("m", json!("on")));
    let call = RpcRequest { params: json!({"a": 1}), ..call };
    assert_eq!(encoding.rpc_request(&call), None, "the default schema has a text");
    let answer = encoding.rpc_response(&rpc::encode_answer("done"));
    assert_eq!(answer, Ok(json!({"payload": "done"})));

    let bytes = encoding.client_rpc_response(5, "{}");
    assert_eq!(bytes, rpc::encode_reply(5, Ok("{}")));
    assert_eq!(encoding.client_rpc_timeout(5), rpc::encode_reply(5, Err("timeout")));

    let claim = claim::Claim { secret: Some(Secret::new("s".to_owned())), duration_ms: Some(60_000) };
    let claim = encoding.claim(&protobuf::claim::encode(&claim), NOW);
    assert_eq!(claim, Ok(Claim { secret_key: "s".to_owned(), expires_ms: 61_000 }));
    let claim = encoding.claim(b"", NOW);
    assert_eq!(claim, Ok(Claim { secret_key: String::new(), expires_ms: 86_401_000 }));
}

#[test]
fn bytes_that_are_no_message_are_invalid() {
    let profile = profile(PayloadFormat::Protobuf);
    let encoding = Encoding::new(&profile, Flavour::V2);
    let bad = b"{\"a\":1}";
    assert_eq!(encoding.samples(bad, NOW), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.attributes(bad), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.attributes_request(bad), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.rpc_response(bad), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.client_rpc_method(bad), Err(PayloadProblem::Invalid));
    assert_eq!(encoding.claim(bad, NOW), Err(PayloadProblem::Invalid));
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}
