//! Previews of payloads.

use super::{Preview, StoredType, UploadProblem, Value, Warning, attributes, telemetry};
use serde_json::json;

/// 2026-01-01.
const NOW_MS: i64 = 1_767_225_600_000;

fn read(text: &str) -> Preview {
    telemetry(text, NOW_MS).unwrap()
}

#[track_caller]
fn check(text: &str, expected: &[(Option<i64>, &str, Value, StoredType)]) {
    let preview = read(text);
    let found: Vec<_> = preview
        .points
        .iter()
        .map(|point| (point.ts_ms, point.key.as_str(), point.value.clone(), point.stored))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[track_caller]
fn said(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check_telemetry_warnings(text: &str, expected: &[&str]) {
    assert_eq!(said(&read(text).warnings), expected, "{text}");
}

#[track_caller]
fn check_attributes_warnings(text: &str, expected: &[&str]) {
    assert_eq!(said(&attributes(text).unwrap().warnings), expected, "{text}");
}

#[test]
fn telemetry_is_read_in_all_its_forms() {
    use StoredType::{Boolean, Double, Json, Long, String};
    check(
        r#"{"t": 42, "b": true, "d": 42.0, "s": "x", "a": [1]}"#,
        &[
            (None, "t", json!(42), Long),
            (None, "b", json!(true), Boolean),
            (None, "d", json!(42.0), Double),
            (None, "s", json!("x"), String),
            (None, "a", json!([1]), Json),
        ],
    );
    check(
        r#"{"ts":1451649600512,"values":{"b":1,"a":2}}"#,
        &[(Some(1_451_649_600_512), "b", json!(1), Long), (Some(1_451_649_600_512), "a", json!(2), Long)],
    );
    check(
        r#"[{"a":1},{"ts":"1451649600512","values":{"a":1e3}}]"#,
        &[(None, "a", json!(1), Long), (Some(1_451_649_600_512), "a", json!(1000), Long)],
    );
    assert_eq!(read(r#"{"a":1}"#).warnings, []);
}

#[test]
fn attributes_have_no_time() {
    let preview = attributes("{model: 'X1'}").unwrap();
    assert_eq!((preview.points[0].ts_ms, preview.points[0].key.as_str()), (None, "model"));
    assert_eq!(preview.leniencies.len(), 2);
    check_attributes_warnings(
        r#"{"ts":1451649600512,"values":{}}"#,
        &[
            "Attributes have no time of their own, so ts and values are stored as two attributes: send what is \
           inside values alone.",
        ],
    );
}

#[test]
fn what_would_be_refused_is_refused_with_its_place() {
    let problems = [
        ("", "The payload is empty: type an object, for example {\"temperature\": 42}."),
        (
            "{\"a\":}",
            "The payload is not valid JSON: at line 1, column 6, a value is expected, but \"}\" stands there.",
        ),
        (
            "42",
            "Telemetry is an object of keys and values, or an array of such objects, for example \
             {\"temperature\": 42}, but this payload is a number.",
        ),
        (
            "[{\"a\":1},\n 5]",
            "Every element of telemetry is an object, for example {\"temperature\": 42}, but the one at line 2, column \
             2 is a number.",
        ),
        (
            r#"{"ts":"now","values":{}}"#,
            "The timestamp at line 1, column 7 is no whole number: ts counts milliseconds since 1970, for example \
             1767225600000.",
        ),
        (
            r#"{"ts":1451649600512,"values":[]}"#,
            "Beside ts, values must be an object of keys and values, but at line 1, column 30 it is an array.",
        ),
        (
            r#"{"a":1e2000}"#,
            "The number of \"a\" cannot be stored: its exponent is beyond 1,000, which fills the server with zeros: \
             send it as a text.",
        ),
    ];
    for (text, sentence) in problems {
        assert_eq!(telemetry(text, NOW_MS).unwrap_err().to_string(), sentence, "{text}");
    }
    assert_eq!(
        attributes(r#"[{"a":1}]"#).unwrap_err().to_string(),
        "Attributes are one object of keys and values, for example {\"model\": \"X1\"}, but this payload is an array.",
    );
    assert_eq!(attributes(" # nothing"), Err(UploadProblem::Empty));
}

#[test]
fn seconds_are_noticed_and_only_they_are_rewritten() {
    let text = "[ {ts: 1451649600, values: {a: 007, b: 1.50}},\n {'ts':'1451649601', 'values':{\"a\":1451649600}} ] # x";
    let preview = read(text);
    let fixed = "[ {ts: 1451649600000, values: {a: 007, b: 1.50}},\n {'ts':'1451649601000', \
                 'values':{\"a\":1451649600}} ] # x";
    assert_eq!(preview.warnings[0].fixed(), Some(fixed));
    assert_eq!(
        preview.warnings[0].to_string(),
        "The timestamp 1451649600 (and 1 more) is in seconds, but ThingsBoard counts milliseconds: send 1451649600000 \
         for 2016-01-01.",
    );
    assert_eq!(preview.points[0].ts_ms, Some(1_451_649_600), "the preview is of what is there");
    let again = read(fixed);
    assert!(again.warnings.iter().all(|warning| warning.fixed().is_none()));
    assert_eq!(again.points[0].ts_ms, Some(1_451_649_600_000));
}

#[test]
fn every_other_unit_becomes_milliseconds() {
    let units = [
        ("1451649600.512", "1451649600512"),
        ("1.451649600512e9", "1451649600512"),
        ("1000000000", "1000000000000"),
        ("99999999999", "99999999999000"),
        ("1451649600512345", "1451649600512"),
        ("1451649600512345678", "1451649600512"),
        ("9223372036854775808", "9223372036854"),
    ];
    for (given, meant) in units {
        let sample = |ts| format!(r#"{{"ts":{ts},"values":{{"a":1}}}}"#);
        let preview = read(&sample(given));
        assert_eq!(preview.warnings[0].fixed(), Some(sample(meant).as_str()), "{given}");
    }
}

#[test]
fn times_that_cannot_be_are_noticed() {
    check_telemetry_warnings(
        r#"{"ts":1767400000000,"values":{"a":1}}"#,
        &[
            "The timestamp 1767400000000 is 2026-01-03, which is still to come: check the clock, and that ts counts \
           milliseconds.",
        ],
    );
    check_telemetry_warnings(
        r#"[{"ts":5,"values":{"a":1}},{"ts":-5,"values":{"a":1}}]"#,
        &[
            "The timestamp 5 (and 1 more) is 1970-01-01, where hardly a dashboard looks: check the clock, and that ts \
           counts milliseconds.",
        ],
    );
    for far in ["1e24", "1e300", "1e400"] {
        let preview = read(&format!(r#"{{"ts":{far},"values":{{"a":1}}}}"#));
        assert!(matches!(preview.warnings[..], [Warning::TimestampAhead { ts_ms: i64::MAX, .. }]), "{far}");
    }
    check_telemetry_warnings(r#"{"ts":1767300000000,"values":{"a":1}}"#, &[]);
}

#[test]
fn what_the_server_does_in_silence_is_said() {
    check_telemetry_warnings(
        r#"{"serial":"007","b":"1.50"}"#,
        &[
            "\"serial\" and \"b\" are sent as text that looks like a number and is stored as a number (\"007\" becomes \
           7): put a letter in front to keep it a text.",
        ],
    );
    check_telemetry_warnings(
        r#"{"id":9223372036854775808}"#,
        &[
            "\"id\" is stored as text (\"9223372036854775808\"): a long takes 64 bits and a double 16 decimals, so send \
           fewer digits for a number.",
        ],
    );
    check_telemetry_warnings(
        r#"{"a":null,"b":1}"#,
        &["\"a\" is null and not stored: leave it out, or send a value."],
    );
    check_telemetry_warnings(
        r#"{"a,b":1}"#,
        &[
            "\"a,b\" can never be requested by name, because requests are split at commas: leave the comma out.",
        ],
    );
    check_telemetry_warnings(
        r#"{"a":1,"a":2}"#,
        &[
            "\"a\" stands more than once in one object, and only the last value counts: send the others in objects of \
           their own.",
        ],
    );
    assert_eq!(read(r#"{"a":1,"b":0,"a":2}"#).points[0].value, json!(2));
    check_attributes_warnings(
        r#"{"deleted":["a"]}"#,
        &[
            "ThingsBoard lists removed attributes under the name deleted, so an attribute of this name is mistaken for \
           a removal: choose another name.",
        ],
    );
    check_telemetry_warnings(r#"{"deleted":1}"#, &[]);
}

#[test]
fn ts_and_values_mean_something_only_together() {
    check_telemetry_warnings(
        r#"{"ts":5}"#,
        &["Without values, ts is a key like any other and not the time: write {\"ts\": …, \"values\": {…}}."],
    );
    check_telemetry_warnings(
        r#"{"values":{"a":1}}"#,
        &[
            "Without ts, values is a key like any other and is stored as one JSON value: send what is inside it alone, \
           or add ts.",
        ],
    );
    check_telemetry_warnings(
        r#"{"ts":1451649600512,"values":{"a":1},"b":2,"c":3}"#,
        &["Beside ts and values nothing else is read, so \"b\" and \"c\" are lost: put them inside values."],
    );
}

#[test]
fn nothing_to_store_is_said() {
    let nothing = "ThingsBoard acknowledges this payload but stores nothing: add a key and a value.";
    check_telemetry_warnings("{}", &[nothing]);
    check_telemetry_warnings("[{}]", &[nothing]);
    check_attributes_warnings("{}", &[nothing]);
    check_telemetry_warnings(
        "[]",
        &["ThingsBoard never acknowledges an empty array, and stores nothing: send {} to have an answer."],
    );
}
