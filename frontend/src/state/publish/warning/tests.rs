use super::*;

const NOW_MS: i64 = 1_795_529_400_000;

fn said(topic: &str, payload: &str) -> Option<String> {
    let warning = of(topic, &Payload::from_text(payload), PayloadFormat::Json, NOW_MS)?;
    Some(warning.sentence(MqttVersion::V3_1_1, QoS::AtLeastOnce))
}

#[track_caller]
fn check(topic: &str, payload: &str, cause: &str, then: &str) {
    let sentence = said(topic, payload).unwrap_or_else(|| panic!("nothing is said of {topic} {payload}"));
    assert!(sentence.contains(cause) && sentence.ends_with(then), "{topic} {payload}: {sentence}");
}

const CLOSES: &str = "MQTT 3.1.1: ThingsBoard closes the connection.";

#[test]
fn what_thingsboard_takes_needs_no_words() {
    for (topic, payload) in [
        ("v1/devices/me/telemetry", "{temperature: 25}"),
        ("v1/devices/me/telemetry", r#"{"ts":1795529400000,"values":{"a":1}}"#),
        ("v1/devices/me/attributes", r#"{"model":"X"}"#),
        ("v1/devices/me/attributes/request/1", "{}"),
        ("v1/devices/me/attributes/request/1", r#"{"clientKeys":"model"}"#),
        ("v1/devices/me/rpc/request/5", r#"{"method":"getTime","params":{}}"#),
        ("v1/devices/me/rpc/response/5", "any text"),
        ("v2/fw/request/1/chunk/0", "4096"),
        ("v2/fw/request/1/chunk/0", ""),
        ("v1/devices/me/claim", ""),
        ("my/own/topic", "{"),
    ] {
        assert_eq!(said(topic, payload), None, "{topic} {payload}");
    }
}

#[test]
fn what_closes_the_connection_is_said_with_its_place() {
    check("v1/devices/me/telemetry", "{\"a\": 1,\n \"b\" 2}", "line 2, column 6", CLOSES);
    check("v2/a", "[1]", "one object", CLOSES);
    check("v1/devices/me/attributes/request/1", "", "needs a payload", CLOSES);
    check("v1/devices/me/attributes/request/1", r#"{"clientKeys":["a"]}"#, "commas", CLOSES);
    check("v1/devices/me/attributes/request/one", "{}", "‘one’", CLOSES);
    check("v1/devices/me/rpc/request/", "{}", "without its number", CLOSES);
    check("v1/devices/me/rpc/request/1", "{}", "needs a method", CLOSES);
    check("v1/devices/me/claim", "[]", "an object", CLOSES);
    check("v1/devices/me/claim", r#"{"secretKey":null}"#, "secretKey is a text", CLOSES);
    check("v1/gateway/connect", "{", "line 1, column 2", CLOSES);
    check("v2/fw/request/1/chunk/0", "4k", "digits", CLOSES);
}

#[test]
fn the_server_answers_by_version_and_qos() {
    let warning =
        of("v1/devices/me/telemetry", &Payload::from_text("{"), PayloadFormat::Json, NOW_MS).unwrap();
    assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("refuses it with 0x99"));
    assert!(warning.sentence(MqttVersion::V5, QoS::AtMostOnce).contains("disconnects with 0x99"));
    let warning =
        of("v1/devices/me/rpc/request/x", &Payload::from_text("{}"), PayloadFormat::Json, NOW_MS).unwrap();
    assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("0x8B"));
    for topic in ["v1/devices/me/attributes/request/x", "v1/devices/me/rpc/response/x"] {
        let warning = of(topic, &Payload::from_text("{}"), PayloadFormat::Json, NOW_MS).unwrap();
        assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("0x99"), "{topic}");
    }
}

#[test]
fn bytes_of_a_protobuf_profile_are_not_read_as_json() {
    let payload = Payload::from_text("\u{1}");
    let warning = |topic| of(topic, &payload, PayloadFormat::Protobuf, NOW_MS);
    assert_eq!(warning("v1/devices/me/telemetry"), None);
    assert_eq!(warning("v2/t/p"), None);
    assert!(warning("v2/t/j").is_some() && warning("v2/fw/request/1/chunk/0").is_some());
}

#[test]
fn a_profile_for_json_has_no_schemas_to_read_protobuf_by() {
    for topic in ["v2/t/p", "v2/a/p", "v2/r/res/p/5"] {
        check(topic, "\u{1}\u{2}", "no schemas", CLOSES);
    }
    for topic in ["v2/a/req/p/1", "v2/r/req/p/1"] {
        assert_eq!(said(topic, "\u{1}\u{2}"), None, "{topic}");
    }
}

#[test]
fn seconds_are_noticed_and_mended() {
    let payload = Payload::from_text(r#"{"ts": 1795529400, "values": {"a": 127.0}}"#);
    let warning = of("v1/devices/me/telemetry", &payload, PayloadFormat::Json, NOW_MS).unwrap();
    assert!(warning.sentence(MqttVersion::V5, QoS::AtLeastOnce).contains("is in seconds"));
    assert_eq!(warning.mended.unwrap(), r#"{"ts": 1795529400000, "values": {"a": 127.0}}"#);
}

#[test]
fn a_topic_for_the_other_direction_goes_nowhere() {
    check("v1/devices/me/attributes/response/1", "{}", "speaks to devices", "drops it.");
    check("v1/devices/me/rpc/request/007", "{}", "spelled plainly", "zeros.");
}
