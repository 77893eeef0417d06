//! Each example of docs/protocol.md is a test: it must be read, and written again without a difference.

use super::*;
use serde_json::Value;

const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

/// The fenced blocks of the document with the given word after `json`.
fn examples(direction: &str) -> Vec<Value> {
    let fence = format!("```json {direction}\n");
    PROTOCOL
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}")))
        .collect()
}

fn flatten(frames: Vec<Value>) -> Vec<Value> {
    frames
        .into_iter()
        .flat_map(|frame| match frame {
            Value::Array(messages) => messages,
            message => vec![message],
        })
        .collect()
}

fn types(messages: &[Value]) -> std::collections::BTreeSet<&str> {
    messages.iter().filter_map(|message| message["type"].as_str()).collect()
}

#[track_caller]
fn check_round_trip<T: Serialize + DeserializeOwned>(message: &Value) {
    let typed: T =
        serde_json::from_value(message.clone()).unwrap_or_else(|error| panic!("{error}: {message}"));
    assert_eq!(&serde_json::to_value(&typed).unwrap(), message);
}

#[test]
fn every_documented_message_to_the_proxy_is_the_protocol() {
    let messages = flatten(examples("to-proxy"));
    messages.iter().for_each(check_round_trip::<ToProxy>);
    let all = ["connect", "disconnect", "publish", "subscribe", "unsubscribe"];
    assert_eq!(types(&messages), all.into());
}

#[test]
fn every_documented_message_to_the_browser_is_the_protocol() {
    let messages = flatten(examples("to-browser"));
    messages.iter().for_each(check_round_trip::<ToBrowser>);
    let all = [
        "connect_failed",
        "connected",
        "disconnected",
        "ending",
        "message",
        "published",
        "request_refused",
        "step_passed",
        "subscribed",
        "unsubscribed",
    ];
    assert_eq!(types(&messages), all.into());
}

#[test]
fn unknown_and_repeated_fields_and_other_types_are_refused() {
    let bad = [
        r#"{"type":"disconnect","id":1,"extra":true}"#,
        r#"{"type":"disconnect","id":1,"id":2}"#,
        r#"{"type":"disconnect","type":"disconnect","id":1}"#,
        r#"{"type":"disconnect","id":-1}"#,
        r#"{"type":"disconnect","id":1.5}"#,
        r#"{"type":"disconnect","id":4294967296}"#,
        r#"{"type":"publish","id":1,"topic":"a","qos":2,"payload":{"text":""}}"#,
        r#"{"type":"reboot","id":1}"#,
        r#"{"id":1}"#,
        "[]extra",
        "null",
    ];
    for text in bad {
        assert!(decode_frame::<ToProxy>(text).is_err(), "{text}");
    }
}

#[test]
fn a_frame_is_one_message_or_an_array() {
    let one = ToProxy::Disconnect(Disconnect { id: 1 });
    assert_eq!(encode_frame(std::slice::from_ref(&one)), r#"{"type":"disconnect","id":1}"#);
    for frame in [vec![one.clone()], vec![one.clone(), one]] {
        assert_eq!(decode_frame::<ToProxy>(&encode_frame(&frame)).unwrap(), frame);
    }
}
