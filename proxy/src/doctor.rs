//! The connection doctor for the terminal: one attempt by the same way as a page's session, told as a
//! report.
//!
//! Knows nothing of flags or of how the report is printed. With a token it connects as the device, which
//! ends another session of the same device on ThingsBoard; without one it stops after TLS.

use crate::{
    broker::{
        connection::{Connection, ConnectionError},
        packet::{Incoming, Outgoing, PacketId, SubAckCode},
    },
    config::Config,
    egress::Egress,
    opening::{
        Attempt, Means,
        route::Route,
        steps::{Failed, Steps},
    },
    second_look,
    tls::{Stream, Tls},
};
use serde::Serialize;
use shared::{
    credentials::{AccessToken, Credentials},
    endpoint::Endpoint,
    failure::{Failure, Step},
    thingsboard::topic::filter,
    trust_file,
    wire::{self, Connect, MqttVersion, QoS, SessionOptions, StepPassed, TlsFacts},
};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// What a device subscribes to; a server that refuses these is no ThingsBoard, or not for this device.
const FILTERS: [&str; 2] = [filter::ATTRIBUTES, filter::RPC_REQUEST];

/// Of the one request there is.
const PACKET_ID: PacketId = 1;

/// Waiting for the subscriptions' answer.
const SUBSCRIBE_LIMIT: Duration = Duration::from_secs(5);

/// Leaving in order.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// What is to be checked.
#[derive(Debug)]
pub struct Question {
    pub endpoint: Endpoint,
    pub trust: wire::Trust,
    /// Without one the check ends after TLS.
    pub token: Option<AccessToken>,
}

/// What came out. Its JSON is described in docs/check.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub endpoint: Endpoint,
    /// All five, in order.
    pub steps: Vec<StepReport>,
    /// Present when every step that was to be taken passed.
    pub tls: Option<TlsFacts>,
    /// Absent when every step that was to be taken passed.
    pub finding: Option<Finding>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub step: Step,
    pub outcome: Outcome,
    /// Microseconds; absent for a step that was not taken.
    pub elapsed_us: Option<u64>,
    pub detail: String,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Failed,
    NotTaken,
}

/// What is wrong and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub step: Step,
    /// The failure's stable code and its facts.
    pub failure: Failure,
    pub cause: String,
    pub fix: String,
    pub evidence: Vec<Evidence>,
    /// What a second look found, in sentences.
    pub hints: Vec<String>,
    /// The certificates the server presented, its own first; empty when it presented none.
    pub chain_pem: String,
}

/// A fact to compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    pub label: &'static str,
    pub value: String,
}

/// Makes one attempt and tells what came of it.
pub async fn check(question: Question, config: &Config) -> Report {
    let means = Means {
        egress: Egress::new(config),
        tls: Tls::new(),
        opening: config.opening.clone(),
        session: config.session.clone(),
    };
    let endpoint = question.endpoint.clone();
    let mut passed = Vec::new();
    let tried = attempt(question, &means, |step| passed.push(step)).await;
    let (tls, failed) = match tried {
        Ok(tls) => (Some(tls), None),
        Err(failed) => (None, Some(failed)),
    };
    let steps = Step::ALL.map(|step| step_report(step, &passed, failed.as_ref())).into();
    let finding = match failed {
        Some(failed) => Some(finding(failed, &endpoint, &means.egress).await),
        None => None,
    };
    Report { endpoint, steps, tls, finding }
}

async fn attempt(
    question: Question,
    means: &Means,
    mut report: impl FnMut(StepPassed),
) -> Result<TlsFacts, Failed> {
    let Some(token) = question.token else {
        let mut steps = Steps::new(0, report);
        let unusable = |_| failed(Step::Tls, Failure::ProxyFault);
        let route = Route::new(question.endpoint, question.trust, means).map_err(unusable)?;
        return route.secure(&mut steps).await.map(|(secured, _)| secured.facts);
    };
    let connect = Connect {
        id: 0,
        endpoint: question.endpoint,
        trust: question.trust,
        credentials: Credentials::AccessToken(token),
        mqtt_version: MqttVersion::V3_1_1,
        options: SessionOptions::default(),
    };
    let attempt = Attempt::new(connect, means).map_err(|_| failed(Step::Tls, Failure::ProxyFault))?;
    let opened = attempt.run(&mut report).await?;
    let mut connection = opened.connection;
    let start = Instant::now();
    let subscribed = timeout(SUBSCRIBE_LIMIT, subscribe(&mut connection)).await;
    let elapsed_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    connection.close(Outgoing::Disconnect, CLOSE_LIMIT).await;
    let detail = subscribed
        .unwrap_or(Err(Failure::ServerSilent { after_s: SUBSCRIBE_LIMIT.as_secs() }))
        .map_err(|failure| Failed { step: Step::Subscriptions, elapsed_us, refusal: failure.into() })?;
    report(StepPassed { id: 0, step: Step::Subscriptions, elapsed_us, detail });
    Ok(opened.connected.tls)
}

/// The question was checked by its types and by whoever asked; what is still wrong here is a defect.
fn failed(step: Step, failure: Failure) -> Failed {
    Failed { step, elapsed_us: 0, refusal: failure.into() }
}

/// Subscribes as a device does and gives the granted filters in words.
async fn subscribe(connection: &mut Connection<Stream>) -> Result<String, Failure> {
    let lost = |error: ConnectionError| Failure::from(&error);
    let filters = FILTERS.iter().map(|filter| ((*filter).to_owned(), QoS::AtLeastOnce)).collect();
    connection.feed(Outgoing::Subscribe { id: PACKET_ID, filters }).map_err(lost)?;
    connection.flush().await.map_err(lost)?;
    loop {
        match connection.next().await.map_err(lost)? {
            Incoming::SubAck { id: PACKET_ID, codes } => return granted(&codes),
            Incoming::Disconnect(reason) => {
                return Err(Failure::ServerDisconnected { reason_code: reason.code, text: reason.text });
            }
            _ => {}
        }
    }
}

fn granted(codes: &[SubAckCode]) -> Result<String, Failure> {
    if codes.len() != FILTERS.len() {
        return Err(Failure::ServerBrokeProtocol);
    }
    let refused = FILTERS.iter().zip(codes).find_map(|(filter, code)| match code {
        SubAckCode::Refused(code) => Some((filter, *code)),
        SubAckCode::Granted(_) => None,
    });
    match refused {
        Some((filter, return_code)) => {
            Err(Failure::SubscriptionRefused { filter: (*filter).to_owned(), return_code })
        }
        None => Ok(format!("{} filters granted", FILTERS.len())),
    }
}

fn step_report(step: Step, passed: &[StepPassed], failed: Option<&Failed>) -> StepReport {
    if let Some(passed) = passed.iter().find(|passed| passed.step == step) {
        let (elapsed_us, detail) = (Some(passed.elapsed_us), passed.detail.clone());
        return StepReport { step, outcome: Outcome::Passed, elapsed_us, detail };
    }
    match failed {
        Some(failed) if failed.step == step => StepReport {
            step,
            outcome: Outcome::Failed,
            elapsed_us: Some(failed.elapsed_us),
            detail: failed.refusal.failure.code(),
        },
        _ => StepReport { step, outcome: Outcome::NotTaken, elapsed_us: None, detail: String::new() },
    }
}

async fn finding(failed: Failed, endpoint: &Endpoint, egress: &Egress) -> Finding {
    let Failed { step, refusal, .. } = failed;
    let hints = second_look::hints(&refusal, endpoint, egress).await;
    let advice = refusal.failure.advice();
    let evidence = advice.evidence.into_iter().map(|(label, value)| Evidence { label, value });
    Finding {
        step,
        failure: refusal.failure,
        cause: advice.cause,
        fix: advice.fix,
        evidence: evidence.collect(),
        hints: hints.iter().map(shared::hint::Hint::sentence).collect(),
        chain_pem: refusal.chain.iter().map(|der| trust_file::pem(der)).collect(),
    }
}
