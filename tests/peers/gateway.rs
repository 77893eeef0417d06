//! ThingsBoard's own gateway library against the emulator.

use crate::Target;
use emulator::{Config, DeviceSpec};
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use tests::{
    emulated::{object, rpc},
    python::Python,
};

#[tokio::test]
async fn every_call_of_thingsboards_gateway_library_gets_what_thingsboard_would_give() {
    // One device is known before, the other one is not.
    let devices = vec![DeviceSpec::random("gateway"), DeviceSpec::random("pump")];
    let gateways = vec!["gateway".to_owned()];
    let target = Target::with(Config { devices, gateways, ..Config::default() }).await;
    let platform = target.thingsboard.platform();
    let token = platform.token_of("pump").unwrap();
    platform.set_shared_attributes(&token, object(json!({"unit": "rpm"}))).unwrap();
    let mut script = Python::ThingsBoard.start("thingsboard_gateway.py", &target.own_arguments()).unwrap();
    for expected in [
        json!({"event": "connected"}),
        json!({"event": "device", "result": 0}),
        json!({"event": "telemetry", "result": 0}),
        json!({"event": "attributes", "result": 0}),
        json!({"event": "one", "content": {"id": 1, "device": "pump", "value": "P-1"}}),
        json!({"event": "several", "content":
            {"id": 2, "device": "pump", "values": {"model": "P-1", "serial": "x"}}}),
        json!({"event": "none", "content": {"id": 3, "device": "pump"}}),
        json!({"event": "shared", "content": {"id": 4, "device": "pump", "value": "rpm"}}),
        json!({"event": "claimed", "result": 0}),
        json!({"event": "other", "result": 0}),
        json!({"event": "gone", "result": 0}),
    ] {
        assert_eq!(script.next().await.unwrap(), expected);
    }
    let view = platform.view(&token).unwrap();
    assert!(view.connected);
    assert_eq!((&view.telemetry[0].value, view.telemetry[0].ts_ms), (&json!(42.5), 1_700_000_000_000));
    assert_eq!(Value::from(view.client_attributes), json!({"model": "P-1", "serial": "x"}));
    assert_eq!(view.claim.unwrap().secret_key, "secret");
    let other = platform.view(&platform.token_of("other").unwrap()).unwrap();
    assert!(!other.connected);

    platform.set_shared_attributes(&token, object(json!({"limit": 30}))).unwrap();
    for event in ["pushed_of_device", "pushed"] {
        let pushed = json!({"event": event, "content": {"device": "pump", "data": {"limit": 30}}});
        assert_eq!(script.next().await.unwrap(), pushed);
    }

    let outcome = platform.send_rpc(&token, rpc("setSpeed", json!({"rpm": 5}))).await.unwrap();
    assert_eq!(outcome, RpcOutcome::Answered { response: json!({"echo": {"rpm": 5}}) });
    let data = json!({"id": 0, "method": "setSpeed", "params": {"rpm": 5}});
    let called = json!({"event": "rpc", "content": {"device": "pump", "data": data}});
    assert_eq!(script.next().await.unwrap(), called);
    script.stop().await.unwrap();
    // Its devices leave with it.
    let left = || (!platform.view(&token).unwrap().connected).then_some(());
    tests::eventually::eventually("the device left", left).await;
}
