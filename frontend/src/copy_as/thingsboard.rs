//! Python with tb-mqtt-client, ThingsBoard's own device library: a call for each thing that it has a call for.

use super::{Publish, Session, Writer, digit, paho::value, quote::PYTHON};
use crate::text::filled;
use serde_json::Value;
use shared::{
    thingsboard::topic::{Flavour, Topic, filter},
    wire::MqttVersion,
};

const CONNECTED: &str = r#"deadline = time.monotonic() + 30
while not client.is_connected():
    if time.monotonic() > deadline:
        sys.exit("No session within 30 s: check host, port, certificate and credentials.")
    time.sleep(0.1)
"#;

const PRINTER: &str = r#"
def told(*what):
    print(*what)

"#;

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("#");
    out.head(session, "export ");
    out.remark("Needs ThingsBoard's library: pip install tb-mqtt-client", &[]);
    if session.version == MqttVersion::V3_1_1 {
        out.remark("The library speaks MQTT 5; the console was connected with 3.1.1.", &[]);
    }
    out.lines(
        "import json\nimport os\nimport sys\nimport time\n\nfrom tb_device_mqtt import TBDeviceMqttClient\n",
    );
    out.lines(PRINTER);
    let login = &session.login;
    let user_name = login.user_name.as_ref().map_or("None".to_owned(), value);
    let mut more = String::new();
    if let Some(password) = &login.password {
        more.push_str(", password=");
        more.push_str(&value(password));
    }
    if !session.client_id.is_empty() {
        more.push_str(", client_id=");
        more.push_str(&PYTHON.text(&session.client_id));
    }
    let (host, port) = (PYTHON.text(&session.host), session.port.to_string());
    out.line("client = TBDeviceMqttClient(¤, ¤, ¤¤)", &[&host, &port, &user_name, &more]);
    subscriptions(session, &mut out);
    let ca = if session.has_ca_file { ", ca_certs=\"ca.pem\"" } else { "" };
    out.line("client.connect(tls=True¤, keepalive=¤)", &[ca, &session.keep_alive_s.to_string()]);
    out.lines(CONNECTED);
    let mut asks = false;
    for publish in &session.publishes {
        match call(publish) {
            Ok((call, asked)) => {
                asks |= asked;
                out.line("¤", &[&call]);
            }
            Err(why) => out.left_out(&filled("a publish to ¤", &[&publish.topic]), why),
        }
    }
    if session.subscriptions.is_empty() && !asks {
        out.lines("client.disconnect()");
    } else {
        out.lines("print(\"Listening; Ctrl+C ends it.\")\nwhile True:\n    time.sleep(1)");
    }
    out.text
}

/// The library subscribes to its four filters by itself; what comes is told.
fn subscriptions(session: &Session, out: &mut Writer) {
    for (wanted, _) in &session.subscriptions {
        match Topic::parse(&wanted.replace('+', "1")) {
            _ if !filter::ALL.contains(&wanted.as_str()) => {
                out.left_out(
                    &filled("the filter ¤", &[wanted]),
                    "the library subscribes to its own list only",
                );
            }
            Some(Topic::Attributes(Flavour::V1)) => out.lines("client.subscribe_to_all_attributes(told)"),
            Some(Topic::RpcRequest(Flavour::V1, _)) => {
                out.lines("client.set_server_side_rpc_request_handler(told)");
            }
            Some(Topic::AttributesResponse(Flavour::V1, _) | Topic::RpcResponse(Flavour::V1, _)) => {}
            _ => out.left_out(&filled("the filter ¤", &[wanted]), "the library has no call for it"),
        }
    }
}

/// The call for a publish, and whether something is asked that is answered later.
fn call(publish: &Publish) -> Result<(String, bool), &'static str> {
    let text = publish.payload.as_text();
    let json: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    let (Some(text), Some(json)) = (text, json) else {
        return Err("its payload is no JSON, and the library sends JSON only");
    };
    let loaded = filled("json.loads(¤)", &[&PYTHON.text(text)]);
    let qos = digit(publish.qos);
    let member = |name: &str| json.get(name).map(|value| PYTHON.text(&value.to_string()));
    let keys = |name: &str| {
        let text = json.get(name).and_then(Value::as_str).map_or_else(String::new, |keys| PYTHON.text(keys));
        if text.is_empty() { "None".to_owned() } else { filled("¤.split(\",\")", &[&text]) }
    };
    match Topic::parse(&publish.topic) {
        Some(Topic::Telemetry(Flavour::V1)) => {
            Ok((filled("client.send_telemetry(¤, quality_of_service=¤).get()", &[&loaded, qos]), false))
        }
        Some(Topic::Attributes(Flavour::V1)) => {
            Ok((filled("client.send_attributes(¤, quality_of_service=¤).get()", &[&loaded, qos]), false))
        }
        Some(Topic::AttributesRequest(Flavour::V1, _)) => {
            let (client, shared) = (keys("clientKeys"), keys("sharedKeys"));
            Ok((filled("client.request_attributes(¤, ¤, callback=told)", &[&client, &shared]), true))
        }
        Some(Topic::RpcResponse(Flavour::V1, id)) => {
            let id = id.to_string();
            Ok((
                ["client.send_rpc_reply(\"", &id, "\", ", &loaded, ", ", qos, ", wait_for_publish=True)"]
                    .concat(),
                false,
            ))
        }
        Some(Topic::RpcRequest(Flavour::V1, _)) => {
            let method = member("method").ok_or("its payload names no method")?;
            let params = member("params").unwrap_or_else(|| "\"{}\"".to_owned());
            let arguments = filled("json.loads(¤), json.loads(¤), told)", &[&method, &params]);
            Ok((filled("client.send_rpc_call(¤", &[&arguments]), true))
        }
        Some(Topic::Claim) => {
            let secret = member("secretKey").unwrap_or_else(|| "'\"\"'".to_owned());
            let duration = json.get("durationMs").and_then(Value::as_u64).unwrap_or(60_000).to_string();
            Ok((filled("client.claim(json.loads(¤), ¤).get()", &[&secret, &duration]), false))
        }
        _ => Err("the library has no call for this topic"),
    }
}
