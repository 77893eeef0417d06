//! ThingsBoard's own gateway, the program as people install it, between Mosquitto and the emulator: a device that only
//! knows Mosquitto is on the platform with its telemetry, attributes and RPC.

use crate::Target;
use emulator::{Config, DeviceSpec, Kind};
use serde_json::{Value, json};
use shared::{credentials::AccessToken, platform::RpcOutcome};
use std::{path::Path, process::Command, time::Duration};
use tests::{
    PATIENCE,
    child::Child,
    emulated::{object, rpc},
    eventually::{eventually, look},
    folder::Folder,
    mosquitto::{self, Mosquitto},
    python::Python,
};

/// Its imports alone take seconds.
const START: Duration = Duration::from_secs(60);

const DEVICE: &str = "pump";

#[tokio::test]
async fn thingsboards_gateway_brings_a_device_of_another_broker_onto_the_platform() {
    let devices = vec![DeviceSpec::random("gateway")];
    let gateways = vec!["gateway".to_owned()];
    let target = Target::with(Config { devices, gateways, ..Config::default() }).await;
    let platform = target.thingsboard.platform();
    let broker = Mosquitto::start().await.unwrap();
    let local = Local { broker: &broker };
    let mut listener = local.client("mosquitto_sub", &["-i", "listener", "-v", "-t", "to/#"]);
    broker.logs("Sending SUBACK to listener").await.unwrap();
    // Kept by Mosquitto until the gateway asks for it.
    local.publish("from/pump/data", r#"{"speed":42.5,"model":"P-1"}"#, &["-r"]).await;

    let folder = configured(&target, &broker);
    let gateway = start(folder.path());
    let device = look(|| platform.token_of(DEVICE), START).await;
    let Some(device) = device else { panic!("no device:\n{}{}", gateway.stdout(), gateway.stderr()) };
    let view = || platform.view(&device).unwrap();
    let shown = || {
        let view = view();
        let speed = view.telemetry.iter().any(|value| value.key == "speed" && value.value == json!(42.5));
        let model = view.client_attributes.get("model") == Some(&json!("P-1"));
        (view.connected && speed && model).then_some(())
    };
    eventually("the device's values", shown).await;

    platform.set_shared_attributes(&device, object(json!({"limit": 30}))).unwrap();
    let update = |line: &str| line.strip_prefix("to/pump/limit ").map(str::to_owned);
    let told = listener.says(PATIENCE, |mut lines| lines.find_map(update)).await.unwrap();
    assert_eq!(told, "30");

    check_rpc(&target, &local, &mut listener, &device).await;
    let calls = gateway_calls(&target);
    for call in ["connect", "telemetry", "attributes", "rpc"] {
        assert!(calls.iter().any(|topic| topic == &format!("v1/gateway/{call}")), "{call}: {calls:?}");
    }

    gateway.terminate().unwrap();
    eventually("the device left with its gateway", || (!view().connected).then_some(())).await;
}

/// The platform asks, the device behind Mosquitto answers.
async fn check_rpc(target: &Target, local: &Local<'_>, listener: &mut Child, device: &AccessToken) {
    let platform = target.thingsboard.platform();
    let asked = async {
        let request = |line: &str| Some(line.strip_prefix("to/pump/request/getSpeed/")?.to_owned());
        let request = listener.says(PATIENCE, |mut lines| lines.find_map(request)).await.unwrap();
        let (id, params) = request.split_once(' ').unwrap();
        assert_eq!(serde_json::from_str::<Value>(params).unwrap(), json!({"unit": "rpm"}));
        local.publish(&format!("from/pump/response/getSpeed/{id}"), r#"{"rpm":5}"#, &[]).await;
    };
    let (outcome, ()) =
        tokio::join!(platform.send_rpc(device, rpc("getSpeed", json!({"unit": "rpm"}))), asked);
    assert_eq!(outcome.unwrap(), RpcOutcome::Answered { response: json!({"rpm": 5}) });
}

/// The topics of the gateway API that were published to.
fn gateway_calls(target: &Target) -> Vec<String> {
    let published = target.thingsboard.received().into_iter().filter_map(|kind| match kind {
        Kind::Publish { topic, .. } if topic.starts_with("v1/gateway/") => Some(topic),
        _ => None,
    });
    published.collect()
}

/// The device's side: clients of Mosquitto.
struct Local<'a> {
    broker: &'a Mosquitto,
}

impl Local<'_> {
    fn client(&self, program: &str, arguments: &[&str]) -> Child {
        mosquitto::client(program, self.broker.address(), &self.broker.ca_path(), arguments).unwrap()
    }

    async fn publish(&self, topic: &str, payload: &str, more: &[&str]) {
        let arguments = [&["-q", "1", "-t", topic, "-m", payload], more].concat();
        let mut publisher = self.client("mosquitto_pub", &arguments);
        assert!(publisher.ended(PATIENCE).await.unwrap().success(), "{}", publisher.stderr());
    }
}

/// The gateway's files: where the platform is, where Mosquitto is, and what its messages mean.
fn configured(target: &Target, broker: &Mosquitto) -> Folder {
    let folder = Folder::new("gateway").unwrap();
    let endpoint = target.thingsboard.endpoint();
    let thingsboard = json!({
        "host": endpoint.host.to_string(),
        "port": endpoint.port,
        "remoteShell": false,
        "remoteConfiguration": false,
        "statistics": {"enable": false},
        "security": {
            "type": "tlsAccessToken",
            "accessToken": target.thingsboard.token().expose(),
            "caCert": target.ca,
        },
        "qos": 1,
    });
    let main = json!({
        "thingsboard": thingsboard,
        "storage": {"type": "memory", "read_records_count": 100, "max_records_count": 1000},
        "grpc": {"enabled": false},
        "connectors": [{"name": "mosquitto", "type": "mqtt", "configuration": "mqtt.json"}],
    });
    let topic = |expression: &str| {
        json!({
            "deviceNameExpressionSource": "topic",
            "deviceNameExpression": expression,
            "deviceProfileExpressionSource": "constant",
            "deviceProfileExpression": "default",
        })
    };
    let address = broker.address();
    let connector = json!({
        "broker": {
            "host": address.ip(),
            "port": address.port(),
            "clientId": "gateway",
            "version": 5,
            "maxMessageNumberPerWorker": 10,
            "maxNumberOfWorkers": 2,
            "security": {"type": "certificates", "pathToCACert": broker.ca_path()},
        },
        "mapping": [{
            "topicFilter": "from/+/data",
            "subscriptionQos": 1,
            "converter": {
                "type": "json",
                "deviceInfo": topic("(?<=from/)(.*?)(?=/data)"),
                "timeout": 60000,
                "attributes": [{"type": "string", "key": "model", "value": "${model}"}],
                "timeseries": [{"type": "double", "key": "speed", "value": "${speed}"}],
            },
        }],
        "requestsMapping": {
            "connectRequests": [],
            "disconnectRequests": [],
            "attributeRequests": [],
            "attributeUpdates": [{
                "deviceNameFilter": ".*",
                "attributeFilter": ".*",
                "topicExpression": "to/${deviceName}/${attributeKey}",
                "valueExpression": "${attributeValue}",
            }],
            "serverSideRpc": [{
                "type": "twoWay",
                "deviceNameFilter": ".*",
                "methodFilter": "getSpeed",
                "requestTopicExpression": "to/${deviceName}/request/${methodName}/${requestId}",
                "responseTopicExpression": "from/${deviceName}/response/${methodName}/${requestId}",
                "responseTopicQoS": 1,
                "responseTimeout": 10000,
                "valueExpression": "${params}",
            }],
        },
    });
    let console = json!({"class": "logging.StreamHandler", "stream": "ext://sys.stdout"});
    let logs = json!({
        "version": 1,
        "disable_existing_loggers": false,
        "handlers": {"console": console},
        "root": {"level": "INFO", "handlers": ["console"]},
    });
    for (name, content) in [("tb_gateway.json", main), ("mqtt.json", connector), ("logs.json", logs)] {
        folder.write(name, &content.to_string()).unwrap();
    }
    folder
}

fn start(folder: &Path) -> Child {
    let program = Python::Gateway.interpreter().unwrap().with_file_name("thingsboard-gateway");
    let mut command = Command::new(program);
    command.current_dir(folder).env("TB_GW_CONFIG_DIR", folder).env("PYTHONUNBUFFERED", "1");
    // At its start it asks its maker for a newer version: nobody listens there.
    command.env("https_proxy", "http://127.0.0.1:9").env_remove("no_proxy");
    Child::start("thingsboard-gateway", &mut command).unwrap()
}
