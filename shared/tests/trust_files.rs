//! Every file that somebody has given or could give as trust, with the one right verdict. The same
//! table is judged natively, as the proxy does, and in a browser as wasm, as the page does.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

#[macro_use]
mod support;
#[path = "trust_files/accepted.rs"]
mod accepted;
#[path = "trust_files/damaged.rs"]
mod damaged;
#[path = "trust_files/instead.rs"]
mod instead;
#[path = "trust_files/secret.rs"]
mod secret;

use shared::{
    certificate::CertificateSummary,
    trust_file::{TrustFile, TrustFileProblem},
};
use std::collections::HashSet;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

struct Row {
    name: &'static str,
    bytes: Vec<u8>,
    verdict: Verdict,
}

#[derive(Debug, PartialEq)]
enum Verdict {
    /// The subjects of the certificates, in order.
    Accepted(Vec<String>),
    Refused(TrustFileProblem),
}

fn accepted(name: &'static str, bytes: impl Into<Vec<u8>>, subjects: &[&str]) -> Row {
    let subjects = subjects.iter().map(|subject| (*subject).to_owned()).collect();
    Row { name, bytes: bytes.into(), verdict: Verdict::Accepted(subjects) }
}

fn refused(name: &'static str, bytes: impl Into<Vec<u8>>, problem: TrustFileProblem) -> Row {
    Row { name, bytes: bytes.into(), verdict: Verdict::Refused(problem) }
}

fn all() -> Vec<Row> {
    [accepted::rows(), secret::rows(), instead::rows(), damaged::rows()].into_iter().flatten().collect()
}

fn judge(bytes: &[u8]) -> Verdict {
    match TrustFile::read(bytes) {
        Ok(file) => {
            let summaries = file.certificates().iter().filter_map(|der| CertificateSummary::from_der(der));
            Verdict::Accepted(summaries.map(|summary| summary.subject).collect())
        }
        Err(problem) => Verdict::Refused(problem),
    }
}

#[test]
fn every_file_gets_its_verdict() {
    let wrong: Vec<String> = all()
        .iter()
        .map(|row| (row, judge(&row.bytes)))
        .filter(|(row, verdict)| row.verdict != *verdict)
        .map(|(row, verdict)| format!("{}: {verdict:?} instead of {:?}", row.name, row.verdict))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_is_a_case_of_its_own() {
    let rows = all();
    let (mut names, mut files) = (HashSet::new(), HashSet::new());
    for row in &rows {
        assert!(names.insert(row.name), "{}: the name is taken", row.name);
        assert!(files.insert(&row.bytes), "{}: the same file as an earlier one", row.name);
    }
    assert!(rows.len() >= 45, "{}", rows.len());
}

#[test]
fn what_is_accepted_reads_the_same_after_it_was_written() {
    for row in all() {
        let Ok(file) = TrustFile::read(&row.bytes) else { continue };
        assert_eq!(TrustFile::read(file.to_pem().as_bytes()), Ok(file), "{}", row.name);
    }
}

#[test]
fn no_sentence_quotes_its_file() {
    for row in all() {
        let Err(problem) = TrustFile::read(&row.bytes) else { continue };
        let sentence = problem.to_string();
        let text = String::from_utf8_lossy(&row.bytes).replace('\0', "");
        for word in text.split_whitespace().filter(|word| word.len() > 11) {
            assert!(!sentence.contains(word), "{}: {sentence}", row.name);
        }
    }
}
