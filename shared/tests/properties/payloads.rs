//! JSON as ThingsBoard reads it, what becomes of its values, and the preview.

use proptest::{
    collection::{btree_map, vec},
    prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
};
use serde_json::{Number, Value};
use shared::thingsboard::{
    attributes::AttributesRequest,
    json::{Json, parse, parse_noting},
    upload,
    value::{StoredType, stored, typed},
};

/// 2026-01-01.
const NOW_MS: i64 = 1_767_225_600_000;

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("JSON has only finite numbers", Number::from_f64),
        (-1000_i32..1000).prop_filter_map("finite", |whole| Number::from_f64(f64::from(whole))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        1 => proptest::prelude::Just(Value::Null),
        3 => number().prop_map(Value::Number),
        3 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Texts that are nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    const PIECES: [&str; 42] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        ";",
        "=",
        "=>",
        "\"",
        "'",
        "\\",
        "\\u",
        "d83d",
        "\\ude00",
        "/*",
        "*/",
        "#",
        "//",
        "\n",
        "\t",
        ">",
        "-",
        "0",
        "1",
        "42.0",
        "e3",
        ".",
        "ü",
        " ",
        "true",
        "NULL",
        "a",
        "\"a\"",
        "\"ts\":",
        "\"values\":{",
        "{\"a\":",
        "1767225600",
        "}}",
        "\u{feff}",
        "\u{0}",
        "\"007\"",
    ];
    vec(proptest::sample::select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_json_is_read_as_it_was_written(value in value()) {
        for text in [value.to_string(), format!("{value:#}")] {
            let (read, leniencies) = parse_noting(&text).unwrap();
            prop_assert_eq!(read.into_value(), value.clone(), "{}", text);
            prop_assert_eq!(leniencies, []);
        }
    }

    #[test]
    fn without_liberties_a_text_is_json_and_with_them_it_is_not(
        text in prop_oneof![nearly_json(), any::<String>()],
    ) {
        let strict = serde_json::from_str::<Value>(&text).is_ok();
        match parse_noting(&text) {
            Ok((_, leniencies)) => prop_assert_eq!(leniencies.is_empty(), strict, "{:?}", leniencies),
            Err(problem) => {
                prop_assert!(!strict, "{}", problem);
                let line = text.split('\n').nth(problem.line - 1).unwrap();
                prop_assert!(problem.column <= line.chars().count() + 1, "{}", problem);
            }
        }
    }

    #[test]
    fn a_whole_number_of_64_bits_is_stored_to_the_last_digit(whole in any::<i64>()) {
        for text in [whole.to_string(), format!("\"{whole}\"")] {
            prop_assert_eq!(typed(parse(&text).unwrap()), Ok(Some(Value::from(whole))));
        }
    }

    #[test]
    fn a_number_with_a_dot_is_stored_as_a_double(whole in any::<i32>()) {
        let found = stored(parse(&format!("{whole}.0")).unwrap()).unwrap().unwrap();
        prop_assert_eq!(found.stored, StoredType::Double);
        prop_assert_eq!(found.value.as_f64(), Some(f64::from(whole)));
    }

    #[test]
    fn what_was_read_can_be_typed(text in nearly_json()) {
        if let Ok(json) = parse(&text) {
            let null = json == Json::Null;
            if let Ok(typed) = typed(json) {
                prop_assert_eq!(typed.is_none(), null);
            }
        }
    }

    #[test]
    fn a_preview_comes_of_every_text(text in prop_oneof![nearly_json(), any::<String>()], now_ms in any::<i64>()) {
        let sentences = match upload::telemetry(&text, now_ms) {
            Ok(preview) => preview.warnings.iter().map(ToString::to_string).collect(),
            Err(problem) => vec![problem.to_string()],
        };
        prop_assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        if let Err(problem) = upload::attributes(&text) {
            prop_assert!(problem.to_string().ends_with('.'));
        }
    }

    #[test]
    fn a_preview_shows_every_member_of_plain_telemetry(
        members in btree_map("[a-z]{3,8}", number().prop_map(Value::Number), 1..8),
    ) {
        let text = Value::Object(members.clone().into_iter().collect()).to_string();
        let preview = upload::telemetry(&text, NOW_MS).unwrap();
        let keys: Vec<&String> = preview.points.iter().map(|point| &point.key).collect();
        prop_assert_eq!(keys, members.keys().collect::<Vec<_>>());
    }

    #[test]
    fn the_fix_for_seconds_changes_times_and_nothing_else(
        samples in vec((1_000_000_000_i64..1_767_000_000, "[a-z]{1,4}", number(), any::<bool>()), 1..6),
    ) {
        let sample = |(ts, key, number, quoted): &(i64, String, Number, bool)| {
            let quote = if *quoted { "'" } else { "" };
            format!("{{ts: {quote}{ts}{quote}, values: {{{key}: {number}}}}}")
        };
        let text = format!("[{}]", samples.iter().map(sample).collect::<Vec<_>>().join(" ,\n"));
        let before = upload::telemetry(&text, NOW_MS).unwrap();
        let fixed = before.warnings.iter().find_map(|warning| warning.fixed()).unwrap();
        let after = upload::telemetry(fixed, NOW_MS).unwrap();
        prop_assert!(after.warnings.iter().all(|warning| warning.fixed().is_none()));
        let mut expected = before.points;
        for point in &mut expected {
            point.ts_ms = point.ts_ms.map(|seconds| 1000 * seconds);
        }
        prop_assert_eq!(after.points, expected);
        prop_assert_eq!(fixed.len(), text.len() + 3 * samples.len());
    }

    #[test]
    fn a_request_comes_back_as_its_keys(keys in vec("[^,]{1,6}", 1..5)) {
        let request = AttributesRequest::of(keys.clone(), []).unwrap();
        let payload: Value = serde_json::from_str(&request.payload()).unwrap();
        let asked: Vec<&str> = payload["clientKeys"].as_str().unwrap().split(',').collect();
        prop_assert!(keys.iter().all(|key| asked.contains(&key.as_str())));
        prop_assert_eq!(asked, request.client());
    }
}
