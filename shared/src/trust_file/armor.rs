//! PEM's text form (RFC 7468), read leniently: finds the blocks in a text and what their labels promise.

use super::{
    BlockProblem, TrustFileProblem,
    der::{self, Kind},
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Padding may be missing, as OpenSSL's own reader tolerates at the end of a block.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether it is text with a block in it, whatever comes first.
pub(super) fn has_block(bytes: &[u8]) -> bool {
    bytes.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// UTF-16 by its byte order mark, or by every other byte being zero.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let zeros_at = |offset: usize| bytes.iter().skip(offset).step_by(2).all(|byte| *byte == 0);
    marked || (bytes.len() >= 8 && (zeros_at(0) || zeros_at(1)))
}

/// Bytes as text with `\n` line ends. Text around the blocks may be in any encoding: what is not ASCII
/// is replaced. A literal backslash-n, as in a JSON string or environment variable, is a line end too.
pub(super) fn normalise(bytes: &[u8]) -> Zeroizing<String> {
    // Large enough from the start: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    let mut rest = bytes;
    while let [first, others @ ..] = rest {
        let (letter, after) = match rest {
            [b'\\', b'r', b'\\', b'n', after @ ..] | [b'\\', b'n', after @ ..] | [b'\r', after @ ..] => {
                ('\n', after)
            }
            _ if first.is_ascii() => (char::from(*first), others),
            _ => ('?', others),
        };
        text.push(letter);
        rest = after;
    }
    text
}

/// The certificates of all blocks, in DER. Empty when there is no block at all.
pub(super) fn blocks(text: &str) -> Result<Vec<Vec<u8>>, TrustFileProblem> {
    let mut found = Vec::new();
    let mut other_label = false;
    let mut number = 0;
    let mut rest = text;
    while let Some(start) = rest.find(BEGIN) {
        number += 1;
        rest = &rest[start + BEGIN.len()..];
        let bad = |problem| TrustFileProblem::BadBlock { block: number, problem };
        let Some((label, after)) = rest.split_once(DASHES) else { return Err(bad(BlockProblem::NoEnd)) };
        if label.contains('\n') {
            return Err(bad(BlockProblem::BadBegin));
        }
        if !is_certificate(label)? {
            other_label = true;
            rest = after;
            continue;
        }
        let Some((body, after)) = after.split_once(END) else { return Err(bad(BlockProblem::NoEnd)) };
        if body.contains(BEGIN) {
            return Err(bad(BlockProblem::NoEnd));
        }
        // As OpenSSL has it: an END that names something else ends nothing.
        if after.split(['-', '\n']).next().map(str::trim) != Some(label.trim()) {
            return Err(bad(BlockProblem::OtherEnd));
        }
        let bytes = base64(body).ok_or_else(|| bad(BlockProblem::NotBase64))?;
        found.push(certificate(&bytes).map_err(|kind| match kind {
            Kind::Unknown => bad(BlockProblem::NotACertificate),
            Kind::CutShort => bad(BlockProblem::CutShort),
            kind => kind.into(),
        })?);
        rest = after;
    }
    if found.is_empty() && other_label { Err(TrustFileProblem::NotACertificate) } else { Ok(found) }
}

/// What a label promises: a certificate, something else that can be named, or something to pass over
/// (such as parameters beside a certificate).
fn is_certificate(label: &str) -> Result<bool, TrustFileProblem> {
    match label.trim() {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Ok(true),
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => Err(TrustFileProblem::Pkcs7),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Err(TrustFileProblem::CertificateRequest),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(TrustFileProblem::PublicKey),
        "X509 CRL" => Err(TrustFileProblem::RevocationList),
        _ => Ok(false),
    }
}

/// The bytes of base64 with any white space in it.
pub(super) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(text.len()));
    packed.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    LENIENT.decode(&*packed).ok().map(Zeroizing::new)
}

/// One block's certificate. What follows it (OpenSSL's trust settings) is dropped, but is no place for
/// a private key.
fn certificate(block: &[u8]) -> Result<Vec<u8>, Kind> {
    match der::first_certificate(block) {
        Some((_, after)) if der::kind(after) == Kind::PrivateKey => Err(Kind::PrivateKey),
        Some((certificate, _)) => Ok(certificate.to_vec()),
        None => Err(der::kind(block)),
    }
}
