//! Rust with rumqttc over rustls.

use super::{
    Secret, Session, Writer,
    quote::{RUST, rust_bytes},
};
use crate::text::filled;
use shared::wire::{MqttVersion, QoS};

const CARGO: &str = "//
// [dependencies]
// rumqttc = { version = \"0.25\", default-features = false, features = [\"use-rustls-no-provider\"] }
// rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }

use std::{error::Error, time::Duration};";

const V4: &str = "use rumqttc::{Client, Event, Incoming, MqttOptions, Outgoing, QoS, Transport};";
const V5: &str = "use rumqttc::v5::{mqttbytes::QoS, Client, Event, Incoming, MqttOptions};
use rumqttc::{Outgoing, Transport};";

const RUN: &str = "
    // Room for all that is asked for at once.
    let (client, mut connection) = Client::new(options, SUBSCRIPTIONS.len() + PUBLISHES.len() + 1);
    for (filter, qos) in SUBSCRIPTIONS {
        client.subscribe(*filter, *qos)?;
    }
    for (topic, qos, payload) in PUBLISHES {
        client.publish(*topic, *qos, false, payload.to_vec())?;
    }
    let mut waiting = PUBLISHES.len();
    let mut leaving = false;
    for event in connection.iter() {
        match event? {
            Event::Incoming(Incoming::ConnAck(_)) => println!(\"Connected\"),
            Event::Incoming(Incoming::Publish(message)) => println!(\"{:?} {:?}\", message.topic, message.payload),
            // At QoS 0 a message is done with when it is sent, at QoS 1 when it is acknowledged.
            Event::Outgoing(Outgoing::Publish(0)) | Event::Incoming(Incoming::PubAck(_)) => {
                waiting = waiting.saturating_sub(1);
                println!(\"Published, {waiting} to go\");
            }
            Event::Outgoing(Outgoing::Disconnect) => break,
            _ => continue,
        }
        if waiting == 0 && SUBSCRIPTIONS.is_empty() && !leaving {
            leaving = true;
            client.disconnect()?;
        }
    }
    Ok(())
}";

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("//");
    out.head(session, "export ");
    out.remark("Needs in Cargo.toml:", &[]);
    out.lines(CARGO);
    let is_v5 = session.version == MqttVersion::V5;
    out.lines(if is_v5 { V5 } else { V4 });
    out.lines("\n/// Each a filter and the highest QoS.");
    out.lines("const SUBSCRIPTIONS: &[(&str, QoS)] = &[");
    for (filter, qos) in &session.subscriptions {
        out.line("    (¤, ¤),", &[&RUST.text(filter), name(*qos)]);
    }
    out.lines("];\n\n/// Each a topic, the QoS and the payload.");
    out.lines("const PUBLISHES: &[(&str, QoS, &[u8])] = &[");
    for publish in &session.publishes {
        let (topic, payload) = (RUST.text(&publish.topic), rust_bytes(publish.payload.as_bytes()));
        out.line("    (¤, ¤, ¤),", &[&topic, name(publish.qos), &payload]);
    }
    out.lines("];\n\nfn main() -> Result<(), Box<dyn Error>> {");
    out.lines("    rustls::crypto::ring::default_provider().install_default().map_err(|_| \"there is a provider already\")?;");
    let (id, host, port) =
        (RUST.text(&session.client_id), RUST.text(&session.host), session.port.to_string());
    out.line("    let mut options = MqttOptions::new(¤, ¤, ¤);", &[&id, &host, &port]);
    if let Some(user_name) = &session.login.user_name {
        let password = session.login.password.as_ref().map_or("\"\"".to_owned(), value);
        out.line("    options.set_credentials(¤, ¤);", &[&value(user_name), &password]);
    }
    out.line("    options.set_keep_alive(Duration::from_secs(¤));", &[&session.keep_alive_s.to_string()]);
    if !is_v5 {
        out.lines("    options.set_max_packet_size(128 * 1024, 128 * 1024);");
    }
    let transport = if session.has_ca_file {
        "Transport::tls(std::fs::read(\"ca.pem\")?, None, None)"
    } else {
        "Transport::tls_with_default_config()"
    };
    out.line("    options.set_transport(¤);", &[transport]);
    out.lines(RUN);
    out.text
}

fn name(qos: QoS) -> &'static str {
    match qos {
        QoS::AtMostOnce => "QoS::AtMostOnce",
        QoS::AtLeastOnce => "QoS::AtLeastOnce",
    }
}

fn value(secret: &Secret) -> String {
    match secret {
        Secret::Masked(name) => filled("std::env::var(\"¤\")?", &[name]),
        Secret::Told(text) => RUST.text(text),
    }
}
