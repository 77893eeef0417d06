//! Files that hold no secret and no certificate: each is named, so that the person knows what to do.

use crate::{
    Row, refused,
    support::{body, utf16_be, utf16_le},
};
use shared::trust_file::{TrustFileProblem, pem};

pub(crate) fn rows() -> Vec<Row> {
    [relatives(), downloads(), encodings(), nothing()].into_iter().flatten().collect()
}

fn relatives() -> Vec<Row> {
    use TrustFileProblem::{CertificateRequest, Pkcs7, PublicKey, RevocationList};
    let root = text!("root.pem");
    vec![
        refused("PKCS#7", text!("bundle.p7b"), Pkcs7),
        refused("PKCS#7 in DER", file!("bundle-der.p7b").as_slice(), Pkcs7),
        refused("PKCS#7 with BER's open lengths", file!("signed-ber.p7m").as_slice(), Pkcs7),
        refused("PKCS#7 under CMS's label", text!("bundle.p7b").replace("PKCS7", "CMS"), Pkcs7),
        refused(
            "PKCS#7 that calls itself a certificate",
            text!("bundle.p7b").replace("PKCS7", "CERTIFICATE"),
            Pkcs7,
        ),
        refused("a request", text!("request.pem"), CertificateRequest),
        refused(
            "a request by its older label",
            text!("request.pem").replace("CERT", "NEW CERT"),
            CertificateRequest,
        ),
        refused("a request in DER", file!("request.der").as_slice(), CertificateRequest),
        refused(
            "a request after a certificate",
            format!("{root}{}", text!("request.pem")),
            CertificateRequest,
        ),
        refused("a public key", text!("public.pem"), PublicKey),
        refused("a public key in DER", file!("public.der").as_slice(), PublicKey),
        refused("an RSA public key", text!("rsa-public.pem"), PublicKey),
        refused("an RSA public key in DER", file!("rsa-public.der").as_slice(), PublicKey),
        refused("an SSH public key", text!("ssh.pub"), PublicKey),
        refused("a revocation list", text!("list.crl.pem"), RevocationList),
        refused("a revocation list in DER", file!("list.crl").as_slice(), RevocationList),
        refused(
            "a revocation list after a certificate",
            format!("{root}{}", text!("list.crl.pem")),
            RevocationList,
        ),
    ]
}

fn downloads() -> Vec<Row> {
    use TrustFileProblem::{Archive, JsonAnswer, NotACertificate, WebPage};
    let not_found = r#"{"status":404,"message":"mqtts pem cert file is not found!","errorCode":32}"#;
    vec![
        refused("a web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", WebPage),
        refused(
            "a web page in capitals after a comment",
            "\r\n<!-- x --><HTML><HEAD></HEAD></HTML>",
            WebPage,
        ),
        refused("a web page with byte order mark", "\u{feff}<html>", WebPage),
        refused("an XML answer", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", WebPage),
        refused("ThingsBoard's answer in JSON", not_found, JsonAnswer),
        refused("a JSON list", "[\n]", JsonAnswer),
        refused("a ZIP archive", b"PK\x03\x04\x14\0\0\0\x08\0ca.pem".as_slice(), Archive),
        refused("a gzip archive", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), Archive),
        refused("a PNG image", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), NotACertificate),
        refused("a JPEG image", b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), NotACertificate),
        refused("a program", b"\x7fELF\x02\x01\x01\0".as_slice(), NotACertificate),
    ]
}

fn encodings() -> Vec<Row> {
    use TrustFileProblem::Utf16;
    let root = text!("root.pem");
    vec![
        refused("UTF-16 LE", utf16_le(root), Utf16),
        refused("UTF-16 BE", utf16_be(root), Utf16),
        refused("UTF-16 LE with byte order mark", [&[0xff, 0xfe], &*utf16_le(root)].concat(), Utf16),
        refused("UTF-16 BE with byte order mark", [&[0xfe, 0xff], &*utf16_be(root)].concat(), Utf16),
        refused("a byte order mark of UTF-16 alone", [0xff, 0xfe], Utf16),
    ]
}

fn nothing() -> Vec<Row> {
    use TrustFileProblem::{Empty, NotACertificate};
    let root = text!("root.pem");
    vec![
        refused("an empty file", "", Empty),
        refused("white space", " \r\n\t\n", Empty),
        refused("a byte order mark alone", "\u{feff}\n", Empty),
        refused("some text", "the certificate comes later", NotACertificate),
        refused("text that begins with 0", "0 certificates found", NotACertificate),
        refused("parameters alone", root.replace("CERTIFICATE", "DH PARAMETERS"), NotACertificate),
        refused("base64 of something", body(&pem(b"not a certificate at all")), NotACertificate),
        refused("a small binary structure", [0x30, 0x03, 0x02, 0x01, 0x07], NotACertificate),
        // OpenSSL finds no start line in either.
        refused(
            "a lower-case label",
            root.replace("CERTIFICATE", "certificate").replace("BEGIN", "begin"),
            NotACertificate,
        ),
        refused("four dashes", root.replace("-----", "----"), NotACertificate),
    ]
}
