//! What is to be said of a line besides what it fills: what was changed and why, and what was left out, by name. No
//! remark quotes a value, but for hosts, ports and names of files.

use super::{
    Tool,
    options::{Found, Why},
};
use crate::text::{filled, visible_line};
use shared::limits::DEFAULT_MQTTS_PORT;

/// A protocol that this console does not speak.
#[derive(Clone, Copy)]
pub(super) enum Plain {
    /// MQTT without TLS, at this port.
    Mqtt(Option<u16>),
    Other(&'static str),
}

/// The port for TLS, with the reason for the change.
pub(super) fn plain(plain: Plain, remarks: &mut Vec<String>) -> u16 {
    let what = match plain {
        Plain::Mqtt(Some(port)) => filled("Port ¤ in the line is MQTT without TLS", &[&port.to_string()]),
        Plain::Mqtt(None) => "The line is MQTT without TLS".to_owned(),
        Plain::Other(protocol) => filled("The line is ¤", &[protocol]),
    };
    remarks.push(
        [&what, ", and this console speaks MQTT over TLS only, for which ThingsBoard's port is 8883."]
            .concat(),
    );
    DEFAULT_MQTTS_PORT
}

const CLOUD: &str = "thingsboard.cloud";

/// Whether it is ThingsBoard's own cloud, whose certificates public authorities sign.
pub(super) fn is_cloud(host: &str) -> bool {
    host.strip_suffix(CLOUD).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The host of MQTT for one of HTTP or CoAP: ThingsBoard's cloud has one for each protocol.
pub(super) fn mqtt_host(tool: Tool, host: &str, remarks: &mut Vec<String>) -> String {
    let region = host.strip_prefix("coap.").filter(|_| tool == Tool::CoapClient).unwrap_or(host);
    if !is_cloud(host) || region.starts_with("mqtt.") {
        return host.to_owned();
    }
    let mqtt = filled("mqtt.¤", &[region]);
    remarks.push(filled("ThingsBoard Cloud takes MQTT at ¤.", &[&mqtt]));
    mqtt
}

/// The name of the computer that Docker runs on is known in containers only.
pub(super) fn outside_docker<'h>(host: &'h str, remarks: &mut Vec<String>) -> &'h str {
    if host != "host.docker.internal" {
        return host;
    }
    remarks.push("host.docker.internal is known within Docker only; outside it is localhost.".to_owned());
    "localhost"
}

/// The name of a file without its folder, fit to be shown.
pub(super) fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    visible_line(&name.chars().take(100).collect::<String>())
}

/// Whether this stands where a secret is to be put in.
pub(super) fn is_placeholder(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let marked = [("$", ""), ("%", "%"), ("<", ">"), ("{", "}")].iter().any(|(open, close)| {
        text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
    });
    let worded = ["ACCESS_TOKEN", "YOUR_", "YOUR-", "DEVICE_TOKEN"].iter().any(|word| upper.contains(word));
    text.is_empty() || marked || worded || matches!(upper.as_str(), "TOKEN" | "NULL" | "***")
}

const REASONS: [(Why, &str); 5] = [
    (
        Why::ClientCertificate,
        "this console takes no client certificate or key from anyone: the device logs in by its credentials",
    ),
    (Why::Unverified, "this console always verifies the server: give it the CA certificate"),
    (
        Why::PayloadElsewhere,
        "the payload is not in the line: type it, or choose the file in the tab Raw MQTT",
    ),
    (Why::NoPlace, "the form that is filled here has no place for it"),
    (Why::Unknown, "it is unknown here"),
];

/// Says what was left out, by name.
pub(super) fn lost(found: &Found, remarks: &mut Vec<String>) {
    for (why, reason) in REASONS {
        let mut names: Vec<&str> =
            found.lost.iter().filter(|(known, _)| *known == why).map(|(_, name)| name.as_str()).collect();
        names.dedup();
        names.truncate(8);
        if !names.is_empty() {
            remarks.push(filled("Left out ¤: ¤.", &[&visible_line(&names.join(", ")), reason]));
        }
    }
    if found.stray {
        remarks.push(
            "A word that belongs to no option was left out: put quotes around a payload that has spaces."
                .to_owned(),
        );
    }
}
