//! Binary forms: which certificates are in them, and if none, what is it? Judges by structure only.

use super::{BlockProblem, TrustFileProblem};
use crate::der::{SEQUENCE, element, header};
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

/// What binary data can be when it is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    PrivateKey,
    Pkcs12,
    JavaKeyStore,
    Pkcs7,
    CertificateRequest,
    PublicKey,
    RevocationList,
    Archive,
    CutShort,
    Unknown,
}

/// The certificates of a binary file, one after the other. Line ends and zeros may follow.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, TrustFileProblem> {
    let mut found = Vec::new();
    let mut rest = bytes;
    loop {
        let Some((certificate, after)) = first_certificate(rest) else {
            let block = found.len() + 1;
            return Err(match kind(rest) {
                Kind::Unknown if block > 1 => {
                    TrustFileProblem::BadBlock { block, problem: BlockProblem::NotACertificate }
                }
                Kind::CutShort if block > 1 => {
                    TrustFileProblem::BadBlock { block, problem: BlockProblem::CutShort }
                }
                kind => kind.into(),
            });
        };
        found.push(certificate.to_vec());
        if after.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Ok(found);
        }
        rest = after;
    }
}

/// The certificate at the start and what follows it.
pub(super) fn first_certificate(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    Some((&bytes[..bytes.len() - rest.len()], rest))
}

/// Judges by the first few fields, so that a file that was cut or has BER's open lengths hides nothing.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    match bytes {
        // The magic numbers of JKS and JCEKS, of ZIP and gzip.
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => return Kind::JavaKeyStore,
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] => return Kind::Archive,
        _ => {}
    }
    let Some((SEQUENCE, length, content)) = header(bytes) else { return Kind::Unknown };
    match header(content) {
        Some((INTEGER, Some(1), [3, ..])) => return Kind::Pkcs12,
        Some((INTEGER, Some(1), [0 | 1, rest @ ..])) if begins_private_key(rest) => return Kind::PrivateKey,
        Some((OBJECT_IDENTIFIER, _, id)) if id.starts_with(&PKCS7) => return Kind::Pkcs7,
        Some((SEQUENCE, _, algorithm)) if is_password_encryption(algorithm) => return Kind::PrivateKey,
        _ => {}
    }
    // Only the long form counts as a promise: the short one is also how a text may begin.
    let is_cut = length.is_some_and(|length| length > content.len()) && bytes[1] > 0x80;
    if is_cut { Kind::CutShort } else { public_kind(bytes, content) }
}

/// After version 0 or 1: PKCS#1 goes on with an INTEGER, PKCS#8 with a SEQUENCE, SEC 1 with an OCTET
/// STRING. A request's version sits one level deeper.
fn begins_private_key(after_version: &[u8]) -> bool {
    matches!(header(after_version), Some((INTEGER | SEQUENCE | OCTET_STRING, _, _)))
}

fn is_password_encryption(algorithm: &[u8]) -> bool {
    matches!(header(algorithm), Some((OBJECT_IDENTIFIER, _, id)) if id.starts_with(&PKCS5) || id.starts_with(&PKCS12_PBE))
}

fn public_kind(bytes: &[u8], content: &[u8]) -> Kind {
    if X509CertificationRequest::from_der(bytes).is_ok() {
        Kind::CertificateRequest
    } else if CertificateRevocationList::from_der(bytes).is_ok() {
        Kind::RevocationList
    } else if SubjectPublicKeyInfo::from_der(bytes).is_ok() || is_rsa_public_key(content) {
        Kind::PublicKey
    } else {
        Kind::Unknown
    }
}

/// Modulus and exponent, nothing else. The exponent is odd, which the generator beside a prime
/// (Diffie-Hellman parameters) usually is not.
fn is_rsa_public_key(content: &[u8]) -> bool {
    let Some((INTEGER, _, rest)) = element(content) else { return false };
    matches!(element(rest), Some((INTEGER, [.., last], [])) if last % 2 == 1)
}
