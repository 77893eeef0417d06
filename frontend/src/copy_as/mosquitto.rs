//! `mosquitto_pub` for each publish, then `mosquitto_sub` (mosquitto_pub(1), mosquitto_sub(1)), for a POSIX shell.

use super::{
    Secret, Session, Writer, digit,
    quote::{PRINTF, is_plain, shell},
};
use crate::text::filled;
use shared::wire::MqttVersion;

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("#");
    out.lines("#!/bin/sh");
    out.head(session, "export ");
    if !session.subscriptions.is_empty() && !session.publishes.is_empty() {
        out.remark(
            "ThingsBoard gives each device one session, so that a second program takes over from the first:",
            &[],
        );
        out.remark(
            "the publishes come first, each in a session of its own, and the subscriptions after them.",
            &[],
        );
    }
    out.lines("set -eu");
    out.lines("");
    let options = options(session);
    out.remark("One server for all calls.", &[]);
    out.line("device() {\n    program=$1\n    shift\n    \"$program\" ¤ \"$@\"\n}", &[&options]);
    out.lines("");
    for publish in &session.publishes {
        let bytes = publish.payload.as_bytes();
        let call = filled("device mosquitto_pub -q ¤ -t ¤", &[digit(publish.qos), &shell(&publish.topic)]);
        match publish.payload.as_text() {
            _ if bytes.is_empty() => out.line("¤ -n", &[&call]),
            Some(text) if is_plain(bytes) => out.line("¤ -m ¤", &[&call, &shell(text)]),
            _ => out.line("printf -- ¤ | ¤ -s", &[&PRINTF.bytes(bytes), &call]),
        }
    }
    if !session.subscriptions.is_empty() {
        out.lines("");
        out.remark("Until Ctrl+C: each message with its topic.", &[]);
        let mut call = filled("exec mosquitto_sub ¤ -v", &[&options]);
        let highest = session.subscriptions.iter().map(|(_, qos)| digit(*qos)).max().unwrap_or("0");
        call.push_str(" -q ");
        call.push_str(highest);
        for (filter, _) in &session.subscriptions {
            call.push_str(" -t ");
            call.push_str(&shell(filter));
        }
        out.lines(&call);
    }
    out.text
}

fn options(session: &Session) -> String {
    let mut options = filled("-h ¤ -p ¤", &[&shell(&session.host), &session.port.to_string()]);
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
        Secret::Masked(name) => filled("\"${¤:?}\"", &[name]),
        Secret::Told(text) => shell(text),
    }
}
