//! ThingsBoard's own device library has devices provisioned by the emulator, and claims one.

use crate::Target;
use emulator::{Config, DeviceProfile, ProvisionStrategy};
use serde_json::{Value, json};
use shared::credentials::AccessToken;
use tests::python::Python;

#[tokio::test]
async fn thingsboards_device_library_gets_credentials_and_uses_them() {
    let profile = DeviceProfile {
        provision_key: "the key".to_owned(),
        provision_secret: "the secret".to_owned(),
        strategy: ProvisionStrategy::AllowNew,
    };
    let target = Target::with(Config { profiles: vec![profile], ..Config::default() }).await;
    let mut arguments = target.arguments("the key");
    arguments.push("the secret".to_owned());
    let mut script = Python::ThingsBoard.start("thingsboard_provision.py", &arguments).unwrap();
    let given =
        |kind, value: Value| json!({"credentialsType": kind, "credentialsValue": value, "status": "SUCCESS"});
    let parts = json!({"clientId": "c", "userName": "u", "password": "p"});
    for expected in [
        json!({"event": "token", "credentials": given("ACCESS_TOKEN", json!("OWN_TOKEN"))}),
        json!({"event": "basic", "credentials": given("MQTT_BASIC", parts)}),
        json!({"event": "vain", "credentials": null}),
        json!({"event": "telemetry", "result": 0}),
        json!({"event": "claimed", "result": 0}),
    ] {
        assert_eq!(script.next().await.unwrap(), expected);
    }
    script.finish().await.unwrap();
    let view = target.thingsboard.platform().view(&AccessToken::parse("OWN_TOKEN").unwrap()).unwrap();
    assert_eq!(view.device, "by token");
    assert_eq!(view.telemetry[0].value, json!(1));
    assert_eq!(view.claim.unwrap().secret_key, "secret");
}
