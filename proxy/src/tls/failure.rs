//! From rustls's errors to failures a person can act on.
//!
//! Errors are matched by type, never by text, and no text of the library or the peer passes through.

use super::verify::webpki_error;
use rustls::{AlertDescription, CertificateError, Error, ExtendedKeyPurpose, OtherError, PeerIncompatible};
use shared::{
    certificate::CertificateSummary,
    endpoint::Endpoint,
    failure::{CertificateProblem, Failure},
};
use std::{
    io::{self, ErrorKind},
    time::SystemTime,
};

/// What is known about a failed handshake besides the error.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) certificate_requested: bool,
    pub(super) presented: Option<CertificateSummary>,
    pub(super) presented_rsa_bits: Option<usize>,
    /// Empty when the public authorities were asked.
    pub(super) trusted: &'a [CertificateSummary],
}

/// Why a handshake failed.
pub(super) fn of_handshake(error: &io::Error, evidence: &Evidence<'_>) -> Failure {
    match rustls_error(error) {
        Some(Error::InvalidCertificate(problem)) => of_certificate(problem, evidence),
        Some(Error::InvalidMessage(_)) => Failure::TlsNotSpoken { endpoint: evidence.endpoint.clone() },
        // Whatever the server says after it got no certificate, that is why.
        Some(Error::AlertReceived(_)) if evidence.certificate_requested => Failure::ClientCertificateRequired,
        None if is_end(error.kind()) && evidence.certificate_requested => Failure::ClientCertificateRequired,
        Some(error) => of_session(error),
        None if is_end(error.kind()) => Failure::TlsClosed { endpoint: evidence.endpoint.clone() },
        None => Failure::TlsFailed { alert: None },
    }
}

/// Why a stream broke after the handshake. With TLS 1.3 a server's refusal of the missing client
/// certificate arrives only now.
pub(crate) fn of_open_stream(error: &io::Error) -> Failure {
    match rustls_error(error) {
        Some(error) => of_session(error),
        None => Failure::ConnectionReset,
    }
}

fn is_end(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}

fn rustls_error(error: &io::Error) -> Option<&Error> {
    let mut source: &(dyn std::error::Error + 'static) = error.get_ref()?;
    loop {
        if let Some(found) = source.downcast_ref::<Error>() {
            return Some(found);
        }
        source = source.source()?;
    }
}

fn of_session(error: &Error) -> Failure {
    match error {
        Error::AlertReceived(AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            Failure::TlsVersionTooOld
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
        | Error::PeerIncompatible(_) => Failure::TlsNoCommonCipher,
        Error::AlertReceived(AlertDescription::CertificateRequired) => Failure::ClientCertificateRequired,
        Error::AlertReceived(alert) => Failure::TlsFailed { alert: alert_name(*alert) },
        _ => Failure::TlsFailed { alert: None },
    }
}

fn of_certificate(problem: &CertificateError, evidence: &Evidence<'_>) -> Failure {
    let presented = evidence.presented.as_ref();
    let issuer = presented.map(|certificate| certificate.issuer.clone());
    let unsuitable = |problem| Failure::CertificateUnsuitable { problem };
    match problem {
        CertificateError::UnknownIssuer => unknown_issuer(evidence),
        CertificateError::BadSignature if evidence.presented_rsa_bits.is_some_and(|bits| bits < 2048) => {
            unsuitable(CertificateProblem::KeyTooShort)
        }
        CertificateError::BadSignature => Failure::SignatureMismatch { issuer },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Failure::CertificateExpired {
            not_after: presented.map(|certificate| certificate.not_after),
            now: now(),
        },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            let not_before = presented.map(|certificate| certificate.not_before);
            Failure::CertificateNotYetValid { not_before, now: now() }
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Failure::NameMismatch {
                host: evidence.endpoint.host.to_string(),
                names: presented.map(|certificate| certificate.names.clone()).unwrap_or_default(),
                common_name: presented.and_then(|certificate| certificate.common_name.clone()),
            }
        }
        CertificateError::BadEncoding => unsuitable(CertificateProblem::Malformed),
        CertificateError::Revoked => unsuitable(CertificateProblem::Revoked),
        CertificateError::UnhandledCriticalExtension => {
            unsuitable(CertificateProblem::UnknownCriticalExtension)
        }
        CertificateError::InvalidPurpose => unsuitable(CertificateProblem::NotForServers),
        CertificateError::InvalidPurposeContext { required: ExtendedKeyPurpose::ServerAuth, .. } => {
            unsuitable(CertificateProblem::NotForServers)
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            unsuitable(CertificateProblem::SignatureAlgorithm)
        }
        CertificateError::ApplicationVerificationFailure => {
            unsuitable(CertificateProblem::IssuerIsNoAuthority)
        }
        CertificateError::Other(other) => of_webpki(other, evidence),
        _ => unsuitable(CertificateProblem::Other),
    }
}

fn of_webpki(other: &OtherError, evidence: &Evidence<'_>) -> Failure {
    let unsuitable = |problem| Failure::CertificateUnsuitable { problem };
    match webpki_error(other) {
        Some(webpki::Error::CaUsedAsEndEntity) => not_the_given(evidence),
        Some(webpki::Error::UnsupportedCertVersion) => unsuitable(CertificateProblem::OldVersion),
        Some(webpki::Error::EndEntityUsedAsCa) => unsuitable(CertificateProblem::IssuerIsNoAuthority),
        Some(webpki::Error::UnsupportedCriticalExtension) => {
            unsuitable(CertificateProblem::UnknownCriticalExtension)
        }
        Some(webpki::Error::NameConstraintViolation) => unsuitable(CertificateProblem::NameConstraint),
        _ => unsuitable(CertificateProblem::Other),
    }
}

fn unknown_issuer(evidence: &Evidence<'_>) -> Failure {
    let now = now();
    let issuer = evidence.presented.as_ref().map(|certificate| certificate.issuer.as_str());
    // Anchors out of date are not used, as with OpenSSL: say so instead of "unknown".
    let expired =
        |given: &&CertificateSummary| Some(given.subject.as_str()) == issuer && given.not_after < now;
    if let Some(given) = evidence.trusted.iter().find(expired) {
        return Failure::TrustedCertificateExpired {
            subject: given.subject.clone(),
            not_after: given.not_after,
            now,
        };
    }
    Failure::UnknownIssuer {
        issuer: evidence.presented.as_ref().map(|certificate| certificate.issuer.clone()),
        trusted: evidence.trusted.iter().map(|certificate| certificate.subject.clone()).collect(),
    }
}

fn not_the_given(evidence: &Evidence<'_>) -> Failure {
    if evidence.trusted.is_empty() {
        return unknown_issuer(evidence);
    }
    Failure::NotTheGivenCertificate {
        presented_sha256: evidence.presented.as_ref().map(|certificate| certificate.sha256.clone()),
        given_sha256: evidence.trusted.iter().map(|certificate| certificate.sha256.clone()).collect(),
    }
}

/// The alert's name as IANA lists it: rustls's own, in another spelling.
fn alert_name(alert: AlertDescription) -> Option<String> {
    if alert == AlertDescription::UnrecognisedName {
        return Some("unrecognized_name".to_owned());
    }
    let mut name = String::new();
    for letter in alert.as_str()?.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    Some(name)
}

/// The proxy's clock, which decided about dates.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
