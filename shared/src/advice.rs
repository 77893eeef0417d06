//! The words for a [`Failure`]: one sentence for the cause, one for the fix, and the evidence.
//!
//! The same text in the page and in the terminal. Every failure has its words by an exhaustive match, so
//! a new code without words does not compile.

use crate::{
    failure::{CertificateProblem, Failure},
    reason,
};
use time::OffsetDateTime;

/// What a person is told about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// One sentence that names the cause.
    pub cause: String,
    /// What to do about it.
    pub fix: String,
    /// Facts to compare, label and value. Values may come from a certificate: show them as text only.
    pub evidence: Vec<(&'static str, String)>,
}

/// A Unix time as `2026-11-24 09:30 UTC`.
#[must_use]
pub fn utc(unix_s: i64) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(unix_s) else {
        return format!("second {unix_s} of the Unix epoch");
    };
    // By hand: the crate's own formatting would be a fiftieth of the page.
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute()
    )
}

fn advice(cause: impl Into<String>, fix: impl Into<String>) -> Advice {
    Advice { cause: cause.into(), fix: fix.into(), evidence: Vec::new() }
}

impl Advice {
    fn with(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.evidence.push((label, value.into()));
        self
    }

    fn with_all(mut self, label: &'static str, values: &[String]) -> Self {
        self.evidence.extend(values.iter().map(|value| (label, value.clone())));
        self
    }
}

impl Failure {
    /// The words for this failure.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::NameNotFound { host } => advice(
                format!("There is no host named {host}."),
                "Check the spelling; ThingsBoard's MQTT host often differs from its web address, for example mqtt.thingsboard.cloud.",
            ),
            Self::NameTimedOut { host, after_s } => advice(
                format!("Looking up {host} got no answer within {after_s} s."),
                "The name server of the machine that runs the proxy does not answer: check its network, then try again.",
            ),
            Self::NameLookupFailed { host } => advice(
                format!("Looking up {host} failed."),
                "The name server of the machine that runs the proxy reports an error: check its network, then try again.",
            ),
            Self::TargetNotAllowed { endpoint } => advice(
                format!("This Device Console may not connect to {endpoint}."),
                "Check the spelling, choose a host that it offers, or run your own: it connects to any host then.",
            ),
            Self::TcpRefused { endpoint } => advice(
                format!("Nothing listens on {endpoint}: the connection was refused."),
                "Check the port (MQTT over TLS is 8883). On your own ThingsBoard set MQTT_SSL_ENABLED=true, and publish the port when it runs in Docker.",
            ),
            Self::TcpUnreachable { endpoint } => advice(
                format!("There is no route to {endpoint}."),
                "Check the address, and that the machine that runs the proxy is in a network that reaches it.",
            ),
            Self::TcpTimedOut { endpoint, after_s } => advice(
                format!("{endpoint} did not answer within {after_s} s."),
                "A firewall probably drops the packets, or the host is down: allow TCP to this port, or check the address.",
            ),
            Self::TcpFailed { endpoint } => advice(
                format!("The connection to {endpoint} could not be made."),
                "Check the network of the machine that runs the proxy, then try again.",
            ),
            Self::TlsNotSpoken { endpoint } => advice(
                format!("{endpoint} answers, but not with TLS."),
                "This is probably the plain MQTT port (1883) or a web port: use the MQTT over TLS port, usually 8883.",
            ),
            Self::TlsClosed { endpoint } => advice(
                format!("{endpoint} closed the connection during the TLS handshake."),
                "This is probably the plain MQTT port (1883), or TLS is switched off there: use port 8883 and set MQTT_SSL_ENABLED=true on the server.",
            ),
            Self::TlsTimedOut { endpoint, after_s } => advice(
                format!("{endpoint} accepted the connection but did not finish the TLS handshake within {after_s} s."),
                "The port may belong to something that waits for plain text: check that MQTT over TLS listens there.",
            ),
            Self::TlsVersionTooOld => advice(
                "The server speaks only TLS 1.1 or older.",
                "Those versions are no longer safe: enable TLS 1.2 or 1.3 on the server.",
            ),
            Self::TlsNoCommonCipher => advice(
                "The server and this console have no cipher suite or key type in common.",
                "Enable an ECDHE suite with AES-GCM or ChaCha20 on the server, and give it an RSA (2048 bits or more), P-256, P-384 or Ed25519 key. A server that demands a device certificate in TLS 1.2 looks the same.",
            ),
            Self::ClientCertificateRequired => advice(
                "The server demands a certificate from the device (two-way TLS).",
                "This console does one-way TLS with an access token: use a listener that does not require client certificates.",
            ),
            Self::UnknownIssuer { issuer, trusted } => unknown_issuer(issuer.as_deref(), trusted),
            Self::NotTheGivenCertificate { presented_sha256, given_sha256 } => advice(
                "The server's certificate is self-signed, and it is not the certificate in the file you gave.",
                "Get the certificate that the server uses now (on ThingsBoard: Check connectivity, download the certificate) and give that file.",
            )
            .with("Presented, SHA-256", presented_sha256.clone().unwrap_or_else(|| "unknown".to_owned()))
            .with_all("In your file, SHA-256", given_sha256),
            Self::SignatureMismatch { issuer } => advice(
                "The server's certificate was not issued with the key of the certificate in the file you gave, though the names agree.",
                "Your file is probably of an earlier authority with the same name: get the current one. A server key of less than 2048 bits RSA looks the same; replace such a key.",
            )
            .with("Issuer named by the server", issuer.clone().unwrap_or_else(|| "unknown".to_owned())),
            Self::CertificateKeyNotHeld => advice(
                "The server presents the right certificate but does not hold its key: it may be an impostor.",
                "Do not send it anything. If it is your own server, its certificate and its key file do not belong together: set the matching pair.",
            ),
            Self::NameMismatch { host, names, common_name } => name_mismatch(host, names, common_name.as_deref()),
            Self::CertificateExpired { not_after, now } => dated(
                "The server's certificate has expired.",
                "Renew it on the server. If the proxy's clock below is wrong, set that right instead.",
                ("Valid until", *not_after),
                *now,
            ),
            Self::CertificateNotYetValid { not_before, now } => dated(
                "The server's certificate is not valid yet.",
                "If the proxy's clock below is wrong, set it right; otherwise wait, or issue the certificate again.",
                ("Valid from", *not_before),
                *now,
            ),
            Self::CertificateUnsuitable { problem } => unsuitable(*problem),
            Self::TrustedCertificateExpired { subject, not_after, now } => dated(
                "The certificate in the file you gave has expired.",
                "Get the current one from the server's operator and give that file. If the proxy's clock below is wrong, set that right instead.",
                ("Valid until", Some(*not_after)),
                *now,
            )
            .with("In your file", subject.clone()),
            Self::TlsFailed { alert } => advice(
                match alert {
                    Some(alert) => format!("The server ended the TLS handshake with the alert {alert}."),
                    None => "The TLS handshake failed.".to_owned(),
                },
                "The server's own log says more about the reason at this moment.",
            ),
            Self::MqttTimedOut { after_s } => advice(
                format!("TLS is fine, but the server did not answer the MQTT connect within {after_s} s."),
                "Check that an MQTT server listens on this port and is not overloaded.",
            ),
            Self::MqttClosed => advice(
                "TLS is fine, but the server closed the connection without answering the MQTT connect.",
                "Check that an MQTT server listens on this port and that it speaks this MQTT version; a server may also block an address after wrong logins, wait a minute then.",
            ),
            Self::MqttNotSpoken => advice(
                "TLS is fine, but what answers is not MQTT.",
                "This is probably an HTTPS port: use the MQTT over TLS port, usually 8883.",
            ),
            Self::CredentialsRefused { return_code } => advice(
                format!("The server does not accept this access token ({}).", code_words(*return_code)),
                "Copy the token again from the device's page and check that it is on this server or region, and that the device's credentials type is Access token (for MQTT Basic give user name and password under Advanced).",
            ),
            Self::ClientIdRefused { return_code } => advice(
                format!("The server refused the client id ({}).", code_words(*return_code)),
                "Give the access token in its own field, not as client id, or choose another client id.",
            ),
            Self::ServerUnavailable { return_code } => advice(
                format!("The server says it is unavailable for this device ({}).", code_words(*return_code)),
                "The device profile's transport may not be MQTT, a tenant limit may be reached, or ThingsBoard is still starting: check these, then try again.",
            ),
            Self::MqttVersionRefused { return_code } => advice(
                format!("The server does not speak this MQTT version ({}).", code_words(*return_code)),
                "Choose the other MQTT version: nearly every server speaks 3.1.1.",
            ),
            Self::ConnectRefused { return_code } => advice(
                format!("The server refused the connection: {}.", reason::with_code(*return_code, None)),
                "The server's own log says more about the reason at this moment.",
            ),
            Self::SubscriptionRefused { filter, return_code } => advice(
                format!("The server refused the subscription to {filter} ({}).", code_words(*return_code)),
                "Check that this is ThingsBoard's MQTT port and that the device's profile uses MQTT.",
            ),
            Self::ServerClosed => advice(
                "The server closed the connection.",
                "A second client that uses the same access token is the usual cause: ThingsBoard keeps one session per device and ends the older one. Give each client a device of its own.",
            ),
            Self::ServerDisconnected { reason_code, text } => server_disconnected(*reason_code, text.as_deref()),
            Self::ServerClosedAfterPublish { topic, payload_bytes } => advice(
                format!("The server closed the connection right after the publish to {topic}."),
                "ThingsBoard does this in MQTT 3.1.1 when the payload is not the JSON it expects for this topic, is too large, or comes too fast for the tenant's limits: check the payload, then send it again.",
            )
            .with("Payload", format!("{payload_bytes} bytes, not acknowledged")),
            Self::ConnectionReset => advice(
                "The connection to the server broke.",
                "The server was stopped, or the network was interrupted.",
            ),
            Self::ServerSilent { after_s } => advice(
                format!("Nothing was heard from the server for {after_s} s, not even an answer to a ping."),
                "The network was interrupted or the server hangs.",
            ),
            Self::ServerStalled { after_s } => advice(
                format!("The server took nothing more for {after_s} s."),
                "The server is overloaded or hangs.",
            ),
            Self::ServerBrokeProtocol => advice(
                "The server sent something that MQTT does not allow.",
                "Something between, or the server itself, has a fault: the page connects again; if it happens again, look there.",
            ),
            Self::ProxyUnreachable => advice(
                "The page cannot reach its own server, the Device Console proxy.",
                "Check that device-console is running and open the page at the address it prints.",
            ),
            Self::ProxyLost => advice(
                "The page lost the connection to its own server, the Device Console proxy.",
                "The proxy was stopped or the network was interrupted.",
            ),
            Self::BrowserTooSlow { after_s } => advice(
                format!("This page took no messages for {after_s} s, so the session was ended."),
                "Keep the page in the foreground, or subscribe to less.",
            ),
            Self::BrowserSilent { after_s } => advice(
                format!("The proxy heard nothing from this page for {after_s} s."),
                "The network between page and proxy was interrupted, or the computer slept.",
            ),
            Self::FrameInvalid { reason } => advice(
                format!("The page sent something the proxy does not understand: {reason}."),
                "Reload the page; it may be older than the proxy.",
            ),
            Self::FrameTooLarge { limit_bytes } => advice(
                format!("The page sent more than {limit_bytes} bytes at once."),
                "Send a smaller payload.",
            ),
            Self::ProxyBusy => advice(
                "This Device Console is full, or you have as many pages of it open as one visitor may.",
                "Close other pages of it, or try again in a few minutes.",
            ),
            Self::TooManyAttempts { after_s } => advice(
                "This Device Console was asked to connect too often.",
                format!("Wait {after_s} s, then press Connect again; or run your own Device Console, which has no such limit."),
            ),
            Self::TargetBusy { endpoint } => advice(
                format!("This Device Console holds as many sessions to {endpoint} as it may."),
                "Try again in a few minutes, or run your own Device Console.",
            ),
            Self::SessionIdle { after_s } => advice(
                format!("Nothing was sent or received for {}, after which this Device Console ends a session.", span(*after_s)),
                "Press Connect to go on.",
            ),
            Self::SessionTooLong { after_s } => advice(
                format!("The session lasted {}, the most that this Device Console allows.", span(*after_s)),
                "Press Connect to go on with a new session; or run your own Device Console, which has no such limit.",
            ),
            Self::ProxyStopping => advice(
                "Server restarting: this Device Console is being shut down.",
                "The page connects again by itself as soon as it is back.",
            ),
            Self::ProxyFault => advice(
                "The Device Console proxy ended this session because of a defect of its own.",
                "Try again; its log holds the details for a bug report.",
            ),
        }
    }
}

/// MQTT 3.1.1 has numbers, MQTT 5 reasons.
fn code_words(code: u8) -> String {
    if code < 0x80 { format!("return code {code}") } else { reason::with_code(code, None) }
}

fn server_disconnected(code: u8, text: Option<&str>) -> Advice {
    let fix = match code {
        0x8e => {
            "Another client connected with the same access token, and ThingsBoard keeps one session per device: stop that one, or give each client a device of its own."
        }
        0x97 | 0x96 | 0x9f => "A limit of the tenant or the server is reached: send less, or slower.",
        0x99 => "The payload just sent was not what ThingsBoard expects on its topic: check its JSON.",
        0x81 | 0x95 => "A packet was malformed or too large: ThingsBoard takes 65,536 bytes.",
        0x98 => "The device was deleted or its credentials were changed: copy the access token again.",
        0x83 => "ThingsBoard does this when a limit is reached, or after ten minutes without a message.",
        _ => "The server's own log says more about the reason at this moment.",
    };
    advice(format!("The server ended the session: {}.", reason::with_code(code, text)), fix)
}

fn unknown_issuer(issuer: Option<&str>, trusted: &[String]) -> Advice {
    let issuer = issuer.unwrap_or("unknown").to_owned();
    if trusted.is_empty() {
        advice(
            "The server's certificate was not issued by a public certificate authority.",
            "Give the server's own CA certificate to be trusted instead of the public authorities.",
        )
        .with("Issuer of the server's certificate", issuer)
    } else {
        advice(
            "The server's certificate was not issued by the file you gave.",
            "Give the certificate of that issuer. If the server belongs to a public service, trust the public certificate authorities instead.",
        )
        .with("Issuer of the server's certificate", issuer)
        .with_all("In your file", trusted)
    }
}

fn name_mismatch(host: &str, names: &[String], common_name: Option<&str>) -> Advice {
    let kind = if host.parse::<std::net::IpAddr>().is_ok() { "IP" } else { "DNS" };
    let again = format!("make a new certificate that lists it (subjectAltName={kind}:{host})");
    if names.is_empty() {
        return match common_name {
            Some(name) => advice(
                format!(
                    "The server's certificate is made out to {name} (by Common Name only), not to {host}."
                ),
                format!("Connect to {name} if that is the same server, or {again}."),
            ),
            None => advice(
                format!("The server's certificate names no host at all, so it does not prove to be {host}."),
                format!("On the server, {again}."),
            ),
        };
    }
    advice(
        format!("The server's certificate is not for {host}."),
        format!("Connect by one of the names it is for, or {again}."),
    )
    .with("You connect to", host)
    .with_all("The certificate is for", names)
}

fn dated(cause: &str, fix: &str, (label, date): (&'static str, Option<i64>), now: i64) -> Advice {
    let advice = advice(cause, fix).with("The proxy's clock", utc(now));
    match date {
        Some(date) => advice.with(label, utc(date)),
        None => advice,
    }
}

fn unsuitable(problem: CertificateProblem) -> Advice {
    let cause = match problem {
        CertificateProblem::OldVersion => "The server's certificate is of the old X.509 version 1.",
        CertificateProblem::NotForServers => {
            "The server's certificate is not meant for servers (extended key usage)."
        }
        CertificateProblem::IssuerIsNoAuthority => {
            "The server's certificate was issued by a certificate that is no authority."
        }
        CertificateProblem::UnknownCriticalExtension => {
            "The server's certificate has a critical extension that is not understood."
        }
        CertificateProblem::NameConstraint => {
            "The server's certificate has a name that its authority may not issue (name constraints)."
        }
        CertificateProblem::SignatureAlgorithm => {
            "The server's certificate is signed with an algorithm that is no longer safe, such as SHA-1."
        }
        CertificateProblem::KeyTooShort => "The server's RSA key is shorter than 2048 bits.",
        CertificateProblem::Revoked => "The server's certificate was revoked.",
        CertificateProblem::Malformed => "The server's certificate is damaged.",
        CertificateProblem::Other => "The server's certificate cannot be used.",
    };
    advice(
        cause,
        "Issue the server's certificate again as X.509 version 3 with SHA-256, a key of at least RSA 2048 or P-256, its host name as subject alternative name, and CA:FALSE.",
    )
}

/// A span of time in words: minutes when it is whole ones.
fn span(seconds: u64) -> String {
    match seconds {
        60.. if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::{Endpoint, Host};

    #[test]
    fn dates_read_like_dates() {
        assert_eq!(utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(utc(1_757_952_000), "2025-09-15 16:00 UTC");
    }

    #[test]
    fn the_wrong_file_is_said_with_both_names() {
        let failure = Failure::UnknownIssuer { issuer: Some("CN=A".into()), trusted: vec!["CN=B".into()] };
        let advice = failure.advice();
        assert!(advice.cause.contains("not issued by the file you gave"));
        assert_eq!(
            advice.evidence,
            [("Issuer of the server's certificate", "CN=A".to_owned()), ("In your file", "CN=B".to_owned())]
        );
    }

    #[test]
    fn codes_are_stable_words() {
        let endpoint = Endpoint { host: Host::parse("tb.example").unwrap(), port: 8883 };
        let json = serde_json::to_string(&Failure::TcpRefused { endpoint }).unwrap();
        assert_eq!(json, r#"{"code":"tcp-refused","endpoint":{"host":"tb.example","port":8883}}"#);
    }
}
