//! curl and the HTTP device API, for a POSIX shell, where a topic has an equivalent there.

use super::{
    Secret, Session, Writer,
    quote::{PRINTF, is_plain, shell},
    web::{encoded, of_filter, of_publish},
};
use crate::text::filled;

pub(super) fn program(session: &Session) -> String {
    let mut out = Writer::new("#");
    out.lines("#!/bin/sh");
    out.head(session, "export ");
    if !session.login.is_token {
        out.remark("ThingsBoard's HTTP device API knows devices by their access token only, and this one has a user name and a password.", &[]);
        return out.text;
    }
    out.remark(
        "The web server may listen elsewhere than the MQTT server, and have another certificate: see to URL.",
        &[],
    );
    out.lines("set -eu");
    out.lines("");
    let host =
        if session.host.contains(':') { filled("[¤]", &[&session.host]) } else { session.host.clone() };
    // ThingsBoard's cloud has a name for MQTT of its own.
    let host = host.strip_prefix("mqtt.").filter(|rest| rest.ends_with("thingsboard.cloud")).unwrap_or(&host);
    out.line("URL=${URL:-¤}", &[&shell(&filled("https://¤", &[host]))]);
    let token = match &session.login.user_name {
        Some(Secret::Told(token)) => shell(&encoded(token, "")),
        Some(Secret::Masked(name)) => filled("\"${¤:?}\"", &[name]),
        None => "''".to_owned(),
    };
    out.line("DEVICE=$URL/api/v1/¤", &[&token]);
    let curl = if session.has_ca_file { "curl --cacert ca.pem -fsS " } else { "curl -fsS " };
    out.lines("");
    for publish in &session.publishes {
        let request = match of_publish(publish) {
            Ok(request) => request,
            Err(why) => {
                out.left_out(&filled("a publish to ¤", &[&publish.topic]), why);
                continue;
            }
        };
        let address = filled("\"$DEVICE\"/¤", &[&shell(&request.path)]);
        let bytes = publish.payload.as_bytes();
        let header = " -H 'Content-Type: application/json' --data-binary ";
        match publish.payload.as_text() {
            _ if !request.posts => out.line("¤¤", &[curl, &address]),
            // An @ at its beginning would be the name of a file.
            Some(text) if is_plain(bytes) && !text.starts_with('@') => {
                out.line("¤-X POST ¤¤¤", &[curl, &address, header, &shell(text)]);
            }
            _ => out.line("printf -- ¤ | ¤-X POST ¤¤@-", &[&PRINTF.bytes(bytes), curl, &address, header]),
        }
    }
    for (filter, _) in &session.subscriptions {
        match of_filter(filter) {
            Ok(path) => {
                out.remark("Waits for one message of ¤; 408 says that none came.", &[filter]);
                out.line("¤\"$DEVICE\"/¤ || true", &[curl, &shell(path)]);
            }
            Err(why) => out.left_out(&filled("the filter ¤", &[filter]), why),
        }
    }
    out.text
}
