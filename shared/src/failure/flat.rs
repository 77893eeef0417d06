//! A failure as it stands in JSON: its code, and whichever facts belong to it.
//!
//! Reading this one struct and choosing by its code costs the page a tenth of what the derived reader of a
//! tagged enum costs in bytes to download. Writing stays derived; a test reads back every failure.

use super::{CertificateProblem, Failure};
use crate::endpoint::Endpoint;
use serde::Deserialize;

/// Every fact that any failure has.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Flat {
    code: String,
    after_s: Option<u64>,
    alert: Option<String>,
    common_name: Option<String>,
    endpoint: Option<Endpoint>,
    filter: Option<String>,
    given_sha256: Option<Vec<String>>,
    host: Option<String>,
    issuer: Option<String>,
    limit_bytes: Option<u64>,
    names: Option<Vec<String>>,
    not_after: Option<i64>,
    not_before: Option<i64>,
    now: Option<i64>,
    payload_bytes: Option<u64>,
    presented_sha256: Option<String>,
    problem: Option<CertificateProblem>,
    reason: Option<String>,
    reason_code: Option<u8>,
    return_code: Option<u8>,
    subject: Option<String>,
    text: Option<String>,
    topic: Option<String>,
    trusted: Option<Vec<String>>,
}

impl TryFrom<Flat> for Failure {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        read(flat).ok_or("no failure has this code and these fields")
    }
}

fn read(flat: Flat) -> Option<Failure> {
    Some(match flat.code.as_str() {
        "name-not-found" => Failure::NameNotFound { host: flat.host? },
        "name-timed-out" => Failure::NameTimedOut { host: flat.host?, after_s: flat.after_s? },
        "name-lookup-failed" => Failure::NameLookupFailed { host: flat.host? },
        "target-not-allowed" => Failure::TargetNotAllowed { endpoint: flat.endpoint? },
        "tcp-refused" => Failure::TcpRefused { endpoint: flat.endpoint? },
        "tcp-unreachable" => Failure::TcpUnreachable { endpoint: flat.endpoint? },
        "tcp-timed-out" => Failure::TcpTimedOut { endpoint: flat.endpoint?, after_s: flat.after_s? },
        "tcp-failed" => Failure::TcpFailed { endpoint: flat.endpoint? },
        "tls-not-spoken" => Failure::TlsNotSpoken { endpoint: flat.endpoint? },
        "tls-closed" => Failure::TlsClosed { endpoint: flat.endpoint? },
        "tls-timed-out" => Failure::TlsTimedOut { endpoint: flat.endpoint?, after_s: flat.after_s? },
        "tls-version-too-old" => Failure::TlsVersionTooOld,
        "tls-no-common-cipher" => Failure::TlsNoCommonCipher,
        "client-certificate-required" => Failure::ClientCertificateRequired,
        "unknown-issuer" => Failure::UnknownIssuer { issuer: flat.issuer, trusted: flat.trusted? },
        "not-the-given-certificate" => Failure::NotTheGivenCertificate {
            presented_sha256: flat.presented_sha256,
            given_sha256: flat.given_sha256?,
        },
        "signature-mismatch" => Failure::SignatureMismatch { issuer: flat.issuer },
        "certificate-key-not-held" => Failure::CertificateKeyNotHeld,
        "name-mismatch" => {
            Failure::NameMismatch { host: flat.host?, names: flat.names?, common_name: flat.common_name }
        }
        "certificate-expired" => Failure::CertificateExpired { not_after: flat.not_after, now: flat.now? },
        "certificate-not-yet-valid" => {
            Failure::CertificateNotYetValid { not_before: flat.not_before, now: flat.now? }
        }
        "certificate-unsuitable" => Failure::CertificateUnsuitable { problem: flat.problem? },
        "trusted-certificate-expired" => Failure::TrustedCertificateExpired {
            subject: flat.subject?,
            not_after: flat.not_after?,
            now: flat.now?,
        },
        "tls-failed" => Failure::TlsFailed { alert: flat.alert },
        "mqtt-timed-out" => Failure::MqttTimedOut { after_s: flat.after_s? },
        "mqtt-closed" => Failure::MqttClosed,
        "mqtt-not-spoken" => Failure::MqttNotSpoken,
        "credentials-refused" => Failure::CredentialsRefused { return_code: flat.return_code? },
        "client-id-refused" => Failure::ClientIdRefused { return_code: flat.return_code? },
        "server-unavailable" => Failure::ServerUnavailable { return_code: flat.return_code? },
        "mqtt-version-refused" => Failure::MqttVersionRefused { return_code: flat.return_code? },
        "connect-refused" => Failure::ConnectRefused { return_code: flat.return_code? },
        "subscription-refused" => {
            Failure::SubscriptionRefused { filter: flat.filter?, return_code: flat.return_code? }
        }
        "server-closed" => Failure::ServerClosed,
        "server-disconnected" => {
            Failure::ServerDisconnected { reason_code: flat.reason_code?, text: flat.text }
        }
        "server-closed-after-publish" => {
            Failure::ServerClosedAfterPublish { topic: flat.topic?, payload_bytes: flat.payload_bytes? }
        }
        "connection-reset" => Failure::ConnectionReset,
        "server-silent" => Failure::ServerSilent { after_s: flat.after_s? },
        "server-stalled" => Failure::ServerStalled { after_s: flat.after_s? },
        "server-broke-protocol" => Failure::ServerBrokeProtocol,
        "proxy-unreachable" => Failure::ProxyUnreachable,
        "proxy-lost" => Failure::ProxyLost,
        "browser-too-slow" => Failure::BrowserTooSlow { after_s: flat.after_s? },
        "browser-silent" => Failure::BrowserSilent { after_s: flat.after_s? },
        "frame-invalid" => Failure::FrameInvalid { reason: flat.reason? },
        "frame-too-large" => Failure::FrameTooLarge { limit_bytes: flat.limit_bytes? },
        "proxy-busy" => Failure::ProxyBusy,
        "too-many-attempts" => Failure::TooManyAttempts { after_s: flat.after_s? },
        "target-busy" => Failure::TargetBusy { endpoint: flat.endpoint? },
        "session-idle" => Failure::SessionIdle { after_s: flat.after_s? },
        "session-too-long" => Failure::SessionTooLong { after_s: flat.after_s? },
        "proxy-stopping" => Failure::ProxyStopping,
        "proxy-fault" => Failure::ProxyFault,
        _ => return None,
    })
}
