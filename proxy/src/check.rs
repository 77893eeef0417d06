//! `device-console check`: asks the doctor and prints the report, for people or as JSON.

use crate::{Problem, cli};
use anyhow::Context;
use proxy::{
    config::Config,
    doctor::{self, Finding, Outcome, Question, Report},
};
use shared::{credentials::AccessToken, endpoint::Endpoint, trust_file::TrustFile, wire::Trust};
use std::{fmt::Write, fs, path::Path, process::ExitCode};

/// Runs the check: exit code 0 when all is well, 1 with a finding.
///
/// # Errors
/// A file or token that cannot be used is bad usage; a report that cannot be printed is not.
pub(crate) async fn run(flags: cli::Check) -> Result<ExitCode, Problem> {
    let json = flags.json;
    let question = question(flags).map_err(Problem::Usage)?;
    let report = doctor::check(question, &Config::default()).await;
    print(&report, json).map_err(Problem::Failed)?;
    Ok(if report.finding.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Report, json: bool) -> anyhow::Result<()> {
    let text = if json { escaped(&serde_json::to_string_pretty(report)?) } else { describe(report) };
    crate::say(text.trim_end())
}

fn question(flags: cli::Check) -> anyhow::Result<Question> {
    Ok(Question {
        endpoint: Endpoint { host: flags.host, port: flags.port },
        trust: flags.ca.as_deref().map_or(Ok(Trust::PublicAuthorities), read_ca)?,
        token: match (flags.token, flags.token_file) {
            (Some(token), _) => Some(token.token().context("--token cannot be used")?),
            (None, Some(path)) => Some(read_token(&path)?),
            (None, None) => None,
        },
    })
}

/// Reads a CA file as trust.
///
/// # Errors
/// It cannot be read or holds no certificate.
pub(crate) fn read_ca(path: &Path) -> anyhow::Result<Trust> {
    let bytes =
        zeroize::Zeroizing::new(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    let file = TrustFile::read(&bytes)
        .with_context(|| format!("{} cannot serve as CA certificate", path.display()))?;
    Ok(Trust::UploadedCertificate { pem: file.to_pem() })
}

/// A line break at the end is the editor's, not the token's.
fn read_token(path: &Path) -> anyhow::Result<AccessToken> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = zeroize::Zeroizing::new(text);
    AccessToken::parse(text.trim_end_matches(['\r', '\n']))
        .with_context(|| format!("{} holds no access token", path.display()))
}

fn describe(report: &Report) -> String {
    let mut text = format!("Connection to {}\n", report.endpoint);
    for step in &report.steps {
        let outcome = match step.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotTaken => "not tried",
        };
        let time = step.elapsed_us.map_or(String::new(), milliseconds);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  {:<13} {outcome:<9} {time:>10}  {}",
            step.step.label(),
            printable(&step.detail)
        );
    }
    match &report.finding {
        Some(finding) => describe_finding(finding, &mut text),
        None if report.steps.iter().any(|step| step.outcome == Outcome::NotTaken) => {
            text.push_str("Name, TCP and TLS work. MQTT was not tried: give --token-file or --token.\n");
        }
        None => text.push_str("Everything works.\n"),
    }
    text
}

fn describe_finding(finding: &Finding, text: &mut String) {
    let _ = writeln!(text, "\n{} [{}]", printable(&finding.cause), finding.failure.code());
    for evidence in &finding.evidence {
        let _ = writeln!(text, "  {}: {}", evidence.label, printable(&evidence.value));
    }
    for hint in &finding.hints {
        let _ = writeln!(text, "Found: {}", printable(hint));
    }
    let _ = writeln!(text, "Fix: {}", printable(&finding.fix));
}

/// Facts may come from a stranger's certificate: nothing that could steer a terminal or turn the order of
/// its letters passes.
fn printable(text: &str) -> String {
    text.chars().map(|c| if is_steering(c) { '\u{fffd}' } else { c }).collect()
}

/// JSON says the same of such characters by number.
fn escaped(json: &str) -> String {
    let escape = |c: char| match c {
        // serde_json has escaped those in strings; what is left are its own line ends.
        c if c.is_ascii() || !is_steering(c) => c.to_string(),
        c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    json.chars().map(escape).collect()
}

/// Control characters, and the format characters that are invisible or change direction.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn milliseconds(elapsed_us: u64) -> String {
    format!("{}.{} ms", elapsed_us / 1000, elapsed_us % 1000 / 100)
}
