//! Python with paho-mqtt 2.

use super::{
    Secret, Session, Writer, digit,
    quote::{PYTHON, python_bytes},
};
use crate::text::filled;
use shared::wire::MqttVersion;

const CALLBACKS: &str = r#"
subscribed = threading.Event()


def on_connect(client, userdata, flags, reason_code, properties):
    print("Connected:", reason_code)
    if reason_code.is_failure:
        return
    if SUBSCRIPTIONS:
        client.subscribe(SUBSCRIPTIONS)
    else:
        subscribed.set()


def on_subscribe(client, userdata, mid, reason_codes, properties):
    print("Subscribed:", [str(code) for code in reason_codes])
    subscribed.set()


def on_message(client, userdata, message):
    print(message.topic, message.payload)

"#;

const RUN: &str = r#"client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect(HOST, PORT, keepalive=KEEP_ALIVE)
client.loop_start()
if not subscribed.wait(30):
    sys.exit("No session within 30 s: the lines above tell what the server said, if it said anything.")
for topic, qos, payload in PUBLISHES:
    info = client.publish(topic, payload, qos)
    info.wait_for_publish(30)
    if not info.is_published():
        sys.exit("Not acknowledged within 30 s: " + topic)
    print("Published:", topic)
if SUBSCRIPTIONS:
    print("Listening; Ctrl+C ends it.")
    threading.Event().wait()
client.disconnect()
client.loop_stop()"#;

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("#");
    out.head(session, "export ");
    out.remark("Needs paho-mqtt: pip install \"paho-mqtt>=2,<3\"", &[]);
    out.lines("import os\nimport sys\nimport threading\n\nimport paho.mqtt.client as mqtt\n");
    out.line("HOST = ¤", &[&PYTHON.text(&session.host)]);
    out.line("PORT = ¤", &[&session.port.to_string()]);
    out.line("KEEP_ALIVE = ¤", &[&session.keep_alive_s.to_string()]);
    out.lines("# Each a filter and the highest QoS.");
    out.lines("SUBSCRIPTIONS = [");
    for (filter, qos) in &session.subscriptions {
        out.line("    (¤, ¤),", &[&PYTHON.text(filter), digit(*qos)]);
    }
    out.lines("]");
    out.lines("# Each a topic, the QoS and the payload.");
    out.lines("PUBLISHES = [");
    for publish in &session.publishes {
        let (topic, payload) = (PYTHON.text(&publish.topic), python_bytes(publish.payload.as_bytes()));
        out.line("    (¤, ¤, ¤),", &[&topic, digit(publish.qos), &payload]);
    }
    out.lines("]");
    out.lines(CALLBACKS);
    let protocol = match session.version {
        MqttVersion::V3_1_1 => "mqtt.MQTTv311",
        MqttVersion::V5 => "mqtt.MQTTv5",
    };
    let id = PYTHON.text(&session.client_id);
    out.line(
        "client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=¤, protocol=¤)",
        &[&id, protocol],
    );
    if let Some(user_name) = &session.login.user_name {
        let password = session.login.password.as_ref().map_or("None".to_owned(), value);
        out.line("client.username_pw_set(¤, ¤)", &[&value(user_name), &password]);
    }
    out.line("client.tls_set(¤)", &[if session.has_ca_file { "ca_certs=\"ca.pem\"" } else { "" }]);
    out.lines(RUN);
    out.text
}

/// A secret as a value of Python.
pub(super) fn value(secret: &Secret) -> String {
    match secret {
        Secret::Masked(name) => filled("os.environ[\"¤\"]", &[name]),
        Secret::Told(text) => PYTHON.text(text),
    }
}
