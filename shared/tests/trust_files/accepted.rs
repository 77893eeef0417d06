//! Certificates in every dress in which they are still certificates.

use crate::{
    Row, accepted,
    support::{body, many, padded},
};
use shared::{limits::MAX_TRUST_FILE_BYTES, trust_file::pem};

const ROOT: &str = "O=Trust file tests\\, Inc., CN=root";
const CHAIN: [&str; 3] = ["CN=leaf", "CN=intermediate", ROOT];

pub(crate) fn rows() -> Vec<Row> {
    [as_pem(), in_other_dress(), several(), of_every_kind()].into_iter().flatten().collect()
}

fn as_pem() -> Vec<Row> {
    let root = text!("root.pem");
    let root_is = |name, bytes: String| accepted(name, bytes, &[ROOT]);
    let latin1 = [b"Zertifikat f\xfcr Gr\xf6\xdfe\n", root.as_bytes(), b"\xe4\xf6\xfc"].concat();
    let to_the_limit = format!("{root}{}", " ".repeat(MAX_TRUST_FILE_BYTES - root.len()));
    vec![
        root_is("PEM", root.to_owned()),
        root_is("PEM with CRLF", root.replace('\n', "\r\n")),
        root_is("PEM with CR", root.replace('\n', "\r")),
        root_is("PEM without line ends", root.replace('\n', "")),
        root_is("PEM on one line with spaces", root.replace('\n', " ")),
        root_is("PEM with literal \\n", root.replace('\n', "\\n")),
        root_is("PEM with literal \\r\\n", root.replace('\n', "\\r\\n")),
        root_is("PEM in a JSON string", format!("{{\"ca\":\"{}\"}}", root.replace('\n', "\\n"))),
        root_is("PEM in YAML, indented", format!("ca: |\n  {}", root.replace('\n', "\n  "))),
        root_is("PEM with tabs", root.replace('\n', "\n\t")),
        root_is("PEM with empty lines", root.replace('\n', "\n\n")),
        root_is("PEM with byte order mark", format!("\u{feff}{root}")),
        accepted("PEM with Latin-1 text around", latin1, &[ROOT]),
        root_is("PEM with UTF-8 text around", format!("Zertifikat für Größe 🔒\n{root}Ende")),
        root_is("PEM with rubbish after it", format!("{root}\u{0}\u{1}\u{2}\u{ff}")),
        root_is("PEM without its last line end", root.trim_end().to_owned()),
        root_is("PEM without its last dashes", root.trim_end().trim_end_matches('-').to_owned()),
        root_is("PEM without padding", padded().replace('=', "")),
        root_is("PEM to the last byte allowed", to_the_limit),
        accepted("openssl x509 -text", text!("text-and-pem.pem"), &["CN=leaf"]),
        // The copied part begins with "0", which also is the byte that binary certificates begin with.
        root_is("openssl s_client -showcerts", format!("0 s:CN = root\n   i:CN = root\n{root}---\n")),
        root_is("PEM with parameters before it", format!("{PARAMETERS}{root}")),
        // OpenSSL does not know it either: text around, as far as both are concerned.
        root_is("PEM beside a lower-case one", format!("{}{root}", text!("leaf.pem").to_lowercase())),
    ]
}

const PARAMETERS: &str = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

fn in_other_dress() -> Vec<Row> {
    let root = text!("root.pem");
    let der = file!("root.der").as_slice();
    let root_is = |name, bytes: &[u8]| accepted(name, bytes, &[ROOT]);
    let base64 = body(root);
    let wrapped: Vec<String> =
        base64.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into()).collect();
    vec![
        root_is("X509 CERTIFICATE", root.replace("CERT", "X509 CERT").as_bytes()),
        root_is("TRUSTED CERTIFICATE with OpenSSL's settings", file!("trusted.pem")),
        root_is("DER, whatever the file is called", der),
        root_is("DER with a line end", &[der, b"\r\n"].concat()),
        root_is("DER filled with zeros", &[der, &[0; 512]].concat()),
        root_is("base64 on one line", base64.as_bytes()),
        root_is("base64 in lines", wrapped.join("\r\n").as_bytes()),
        root_is("base64 without padding", body(&padded()).replace('=', "").as_bytes()),
        root_is("base64 of PEM, as in a Kubernetes secret", base64_of(root).as_bytes()),
        accepted(
            "keytool -exportcert -rfc",
            file!("keytool.pub.pem").as_slice(),
            &["C=US, OU=Tests, CN=keytool"],
        ),
        accepted("keytool's .cer", file!("keytool.cer").as_slice(), &["C=US, OU=Tests, CN=keytool"]),
    ]
}

/// Through the product's own encoder of PEM, so that the table needs no library for it.
fn base64_of(text: &str) -> String {
    body(&pem(text.as_bytes()))
}

fn several() -> Vec<Row> {
    let chain = [text!("leaf.pem"), text!("intermediate.pem"), text!("root.pem")];
    let der_chain = [file!("root.der").as_slice(), file!("keytool.cer")].concat();
    let copies = many(16).repeat(2);
    vec![
        accepted("a chain", chain.concat(), &CHAIN),
        accepted("a chain with names between", chain.join("\n# next\n"), &CHAIN),
        accepted("a chain on one line", chain.concat().replace('\n', ""), &CHAIN),
        accepted(
            "a chain that is a JSON array",
            format!("[\"{}\"]", chain.join("\",\"").replace('\n', "\\n")),
            &CHAIN,
        ),
        accepted("the same certificate three times", text!("root.pem").repeat(3), &[ROOT]),
        accepted(
            "the same certificate under two labels",
            [text!("root.pem"), text!("trusted.pem")].concat(),
            &[ROOT],
        ),
        accepted("16 certificates", many(16), &[ROOT; 16]),
        accepted("16 certificates twice", copies, &[ROOT; 16]),
        accepted("two in DER", der_chain, &[ROOT, "C=US, OU=Tests, CN=keytool"]),
    ]
}

fn of_every_kind() -> Vec<Row> {
    let kind = |name, text: &str, subject| accepted(name, text, &[subject]);
    vec![
        kind("version 1", text!("v1.pem"), "CN=v1"),
        kind("RSA 2048", text!("rsa-2048.pem"), "CN=rsa-2048"),
        // Reading judges the form. Whether a key is long enough, verification says.
        kind("RSA 1024", text!("rsa-1024.pem"), "CN=rsa-1024"),
        kind("SHA-1", text!("sha1.pem"), "CN=sha1"),
        kind("RSA-PSS", text!("pss.pem"), "CN=pss"),
        kind("P-384", text!("p384.pem"), "CN=p384"),
        kind("P-521", text!("p521.pem"), "CN=p521"),
        kind("secp256k1", text!("secp256k1.pem"), "CN=secp256k1"),
        kind("Ed25519", text!("ed25519.pem"), "CN=ed25519"),
    ]
}
