//! Files with a private key. It is named before anything else that may be wrong with the file.

use crate::{
    Row, refused,
    support::{body, open_length, utf16_be, utf16_le},
};
use shared::{
    limits::MAX_TRUST_FILE_BYTES,
    trust_file::{TrustFileProblem, pem},
};

pub(crate) fn rows() -> Vec<Row> {
    [dressed_keys(), keys_among_others(), disguised_keys(), stores()].into_iter().flatten().collect()
}

fn key(name: &'static str, bytes: impl Into<Vec<u8>>) -> Row {
    refused(name, bytes, TrustFileProblem::PrivateKey)
}

fn dressed_keys() -> Vec<Row> {
    vec![
        key("PKCS#8", text!("pkcs8 TEST KEY.pem")),
        key("PKCS#8 in DER", file!("pkcs8 TEST KEY.der").as_slice()),
        key("PKCS#1", text!("pkcs1 TEST KEY.pem")),
        key("PKCS#1 in DER", file!("pkcs1 TEST KEY.der").as_slice()),
        key("SEC 1", text!("sec1 TEST KEY.pem")),
        key("SEC 1 in DER", file!("sec1 TEST KEY.der").as_slice()),
        key("encrypted, PBES2", text!("pbes2 TEST KEY.pem")),
        key("encrypted, PBES2, in DER", file!("pbes2 TEST KEY.der").as_slice()),
        key("encrypted, PKCS#12's old way", text!("pbe-pkcs12 TEST KEY.pem")),
        key("encrypted, PKCS#12's old way, in DER", file!("pbe-pkcs12 TEST KEY.der").as_slice()),
        key("encrypted, PKCS#5's old way", text!("pbe-pkcs5 TEST KEY.pem")),
        key("encrypted, PKCS#5's old way, in DER", file!("pbe-pkcs5 TEST KEY.der").as_slice()),
        key("encrypted with Proc-Type", text!("proc-type TEST KEY.pem")),
        key("OpenSSH", text!("openssh TEST KEY.pem")),
        key("OpenSSH's older exchange form", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nAAAA\n"),
        key("PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAA\n"),
        key("base64 of a key", body(text!("pkcs8 TEST KEY.pem"))),
        key("base64 of a key's PEM", body(&pem(file!("pkcs8 TEST KEY.pem")))),
    ]
}

fn keys_among_others() -> Vec<Row> {
    let (root, key_text) = (text!("root.pem"), text!("pkcs8 TEST KEY.pem"));
    let (root_der, key_der) = (file!("root.der").as_slice(), file!("pkcs8 TEST KEY.der").as_slice());
    let hidden_behind = pem(&[root_der, key_der].concat());
    vec![
        key("a key after the certificate", format!("{root}{key_text}")),
        key("a key before the certificate", format!("{key_text}{root}")),
        key("a key after a damaged certificate", format!("{}{key_text}", root.replace("MII", "***"))),
        key("a key after a request", format!("{}{key_text}", text!("request.pem"))),
        key(
            "a key at the end of a file over the limit",
            format!("{}{key_text}", " ".repeat(MAX_TRUST_FILE_BYTES)),
        ),
        key("a key on a web page", format!("<!doctype html><pre>{key_text}</pre>")),
        key("a key after the certificate in DER", [root_der, key_der].concat()),
        key("a key before the certificate in DER", [key_der, root_der].concat()),
        key("a key behind the certificate in its block", hidden_behind),
    ]
}

fn disguised_keys() -> Vec<Row> {
    let text = text!("pkcs8 TEST KEY.pem");
    let der = file!("pkcs8 TEST KEY.der");
    vec![
        key("a key in UTF-16 LE", utf16_le(text)),
        key("a key in UTF-16 BE with byte order mark", [&[0xfe, 0xff], &*utf16_be(text)].concat()),
        key("a key with byte order mark", format!("\u{feff}{text}")),
        key("a key with literal \\n", text.replace('\n', "\\n")),
        key("a key on one line", text.replace('\n', "")),
        key("a key in lower case", text.to_lowercase()),
        key("a label split by two spaces", text.replace("PRIVATE KEY", "PRIVATE  KEY")),
        key("a label split by a tab", text.replace("PRIVATE KEY", "PRIVATE\tKEY")),
        key("a label split by a fixed space", text.replace("PRIVATE KEY", "PRIVATE\u{a0}KEY")),
        key("a label split by a line end", text.replace("PRIVATE KEY", "PRIVATE\nKEY")),
        key("a label far from its dashes", text.replace("-----BEGIN ", "----- BEGIN   ")),
        key("dashes that a word processor has made", text.replace("-----", "\u{2013}\u{2013}-")),
        key("a BEGIN line alone", "-----BEGIN RSA PRIVATE KEY-----"),
        key("a BEGIN line that breaks off", "-----BEGIN EC PRIVATE KEY"),
        key("a key that calls itself a certificate", pem(der)),
        key("a key in DER that was cut", &der[..der.len() / 2]),
    ]
}

fn stores() -> Vec<Row> {
    let p12 = file!("store TEST KEY.p12").as_slice();
    let java = file!("keytool TEST KEY.jks").as_slice();
    vec![
        refused("PKCS#12", p12, TrustFileProblem::Pkcs12),
        refused("PKCS#12 with BER's open length", open_length(p12), TrustFileProblem::Pkcs12),
        refused("PKCS#12 that was cut", &p12[..p12.len() / 2], TrustFileProblem::Pkcs12),
        refused("PKCS#12 as base64", body(&pem(p12)), TrustFileProblem::Pkcs12),
        refused("PKCS#12 that calls itself a certificate", pem(p12), TrustFileProblem::Pkcs12),
        refused(
            "keytool's .jks since Java 9",
            file!("keytool PKCS12 TEST KEY.jks").as_slice(),
            TrustFileProblem::Pkcs12,
        ),
        refused("JKS", java, TrustFileProblem::JavaKeyStore),
        refused("JKS as base64", body(&pem(java)), TrustFileProblem::JavaKeyStore),
        refused("JCEKS", file!("keytool TEST KEY.jceks").as_slice(), TrustFileProblem::JavaKeyStore),
    ]
}
