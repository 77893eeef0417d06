//! ThingsBoard's own device library against the emulator.

use crate::Target;
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use tests::{
    emulated::{object, rpc},
    python::Python,
};

#[tokio::test]
async fn every_call_of_thingsboards_device_library_gets_what_thingsboard_would_give() {
    let target = Target::start().await;
    let thingsboard = &target.thingsboard;
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    let mut script = Python::ThingsBoard.start("thingsboard_device.py", &target.own_arguments()).unwrap();

    let limits = json!({
        "maxPayloadSize": 65536,
        "maxInflightMessages": 100,
        "rateLimits": {"messages": null, "telemetryMessages": null, "telemetryDataPoints": null},
    });
    for expected in [
        json!({"event": "connected"}),
        json!({"event": "telemetry", "result": 0}),
        json!({"event": "attributes", "result": 0}),
        json!({"event": "attributes_answer", "content": {"client": {"model": "T-100"}}}),
        json!({"event": "limits", "content": limits}),
    ] {
        assert_eq!(script.next().await.unwrap(), expected);
    }
    assert_eq!(thingsboard.telemetry("temperature"), Some(json!(42.5)));
    assert_eq!(Value::from(thingsboard.view().client_attributes), json!({"model": "T-100"}));

    platform.set_shared_attributes(&token, object(json!({"limit": 30}))).unwrap();
    let pushed = json!({"event": "pushed", "content": {"limit": 30}});
    assert_eq!(script.next().await.unwrap(), pushed);

    let outcome = platform.send_rpc(&token, rpc("setValve", json!({"open": true}))).await.unwrap();
    assert_eq!(outcome, RpcOutcome::Answered { response: json!({"echo": {"open": true}}) });
    let called = json!({"event": "rpc", "method": "setValve", "params": {"open": true}});
    assert_eq!(script.next().await.unwrap(), called);
    script.stop().await.unwrap();
}
