//! Is every server diagnosed rightly? A table of real TLS servers, measured with the console and with Python.
//!
//! - [`table`]: the rows, a file for each group; [`row`]: what a row is
//! - [`make`]: certificates by openssl, keytool and rcgen; [`serve`]: the listeners
//! - [`measure`]: asks both about every row, once for all tests; [`python`]: runs the scripts for that
//! - [`deviations`]: where the two may disagree
//! - [`completeness`]: whether every failure has a row
//! - [`document`]: docs/diagnosis.md; [`schema`]: docs/check.md; [`program`]: some rows through the program

mod completeness;
mod deviations;
mod document;
mod make;
mod measure;
mod program;
mod python;
mod row;
mod schema;
mod serve;
mod table;

use measure::Measured;
use std::{collections::BTreeSet, env, fs};

/// One list of everything that is wrong.
#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_server_gets_the_verdict_code_and_hints_that_the_table_names() {
    let problems = |measured: &Measured| -> Vec<String> {
        measured
            .mismatches()
            .into_iter()
            .map(|problem| format!("  {}\n    {problem}", measured.label()))
            .collect()
    };
    assert_none(&measure::all().iter().flat_map(problems).collect::<Vec<_>>());
}

#[test]
fn the_console_disagrees_with_python_exactly_where_that_is_listed() {
    let problem = |measured: &Measured| -> Option<String> {
        let (found, listed) = (measured.deviation(), deviations::allowed(measured.row.claim));
        let listed = listed.map(|allowed| allowed.deviation);
        let label = measured.label();
        (found != listed).then(|| format!("  {label}: measured {found:?}, listed {listed:?}"))
    };
    assert_none(&measure::all().iter().filter_map(problem).collect::<Vec<_>>());
}

#[test]
fn every_listed_disagreement_is_about_a_row() {
    let claims: BTreeSet<&str> = table::rows().iter().map(|row| row.claim).collect();
    let listed = deviations::ALLOWED.iter().flat_map(|allowed| allowed.rows);
    assert_none(
        &listed.filter(|claim| !claims.contains(*claim)).map(|claim| (*claim).to_owned()).collect::<Vec<_>>(),
    );
}

#[test]
fn every_row_claims_something_else() {
    let rows = table::rows();
    let claims: BTreeSet<&str> = rows.iter().map(|row| row.claim).collect();
    assert_eq!(claims.len(), rows.len());
    assert!(rows.len() >= 60, "{} rows", rows.len());
}

#[test]
fn the_document_is_what_was_measured() {
    let (path, text) = (document::path(), document::text(measure::all()));
    if env::var_os(document::VARIABLE).is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(written.lines()).find(|(measured, written)| measured != written);
    assert!(
        written == text,
        "docs/diagnosis.md is not what was measured; write it anew with\n  {}=1 cargo test -p tests --test diagnosis the_document\n{differing:#?}",
        document::VARIABLE
    );
}
