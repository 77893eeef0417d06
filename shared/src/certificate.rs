//! What stands in one certificate, for people to compare. Decides nothing about trust.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_parser::{
    prelude::{FromDer, GeneralName, X509Certificate},
    public_key::PublicKey,
};

/// The facts of one certificate. Texts come from the certificate and are to be shown as text only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    pub subject: String,
    pub issuer: String,
    /// DNS names and IP addresses it is valid for (subject alternative name).
    pub names: Vec<String>,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
    /// Whether basic constraints call it a certificate authority.
    pub is_authority: bool,
    /// Type and size, for example `RSA 2048 bits` or `EC P-256`.
    pub key: String,
    /// SHA-256 of the DER bytes: upper-case hex pairs joined by colons, as `openssl x509 -fingerprint`
    /// prints it.
    pub sha256: String,
}

impl CertificateSummary {
    /// Reads one certificate from DER; bytes after it are ignored. `None` when it is no certificate.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: alternative_names(&certificate),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            is_authority: certificate.is_ca(),
            key: key(&certificate),
            sha256: fingerprint(&der[..der.len() - rest.len()]),
        })
    }
}

/// SHA-256 of `der` as colon-joined upper-case hex.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(der).iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// The RSA modulus in bits, when the certificate holds an RSA key.
#[must_use]
pub fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    match certificate.public_key().parsed().ok()? {
        PublicKey::RSA(key) => Some(key.key_size()),
        _ => None,
    }
}

fn key(certificate: &X509Certificate<'_>) -> String {
    let info = certificate.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {} bits", key.key_size()),
        Ok(PublicKey::EC(point)) => match point.key_size() {
            256 => "EC P-256".to_owned(),
            384 => "EC P-384".to_owned(),
            // 521 bits in whole bytes.
            528 => "EC P-521".to_owned(),
            bits => format!("EC {bits} bits"),
        },
        _ if info.algorithm.algorithm == x509_parser::oid_registry::OID_SIG_ED25519 => "Ed25519".to_owned(),
        _ => format!("key type {}", info.algorithm.algorithm),
    }
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(octets) => ip_text(octets),
            _ => None,
        })
        .collect()
}

fn ip_text(octets: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(octets).map(|octets| std::net::Ipv4Addr::from(octets).to_string());
    let v6 = <[u8; 16]>::try_from(octets).map(|octets| std::net::Ipv6Addr::from(octets).to_string());
    v4.or(v6).ok()
}
