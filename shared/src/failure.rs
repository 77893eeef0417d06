//! What went wrong, where, and the evidence: never a sentence, never a secret, never a library's text.
//!
//! A [`Failure`] is a stable code with the facts of the case. [`crate::advice`] turns it into words.
//! Dates are Unix seconds.

mod flat;

use crate::endpoint::Endpoint;
use serde::{Deserialize, Serialize};

/// The five steps of a connection attempt, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The host's addresses are looked up.
    Name,
    /// A TCP connection to one of them.
    Tcp,
    /// The TLS handshake and the check of the server's certificate.
    Tls,
    /// CONNECT and CONNACK.
    Mqtt,
    /// The subscriptions the page asked for.
    Subscriptions,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::Name, Self::Tcp, Self::Tls, Self::Mqtt, Self::Subscriptions];

    /// The step's name on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Mqtt => "MQTT",
            Self::Subscriptions => "Subscriptions",
        }
    }
}

impl Step {
    /// As it stands in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Mqtt => "mqtt",
            Self::Subscriptions => "subscriptions",
        }
    }
}

/// Which of the two connections failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    BrowserToProxy,
    ProxyToServer,
}

/// A stable code (`code` in JSON) and the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case", try_from = "flat::Flat")]
pub enum Failure {
    // Name
    NameNotFound {
        host: String,
    },
    NameTimedOut {
        host: String,
        after_s: u64,
    },
    NameLookupFailed {
        host: String,
    },
    /// This proxy may not connect there. Says nothing about what is there.
    TargetNotAllowed {
        endpoint: Endpoint,
    },

    // TCP
    TcpRefused {
        endpoint: Endpoint,
    },
    TcpUnreachable {
        endpoint: Endpoint,
    },
    TcpTimedOut {
        endpoint: Endpoint,
        after_s: u64,
    },
    TcpFailed {
        endpoint: Endpoint,
    },

    // TLS
    /// Something answers, but not with TLS.
    TlsNotSpoken {
        endpoint: Endpoint,
    },
    /// The server closed or reset the connection during the handshake.
    TlsClosed {
        endpoint: Endpoint,
    },
    TlsTimedOut {
        endpoint: Endpoint,
        after_s: u64,
    },
    TlsVersionTooOld,
    TlsNoCommonCipher,
    /// The server wants a certificate from the device (two-way TLS).
    ClientCertificateRequired,
    /// `issuer`: who issued the presented certificate; `trusted`: the subjects in the person's file, or
    /// empty when the public authorities were asked.
    UnknownIssuer {
        issuer: Option<String>,
        trusted: Vec<String>,
    },
    /// The server presents a self-signed certificate which is not the one in the person's file.
    NotTheGivenCertificate {
        presented_sha256: Option<String>,
        given_sha256: Vec<String>,
    },
    /// Issued under a name in the file, but not with that key; or an RSA key below 2048 bits.
    SignatureMismatch {
        issuer: Option<String>,
    },
    /// The certificate is fine, but the server does not hold its key.
    CertificateKeyNotHeld,
    /// `names`: the subject alternative names; `common_name`: what old-style certificates have instead.
    NameMismatch {
        host: String,
        names: Vec<String>,
        common_name: Option<String>,
    },
    CertificateExpired {
        not_after: Option<i64>,
        now: i64,
    },
    CertificateNotYetValid {
        not_before: Option<i64>,
        now: i64,
    },
    /// Not meant for a server, an old version, an unknown critical extension …
    CertificateUnsuitable {
        problem: CertificateProblem,
    },
    /// The certificate in the person's file that issued the server's is itself out of date.
    TrustedCertificateExpired {
        subject: String,
        not_after: i64,
        now: i64,
    },
    /// Any other alert of the peer, by its IANA name when it has one.
    TlsFailed {
        alert: Option<String>,
    },

    // MQTT
    MqttTimedOut {
        after_s: u64,
    },
    /// The connection ended before CONNACK.
    MqttClosed,
    /// Bytes came that are no CONNACK.
    MqttNotSpoken,
    /// CONNACK 5 or 4; in MQTT 5 0x86 or 0x87.
    CredentialsRefused {
        return_code: u8,
    },
    /// CONNACK 2; in MQTT 5 0x85.
    ClientIdRefused {
        return_code: u8,
    },
    /// CONNACK 3; in MQTT 5 0x88, 0x89, 0x97 or 0x9F.
    ServerUnavailable {
        return_code: u8,
    },
    /// CONNACK 1; in MQTT 5 0x84.
    MqttVersionRefused {
        return_code: u8,
    },
    /// Any other return code.
    ConnectRefused {
        return_code: u8,
    },

    // Subscriptions
    /// SUBACK refused a filter of the device API.
    SubscriptionRefused {
        filter: String,
        return_code: u8,
    },

    // An open session ends
    /// The server ended the connection in order.
    ServerClosed,
    /// The server said DISCONNECT with a reason (MQTT 5). `text` is its own words.
    ServerDisconnected {
        reason_code: u8,
        text: Option<String>,
    },
    /// The same as a close without a word, right after a publish that it did not acknowledge.
    ServerClosedAfterPublish {
        topic: String,
        payload_bytes: u64,
    },
    /// The connection broke.
    ConnectionReset,
    /// Nothing was heard from the server after a ping.
    ServerSilent {
        after_s: u64,
    },
    /// The server stopped reading.
    ServerStalled {
        after_s: u64,
    },
    /// The server sent something that MQTT does not allow.
    ServerBrokeProtocol,

    // Between browser and proxy
    /// The page could not open the WebSocket: the proxy does not run, runs elsewhere, or is full.
    ProxyUnreachable,
    /// The WebSocket ended without a last word.
    ProxyLost,
    /// The page reads too slowly for what the server sends.
    BrowserTooSlow {
        after_s: u64,
    },
    /// Nothing was heard from the page.
    BrowserSilent {
        after_s: u64,
    },
    /// A frame broke the protocol.
    FrameInvalid {
        reason: String,
    },
    FrameTooLarge {
        limit_bytes: u64,
    },
    /// The proxy holds as many sessions as it may, in all or of this client.
    ProxyBusy,
    /// This client, or all clients of this target, tried to connect too often.
    TooManyAttempts {
        after_s: u64,
    },
    /// As many sessions are open to the target as this proxy allows.
    TargetBusy {
        endpoint: Endpoint,
    },
    /// Nothing was sent or received for as long as this proxy allows.
    SessionIdle {
        after_s: u64,
    },
    /// The session lasted as long as this proxy allows.
    SessionTooLong {
        after_s: u64,
    },
    /// The proxy is being shut down.
    ProxyStopping,
    /// A defect in the proxy; the log there has more.
    ProxyFault,
}

/// Why a certificate cannot serve, beyond the cases that have a code of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateProblem {
    /// X.509 version 1.
    OldVersion,
    /// Extended key usage without server authentication.
    NotForServers,
    /// An issuer in the chain is no CA.
    IssuerIsNoAuthority,
    UnknownCriticalExtension,
    NameConstraint,
    /// For example SHA-1.
    SignatureAlgorithm,
    /// RSA below 2048 bits.
    KeyTooShort,
    Revoked,
    Malformed,
    Other,
}

impl Failure {
    /// The stable code, as it stands in JSON.
    #[must_use]
    pub fn code(&self) -> String {
        // As serde writes it, which a test compares; writing all of it for the code would be a lot of program
        // for the page to load.
        let code = match self {
            Self::NameNotFound { .. } => "name-not-found",
            Self::NameTimedOut { .. } => "name-timed-out",
            Self::NameLookupFailed { .. } => "name-lookup-failed",
            Self::TargetNotAllowed { .. } => "target-not-allowed",
            Self::TcpRefused { .. } => "tcp-refused",
            Self::TcpUnreachable { .. } => "tcp-unreachable",
            Self::TcpTimedOut { .. } => "tcp-timed-out",
            Self::TcpFailed { .. } => "tcp-failed",
            Self::TlsNotSpoken { .. } => "tls-not-spoken",
            Self::TlsClosed { .. } => "tls-closed",
            Self::TlsTimedOut { .. } => "tls-timed-out",
            Self::TlsVersionTooOld => "tls-version-too-old",
            Self::TlsNoCommonCipher => "tls-no-common-cipher",
            Self::ClientCertificateRequired => "client-certificate-required",
            Self::UnknownIssuer { .. } => "unknown-issuer",
            Self::NotTheGivenCertificate { .. } => "not-the-given-certificate",
            Self::SignatureMismatch { .. } => "signature-mismatch",
            Self::CertificateKeyNotHeld => "certificate-key-not-held",
            Self::NameMismatch { .. } => "name-mismatch",
            Self::CertificateExpired { .. } => "certificate-expired",
            Self::CertificateNotYetValid { .. } => "certificate-not-yet-valid",
            Self::CertificateUnsuitable { .. } => "certificate-unsuitable",
            Self::TrustedCertificateExpired { .. } => "trusted-certificate-expired",
            Self::TlsFailed { .. } => "tls-failed",
            Self::MqttTimedOut { .. } => "mqtt-timed-out",
            Self::MqttClosed => "mqtt-closed",
            Self::MqttNotSpoken => "mqtt-not-spoken",
            Self::CredentialsRefused { .. } => "credentials-refused",
            Self::ClientIdRefused { .. } => "client-id-refused",
            Self::ServerUnavailable { .. } => "server-unavailable",
            Self::MqttVersionRefused { .. } => "mqtt-version-refused",
            Self::ConnectRefused { .. } => "connect-refused",
            Self::SubscriptionRefused { .. } => "subscription-refused",
            Self::ServerClosed => "server-closed",
            Self::ServerDisconnected { .. } => "server-disconnected",
            Self::ServerClosedAfterPublish { .. } => "server-closed-after-publish",
            Self::ConnectionReset => "connection-reset",
            Self::ServerSilent { .. } => "server-silent",
            Self::ServerStalled { .. } => "server-stalled",
            Self::ServerBrokeProtocol => "server-broke-protocol",
            Self::ProxyUnreachable => "proxy-unreachable",
            Self::ProxyLost => "proxy-lost",
            Self::BrowserTooSlow { .. } => "browser-too-slow",
            Self::BrowserSilent { .. } => "browser-silent",
            Self::FrameInvalid { .. } => "frame-invalid",
            Self::FrameTooLarge { .. } => "frame-too-large",
            Self::ProxyBusy => "proxy-busy",
            Self::TooManyAttempts { .. } => "too-many-attempts",
            Self::TargetBusy { .. } => "target-busy",
            Self::SessionIdle { .. } => "session-idle",
            Self::SessionTooLong { .. } => "session-too-long",
            Self::ProxyStopping => "proxy-stopping",
            Self::ProxyFault => "proxy-fault",
        };
        code.to_owned()
    }

    /// Which of the two connections failed.
    #[must_use]
    pub fn hop(&self) -> Hop {
        match self {
            Self::ProxyUnreachable
            | Self::ProxyLost
            | Self::BrowserTooSlow { .. }
            | Self::BrowserSilent { .. }
            | Self::FrameInvalid { .. }
            | Self::FrameTooLarge { .. }
            | Self::ProxyBusy
            | Self::TooManyAttempts { .. }
            | Self::TargetBusy { .. }
            | Self::SessionIdle { .. }
            | Self::SessionTooLong { .. }
            | Self::ProxyStopping
            | Self::ProxyFault => Hop::BrowserToProxy,
            _ => Hop::ProxyToServer,
        }
    }

    /// Whether the same attempt may succeed later without the person changing anything: the page
    /// reconnects by itself only then.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        // Not authorised, banned, by an operator's hand, moved elsewhere: asking again changes nothing.
        if let Self::ServerDisconnected { reason_code: 0x87 | 0x8a | 0x98 | 0x9c | 0x9d, .. } = self {
            return false;
        }
        matches!(
            self,
            Self::NameTimedOut { .. }
                | Self::NameLookupFailed { .. }
                | Self::TcpRefused { .. }
                | Self::TcpUnreachable { .. }
                | Self::TcpTimedOut { .. }
                | Self::TcpFailed { .. }
                | Self::TlsClosed { .. }
                | Self::TlsTimedOut { .. }
                | Self::MqttTimedOut { .. }
                | Self::MqttClosed
                | Self::ServerUnavailable { .. }
                | Self::ServerClosed
                | Self::ServerClosedAfterPublish { .. }
                | Self::ServerDisconnected { .. }
                | Self::ConnectionReset
                | Self::ServerSilent { .. }
                | Self::ServerStalled { .. }
                | Self::ServerBrokeProtocol
                | Self::ProxyUnreachable
                | Self::ProxyLost
                | Self::BrowserTooSlow { .. }
                | Self::BrowserSilent { .. }
                | Self::ProxyBusy
                | Self::TargetBusy { .. }
                | Self::ProxyStopping
                | Self::ProxyFault
        )
    }
}

#[cfg(test)]
mod tests;
