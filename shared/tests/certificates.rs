//! What is said about certificates agrees with what OpenSSL says, whatever is written in them. Runs
//! natively and in a browser.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

#[macro_use]
mod support;

use shared::{
    certificate::{CertificateSummary, Role, first_break, leaf_first, rsa_bits},
    trust_file::TrustFile,
};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const FILES: [(&str, &str); 14] = [
    ("root", text!("root.pem")),
    ("intermediate", text!("intermediate.pem")),
    ("leaf", text!("leaf.pem")),
    ("rsa-2048", text!("rsa-2048.pem")),
    ("rsa-1024", text!("rsa-1024.pem")),
    ("sha1", text!("sha1.pem")),
    ("pss", text!("pss.pem")),
    ("p384", text!("p384.pem")),
    ("p521", text!("p521.pem")),
    ("secp256k1", text!("secp256k1.pem")),
    ("ed25519", text!("ed25519.pem")),
    ("v1", text!("v1.pem")),
    ("hostile", text!("hostile.pem")),
    ("keytool.pub", text!("keytool.pub.pem")),
];

fn der(name: &str) -> Vec<u8> {
    let (_, pem) = FILES.iter().find(|(file, _)| *file == name).unwrap();
    TrustFile::read(pem.as_bytes()).unwrap().certificates()[0].clone()
}

fn summary(name: &str) -> CertificateSummary {
    CertificateSummary::from_der(&der(name)).unwrap()
}

#[test]
fn fingerprint_serial_number_and_dates_are_those_of_openssl() {
    let lines: Vec<Vec<&str>> = text!("openssl.txt").lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(lines.len(), FILES.len());
    for line in lines {
        let summary = summary(line[0]);
        let said = [
            summary.sha256,
            summary.serial.replace(':', ""),
            summary.not_before.to_string(),
            summary.not_after.to_string(),
        ];
        assert_eq!(said, line[1..], "{}", line[0]);
    }
}

#[track_caller]
fn check(name: &str, key: &str, signature: &str, version: u32, role: Role) {
    let summary = summary(name);
    assert_eq!(
        (summary.key.as_str(), summary.signature.as_str(), summary.version, summary.role()),
        (key, signature, version, role),
    );
}

#[test]
fn keys_signatures_versions_and_roles_are_told_in_words() {
    check("root", "EC P-256", "ECDSA with SHA-256", 3, Role::Root);
    check("intermediate", "EC P-256", "ECDSA with SHA-256", 3, Role::Intermediate);
    check("leaf", "EC P-256", "ECDSA with SHA-256", 3, Role::Leaf);
    check("rsa-2048", "RSA 2048 bits", "RSA with SHA-256", 3, Role::Root);
    check("rsa-1024", "RSA 1024 bits", "RSA with SHA-256", 3, Role::Root);
    check("sha1", "RSA 2048 bits", "RSA with SHA-1", 3, Role::Root);
    check("pss", "RSA 2048 bits", "RSA-PSS", 3, Role::Root);
    check("p384", "EC P-384", "ECDSA with SHA-384", 3, Role::Root);
    check("p521", "EC P-521", "ECDSA with SHA-512", 3, Role::Root);
    check("secp256k1", "EC secp256k1", "ECDSA with SHA-256", 3, Role::Root);
    check("ed25519", "Ed25519", "Ed25519", 3, Role::Root);
    check("v1", "EC P-256", "ECDSA with SHA-256", 1, Role::Root);
    // Names itself as issuer but may sign nothing: what keytool makes for a server.
    check("keytool.pub", "EC P-256", "ECDSA with SHA-256", 3, Role::Leaf);
    assert_eq!(rsa_bits(&der("rsa-1024")), Some(1024));
    assert_eq!(rsa_bits(&der("root")), None);
}

#[test]
fn the_names_it_is_valid_for_are_dns_names_and_addresses_of_both_kinds() {
    assert_eq!(summary("leaf").names, ["mqtt.example", "*.mqtt.example", "192.0.2.7", "2001:db8::7"]);
    assert!(summary("root").names.is_empty());
}

#[test]
fn subject_and_issuer_are_told_apart_from_a_self_signed_name() {
    let leaf = summary("leaf");
    assert_eq!((leaf.subject.as_str(), leaf.issuer.as_str()), ("CN=leaf", "CN=intermediate"));
    assert!(!leaf.is_self_signed && !leaf.is_authority);
    let root = summary("root");
    assert_eq!(root.subject, "O=Trust file tests\\, Inc., CN=root");
    assert!(root.is_self_signed && root.is_authority);
    assert_eq!(summary("keytool.pub").subject, "C=US, OU=Tests, CN=keytool");
}

#[test]
fn hostile_names_stay_the_text_they_are() {
    let hostile = summary("hostile");
    assert_eq!(hostile.subject, "CN=<b>\u{1b}[31m\u{202e}gnp.exe\n, O=Größe/CN=other");
    assert_eq!(with_organisation(0x0c, b"a, CN=b+c\\\0 end."), "a\\, CN=b\\+c\\\\\0 end.");
}

#[test]
fn names_in_old_and_wrong_encodings_are_still_read() {
    assert_eq!(with_organisation(0x14, b"Gr\xf6\xdfe, Latin-1 ."), "Größe\\, Latin-1 .");
    assert_eq!(with_organisation(0x0c, b"\xff\xfe is not UTF-8."), "ÿþ is not UTF-8.");
    assert_eq!(with_organisation(0x13, b"printable *@_ ok"), "printable *@_ ok");
    assert_eq!(with_organisation(0x1e, b"\0B\0M\0P\x20\xac\xd8\0\0!\0\0\0\0"), "BMP€\u{fffd}!\0\0");
    assert_eq!(with_organisation(0x04, &[0xab; 16]), format!("#{}", "AB".repeat(16)));
}

/// The organisation's text when the hostile certificate has it with another tag and other content of
/// the same length.
#[track_caller]
fn with_organisation(tag: u8, content: &[u8; 16]) -> String {
    let mut der = der("hostile");
    let value = [&[0x0c, 16][..], "Größe/CN=other".as_bytes()].concat();
    let at = der.windows(value.len()).rposition(|window| window == value).unwrap();
    der[at] = tag;
    der[at + 2..at + value.len()].copy_from_slice(content);
    let subject = CertificateSummary::from_der(&der).unwrap().subject;
    subject.split_once(", O=").unwrap().1.to_owned()
}

#[test]
fn a_chain_is_put_in_order_from_its_leaf() {
    let [leaf, middle, root] = ["leaf", "intermediate", "root"].map(summary);
    let stranger = summary("ed25519");
    assert_eq!(leaf_first(&[leaf.clone(), middle.clone(), root.clone()]), [0, 1, 2]);
    assert_eq!(leaf_first(&[root.clone(), stranger.clone(), leaf.clone(), middle.clone()]), [1, 2, 3, 0]);
    assert_eq!(leaf_first(&[root.clone(), leaf.clone()]), [0, 1]);
    assert_eq!(leaf_first(&[]), [0; 0]);
    // Two that name each other have no leaf.
    let circle = [
        CertificateSummary { issuer: middle.subject.clone(), ..root.clone() },
        CertificateSummary { issuer: root.subject.clone(), ..middle.clone() },
    ];
    assert_eq!(leaf_first(&circle), [0, 1]);
}

#[test]
fn the_first_certificate_that_the_next_did_not_issue_is_found() {
    let [leaf, middle, root] = ["leaf", "intermediate", "root"].map(summary);
    assert_eq!(first_break(&[leaf.clone(), middle.clone(), root.clone()]), None);
    assert_eq!(first_break(&[leaf.clone(), root.clone()]), Some(0));
    assert_eq!(first_break(&[leaf.clone(), middle, leaf]), Some(1));
    assert_eq!(first_break(&[root]), None);
    assert_eq!(first_break(&[]), None);
}

#[test]
fn damage_anywhere_ends_in_no_panic() {
    for (name, _) in FILES {
        let whole = der(name);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x81;
            let _either = CertificateSummary::from_der(&changed);
            let _either = TrustFile::read(&changed);
            assert!(CertificateSummary::from_der(&whole[..at]).is_none(), "{name} {at}");
        }
    }
}
