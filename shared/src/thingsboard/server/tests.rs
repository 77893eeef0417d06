use super::*;
use crate::thingsboard::{UnixMs, attributes::RequestedKeys, claim::Claim, provision::secret::Secret};
use serde_json::{Value, json};

const NOW: UnixMs = 1_700_000_000_000;

#[track_caller]
fn check(payload: &str, expected: &[(UnixMs, Value)]) {
    let samples = samples(payload.as_bytes(), NOW).unwrap();
    let found: Vec<(UnixMs, Value)> = samples
        .into_iter()
        .map(|sample| (sample.ts_ms, sample.values.into_iter().collect::<Value>()))
        .collect();
    assert_eq!(found, expected, "{payload}");
}

#[test]
fn telemetry_has_four_forms() {
    check(r#"{"temperature": 42}"#, &[(NOW, json!({"temperature":42}))]);
    check(r#"[{"a":1},{"b":2}]"#, &[(NOW, json!({"a":1})), (NOW, json!({"b":2}))]);
    check(r#"{"ts":1451649600512,"values":{"a":1}}"#, &[(1_451_649_600_512, json!({"a":1}))]);
    check(
        r#"[{"ts":1,"values":{"a":1}},{"ts":"2","values":{"a":2}},{"b":3}]"#,
        &[(1, json!({"a":1})), (2, json!({"a":2})), (NOW, json!({"b":3}))],
    );
}

#[test]
fn what_stands_beside_ts_and_values_is_ignored() {
    let metadata = r#"{"ts":5,"values":{"a":1},"metadata":{"connector":"x"}}"#;
    check(metadata, &[(5, json!({"a":1}))]);
}

#[test]
fn ts_and_values_alone_are_ordinary_keys() {
    check(r#"{"ts":5}"#, &[(NOW, json!({"ts":5}))]);
    check(r#"{"values":{}}"#, &[(NOW, json!({"values":{}}))]);
}

#[test]
fn nothing_is_a_valid_payload_too() {
    check("{}", &[(NOW, json!({}))]);
    check("[]", &[]);
    check(r#"{"a":null}"#, &[(NOW, json!({}))]);
    check(r#"{"ts":1,"values":{"a":null,"b":"x"}}"#, &[(1, json!({"b":"x"}))]);
}

#[test]
fn a_time_stamp_is_a_whole_number() {
    check(r#"{"ts":1.9,"values":{}}"#, &[(1, json!({}))]);
    for ts in ["true", "null", "\"\"", "\"1.5\"", "NaN", "[1,2]", "{}"] {
        let payload = format!(r#"{{"ts":{ts},"values":{{}}}}"#);
        assert_eq!(samples(payload.as_bytes(), NOW), Err(Refusal::Timestamp), "{ts}");
    }
    assert_eq!(Refusal::Timestamp.problem(), PayloadProblem::Uncaught);
}

#[test]
fn other_shapes_are_invalid() {
    let problem = |payload: &str| samples(payload.as_bytes(), NOW).map_err(Refusal::problem);
    for payload in ["", "5", "\"x\"", "null", "[5]", "[[]]", "{", r#"{"ts":1,"values":5}"#, "1e9999"] {
        assert_eq!(problem(payload), Err(PayloadProblem::Invalid), "{payload}");
    }
    assert_eq!(problem(r#"{"a":1e9999}"#), Err(PayloadProblem::Invalid));
    for payload in ["", "[]", "5", "{a"] {
        let problem = attributes(payload.as_bytes()).map_err(Refusal::problem);
        assert_eq!(problem, Err(PayloadProblem::Invalid), "{payload}");
    }
}

#[test]
fn an_attributes_request_names_keys_by_scope() {
    let read = |payload: &str| RequestedKeys::read(payload.as_bytes());
    let keys = |text: &str| Some(text.split(',').map(str::to_owned).collect());
    assert_eq!(
        read(r#"{"clientKeys":"a, b","sharedKeys":"c"}"#),
        Ok(RequestedKeys { client: keys("a, b"), shared: keys("c") })
    );
    assert_eq!(read("{clientKeys:5}"), Ok(RequestedKeys { client: keys("5"), shared: None }));
    assert_eq!(read("{}"), Ok(RequestedKeys::default()));
    assert_eq!(read(""), Err(Refusal::Shape), "no bytes are null");
    assert_eq!(read("[]"), Err(Refusal::Shape));
    assert_eq!(read(r#"{"clientKeys":null}"#), Err(Refusal::Keys("clientKeys")));
    assert_eq!(read(r#"{"sharedKeys":["a"]}"#), Err(Refusal::Keys("sharedKeys")));
    assert!(matches!(read("{"), Err(Refusal::Malformed(_))));
    for refusal in [Refusal::Shape, Refusal::Keys("clientKeys")] {
        assert_eq!(refusal.problem(), PayloadProblem::Invalid);
    }
}

#[test]
fn a_client_side_call_needs_a_method() {
    let method = |payload: &str| client_call_method(payload.as_bytes());
    assert_eq!(method(r#"{"method":"getTime","params":{}}"#), Ok("getTime".to_owned()));
    assert_eq!(method("{method:5}"), Ok("5".to_owned()));
    for payload in ["{}", r#"{"method":null}"#, r#"{"method":{}}"#] {
        assert_eq!(method(payload), Err(Refusal::Method), "{payload}");
    }
    assert_eq!(Refusal::Method.problem(), PayloadProblem::Uncaught);
    assert_eq!(method("[]"), Err(Refusal::Shape));
    assert!(matches!(method("{"), Err(Refusal::Malformed(_))));
}

#[test]
fn a_chunk_has_a_size_in_digits_or_the_one_before() {
    let size = |payload: &str| chunk_size(payload.as_bytes());
    assert_eq!(["", "4096", "+1", "0", "-5"].map(size), [Ok(0), Ok(4096), Ok(1), Ok(0), Ok(0)]);
    for payload in ["4k", " 1", "1.0", "2147483648"] {
        assert_eq!(size(payload), Err(Refusal::ChunkSize), "{payload}");
    }
    assert_eq!(chunk_size(b"\xff"), Err(Refusal::ChunkSize));
    assert_eq!(Refusal::ChunkSize.problem(), PayloadProblem::Uncaught);
}

#[test]
fn a_claim_may_say_nothing() {
    let claim = |payload: &str| claim(payload.as_bytes());
    let claimed = |secret: &str, duration_ms| {
        Ok(Claim { secret: Some(Secret::new(secret.to_owned())).filter(|s| !s.is_empty()), duration_ms })
    };
    for nothing in ["", "{}", r#"{"secretKey":"","durationMs":0}"#] {
        assert_eq!(claim(nothing), claimed("", None), "{nothing}");
    }
    assert_eq!(claim(r#"{"secretKey":"s","durationMs":60000}"#), claimed("s", Some(60_000)));
    assert_eq!(claim(r#"{"secretKey":12,"durationMs":-5}"#), claimed("12", None));
    assert_eq!(claim(r#"{"secretKey":true,"durationMs":"7"}"#), claimed("true", Some(7)));
    assert_eq!(claim("[]"), Err(Refusal::Shape));
    assert_eq!(claim(r#"{"durationMs":"long"}"#), Err(Refusal::Duration));
    assert_eq!(claim(r#"{"secretKey":null}"#), Err(Refusal::SecretKey));
}
