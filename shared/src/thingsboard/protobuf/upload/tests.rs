use super::*;

#[test]
fn telemetry_is_what_protobuf_says() {
    // Field 1, a double: tag 0x09 and the eight bytes of 25.5, the least significant first.
    let bytes = encode_telemetry(r#"{"temperature":25.5}"#).unwrap();
    assert_eq!(bytes, [0x09, 0, 0, 0, 0, 0, 0x80, 0x39, 0x40]);
    let bytes = encode_telemetry("{innerObject:{key1:'a',key2:true,key4:-1}}").unwrap();
    let expected = [0x1a, 16, 0x0a, 1, b'a', 0x10, 1, 0x20, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    assert_eq!(bytes, expected);
    assert_eq!(encode_telemetry("{}").unwrap(), b"");
}

#[test]
fn what_is_absent_is_not_zero() {
    let json = |text: &str| telemetry_json(&encode_telemetry(text).unwrap()).unwrap();
    assert_eq!(json(r#"{"humidity":0,"temperature":null}"#), r#"{"humidity":0.0}"#);
    assert_eq!(json("{}"), "{}");
    assert_eq!(json(r#"{"innerObject":{}}"#), r#"{"innerObject":{}}"#);
    assert_eq!(
        json(r#"{"innerObject":{"key5":"","key4":5.0,"key3":1e10,"key2":false,"key1":"\"ü"}}"#),
        r#"{"innerObject":{"key1":"\"ü","key2":false,"key3":1.0E10,"key4":5,"key5":""}}"#
    );
}

#[test]
fn attributes_are_two_texts() {
    let bytes = encode_attributes(r#"{"serialNumber":"A1","firmwareVersion":"1.2"}"#).unwrap();
    assert_eq!(bytes, b"\x0a\x031.2\x12\x02A1");
    assert_eq!(attributes_json(&bytes).unwrap(), r#"{"firmwareVersion":"1.2","serialNumber":"A1"}"#);
}

#[track_caller]
fn refused(text: &str, sentence: &str) {
    let problem = encode_telemetry(text).unwrap_err().to_string();
    assert!(problem.contains(sentence), "{text}: {problem}");
}

#[test]
fn what_the_default_schema_has_not_is_refused_with_a_sentence() {
    refused(
        r#"{"x":1}"#,
        "The default schema has no field `x`: it has temperature, humidity and innerObject.",
    );
    refused(r#"{"ts":1,"values":{"temperature":1}}"#, "no field `ts`");
    refused(r#"{"innerObject":{"key6":1}}"#, "no field `key6`: it has key1 to key5 in innerObject");
    refused(
        r#"{"temperature":"25"}"#,
        "`temperature` of the default schema is a number (double), not a text",
    );
    refused(r#"{"temperature":1e400}"#, "1e400 does not fit");
    refused(r#"{"innerObject":5}"#, "is an object, not a number");
    refused(
        r#"{"innerObject":{"key2":1}}"#,
        "`key2` of the default schema is true or false (bool), not a number",
    );
    for number in ["1.5", "2147483648", "1e10"] {
        refused(&format!("{{\"innerObject\":{{\"key4\":{number}}}}}"), &format!("{number} does not fit"));
    }
    refused(r#"[{"temperature":1}]"#, "one object at a time");
    refused("", "one object at a time");
    refused("{\"temperature\":", "line 1, column 16");
    let problem = encode_attributes(r#"{"serialNumber":5}"#).unwrap_err().to_string();
    assert!(problem.contains("`serialNumber` of the default schema is a text"), "{problem}");
    assert!(encode_attributes(r#"{"a":1}"#).is_err());
}

#[test]
fn bytes_of_another_kind_are_refused() {
    for bytes in [&b"{\"temperature\":25}"[..], b"\x09\x00", b"\x0a\x05abc"] {
        assert_eq!(telemetry_json(bytes), Err(DecodeProblem { message: "SensorDataReading" }), "{bytes:?}");
    }
    assert!(attributes_json(b"\x0a\x01\xff").is_err(), "no UTF-8");
    // A field with number 15 that nobody knows.
    assert_eq!(attributes_json(b"\x78\x01").unwrap(), "{}");
}
