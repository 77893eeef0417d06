//! `mosquitto_pub` for each publish, then `mosquitto_sub` (mosquitto_pub(1), mosquitto_sub(1)), for a POSIX shell.

use super::{
    Secret, Session, Writer, digit,
    quote::{PRINTF, is_plain, shell},
};
use shared::wire::MqttVersion;

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("#");
    out.lines("#!/bin/sh");
    out.head(session, "export ");
    if !session.subscriptions.is_empty() && !session.publishes.is_empty() {
        out.remark(&[
            "ThingsBoard gives each device one session, so that a second program takes over from the first:",
        ]);
        out.remark(&[
            "the publishes come first, each in a session of its own, and the subscriptions after them.",
        ]);
    }
    out.lines("set -eu");
    out.lines("");
    let options = options(session);
    out.remark(&["One server for all calls."]);
    out.line(&["device() {"]);
    out.line(&["    program=$1"]);
    out.line(&["    shift"]);
    out.line(&["    \"$program\" ", &options, " \"$@\""]);
    out.line(&["}"]);
    out.lines("");
    for publish in &session.publishes {
        let bytes = publish.payload.as_bytes();
        let call = ["device mosquitto_pub -q ", digit(publish.qos), " -t ", &shell(&publish.topic)].concat();
        match publish.payload.as_text() {
            _ if bytes.is_empty() => out.line(&[&call, " -n"]),
            Some(text) if is_plain(bytes) => out.line(&[&call, " -m ", &shell(text)]),
            _ => out.line(&["printf -- ", &PRINTF.bytes(bytes), " | ", &call, " -s"]),
        }
    }
    if !session.subscriptions.is_empty() {
        out.lines("");
        out.remark(&["Until Ctrl+C: each message with its topic."]);
        let mut call = ["exec mosquitto_sub ", &options, " -v"].concat();
        let highest = session.subscriptions.iter().map(|(_, qos)| digit(*qos)).max().unwrap_or("0");
        call.push_str(" -q ");
        call.push_str(highest);
        for (filter, _) in &session.subscriptions {
            call.push_str(" -t ");
            call.push_str(&shell(filter));
        }
        out.line(&[&call]);
    }
    out.text
}

fn options(session: &Session) -> String {
    let mut options = ["-h ", &shell(&session.host), " -p ", &session.port.to_string()].concat();
    let mut add = |parts: &[&str]| parts.iter().for_each(|part| options.push_str(part));
    add(&[if session.has_ca_file { " --cafile ca.pem" } else { " --tls-use-os-certs" }]);
    add(&[match session.version {
        MqttVersion::V3_1_1 => " -V 311",
        MqttVersion::V5 => " -V 5",
    }]);
    add(&[" -k ", &session.keep_alive_s.to_string()]);
    if !session.client_id.is_empty() {
        add(&[" -i ", &shell(&session.client_id)]);
    }
    for (option, secret) in [(" -u ", &session.login.user_name), (" -P ", &session.login.password)] {
        if let Some(secret) = secret {
            add(&[option, &word(secret)]);
        }
    }
    options
}

/// A secret as a word of the shell.
pub(super) fn word(secret: &Secret) -> String {
    match secret {
        Secret::Masked(name) => ["\"${", name, ":?}\""].concat(),
        Secret::Told(text) => shell(text),
    }
}
