//! What a person gives as "CA certificate": from any bytes to certificates, or to the one sentence that
//! says what the file is instead and how to mend it.
//!
//! Takes more than PEM readers do (byte order mark, any line ending, text around, one line, DER, bare
//! base64) and is all-or-nothing: one bad block refuses the file, with its number. A private key
//! anywhere refuses the file, whatever else is in it. No sentence quotes the file. Knows nothing of
//! where the file came from or who is asking.

mod armor;
mod der;
mod foreign;
mod secret;

use crate::limits::{MAX_CERTIFICATE_BYTES, MAX_TRUST_FILE_BYTES, MAX_TRUST_FILE_CERTIFICATES};
use base64::{Engine, prelude::BASE64_STANDARD};
use der::Kind;
use thiserror::Error;

/// Certificates in DER, at least one, without repetitions, in the file's order.
#[derive(Clone, Debug)]
pub struct TrustFile {
    certificates: Vec<Vec<u8>>,
    repetitions: usize,
}

/// Equal when they hold the same certificates, however often their files repeated them.
impl PartialEq for TrustFile {
    fn eq(&self, other: &Self) -> bool {
        self.certificates == other.certificates
    }
}

impl Eq for TrustFile {}

/// Why a file cannot serve as trust file. Every sentence names the cause and the fix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustFileProblem {
    #[error("The file is empty: choose the server's CA certificate (a .pem, .crt or .cer file).")]
    Empty,
    #[error(
        "The file has {bytes} bytes, more than the {MAX_TRUST_FILE_BYTES} allowed: \
         give only the CA certificate, not a whole bundle."
    )]
    TooLarge { bytes: usize },
    #[error(
        "This file holds a private key, which must stay secret and is not needed here: choose the server's CA \
         certificate instead (a file whose only blocks begin with BEGIN CERTIFICATE)."
    )]
    PrivateKey,
    #[error(
        "This is a PKCS#12 store (.p12, .pfx), which holds a private key and is not needed here. Take \
         the certificate out: openssl pkcs12 -in FILE -nokeys -out ca.pem"
    )]
    Pkcs12,
    #[error(
        "This is a Java key store (.jks), which may hold a private key and is not needed here. Take the \
         certificate out: keytool -exportcert -rfc -alias ALIAS -keystore FILE -file ca.pem"
    )]
    JavaKeyStore,
    #[error(
        "This is a PKCS#7 bundle (.p7b). Take the certificates out: openssl pkcs7 -print_certs -in FILE -out ca.pem \
         (add -inform DER when it is binary)"
    )]
    Pkcs7,
    #[error(
        "This is a certificate request (CSR), not yet a certificate: give the file that the authority returned for it."
    )]
    CertificateRequest,
    #[error(
        "This is a bare public key, not a certificate: give the server's certificate (BEGIN CERTIFICATE)."
    )]
    PublicKey,
    #[error("This is a revocation list (CRL), not a certificate: give the authority's certificate.")]
    RevocationList,
    #[error(
        "This is a web page, not a certificate: the download probably failed or needs a login; open the link and save the file itself."
    )]
    WebPage,
    #[error(
        "This is a server's answer in JSON, not a certificate: the download probably failed or needs a login; \
         open the link and read what it says."
    )]
    JsonAnswer,
    #[error("This is an archive (.zip, .gz): unpack it and choose the certificate inside.")]
    Archive,
    #[error("The certificate is cut off: the file ends before it does. Copy or download it again.")]
    CutShort,
    #[error(
        "This file is UTF-16 text: save it again as UTF-8 or plain text (in Notepad: Save as, Encoding)."
    )]
    Utf16,
    #[error(
        "This file holds no certificate: choose a PEM file (it has a line BEGIN CERTIFICATE) or a DER file (.cer, .crt)."
    )]
    NotACertificate,
    #[error("Block {block} of the file is damaged: {problem}. Copy the certificate again.")]
    BadBlock { block: usize, problem: BlockProblem },
    #[error(
        "The file holds more than {MAX_TRUST_FILE_CERTIFICATES} certificates: give only the server's CA, not a whole store."
    )]
    TooManyCertificates,
    #[error(
        "Certificate {block} of the file has more than {MAX_CERTIFICATE_BYTES} bytes: it is not a usual CA certificate."
    )]
    CertificateTooLarge { block: usize },
}

/// What is wrong with one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BlockProblem {
    #[error("its BEGIN line is incomplete")]
    BadBegin,
    #[error("its END line is missing")]
    NoEnd,
    #[error("its END line names something else than its BEGIN line")]
    OtherEnd,
    #[error("its text is not base64")]
    NotBase64,
    #[error("its content is cut off")]
    CutShort,
    #[error("its content is not a certificate")]
    NotACertificate,
}

impl TrustFile {
    /// Reads the bytes of a file or of pasted text.
    ///
    /// # Errors
    /// What the file is instead; the first problem found, except that a private key is looked for before
    /// anything else.
    pub fn read(bytes: &[u8]) -> Result<Self, TrustFileProblem> {
        // A key is named as such even in a file that is refused for another reason.
        if secret::mentions_private_key(bytes) {
            return Err(TrustFileProblem::PrivateKey);
        }
        if bytes.len() > MAX_TRUST_FILE_BYTES {
            return Err(TrustFileProblem::TooLarge { bytes: bytes.len() });
        }
        if armor::is_utf16(bytes) {
            return Err(TrustFileProblem::Utf16);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(TrustFileProblem::Empty);
        }
        // A text may begin with a byte that means something in a binary file ("0"), and a certificate
        // may hold any text.
        if der::first_certificate(bytes).is_some()
            || (!armor::has_block(bytes) && der::kind(bytes) != Kind::Unknown)
        {
            return Self::from_blocks(der::certificates(bytes)?);
        }
        let text = armor::normalise(bytes);
        let blocks = armor::blocks(&text)?;
        if blocks.is_empty() { Self::without_armor(&text) } else { Self::from_blocks(blocks) }
    }

    /// The certificates in DER.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// How many certificates were left out because the file held them before.
    #[must_use]
    pub fn repetitions(&self) -> usize {
        self.repetitions
    }

    /// The certificates as PEM and nothing else: what leaves the browser.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.certificates.iter().map(|der| pem(der)).collect()
    }

    /// No BEGIN line: base64 of a binary file or of a PEM file, or something else.
    fn without_armor(text: &str) -> Result<Self, TrustFileProblem> {
        if let Some(problem) = foreign::text_problem(text) {
            return Err(problem);
        }
        let bytes = armor::base64(text).ok_or(TrustFileProblem::NotACertificate)?;
        // Ends, because what is decoded is a quarter shorter each time.
        if armor::has_block(&bytes) {
            Self::read(&bytes)
        } else {
            Self::from_blocks(der::certificates(&bytes)?)
        }
    }

    fn from_blocks(blocks: Vec<Vec<u8>>) -> Result<Self, TrustFileProblem> {
        let mut certificates: Vec<Vec<u8>> = Vec::new();
        let mut repetitions = 0;
        for (index, certificate) in blocks.into_iter().enumerate() {
            if certificate.len() > MAX_CERTIFICATE_BYTES {
                return Err(TrustFileProblem::CertificateTooLarge { block: index + 1 });
            }
            if certificates.contains(&certificate) {
                repetitions += 1;
            } else {
                certificates.push(certificate);
            }
            if certificates.len() > MAX_TRUST_FILE_CERTIFICATES {
                return Err(TrustFileProblem::TooManyCertificates);
            }
        }
        let file = Self { certificates, repetitions };
        // Binary or on one line they take less room than as the PEM in which they are sent.
        let bytes = file.to_pem().len();
        if bytes > MAX_TRUST_FILE_BYTES { Err(TrustFileProblem::TooLarge { bytes }) } else { Ok(file) }
    }
}

/// One certificate as PEM (RFC 7468).
#[must_use]
pub fn pem(der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in base64.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

impl From<Kind> for TrustFileProblem {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::PrivateKey => Self::PrivateKey,
            Kind::Pkcs12 => Self::Pkcs12,
            Kind::JavaKeyStore => Self::JavaKeyStore,
            Kind::Pkcs7 => Self::Pkcs7,
            Kind::CertificateRequest => Self::CertificateRequest,
            Kind::PublicKey => Self::PublicKey,
            Kind::RevocationList => Self::RevocationList,
            Kind::Archive => Self::Archive,
            Kind::CutShort => Self::CutShort,
            Kind::Unknown => Self::NotACertificate,
        }
    }
}

#[cfg(test)]
mod tests;
