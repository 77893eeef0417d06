//! Measures every row once for all tests: makes the certificates, starts the servers, and asks the console
//! and Python about each.

use crate::{
    deviations::Deviation,
    make::Workshop,
    python,
    row::{Expected, Row, Tls},
    serve::{self, Place, Target},
    table,
};
use anyhow::{Context, Result};
use futures_util::{StreamExt, stream};
use proxy::{
    config::Config,
    doctor::{self, Question, Report},
};
use serde_json::json;
use shared::{
    credentials::AccessToken,
    endpoint::{Endpoint, Host},
    failure::{CertificateProblem, Failure, Step},
    trust_file::TrustFile,
    wire::Trust,
};
use std::{fs, path::Path, sync::OnceLock, time::Duration};

/// Attempts at the same time.
const TOGETHER: usize = 8;

/// The limit of every step, where waiting is not what a row is about. Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(20);

/// The limit where it is.
const HURRIED: Duration = Duration::from_secs(1);

/// For Python's whole list.
const PYTHON: Duration = Duration::from_secs(60);

/// One row over one version of TLS.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) tls: Option<Tls>,
    pub(crate) port: u16,
    pub(crate) console: Console,
    /// In the words of `clients.py`.
    pub(crate) python: String,
}

/// What the console said.
#[derive(Debug)]
pub(crate) enum Console {
    /// To the file, before anything was dialled.
    FileRefused(String),
    Reported(Box<Report>),
}

impl Console {
    pub(crate) fn accepts(&self) -> bool {
        matches!(self, Self::Reported(report) if report.finding.is_none())
    }
}

impl Measured {
    pub(crate) fn label(&self) -> String {
        match self.tls {
            Some(tls) => format!("{} (TLS {tls})", self.row.claim),
            None => self.row.claim.to_owned(),
        }
    }

    pub(crate) fn python_accepts(&self) -> bool {
        self.python == "accepts"
    }

    /// How the two disagree, if they do.
    pub(crate) fn deviation(&self) -> Option<Deviation> {
        match (self.console.accepts(), self.python_accepts()) {
            (true, false) => Some(Deviation::OnlyWeAccept),
            (false, true) => Some(Deviation::OnlyPythonAccepts),
            _ => None,
        }
    }

    /// What the console said that it should not have said, or the reverse.
    pub(crate) fn mismatches(&self) -> Vec<String> {
        let mut found = Vec::new();
        let said = self.said();
        let (agrees, expected) = match self.row.expected {
            Expected::Accepted(verification) => {
                let expected = format!("accepts: {verification:?}");
                (said == expected, expected)
            }
            Expected::Refused(step, codes) => {
                let expected: Vec<_> =
                    codes.iter().map(|code| format!("refuses at {step:?}: {code}")).collect();
                (expected.contains(&said), expected.join(" or "))
            }
            Expected::FileRefused(sentence) => {
                let expected = format!("refuses the file: {sentence}");
                (said.starts_with(&expected), expected)
            }
        };
        if !agrees {
            found.push(format!("the console {said}\n      expected: {expected}"));
        }
        let (hints, expected) = (self.hints(), self.expected_hints());
        if hints != expected {
            found.push(format!("hints {hints:?}\n      expected: {expected:?}"));
        }
        if self.python != self.row.python.to_string() {
            found.push(format!("Python {}\n      expected: {}", self.python, self.row.python));
        }
        found
    }

    fn said(&self) -> String {
        match &self.console {
            Console::FileRefused(sentence) => format!("refuses the file: {sentence}"),
            Console::Reported(report) => match (&report.finding, &report.tls) {
                (Some(finding), _) => format!("refuses at {:?}: {}", finding.step, code(&finding.failure)),
                (None, Some(facts)) => format!("accepts: {:?}", facts.verification),
                (None, None) => "says nothing".to_owned(),
            },
        }
    }

    /// Without what the second look found on MQTT's usual ports: other programs of this machine decide that.
    pub(crate) fn hints(&self) -> Vec<String> {
        let Console::Reported(report) = &self.console else { return Vec::new() };
        let hints = report.finding.iter().flat_map(|finding| &finding.hints);
        let elsewhere = |hint: &str| hint.contains("is open on this host") || hint.starts_with("Port 1883");
        hints.filter(|hint| !elsewhere(hint)).cloned().collect()
    }

    fn expected_hints(&self) -> Vec<String> {
        (self.row.hints)(self.port).iter().map(shared::hint::Hint::sentence).collect()
    }
}

/// A failure's code, with a certificate's problem or an alert's name after a colon.
pub(crate) fn code(failure: &Failure) -> String {
    match failure {
        Failure::CertificateUnsuitable { problem } => format!("{}: {}", failure.code(), name(*problem)),
        Failure::TlsFailed { alert: Some(alert) } => format!("{}: {alert}", failure.code()),
        _ => failure.code(),
    }
}

fn name(problem: CertificateProblem) -> String {
    let value = serde_json::to_value(problem).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The results, measured by whichever test comes first.
///
/// # Panics
/// A program that the rows need is missing, or fails.
pub(crate) fn all() -> &'static [Measured] {
    static ALL: OnceLock<Result<Vec<Measured>, String>> = OnceLock::new();
    match ALL.get_or_init(|| measure().map_err(|error| format!("{error:#}"))) {
        Ok(measured) => measured,
        Err(problem) => panic!("the table cannot be measured: {problem}"),
    }
}

fn measure() -> Result<Vec<Measured>> {
    let shop = Workshop::new()?;
    let rows = table::rows();
    let files = shop.make(&rows)?;
    let targets: Vec<Target<'_>> = rows
        .iter()
        .zip(&files)
        .flat_map(|(row, files)| versions(row).into_iter().map(move |tls| Target { row, tls, files }))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no runtime")?;
    runtime.block_on(async {
        let (_serving, places) = serve::start(&shop, &targets).await?;
        let asked = targets.iter().zip(&places).map(|(target, place)| ask(target.row, place));
        let console: Vec<Result<Console>> = stream::iter(asked).buffered(TOGETHER).collect().await;
        let python = ask_python(&shop, &targets, &places).await?;
        let all = targets.iter().zip(places).zip(console).zip(python);
        all.map(|(((target, place), console), python)| {
            let (row, port) = (target.row.clone(), place.address.port());
            Ok(Measured { row, tls: target.tls, port, console: console?, python })
        })
        .collect()
    })
}

fn versions(row: &Row) -> Vec<Option<Tls>> {
    if row.versions.is_empty() { vec![None] } else { row.versions.iter().copied().map(Some).collect() }
}

/// As the page does: the file is read first, and only its certificates go on.
async fn ask(row: &Row, place: &Place) -> Result<Console> {
    let trust = match place.upload.as_deref().map(read).transpose()? {
        None => Trust::PublicAuthorities,
        Some(Ok(file)) => Trust::UploadedCertificate { pem: file.to_pem() },
        Some(Err(sentence)) => return Ok(Console::FileRefused(sentence)),
    };
    let question = Question {
        endpoint: Endpoint { host: Host::parse(row.host)?, port: place.address.port() },
        trust,
        token: Some(AccessToken::parse("TOKEN")?),
    };
    let mut config = Config::default();
    let opening = &mut config.opening;
    (opening.name, opening.tcp) = (limit(row, Step::Name), limit(row, Step::Tcp));
    (opening.tls, opening.connack) = (limit(row, Step::Tls), limit(row, Step::Mqtt));
    opening.all = 4 * PATIENT;
    Ok(Console::Reported(Box::new(doctor::check(question, &config).await)))
}

/// Short only for the step that a row waits for.
fn limit(row: &Row, step: Step) -> Duration {
    match row.expected {
        Expected::Refused(awaited, _) if row.is_waiting && awaited == step => HURRIED,
        _ => PATIENT,
    }
}

fn read(path: &Path) -> Result<Result<TrustFile, String>> {
    Ok(TrustFile::read(&fs::read(path)?).map_err(|problem| problem.to_string()))
}

async fn ask_python(shop: &Workshop, targets: &[Target<'_>], places: &[Place]) -> Result<Vec<String>> {
    let servers: Vec<_> = targets
        .iter()
        .zip(places)
        .map(|(target, place)| {
            let limit = |step| limit(target.row, step).as_secs();
            json!({
                "host": target.row.host,
                "port": place.address.port(),
                "file": place.upload,
                "tcp_limit": limit(Step::Tcp),
                "tls_limit": limit(Step::Tls),
                "mqtt_limit": limit(Step::Mqtt),
            })
        })
        .collect();
    let path = shop.folder().join("clients.json");
    fs::write(&path, serde_json::to_string(&servers)?)?;
    let mut clients = python::start("clients.py", &path)?;
    let line = clients.says(PYTHON, |mut lines| lines.next().map(str::to_owned)).await?;
    serde_json::from_str(&line).context("clients.py prints its verdicts")
}
