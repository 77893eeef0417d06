//! The lenient reader.

use super::{reader::MOST_NESTING, *};
use serde_json::json;

#[track_caller]
fn check(text: &str, value: Value) {
    assert_eq!(parse(text).map(Json::into_value), Ok(value), "{text}");
}

#[test]
fn plain_json_is_read() {
    check(r#"{"a":[1,-2.5,true,null,"x"],"b":{}}"#, json!({"a":[1,-2.5,true,null,"x"],"b":{}}));
    check(r#""\u00fc\ud83d\ude00\n\/\"""#, json!("ü😀\n/\""));
    check(" [ ] ", json!([]));
    check("\u{feff}{\"a\":1}", json!({"a":1}));
    check(r#"{"a":9223372036854775807}"#, json!({"a": i64::MAX}));
}

#[test]
fn what_gson_takes_beyond_json_is_taken() {
    check("{temperature:25}", json!({"temperature":25}));
    check("{'a':'b\"c'}", json!({"a":"b\"c"}));
    check("{a=1;b=>2}", json!({"a":1,"b":2}));
    check("/* x */ {a:1, // y\n b:2 # z\n}", json!({"a":1,"b":2}));
    check("[1,,2,]", json!([1, null, 2, null]));
    check("{a:TRUE,b:Null}", json!({"a":true,"b":null}));
    check("{a:hello,b:007,c:+5,d:NaN}", json!({"a":"hello","b":"007","c":"+5","d":"NaN"}));
    check("{\"a\":\"two\nlines\"}", json!({"a":"two\nlines"}));
    check("{a:1,a:2}", json!({"a":2}));
}

#[test]
fn an_empty_payload_is_null() {
    for text in ["", "  \n", "# only a comment", "/**/"] {
        check(text, Value::Null);
    }
}

#[test]
fn what_gson_refuses_is_refused() {
    let broken = [
        "{",
        "[1",
        "{a}",
        "{a:}",
        "{a:1,}",
        "{,}",
        "{a:1 b:2}",
        "{} {}",
        "1 2",
        "\"open",
        "\"\\x\"",
        "\"\\u12g4\"",
        "/* open",
        "]",
        "}",
        ":",
        "{a:1]",
        "\"\\u",
    ];
    for text in broken {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(MOST_NESTING)).is_ok());
    assert!(parse(&nested(MOST_NESTING + 1)).is_err());
    assert!(parse(&"[".repeat(65_000)).is_err());
}

#[test]
fn lone_surrogates_do_no_harm() {
    check(r#""\ud83d""#, json!("\u{fffd}"));
    check(r#""\ud83d\u0041""#, json!("\u{fffd}A"));
    check(r#""\ude00\ud83d""#, json!("\u{fffd}\u{fffd}"));
}

#[track_caller]
fn check_problem(text: &str, line: usize, column: usize, expected: &str, found: Option<char>) {
    let problem = parse(text).unwrap_err();
    assert_eq!((problem.line, problem.column), (line, column), "{text}: {problem}");
    assert_eq!((problem.expected, problem.found), (expected, found), "{text}");
}

#[test]
fn a_problem_says_where_and_what_was_expected() {
    check_problem("{\"a\": 1,\n \"b\" 2}", 2, 6, "a colon", Some('2'));
    check_problem("{\"ü😀\" 2}", 1, 7, "a colon", Some('2'));
    check_problem("{\"a\":1\r\n\"b\":2}", 2, 1, "a comma or }", Some('"'));
    check_problem("{\"a\":1,}", 1, 8, "a name", Some('}'));
    check_problem("{\"a\":", 1, 6, "a value", None);
    check_problem("[1", 1, 3, "a comma or ]", None);
    check_problem("{}\n}", 2, 1, "the end of the payload", Some('}'));
    check_problem("\u{feff}]", 1, 1, "a value", Some(']'));
    check_problem("[1,\n'open", 2, 1, "a closing quote for the text that begins here", None);
    check_problem(r#"["\x"]"#, 1, 4, "one of b f n r t u \" ' \\ / after the backslash", Some('x'));
    assert_eq!(
        parse("{\"a\": 1,\n \"b\" 2}").unwrap_err().to_string(),
        "The payload is not valid JSON: at line 2, column 6, a colon is expected, but \"2\" stands there.",
    );
    assert_eq!(
        parse("[1").unwrap_err().to_string(),
        "The payload is not valid JSON: at line 1, column 3, a comma or ] is expected, but the payload ends.",
    );
}

#[track_caller]
fn check_liberties(text: &str, expected: &[(Liberty, usize, usize)]) {
    let (_, leniencies) = parse_noting(text).unwrap();
    let found: Vec<_> = leniencies.iter().map(|found| (found.what, found.line, found.column)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn what_a_strict_reader_refuses_is_noted() {
    check_liberties(r#"{"a":[1,-2.5e3,true,null,"\u00fc\/"]}"#, &[]);
    check_liberties("{temperature:25}", &[(Liberty::UnquotedName, 1, 2)]);
    check_liberties("{\"a\":007}", &[(Liberty::UnquotedText, 1, 6)]);
    check_liberties("[1;2 # two\n]", &[(Liberty::SemicolonForComma, 1, 3), (Liberty::Comment, 1, 6)]);
    check_liberties("{\n\"a\"=>'b'}", &[(Liberty::EqualsForColon, 2, 4), (Liberty::SingleQuotes, 2, 6)]);
    check_liberties("[1,,2,]", &[(Liberty::LeftOutElement, 1, 4)]);
    check_liberties("[TRUE]", &[(Liberty::KeywordCase, 1, 2)]);
    check_liberties("\"a\tb\"", &[(Liberty::RawControl, 1, 3)]);
    check_liberties(r#""\'""#, &[(Liberty::UnknownEscape, 1, 2)]);
    check_liberties(r#""\ud83dx""#, &[(Liberty::LoneSurrogate, 1, 2)]);
    check_liberties("\u{feff}", &[(Liberty::ByteOrderMark, 1, 1), (Liberty::Empty, 1, 1)]);
    let (_, leniencies) = parse_noting("{temperature:25}").unwrap();
    assert_eq!(
        leniencies[0].to_string(),
        "Line 1, column 2: the name stands without quotes. ThingsBoard takes it, other readers of JSON may not.",
    );
}

#[test]
fn numbers_keep_their_digits() {
    for number in ["9007199254740993", "18446744073709551615", "-9223372036854775808", "127.0", "0.1"] {
        assert_eq!(parse(number), Ok(Json::Number(number.to_owned())));
        assert_eq!(parse(number).unwrap().into_value().to_string(), number);
    }
    check("1e400", json!("1e400"));
}
