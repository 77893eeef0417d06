//! Every failure has a code that can be read back, words, and a step or none.

use super::*;
use crate::endpoint::Host;

/// One of each. The match makes a new failure a compile error here until it is added.
fn examples() -> Vec<Failure> {
    let host = "tb.example".to_owned();
    let endpoint = Endpoint { host: Host::parse(&host).unwrap(), port: 8883 };
    let (after_s, return_code, now) = (10, 5, 1_795_000_000);
    let (issuer, subject) = (Some("CN=A".to_owned()), "CN=B".to_owned());
    let all = vec![
        Failure::NameNotFound { host: host.clone() },
        Failure::NameTimedOut { host: host.clone(), after_s },
        Failure::NameLookupFailed { host: host.clone() },
        Failure::TargetNotAllowed { endpoint: endpoint.clone() },
        Failure::TcpRefused { endpoint: endpoint.clone() },
        Failure::TcpUnreachable { endpoint: endpoint.clone() },
        Failure::TcpTimedOut { endpoint: endpoint.clone(), after_s },
        Failure::TcpFailed { endpoint: endpoint.clone() },
        Failure::TlsNotSpoken { endpoint: endpoint.clone() },
        Failure::TlsClosed { endpoint: endpoint.clone() },
        Failure::TlsTimedOut { endpoint: endpoint.clone(), after_s },
        Failure::TlsVersionTooOld,
        Failure::TlsNoCommonCipher,
        Failure::ClientCertificateRequired,
        Failure::UnknownIssuer { issuer: issuer.clone(), trusted: vec![subject.clone()] },
        Failure::UnknownIssuer { issuer: None, trusted: vec![] },
        Failure::NotTheGivenCertificate {
            presented_sha256: Some("AA".into()),
            given_sha256: vec!["BB".into()],
        },
        Failure::SignatureMismatch { issuer },
        Failure::CertificateKeyNotHeld,
        Failure::NameMismatch { host, names: vec![], common_name: Some("a".into()) },
        Failure::CertificateExpired { not_after: Some(now - 1), now },
        Failure::CertificateNotYetValid { not_before: None, now },
        Failure::CertificateUnsuitable { problem: CertificateProblem::KeyTooShort },
        Failure::TrustedCertificateExpired { subject, not_after: now - 1, now },
        Failure::TlsFailed { alert: Some("decode_error".into()) },
        Failure::TlsFailed { alert: None },
        Failure::MqttTimedOut { after_s },
        Failure::MqttClosed,
        Failure::MqttNotSpoken,
        Failure::CredentialsRefused { return_code },
        Failure::ClientIdRefused { return_code },
        Failure::ServerUnavailable { return_code },
        Failure::MqttVersionRefused { return_code },
        Failure::ConnectRefused { return_code },
        Failure::SubscriptionRefused { filter: "#".into(), return_code },
        Failure::ServerClosed,
        Failure::ServerDisconnected { reason_code: 0x8e, text: None },
        Failure::ServerClosedAfterPublish { topic: "t".into(), payload_bytes: 7 },
        Failure::ConnectionReset,
        Failure::ServerSilent { after_s },
        Failure::ServerStalled { after_s },
        Failure::ServerBrokeProtocol,
        Failure::ProxyUnreachable,
        Failure::ProxyLost,
        Failure::BrowserTooSlow { after_s },
        Failure::BrowserSilent { after_s },
        Failure::FrameInvalid { reason: "r".into() },
        Failure::FrameTooLarge { limit_bytes: 1 },
        Failure::ProxyBusy,
        Failure::TooManyAttempts { after_s },
        Failure::TargetBusy { endpoint },
        Failure::SessionIdle { after_s },
        Failure::SessionTooLong { after_s },
        Failure::ProxyStopping,
        Failure::ProxyFault,
    ];
    all.iter().for_each(is_listed);
    all
}

fn is_listed(failure: &Failure) {
    match failure {
        Failure::NameNotFound { .. }
        | Failure::NameTimedOut { .. }
        | Failure::NameLookupFailed { .. }
        | Failure::TargetNotAllowed { .. }
        | Failure::TcpRefused { .. }
        | Failure::TcpUnreachable { .. }
        | Failure::TcpTimedOut { .. }
        | Failure::TcpFailed { .. }
        | Failure::TlsNotSpoken { .. }
        | Failure::TlsClosed { .. }
        | Failure::TlsTimedOut { .. }
        | Failure::TlsVersionTooOld
        | Failure::TlsNoCommonCipher
        | Failure::ClientCertificateRequired
        | Failure::UnknownIssuer { .. }
        | Failure::NotTheGivenCertificate { .. }
        | Failure::SignatureMismatch { .. }
        | Failure::CertificateKeyNotHeld
        | Failure::NameMismatch { .. }
        | Failure::CertificateExpired { .. }
        | Failure::CertificateNotYetValid { .. }
        | Failure::CertificateUnsuitable { .. }
        | Failure::TrustedCertificateExpired { .. }
        | Failure::TlsFailed { .. }
        | Failure::MqttTimedOut { .. }
        | Failure::MqttClosed
        | Failure::MqttNotSpoken
        | Failure::CredentialsRefused { .. }
        | Failure::ClientIdRefused { .. }
        | Failure::ServerUnavailable { .. }
        | Failure::MqttVersionRefused { .. }
        | Failure::ConnectRefused { .. }
        | Failure::SubscriptionRefused { .. }
        | Failure::ServerClosed
        | Failure::ServerDisconnected { .. }
        | Failure::ServerClosedAfterPublish { .. }
        | Failure::ConnectionReset
        | Failure::ServerSilent { .. }
        | Failure::ServerStalled { .. }
        | Failure::ServerBrokeProtocol
        | Failure::ProxyUnreachable
        | Failure::ProxyLost
        | Failure::BrowserTooSlow { .. }
        | Failure::BrowserSilent { .. }
        | Failure::FrameInvalid { .. }
        | Failure::FrameTooLarge { .. }
        | Failure::ProxyBusy
        | Failure::TooManyAttempts { .. }
        | Failure::TargetBusy { .. }
        | Failure::SessionIdle { .. }
        | Failure::SessionTooLong { .. }
        | Failure::ProxyStopping
        | Failure::ProxyFault => {}
    }
}

#[test]
fn every_failure_is_read_back_as_it_was_written() {
    for failure in examples() {
        let json = serde_json::to_string(&failure).unwrap();
        assert_eq!(serde_json::from_str::<Failure>(&json).unwrap(), failure, "{json}");
        assert!(json.starts_with(&format!("{{\"code\":\"{}\"", failure.code())), "{json}");
    }
}

#[test]
fn an_unknown_code_or_a_missing_fact_is_no_failure() {
    for json in [
        r#"{"code":"tcp-refused"}"#,
        r#"{"code":"nonsense"}"#,
        "{}",
        r#"{"code":"name-mismatch","host":"a"}"#,
    ] {
        assert!(serde_json::from_str::<Failure>(json).is_err(), "{json}");
    }
}

#[test]
fn every_failure_says_cause_and_fix_in_sentences() {
    for failure in examples() {
        let advice = failure.advice();
        assert!(advice.fix.len() > 10 && advice.fix.starts_with(char::is_uppercase), "{}", advice.fix);
        assert!(advice.cause.ends_with('.'), "{}", advice.cause);
    }
}
