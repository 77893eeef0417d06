//! PEM's text form (RFC 7468), read leniently: finds the blocks in a text and what their labels promise.

use super::{BlockProblem, TrustFileProblem, der};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Padding may be missing, as OpenSSL's own reader tolerates at the end of a block.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether any BEGIN line names a private key, in whatever encoding: zero bytes are passed over so that
/// UTF-16 hides nothing, and letter case does not matter.
pub(super) fn mentions_private_key(bytes: &[u8]) -> bool {
    let text: String =
        bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(byte.to_ascii_uppercase())).collect();
    text.match_indices("BEGIN ").any(|(at, _)| {
        let rest = &text[at..];
        let line_end = rest.find(['\n', '\r', '\\']).unwrap_or(rest.len());
        let label_end = rest.find(DASHES).unwrap_or(line_end);
        rest[..line_end.min(label_end)].contains("PRIVATE KEY")
    })
}

/// UTF-16 by its byte order mark, or by every other byte being zero.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let zeros_at = |offset: usize| bytes.iter().skip(offset).step_by(2).all(|byte| *byte == 0);
    marked || (bytes.len() >= 8 && (zeros_at(0) || zeros_at(1)))
}

pub(super) fn is_web_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(512).collect::<String>().to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.contains("<html") || head.contains("<head")
}

/// Bytes as text with `\n` line ends. Text around the blocks may be in any encoding: what is not ASCII
/// is replaced. A literal backslash-n, as in a JSON string or environment variable, is a line end too.
pub(super) fn normalise(bytes: &[u8]) -> String {
    let ascii: String =
        bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
    ascii.replace("\\r\\n", "\n").replace("\\n", "\n").replace('\r', "\n")
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
        let no_end = TrustFileProblem::BadBlock { block: number, problem: BlockProblem::NoEnd };
        let Some((label, after)) = rest.split_once(DASHES) else { return Err(no_end) };
        if !is_certificate(label)? {
            other_label = true;
            rest = after;
            continue;
        }
        let Some((body, after)) = after.split_once(END) else { return Err(no_end) };
        if body.contains(BEGIN) {
            return Err(no_end);
        }
        found.push(read_body(body).map_err(|problem| TrustFileProblem::BadBlock { block: number, problem })?);
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

fn read_body(body: &str) -> Result<Vec<u8>, BlockProblem> {
    let packed: String = body.split_ascii_whitespace().collect();
    let bytes = LENIENT.decode(packed).map_err(|_| BlockProblem::NotBase64)?;
    der::first_certificate(&bytes).ok_or(BlockProblem::NotACertificate)
}
