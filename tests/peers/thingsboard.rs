//! ThingsBoard's own device library against the emulator.

use crate::Target;
use emulator::{Config, Timers};
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use std::time::Duration;
use tests::{
    emulated::{object, rpc},
    python::Python,
};

#[tokio::test]
async fn every_call_of_thingsboards_device_library_gets_what_thingsboard_would_give() {
    let timers = Timers { client_rpc: Duration::from_millis(300), ..Timers::default() };
    let target = Target::with(Config { timers, gateways: Vec::new(), ..Config::default() }).await;
    let thingsboard = &target.thingsboard;
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    platform.set_shared_attributes(&token, object(json!({"unit": "C"}))).unwrap();
    let mut script = Python::ThingsBoard.start("thingsboard_device.py", &target.own_arguments()).unwrap();

    let limits = json!({
        "maxPayloadSize": 65536,
        "maxInflightMessages": 100,
        "rateLimits": {"messages": null, "telemetryMessages": null, "telemetryDataPoints": null},
    });
    let (model, unit) = (json!({"model": "T-100"}), json!({"unit": "C"}));
    for expected in [
        json!({"event": "connected"}),
        json!({"event": "telemetry", "result": 0}),
        json!({"event": "batch", "result": 0}),
        json!({"event": "attributes", "result": 0}),
        json!({"event": "client", "content": {"client": model}}),
        json!({"event": "shared", "content": {"shared": unit}}),
        json!({"event": "both", "content": {"client": model, "shared": unit}}),
        json!({"event": "limits", "content": limits}),
        json!({"event": "call", "content": {"error": "timeout"}}),
        json!({"event": "claimed", "result": 0}),
    ] {
        assert_eq!(script.next().await.unwrap(), expected);
    }
    let view = thingsboard.view();
    assert_eq!(thingsboard.telemetry("temperature"), Some(json!(42.5)));
    let humidity = view.telemetry.iter().find(|value| value.key == "humidity").unwrap();
    assert_eq!((&humidity.value, humidity.ts_ms), (&json!(41), 1_700_000_001_000));
    assert_eq!(Value::from(view.client_attributes), model);
    assert_eq!(view.claim.unwrap().secret_key, "secret");

    platform.set_shared_attributes(&token, object(json!({"limit": 30}))).unwrap();
    for event in ["pushed_any", "pushed"] {
        let pushed = json!({"event": event, "content": {"limit": 30}});
        assert_eq!(script.next().await.unwrap(), pushed);
    }
    platform.delete_shared_attributes(&token, &["unit".to_owned()]).unwrap();
    let deleted = json!({"event": "pushed_any", "content": {"deleted": ["unit"]}});
    assert_eq!(script.next().await.unwrap(), deleted);

    for (method, params) in [("setValve", json!({"open": true})), ("unsubscribe", Value::Null)] {
        let outcome = platform.send_rpc(&token, rpc(method, params.clone())).await.unwrap();
        assert_eq!(outcome, RpcOutcome::Answered { response: json!({"echo": params}) });
        let called = json!({"event": "rpc", "method": method, "params": params});
        assert_eq!(script.next().await.unwrap(), called);
    }
    platform.set_shared_attributes(&token, object(json!({"limit": 31}))).unwrap();
    let pushed = json!({"event": "pushed", "content": {"limit": 31}});
    assert_eq!(script.next().await.unwrap(), pushed);
    script.stop().await.unwrap();
}
