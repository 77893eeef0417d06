//! Every failure that an attempt can end with has a row: the codes are read from the source that defines
//! them.

use crate::{row::Expected, table};
use std::{collections::BTreeSet, fs, path::Path};

/// Codes that no row can bring about, and why.
const WITHOUT_ROW: &[(&str, &str)] = &[
    (
        "tcp-unreachable",
        "whether there is a route is the machine's business, and a test may not use the network",
    ),
    ("tcp-failed", "what the system reports beyond the usual"),
    ("certificate-unsuitable: revoked", "no revocation lists are read"),
];

#[test]
fn every_failure_of_an_attempt_has_a_row_or_a_reason() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src/failure.rs");
    let source = fs::read_to_string(source).unwrap();
    let attempt = between(&source, "pub enum Failure {", "// An open session ends");
    let problems = between(&source, "pub enum CertificateProblem {", "\n}");
    let mut codes: BTreeSet<String> = variants(attempt).collect();
    codes.remove("certificate-unsuitable");
    codes.extend(variants(problems).map(|problem| format!("certificate-unsuitable: {problem}")));

    let mut covered: BTreeSet<String> = WITHOUT_ROW.iter().map(|(code, _)| (*code).to_owned()).collect();
    for row in table::rows() {
        let Expected::Refused(_, expected) = row.expected else { continue };
        let repeated = expected.iter().filter(|code| WITHOUT_ROW.iter().any(|(without, _)| without == *code));
        assert_eq!(repeated.count(), 0, "{} brings about what no row can", row.claim);
        // An alert's name is no code of its own.
        covered.extend(expected.iter().map(|code| {
            let is_alert = code.starts_with("tls-failed");
            if is_alert { "tls-failed".to_owned() } else { (*code).to_owned() }
        }));
    }
    // What an open session ends with may also end an attempt.
    covered.remove("server-closed");
    let differing: Vec<_> = codes.symmetric_difference(&covered).collect();
    assert!(differing.is_empty(), "without a row, or without being a failure: {differing:?}");
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("shared/src/failure.rs defines it");
    rest.split_once(end).expect("and it ends").0
}

/// The variants of an enum, as serde writes them.
fn variants(body: &str) -> impl Iterator<Item = String> {
    let names = body.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.trim_end_matches([' ', '{', ',']);
        let is_name = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
        is_name.then_some(name)
    });
    names.map(|name| {
        let mut code = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() && !code.is_empty() {
                code.push('-');
            }
            code.extend(letter.to_lowercase());
        }
        code
    })
}
