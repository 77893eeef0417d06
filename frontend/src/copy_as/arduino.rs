//! A sketch for ESP32 with ThingsBoard's SDK, 0.15 or newer.

use super::{Secret, Session, Writer, quote::CPP};
use shared::wire::QoS;

const INCLUDES: &str = "
#include <WiFi.h>
#include <WiFiClientSecure.h>
#include <Arduino_MQTT_Client.h>
#include <ThingsBoard.h>

constexpr char WIFI_NAME[] = \"YOUR_WIFI\";
constexpr char WIFI_PASSWORD[] = \"YOUR_WIFI_PASSWORD\";";

const CA_FILE: &str = "
// Paste the lines of ca.pem here, in place of the line with dots.
constexpr char CA_PEM[] = R\"pem(
-----BEGIN CERTIFICATE-----
...
-----END CERTIFICATE-----
)pem\";";

const PUBLIC_CA: &str = "
// An ESP32 knows no authorities: paste the root certificate of the server's chain here (the console's tab Certificate
// shows the chain), in place of the line with dots.
constexpr char CA_PEM[] = R\"pem(
-----BEGIN CERTIFICATE-----
...
-----END CERTIFICATE-----
)pem\";";

const SETUP: &str = "
void setup() {
    Serial.begin(115200);
    WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
    while (WiFi.status() != WL_CONNECTED) {
        delay(500);
    }
    // The certificate's dates are checked against the clock.
    configTime(0, 0, \"pool.ntp.org\");
    while (time(nullptr) < 1700000000) {
        delay(100);
    }
    wifi.setCACert(CA_PEM);";

const LOOP: &str = "}

void loop() {
    tb.loop();
}";

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("//");
    out.head(&Session { has_ca_file: false, ..without_publishes(session) }, "");
    out.remark(
        "Needs the library ThingsBoard 0.15 or newer, with what it depends on, and the board esp32.",
        &[],
    );
    out.lines(INCLUDES);
    for (name, secret) in [("TOKEN", &session.login.user_name), ("PASSWORD", &session.login.password)] {
        if let Some(secret) = secret {
            if let Secret::Masked(variable) = secret {
                out.line("// A sketch has no environment: put the value of ¤ in here.", &[variable]);
            }
            out.line("constexpr char ¤[] = ¤;", &[name, &value(secret)]);
        }
    }
    out.lines(if session.has_ca_file { CA_FILE } else { PUBLIC_CA });
    out.lines("");
    out.lines("WiFiClientSecure wifi;");
    out.lines("Arduino_MQTT_Client mqtt(wifi);");
    let longest = session.publishes.iter().map(|publish| publish.payload.len() + publish.topic.len());
    let buffer = (longest.max().unwrap_or(0) + 16).max(256).to_string();
    out.lines("// Room for the longest message, sent or received.");
    out.line("ThingsBoard tb(mqtt, ¤, ¤);", &[&buffer, &buffer]);
    out.lines(SETUP);
    connect(session, &mut out);
    if session.publishes.iter().any(|publish| publish.qos == QoS::AtLeastOnce) {
        out.lines("    // The SDK publishes at QoS 0, whatever the console did.");
    }
    for (filter, _) in &session.subscriptions {
        out.line("    mqtt.subscribe(¤);", &[&CPP.text(filter)]);
    }
    if !session.subscriptions.is_empty() {
        out.lines("    // What comes is for the SDK's parts: add Server_Side_RPC, Shared_Attribute_Update or Attribute_Request.");
    }
    for publish in &session.publishes {
        let (topic, bytes) = (CPP.text(&publish.topic), publish.payload.as_bytes());
        let literal = CPP.bytes(bytes);
        if bytes.contains(&0) || bytes.is_empty() || publish.payload.as_text().is_none() {
            let length = bytes.len().to_string();
            out.line(
                "    mqtt.publish(¤, reinterpret_cast<uint8_t const *>(¤), ¤);",
                &[&topic, &literal, &length],
            );
        } else {
            out.line("    tb.Send_Json_String(¤, ¤);", &[&topic, &literal]);
        }
    }
    out.lines(LOOP);
    out.text
}

fn connect(session: &Session, out: &mut Writer) {
    let token = if session.login.user_name.is_some() { "TOKEN" } else { "\"\"" };
    let mut more = String::new();
    let id = &session.client_id;
    if !id.is_empty() || session.login.password.is_some() {
        more.push_str(", ");
        more.push_str(&CPP.text(id));
    }
    if session.login.password.is_some() {
        more.push_str(", PASSWORD");
    }
    let (host, port) = (CPP.text(&session.host), session.port.to_string());
    out.line("    while (!tb.connect(¤, ¤, ¤¤)) {", &[&host, token, &port, &more]);
    out.lines(
        "        Serial.println(\"No session yet: check the certificate, the token and the network.\");",
    );
    out.lines("        delay(5000);");
    out.lines("    }");
}

/// For the head, whose words about the environment and the file are not for a sketch.
fn without_publishes(session: &Session) -> Session {
    let login = super::Login { user_name: None, password: None, is_token: true };
    Session { login, subscriptions: Vec::new(), publishes: Vec::new(), ..session.clone() }
}

fn value(secret: &Secret) -> String {
    match secret {
        Secret::Masked("TB_PASSWORD") => "\"YOUR_PASSWORD\"".to_owned(),
        Secret::Masked("TB_USER_NAME") => "\"YOUR_USER_NAME\"".to_owned(),
        Secret::Masked(_) => "\"YOUR_ACCESS_TOKEN\"".to_owned(),
        Secret::Told(text) => CPP.text(text),
    }
}
