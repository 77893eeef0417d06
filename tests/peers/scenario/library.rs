//! Client libraries of other people: a script for each takes commands and tells events as JSON lines
//! (`scripts/paho_actor.py` has the shapes).

use super::actor::{Command, Event};
use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tests::{child::Child, node, python::Python};

/// The first answer includes the time to load the library.
const LIMIT: Duration = Duration::from_secs(15);

/// A running script and what it said.
#[derive(Debug)]
pub(super) struct Library {
    child: Child,
    read: usize,
    /// Events by client, not yet asked for.
    kept: HashMap<String, VecDeque<Event>>,
}

#[derive(Deserialize)]
struct Told {
    client: String,
    #[serde(flatten)]
    event: ToldEvent,
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum ToldEvent {
    ConnAck { code: u8, session_present: bool },
    SubAck { codes: Vec<u8> },
    UnsubAck { codes: Option<Vec<u8>> },
    PubAck { number: u32, code: u8 },
    Message { topic: String, qos: u8, payload: String },
    Closed { reason: Option<u8> },
    Cannot { why: String },
}

impl Library {
    pub(super) fn paho(version: &str) -> Result<Self> {
        let mut command = Python::Paho.command("paho_actor.py")?;
        Ok(Self::new(Child::start_listening("paho", command.arg(version))?))
    }

    pub(super) fn mqtt_js(version: &str) -> Result<Self> {
        let mut command = node::command("mqtt_js_actor.cjs")?;
        Ok(Self::new(Child::start_listening("MQTT.js", command.arg(version))?))
    }

    fn new(child: Child) -> Self {
        Self { child, read: 0, kept: HashMap::new() }
    }

    pub(super) fn tell(&mut self, client: &str, command: &Command) -> Result<()> {
        let mut line = line(command);
        line["client"] = json!(client);
        self.child.tell(&line.to_string())
    }

    pub(super) async fn next(&mut self, client: &str) -> Result<Event> {
        loop {
            if let Some(event) = self.kept.get_mut(client).and_then(VecDeque::pop_front) {
                return Ok(event);
            }
            let index = self.read;
            let line = self.child.says(LIMIT, |mut lines| lines.nth(index).map(str::to_owned)).await;
            // The error itself holds all that was said for all rules.
            let Ok(line) = line else {
                bail!("{client} waits for an event in vain:\n{}", self.child.stderr())
            };
            self.read += 1;
            let told: Told = serde_json::from_str(&line).with_context(|| format!("no event: {line}"))?;
            self.kept.entry(told.client).or_default().push_back(told.event.read()?);
        }
    }
}

fn line(command: &Command) -> Value {
    match command {
        Command::Connect(connect) => json!({
            "do": "connect",
            "host": connect.server.address.ip(),
            "port": connect.server.address.port(),
            "ca": connect.server.ca,
            "username": connect.username,
            "password": connect.password,
            "client_id": connect.client_id,
            "clean": connect.clean,
        }),
        Command::Subscribe(filters) => json!({"do": "subscribe", "filters": filters}),
        Command::Unsubscribe(filters) => json!({"do": "unsubscribe", "filters": filters}),
        Command::Publish(publish) => json!({
            "do": "publish",
            "number": publish.number,
            "topic": publish.topic,
            "qos": publish.qos,
            "payload": BASE64_STANDARD.encode(&publish.payload),
        }),
        Command::Disconnect => json!({"do": "disconnect"}),
    }
}

impl ToldEvent {
    fn read(self) -> Result<Event> {
        Ok(match self {
            Self::ConnAck { code, session_present } => Event::ConnAck { code, session_present },
            Self::SubAck { codes } => Event::SubAck(codes),
            Self::UnsubAck { codes } => Event::UnsubAck(codes),
            Self::PubAck { number, code } => Event::PubAck { number, code },
            Self::Message { topic, qos, payload } => match BASE64_STANDARD.decode(&payload) {
                Ok(payload) => Event::Message { topic, qos, payload },
                Err(_) => bail!("no base64: {payload}"),
            },
            Self::Closed { reason } => Event::Closed(reason),
            Self::Cannot { why } => Event::Cannot(why),
        })
    }
}
