//! Binary forms: is this DER a certificate, and if not, what is it? Judges by structure only.

use super::TrustFileProblem;
use crate::der::{SEQUENCE, element};
use x509_parser::prelude::{
    CertificateRevocationList, FromDer, SubjectPublicKeyInfo, X509Certificate, X509CertificationRequest,
};

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// 1.2.840.113549.1.7, the family of PKCS#7 content types.
const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
/// 1.2.840.113549.1.5, password-based encryption: an encrypted private key.
const PKCS5: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];
/// 1.2.840.113549.1.12.1, the older password-based encryption of PKCS#12.
const PKCS12_PBE: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];

/// What DER can be when it is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    PrivateKey,
    Pkcs12,
    Pkcs7,
    CertificateRequest,
    PublicKey,
    RevocationList,
    Unknown,
}

/// The magic numbers of JKS and JCEKS stores.
pub(super) fn is_java_key_store(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce, 0xce, 0xce, 0xce])
}

/// The one certificate of a binary file.
pub(super) fn certificate(bytes: &[u8]) -> Result<Vec<u8>, TrustFileProblem> {
    match first_certificate(bytes) {
        Some(certificate) => Ok(certificate),
        None => Err(kind(bytes).into()),
    }
}

/// The certificate at the start; what follows (OpenSSL's trust settings, a line end) is dropped.
pub(super) fn first_certificate(bytes: &[u8]) -> Option<Vec<u8>> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    Some(bytes[..bytes.len() - rest.len()].to_vec())
}

fn kind(bytes: &[u8]) -> Kind {
    let Some((SEQUENCE, content, _)) = element(bytes) else { return Kind::Unknown };
    match element(content) {
        Some((INTEGER, [3], _)) => Kind::Pkcs12,
        Some((INTEGER, [0 | 1], rest)) => after_version(bytes, rest),
        Some((OBJECT_IDENTIFIER, id, _)) if id.starts_with(&PKCS7) => Kind::Pkcs7,
        Some((SEQUENCE, algorithm, _)) if is_password_encryption(algorithm) => Kind::PrivateKey,
        Some(_) => public_kind(bytes),
        None => Kind::Unknown,
    }
}

/// Version 0 or 1 begins every private key: PKCS#1 (INTEGER next), PKCS#8 (SEQUENCE), SEC 1 (OCTET
/// STRING). A request's version sits one level deeper.
fn after_version(bytes: &[u8], rest: &[u8]) -> Kind {
    match element(rest) {
        Some((INTEGER | SEQUENCE | OCTET_STRING, _, _)) => Kind::PrivateKey,
        _ => public_kind(bytes),
    }
}

fn is_password_encryption(algorithm: &[u8]) -> bool {
    matches!(element(algorithm), Some((OBJECT_IDENTIFIER, id, _)) if id.starts_with(&PKCS5) || id.starts_with(&PKCS12_PBE))
}

fn public_kind(bytes: &[u8]) -> Kind {
    if X509CertificationRequest::from_der(bytes).is_ok() {
        Kind::CertificateRequest
    } else if CertificateRevocationList::from_der(bytes).is_ok() {
        Kind::RevocationList
    } else if SubjectPublicKeyInfo::from_der(bytes).is_ok() {
        Kind::PublicKey
    } else {
        Kind::Unknown
    }
}
