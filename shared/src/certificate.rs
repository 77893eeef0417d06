//! What stands in one certificate, for people to compare, and how several hang together by their names.
//! Decides nothing about trust.

mod chain;
mod name;
mod words;

pub use chain::{first_break, leaf_first};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_parser::{
    prelude::{FromDer, GeneralName, X509Certificate},
    public_key::PublicKey,
};

/// The facts of one certificate. Texts come from the certificate and are to be shown as text only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// As `CN=a, O=b`, in the certificate's order; `\` stands before a comma, plus or `\` of a value.
    pub subject: String,
    /// Written like the subject.
    pub issuer: String,
    /// The subject's Common Name, by which old-style certificates name their host.
    pub common_name: Option<String>,
    /// DNS names and IP addresses it is valid for (subject alternative name).
    pub names: Vec<String>,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
    /// Whether basic constraints call it a certificate authority.
    pub is_authority: bool,
    /// Whether it names itself as its issuer. The signature is not looked at.
    pub is_self_signed: bool,
    /// Type and size, for example `RSA 2048 bits` or `EC P-256`.
    pub key: String,
    /// How its issuer signed it, for example `ECDSA with SHA-256`.
    pub signature: String,
    /// Of X.509: 1 to 3 in any sound certificate.
    pub version: u32,
    /// Upper-case hex pairs joined by colons.
    pub serial: String,
    /// SHA-256 of the DER bytes: upper-case hex pairs joined by colons, as `openssl x509 -fingerprint`
    /// prints it.
    pub sha256: String,
}

/// A certificate's usual place in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of a server or device: it may sign nothing.
    Leaf,
    /// An authority under another one.
    Intermediate,
    /// An authority of its own.
    Root,
}

impl CertificateSummary {
    /// Reads one certificate from DER; bytes after it are ignored. `None` when it is no certificate.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        let subject = name::text(certificate.subject());
        let issuer = name::text(certificate.issuer());
        Some(Self {
            is_self_signed: subject == issuer,
            subject,
            issuer,
            common_name: common_name(&certificate),
            names: alternative_names(&certificate),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            is_authority: certificate.is_ca(),
            key: key(&certificate),
            signature: words::signature(&certificate.signature_algorithm.algorithm),
            version: certificate.version().0.saturating_add(1),
            serial: hex_pairs(without_sign(certificate.raw_serial())),
            sha256: fingerprint(&der[..der.len() - rest.len()]),
        })
    }

    /// Judged by names and basic constraints, which version 1 does not have: there, whoever names
    /// itself is a root, as it is for OpenSSL.
    #[must_use]
    pub fn role(&self) -> Role {
        match (self.is_authority, self.is_self_signed) {
            (true, true) => Role::Root,
            (true, false) => Role::Intermediate,
            (false, true) if self.version == 1 => Role::Root,
            (false, _) => Role::Leaf,
        }
    }
}

/// SHA-256 of `der` as colon-joined upper-case hex.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    hex_pairs(&Sha256::digest(der))
}

/// A leading zero byte only says that the number is positive.
fn without_sign(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    }
}

fn hex_pairs(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
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

fn common_name(certificate: &X509Certificate<'_>) -> Option<String> {
    let mut names = certificate.subject().iter_common_name();
    names.find_map(|name| name.as_str().ok()).map(str::to_owned)
}

fn key(certificate: &X509Certificate<'_>) -> String {
    let info = certificate.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {} bits", key.key_size()),
        Ok(PublicKey::EC(point)) => {
            // The size alone does not tell the curve: several have 256 bits.
            let curve = info.algorithm.parameters.as_ref().and_then(|curve| words::curve(curve.data));
            curve.map_or_else(|| format!("EC {} bits", point.key_size()), |curve| format!("EC {curve}"))
        }
        _ => words::other_key(&info.algorithm.algorithm),
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
