//! ThingsBoard's one-way TLS example against the emulator: what it sends, in which order, and what a
//! person reads. The page's `Run the example` is held to the same list.

use crate::Target;
use emulator::{Kind, Recorded};
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use tests::{
    PATIENCE,
    emulated::rpc,
    example::{self, Sent},
    python::{Python, Script},
};

/// The lines up to the answer that the example waits for.
async fn transcript(script: &mut Script) -> Vec<Value> {
    let mut lines = Vec::new();
    for _ in example::TRANSCRIPT {
        lines.push(script.next().await.unwrap());
    }
    lines
}

#[tokio::test]
async fn the_example_sends_what_is_written_down_and_a_person_reads_its_three_lines() {
    let target = Target::start().await;
    let mut script = Python::Paho.start("seed_example.py", &target.own_arguments()).unwrap();
    assert_eq!(transcript(&mut script).await, example::TRANSCRIPT.map(Value::from));

    let platform = target.thingsboard.platform();
    let opening = example::opening();
    let complete = |entries: &[Recorded]| example::sent(entries).len() >= opening.len();
    assert!(platform.wait_until(complete, PATIENCE).await);
    assert_eq!(example::sent(&platform.record()), opening);
    let connect = target.thingsboard.receives(|kind| matches!(kind, Kind::Connect { .. })).await;
    let expected =
        Kind::Connect { level: 4, clean: true, keep_alive: 1, client_id: String::new(), has_password: false };
    assert_eq!(connect.kind, expected);
    assert_eq!(target.thingsboard.telemetry("temperature"), Some(json!(42)));
    script.stop().await.unwrap();
}

#[tokio::test]
async fn the_example_answers_an_rpc_with_its_two_values() {
    let target = Target::start().await;
    let mut script = Python::Paho.start("seed_example.py", &target.own_arguments()).unwrap();
    transcript(&mut script).await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token().clone());
    let outcome = platform.send_rpc(&token, rpc("getValues", json!({}))).await.unwrap();
    assert_eq!(outcome, RpcOutcome::Answered { response: json!({"value1": "A", "value2": "B"}) });
    let lines = [
        "Topic: v1/devices/me/rpc/request/0",
        r#"Message: {"method":"getValues","params":{}}"#,
        "This is a RPC call. RequestID: 0. Going to reply now!",
    ];
    for line in lines {
        assert_eq!(script.next().await.unwrap(), line);
    }
    let reply = Sent::Publish {
        topic: "v1/devices/me/rpc/response/0".to_owned(),
        qos: 1,
        payload: example::RPC_REPLY.to_owned(),
    };
    assert_eq!(example::sent(&platform.record()).last(), Some(&reply));
    script.stop().await.unwrap();
}

#[tokio::test]
async fn the_examples_keep_alive_of_one_second_is_answered() {
    let target = Target::start().await;
    let mut script = Python::Paho.start("seed_example.py", &target.own_arguments()).unwrap();
    transcript(&mut script).await;
    let pings = |entries: &[Recorded]| entries.iter().filter(|entry| entry.kind == Kind::PingReq).count();
    let twice = target.thingsboard.platform().wait_until(|entries| pings(entries) >= 3, PATIENCE).await;
    assert!(twice, "an unanswered ping would have ended the session");
    let connects = |kind: &&Kind| matches!(kind, Kind::Connect { .. });
    assert_eq!(target.thingsboard.received().iter().filter(connects).count(), 1);
    script.stop().await.unwrap();
}
