//! Certificates are made fresh by the tests crate; here a fixed one of our own, so that the rules are
//! tested without a key generator.

use super::*;

/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=trust-file-test`
const PEM: &str = include_str!("test-certificate.pem");

fn der() -> Vec<u8> {
    TrustFile::read(PEM.as_bytes()).unwrap().certificates()[0].clone()
}

#[track_caller]
fn check_accepted(bytes: impl AsRef<[u8]>) {
    let file = TrustFile::read(bytes.as_ref()).unwrap();
    assert_eq!(file.certificates(), [der()]);
    assert_eq!(TrustFile::read(file.to_pem().as_bytes()).unwrap(), file);
}

#[track_caller]
fn check_refused(bytes: impl AsRef<[u8]>, problem: &TrustFileProblem) {
    assert_eq!(TrustFile::read(bytes.as_ref()).as_ref(), Err(problem));
}

#[test]
fn certificates_are_found_in_any_dress() {
    check_accepted(PEM);
    check_accepted(der());
    check_accepted(format!("\u{feff}{PEM}"));
    check_accepted(PEM.replace('\n', "\r\n"));
    check_accepted(PEM.replace('\n', "\r"));
    check_accepted(PEM.replace('\n', ""));
    check_accepted(PEM.replace('\n', "\\n"));
    check_accepted(PEM.replace('\n', "\n   "));
    check_accepted(PEM.trim_end());
    check_accepted(format!("subject: Größe\n{PEM}\nmore text"));
    check_accepted(PEM.replace("BEGIN CERT", "BEGIN X509 CERT").replace("END CERT", "END X509 CERT"));
    check_accepted(PEM.replace("BEGIN CERT", "BEGIN TRUSTED CERT").replace("END CERT", "END TRUSTED CERT"));
    check_accepted(BASE64_STANDARD.encode(der()));
    check_accepted(format!("{PEM}{PEM}"));
    check_accepted([der(), b"\n".to_vec()].concat());
}

#[test]
fn a_private_key_is_refused_wherever_it_stands() {
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for text in [
        key.to_owned(),
        key.replace("PRIVATE", "RSA PRIVATE"),
        key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        key.to_lowercase(),
        format!("{PEM}{key}"),
        format!("{key}{PEM}"),
        key.replace('\n', ""),
        format!("{}{key}", " ".repeat(MAX_TRUST_FILE_BYTES)),
        key.lines().next().unwrap().to_owned(),
    ] {
        check_refused(&text, &TrustFileProblem::PrivateKey);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check_refused(utf16, &TrustFileProblem::PrivateKey);
    }
}

#[test]
fn what_the_file_is_instead_is_named() {
    let labelled = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    check_refused("", &TrustFileProblem::Empty);
    check_refused(" \r\n\t", &TrustFileProblem::Empty);
    check_refused(
        vec![b'a'; MAX_TRUST_FILE_BYTES + 1],
        &TrustFileProblem::TooLarge { bytes: MAX_TRUST_FILE_BYTES + 1 },
    );
    check_refused([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2], &TrustFileProblem::JavaKeyStore);
    check_refused([0x30, 0x05, 0x02, 0x01, 0x03, 0x30, 0x00], &TrustFileProblem::Pkcs12);
    check_refused([0x30, 0x05, 0x02, 0x01, 0x00, 0x30, 0x00], &TrustFileProblem::PrivateKey);
    check_refused([0x30, 0x05, 0x02, 0x01, 0x01, 0x04, 0x00], &TrustFileProblem::PrivateKey);
    check_refused(labelled("PKCS7"), &TrustFileProblem::Pkcs7);
    check_refused(labelled("CERTIFICATE REQUEST"), &TrustFileProblem::CertificateRequest);
    check_refused(labelled("PUBLIC KEY"), &TrustFileProblem::PublicKey);
    check_refused(labelled("X509 CRL"), &TrustFileProblem::RevocationList);
    check_refused(labelled("DH PARAMETERS"), &TrustFileProblem::NotACertificate);
    check_refused("<!DOCTYPE html><html><body>404</body></html>", &TrustFileProblem::WebPage);
    check_refused("just some text", &TrustFileProblem::NotACertificate);
    check_refused([0u8, 1, 2, 3, 0xff], &TrustFileProblem::NotACertificate);
    let utf16: Vec<u8> = PEM.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_refused(&utf16, &TrustFileProblem::Utf16);
    check_refused([&[0xff, 0xfe], &utf16[..]].concat(), &TrustFileProblem::Utf16);
}

#[test]
fn one_damaged_block_refuses_the_file_with_its_number() {
    let bad = |problem| TrustFileProblem::BadBlock { block: 2, problem };
    let body = PEM.lines().nth(1).unwrap();
    check_refused(format!("{PEM}{}", PEM.replace(body, "****")), &bad(BlockProblem::NotBase64));
    check_refused(format!("{PEM}{}", PEM.replace(body, "")), &bad(BlockProblem::NotACertificate));
    check_refused(format!("{PEM}-----BEGIN CERTIFICATE-----\n{body}"), &bad(BlockProblem::NoEnd));
    check_refused(format!("{PEM}-----BEGIN CERT"), &bad(BlockProblem::NoEnd));
    let missing_end = PEM.split("-----END").next().unwrap();
    check_refused(
        format!("{missing_end}{PEM}"),
        &TrustFileProblem::BadBlock { block: 1, problem: BlockProblem::NoEnd },
    );
}

#[test]
fn no_sentence_quotes_the_file() {
    for text in ["s3cret words", "-----BEGIN s3cret-----\nAAAA\n-----END s3cret-----"] {
        let sentence = TrustFile::read(text.as_bytes()).unwrap_err().to_string();
        assert!(!sentence.contains("s3cret"), "{sentence}");
    }
}
