//! Certificates that were damaged on the way, or are too many or too large. One bad block refuses the
//! file, with its number.

use crate::{
    Row, refused,
    support::{body, many, with_signature},
};
use shared::{
    limits::MAX_TRUST_FILE_BYTES,
    trust_file::{BlockProblem, TrustFileProblem, pem},
};

pub(crate) fn rows() -> Vec<Row> {
    [cut(), bad_blocks(), bad_lines(), too_much()].into_iter().flatten().collect()
}

fn bad(block: usize, problem: BlockProblem) -> TrustFileProblem {
    TrustFileProblem::BadBlock { block, problem }
}

fn cut() -> Vec<Row> {
    use TrustFileProblem::CutShort;
    let (root, der) = (text!("root.pem"), file!("root.der").as_slice());
    let base64 = body(root);
    let half = der.len() / 2;
    vec![
        refused("PEM that breaks off", &root[..root.len() / 2], bad(1, BlockProblem::NoEnd)),
        refused("PEM of half a certificate", pem(&der[..half]), bad(1, BlockProblem::CutShort)),
        refused("PEM without its last byte", pem(&der[..der.len() - 1]), bad(1, BlockProblem::CutShort)),
        refused("DER that breaks off", &der[..half], CutShort),
        refused("DER without its last byte", &der[..der.len() - 1], CutShort),
        refused(
            "DER whose second one breaks off",
            [der, &der[..half]].concat(),
            bad(2, BlockProblem::CutShort),
        ),
        refused("base64 that breaks off", &base64[..base64.len() / 8 * 4], CutShort),
    ]
}

fn bad_blocks() -> Vec<Row> {
    let (root, leaf, middle) = (text!("root.pem"), text!("leaf.pem"), text!("intermediate.pem"));
    let der = file!("root.der").as_slice();
    let other_letter = root.replacen("MII", "MI!", 1);
    vec![
        refused("a letter that is not base64", other_letter.as_str(), bad(1, BlockProblem::NotBase64)),
        refused("quoted mail", root.replace('\n', "\n> "), bad(1, BlockProblem::NotBase64)),
        refused("number 3 of 3", format!("{leaf}{middle}{other_letter}"), bad(3, BlockProblem::NotBase64)),
        refused(
            "number 2 of 3",
            format!("{leaf}{}{root}", pem(b"rubbish")),
            bad(2, BlockProblem::NotACertificate),
        ),
        refused("number 1 of 2", format!("{}{root}", pem(b"")), bad(1, BlockProblem::NotACertificate)),
        // Parameters are passed over but counted, as a person would count.
        refused(
            "number 2 after parameters",
            format!("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n{}", pem(b"rubbish")),
            bad(2, BlockProblem::NotACertificate),
        ),
        refused("a changed length inside", changed_length(der), TrustFileProblem::NotACertificate),
        refused(
            "DER with rubbish after it",
            [der, b"rubbish"].concat(),
            bad(2, BlockProblem::NotACertificate),
        ),
    ]
}

/// The signed part says that it is one byte longer than it is.
fn changed_length(der: &[u8]) -> Vec<u8> {
    let mut bytes = der.to_vec();
    bytes[7] = bytes[7].wrapping_add(1);
    bytes
}

fn bad_lines() -> Vec<Row> {
    let (root, leaf) = (text!("root.pem"), text!("leaf.pem"));
    let without = |text: &str, line: &str| text.replace(line, "");
    let end = "-----END CERTIFICATE-----";
    vec![
        refused("END missing", without(root, end), bad(1, BlockProblem::NoEnd)),
        refused(
            "END missing between two",
            format!("{}{root}", without(leaf, end)),
            bad(1, BlockProblem::NoEnd),
        ),
        refused(
            "a BEGIN line that breaks off after a certificate",
            format!("{root}-----BEGIN CERT"),
            bad(2, BlockProblem::NoEnd),
        ),
        refused(
            "BEGIN without its last dashes",
            root.replace("CERTIFICATE-----\nM", "CERTIFICATE\nM"),
            bad(1, BlockProblem::BadBegin),
        ),
        // OpenSSL: bad end line.
        refused(
            "END of something else",
            root.replace("END CERTIFICATE", "END X509 CERTIFICATE"),
            bad(1, BlockProblem::OtherEnd),
        ),
        refused(
            "END of a longer label",
            root.replace("END CERTIFICATE", "END CERTIFICATE REQUEST"),
            bad(1, BlockProblem::OtherEnd),
        ),
    ]
}

fn too_much() -> Vec<Row> {
    let root = text!("root.pem");
    let large = with_signature(16 * 1024, 7);
    let over = MAX_TRUST_FILE_BYTES + 1;
    let too_large = |bytes| TrustFileProblem::TooLarge { bytes };
    let with_large = format!("{root}{}", pem(&large));
    let filled = format!("{root}{}", " ".repeat(over - root.len()));
    // Under the limit as it is, over it as the PEM that would be sent.
    let binary: Vec<Vec<u8>> = (0..4).map(|fill| with_signature(15_000, fill)).collect();
    let as_pem = binary.iter().map(|der| pem(der).len()).sum();
    vec![
        refused("17 certificates", many(17), TrustFileProblem::TooManyCertificates),
        refused("a certificate over 16 KiB", large, TrustFileProblem::CertificateTooLarge { block: 1 }),
        refused("number 2 over 16 KiB", with_large, TrustFileProblem::CertificateTooLarge { block: 2 }),
        refused("a file one byte over 64 KiB", filled, too_large(over)),
        refused("60,000 bytes of DER", binary.concat(), too_large(as_pem)),
    ]
}
