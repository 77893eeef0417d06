use super::*;
use crate::packet::level::Version;
use shared::platform::TelemetryValue;

fn link(connection: u64) -> (SessionLink, watch::Receiver<Option<Ending>>) {
    let (commands, _) = mpsc::channel(1);
    let (end, ended) = watch::channel(None);
    (SessionLink { connection, version: Version::V5, child: None, commands, end }, ended)
}

fn sample(ts_ms: UnixMs, value: Value) -> Sample {
    Sample { ts_ms, values: vec![("k".to_owned(), value)] }
}

#[test]
fn the_latest_value_counts_not_the_last_to_arrive() {
    let mut device = DeviceState::default();
    device.save_telemetry(vec![sample(5, json!(5)), sample(3, json!(3)), sample(5, json!("again"))]).unwrap();
    let telemetry = device.view("d").telemetry;
    assert_eq!(telemetry, [TelemetryValue { key: "k".to_owned(), value: json!("again"), ts_ms: 5 }]);
}

#[test]
fn an_attributes_response_holds_only_what_was_asked_for_and_exists() {
    let mut device = DeviceState::default();
    let request = |payload: &str| AttributesRequest::read(payload.as_bytes()).unwrap();
    assert_eq!(device.attributes_response(&request("{}")), json!({}));
    device.save_client_attributes(vec![("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))]).unwrap();
    device.shared_attributes.insert("c".to_owned(), json!({"x": [1]}), ()).unwrap();
    let answers = [
        ("{}", json!({"client": {"a": 1, "b": 2}, "shared": {"c": {"x": [1]}}})),
        (r#"{"clientKeys":"a"}"#, json!({"client": {"a": 1}})),
        (r#"{"clientKeys":"a,b","sharedKeys":"a"}"#, json!({"client": {"a": 1, "b": 2}})),
        (r#"{"clientKeys":"c","sharedKeys":"c"}"#, json!({"shared": {"c": {"x": [1]}}})),
        (r#"{"clientKeys":"model"}"#, json!({})),
        (r#"{"clientKeys":""}"#, json!({})),
        (r#"{"clientKeys":"b, a"}"#, json!({"client": {"b": 2}})),
    ];
    for (payload, answer) in answers {
        assert_eq!(device.attributes_response(&request(payload)), answer, "{payload}");
    }
}

#[test]
fn a_new_session_evicts_the_old_and_is_not_forgotten_with_it() {
    let mut device = DeviceState::default();
    let (first, first_ended) = link(1);
    let (second, second_ended) = link(2);
    device.open_session(first);
    device.open_session(second);
    assert_eq!(*first_ended.borrow(), Some(Ending::TakenOver));
    device.forget_session(1);
    assert!(device.is_connected());
    assert_eq!(*second_ended.borrow(), None);
    device.forget_session(2);
    assert!(!device.is_connected());
}

#[test]
fn rpc_ids_count_from_zero_and_waiting_ones_have_a_bound() {
    let mut device = DeviceState::default();
    let mut waiting = Vec::new();
    for wanted in 0..MOST_PENDING_RPCS {
        let (id, outcome) = device.add_rpc("m", &Value::Null, false).unwrap();
        assert_eq!(usize::try_from(id), Ok(wanted));
        waiting.push(outcome);
    }
    assert_eq!(device.add_rpc("m", &Value::Null, false).map(|_| ()), Err(TooManyRpcs));
    device.cancel_rpc(3);
    assert!(device.add_rpc("m", &Value::Null, false).is_ok());
}

#[test]
fn a_claim_takes_of_the_same_budget_as_values() {
    let budget = Arc::new(Budget::new(2_000));
    let mut device = DeviceState::within(&budget);
    let claim = |length| Claim { secret_key: "x".repeat(length), expires_ms: 1 };
    let save = |device: &mut DeviceState| {
        device.save_client_attributes(vec![("k".to_owned(), json!("x".repeat(1_000)))])
    };
    assert_eq!(device.save_claim(claim(1_500)), Ok(()));
    assert_eq!(save(&mut device), Err(Full));
    assert_eq!(device.save_claim(claim(10)), Ok(()));
    assert_eq!(save(&mut device), Ok(()));
    assert_eq!(device.save_claim(claim(1_500)), Err(Full));
    assert_eq!(device.view("d").claim, None);
}
