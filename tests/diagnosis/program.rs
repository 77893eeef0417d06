//! Some rows once more, through the real program `device-console check`.

use crate::{
    make::Workshop,
    row::{Expected, Row},
    schema::Schema,
    serve::{self, Place, Target},
    table,
};
use anyhow::{Context, Result};
use serde_json::Value;
use std::{ffi::OsString, process::ExitStatus, time::Duration};
use tests::{child::Child, program};

/// For one run of it.
const LIMIT: Duration = Duration::from_secs(30);

/// Each way to end, with and without a file, a chain, hints and a token's refusal.
const CLAIMS: [&str; 8] = [
    "ThingsBoard's guide for elliptic curves works as it stands",
    "The .cer file of ThingsBoard's key store script is read as it is",
    "A certificate for another name says for which",
    "Public authorities do not know a private one",
    "A port where nothing listens is told",
    "A plain MQTT port is recognised",
    "Return code 5 means the token",
    "The .p12 file of ThingsBoard's key store script is refused",
];

#[tokio::test]
async fn the_program_gives_the_tables_findings_as_documented_json_with_the_documented_exit_codes() {
    let problems = check_all().await.unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

async fn check_all() -> Result<Vec<String>> {
    let (shop, schema) = (Workshop::new()?, Schema::read()?);
    let rows: Vec<Row> = table::rows().into_iter().filter(|row| CLAIMS.contains(&row.claim)).collect();
    anyhow::ensure!(rows.len() == CLAIMS.len(), "a claim is not in the table");
    let files = shop.make(&rows)?;
    let targets: Vec<Target<'_>> =
        rows.iter().zip(&files).map(|(row, files)| Target { row, tls: None, files }).collect();
    let (_serving, places) = serve::start(&shop, &targets).await?;
    let mut problems = Vec::new();
    for (row, place) in rows.iter().zip(&places) {
        let found = check(row, place, &schema).await?;
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", row.claim)));
    }
    Ok(problems)
}

async fn check(row: &Row, place: &Place, schema: &Schema) -> Result<Vec<String>> {
    let port = place.address.port().to_string();
    let mut arguments: Vec<OsString> =
        ["check", "--json", "--token", "TOKEN", "--host", row.host, "--port", &port].map(Into::into).into();
    if let Some(upload) = &place.upload {
        arguments.extend(["--ca".into(), upload.into()]);
    }
    let (status, program) = run(arguments).await?;
    let (exit_code, expected) = (status.code(), exit_code(row));
    if exit_code != Some(expected) {
        return Ok(vec![format!("exit code {exit_code:?}, not {expected}: {}", program.stderr())]);
    }
    if let Expected::FileRefused(sentence) = row.expected {
        let is_said = program.stdout().is_empty() && program.stderr().contains(sentence);
        return Ok(if is_said { Vec::new() } else { vec![format!("says {}", program.stderr())] });
    }
    let report: Value = serde_json::from_str(&program.stdout()).context("--json prints JSON")?;
    let mut problems = schema.problems(&report);
    problems.extend(differences(row, place.address.port(), &report));
    Ok(problems)
}

fn exit_code(row: &Row) -> i32 {
    match row.expected {
        Expected::Accepted(_) => 0,
        Expected::Refused(..) => 1,
        Expected::FileRefused(_) => 2,
    }
}

fn differences(row: &Row, port: u16, report: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut equal = |what: &str, value: &Value, expected: Value| {
        if *value != expected {
            differences.push(format!("{what} is {value}, not {expected}"));
        }
    };
    match row.expected {
        Expected::Accepted(verification) => {
            equal("finding", &report["finding"], Value::Null);
            equal("verification", &report["tls"]["verification"], serde_json::json!(verification));
        }
        Expected::Refused(step, codes) => {
            let finding = &report["finding"];
            equal("step", &finding["step"], serde_json::json!(step));
            equal("code", &finding["failure"]["code"], Value::from(codes[0]));
            let hints = (row.hints)(port).iter().map(shared::hint::Hint::sentence).collect::<Vec<_>>();
            for hint in hints {
                let has = finding["hints"]
                    .as_array()
                    .is_some_and(|found| found.contains(&Value::from(hint.as_str())));
                equal(&hint, &Value::from(has), Value::from(true));
            }
        }
        Expected::FileRefused(_) => {}
    }
    differences
}

#[tokio::test]
async fn bad_usage_is_exit_code_2_and_no_report() {
    for arguments in [
        vec!["check", "--json"],
        vec!["check", "--json", "--host", "not a host"],
        vec!["check", "--json", "--host", "localhost", "--port", "65536"],
        vec!["check", "--json", "--host", "localhost", "--ca", "there-is-no-such-file.pem"],
        vec!["check", "--json", "--host", "localhost", "--token", " "],
    ] {
        let (status, program) = run(arguments.iter().map(Into::into).collect()).await.unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}: {}", program.stderr());
        assert_eq!(program.stdout(), "", "{arguments:?}");
        assert_ne!(program.stderr(), "", "{arguments:?}");
    }
}

async fn run(arguments: Vec<OsString>) -> Result<(ExitStatus, Child)> {
    let mut program = program::start(arguments)?;
    Ok((program.ended(LIMIT).await?, program))
}
