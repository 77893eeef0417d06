//! Carries one rule out: its own server, its clients through an [`Actor`], and every observation compared.
//! What no step has seen may not have come.

use super::{
    actor::{Actor, Command, Connect, Event, Publish, Server, Way},
    file::{self, DEVICE, Rule, Step, Verb},
    operator::Operator,
    server,
    words::{JsonText, Seen, same},
};
use anyhow::{Context, Result, bail, ensure};
use shared::wire::MqttVersion;
use std::collections::{BTreeMap, VecDeque};
use tests::emulated::Emulated;

/// A filter that no server of ThingsBoard grants and that changes nothing: what came before its SUBACK is all
/// that came.
const BARRIER: &str = "#";

/// The state of a rule under way.
pub(super) struct Scene<'a> {
    way: Way,
    actor: &'a mut Actor,
    /// Keeps the clients of one rule apart from another's.
    prefix: &'a str,
    thingsboard: Emulated,
    operator: Operator,
    /// Clients that are connected, with what they saw and no step has asked for.
    clients: BTreeMap<String, VecDeque<Event>>,
    last_number: u32,
}

/// Carries out all steps, and looks whether anything else came.
pub(super) async fn play(rule: &Rule, way: Way, actor: &mut Actor, prefix: &str) -> Result<()> {
    let thingsboard = Emulated::with(server::config(&rule.server)?).await;
    let operator = Operator::new(&thingsboard);
    let mut scene =
        Scene { way, actor, prefix, thingsboard, operator, clients: BTreeMap::new(), last_number: 0 };
    let connects = |step: &Step| matches!(&step.verb, Verb::Connect(connect) if connect.what == DEVICE);
    if !rule.steps.iter().any(connects) {
        let usual = toml::from_str("connect = 'device'").context("the usual connect")?;
        scene.step(&usual).await.context("connecting")?;
    }
    for (index, step) in rule.steps.iter().enumerate() {
        if step.only.is_none_or(|only| only == way.version) {
            scene.step(step).await.with_context(|| format!("step {}: {:?}", index + 1, step.verb))?;
        }
    }
    let open: Vec<String> = scene.clients.keys().cloned().collect();
    for client in open {
        scene.silence(&client).await.with_context(|| format!("at the end, {client}"))?;
        scene.tell(&client, Command::Disconnect).await?;
    }
    Ok(())
}

impl Scene<'_> {
    async fn step(&mut self, Step { by, verb, .. }: &Step) -> Result<()> {
        match verb {
            Verb::Connect(connect) => self.connect(connect).await,
            Verb::Disconnect(file::Bare { what }) => {
                self.silence(what).await?;
                self.tell(what, Command::Disconnect).await?;
                self.closes(what, None).await
            }
            Verb::Subscribe(subscribe) => self.subscribe(by, subscribe).await,
            Verb::Unsubscribe(unsubscribe) => self.unsubscribe(by, unsubscribe).await,
            Verb::Publish(publish) => self.publish(by, publish).await,
            Verb::Message(message) => self.message(by, message).await,
            Verb::Ends(file::Ends { what }) => match what.of(self.way.version).0[..] {
                [Seen::Closed(reason)] => self.closes(by, reason).await,
                ref other => bail!("no end: {other:?}"),
            },
            Verb::Silence(file::Bare { what }) => self.silence(what).await,
            verb => self.operator.act(verb).await,
        }
    }

    async fn connect(&mut self, connect: &file::Connect) -> Result<()> {
        let client = connect.what.as_str();
        let username = match connect.username.as_str() {
            "" => None,
            other => Some(match other.strip_prefix(file::TOKEN) {
                None => other.to_owned(),
                Some("") => self.thingsboard.token().expose().to_owned(),
                Some(name) => self.operator.token(Some(name.trim_start_matches(" OF ")))?.expose().to_owned(),
            }),
        };
        let emulator = self.thingsboard.emulator();
        let server = Server { address: emulator.address(), ca: emulator.ca_pem().to_owned() };
        let command = Connect {
            server,
            username,
            password: connect.password.clone(),
            client_id: connect.client_id.clone(),
            clean: connect.clean,
        };
        self.tell(client, Command::Connect(command)).await?;
        self.clients.insert(client.to_owned(), VecDeque::new());
        let is_acknowledgement = |event: &Event| matches!(event, Event::ConnAck { .. });
        let Event::ConnAck { code, session_present } = self.find(client, is_acknowledgement).await? else {
            bail!("found otherwise")
        };
        let wanted = connect.code.as_ref().map_or(0, |code| *code.of(self.way.version));
        same(&code, &wanted)?;
        if let Some(wanted) = connect.session_present {
            same(&session_present, &wanted)?;
        }
        if code != 0 {
            // The libraries hang up themselves, some before the server does.
            self.clients.remove(client);
        }
        Ok(())
    }

    async fn subscribe(&mut self, client: &str, subscribe: &file::Subscribe) -> Result<()> {
        let filters = subscribe.what.list();
        let wanted = match &subscribe.codes {
            Some(codes) => codes.of(self.way.version).clone(),
            None => vec![subscribe.qos; filters.len()],
        };
        let filters = filters.into_iter().map(|filter| (filter.to_owned(), subscribe.qos)).collect();
        self.tell(client, Command::Subscribe(filters)).await?;
        let found = self.find(client, |event| matches!(event, Event::SubAck(_))).await?;
        same(&found, &Event::SubAck(wanted))
    }

    async fn unsubscribe(&mut self, client: &str, unsubscribe: &file::Unsubscribe) -> Result<()> {
        let filters: Vec<String> = unsubscribe.what.list().into_iter().map(str::to_owned).collect();
        let wanted = unsubscribe.codes.clone().unwrap_or_else(|| vec![0; filters.len()]);
        self.tell(client, Command::Unsubscribe(filters)).await?;
        match self.find(client, |event| matches!(event, Event::UnsubAck(_))).await? {
            Event::UnsubAck(Some(codes)) => same(&codes, &wanted),
            _ => Ok(()),
        }
    }

    async fn publish(&mut self, client: &str, publish: &file::Publish) -> Result<()> {
        self.last_number += 1;
        let number = self.last_number;
        let payload = match (&publish.hex, publish.remaining) {
            (Some(hex), _) => hex.bytes(),
            (None, None) => publish.payload.clone().into_bytes(),
            (None, Some(remaining)) => {
                // The length of the topic, the identifier, and the length of no properties.
                let header = 2 + usize::from(publish.qos > 0) * 2;
                let header = header + usize::from(self.way.version == MqttVersion::V5);
                let rest = remaining - header - publish.what.len() - r#"{"k":""}"#.len();
                format!(r#"{{"k":"{}"}}"#, "x".repeat(rest)).into_bytes()
            }
        };
        let topic = publish.what.clone();
        self.tell(client, Command::Publish(Publish { number, topic, qos: publish.qos, payload })).await?;
        let seen = match (&publish.answer, publish.qos) {
            (Some(answer), _) => answer.of(self.way.version).0.clone(),
            (None, 0) => return Ok(()),
            (None, _) => vec![Seen::PubAck(0)],
        };
        if seen.is_empty() {
            return self.silence(client).await;
        }
        for seen in seen {
            match seen {
                Seen::PubAck(code) => {
                    let is_answer = |event: &Event| matches!(event, Event::PubAck { .. } | Event::Closed(_));
                    let found = self.find(client, is_answer).await?;
                    same(&found, &Event::PubAck { number, code })?;
                }
                Seen::Closed(reason) => self.closes(client, reason).await?,
            }
        }
        Ok(())
    }

    async fn message(&mut self, client: &str, wanted: &file::Message) -> Result<()> {
        let is_message = |event: &Event| matches!(event, Event::Message { .. } | Event::Closed(_));
        let found = self.find(client, is_message).await?;
        let Event::Message { topic, qos, payload } = found else {
            bail!("no message, but {found:?}");
        };
        same(&topic, &wanted.what)?;
        same(&qos, &wanted.qos)?;
        if let Some(hex) = &wanted.hex {
            ensure!(hex.fits(&payload), "found {}, wanted {hex:?}", digits(&payload));
            return Ok(());
        }
        let text = String::from_utf8_lossy(&payload).into_owned();
        match (serde_json::from_str(&text), JsonText::try_from(wanted.payload.clone())) {
            (Ok(found), Ok(json)) if json.fits(&found) => Ok(()),
            _ => same(&text, &wanted.payload),
        }
    }

    async fn closes(&mut self, client: &str, reason: Option<u8>) -> Result<()> {
        let is_end = |event: &Event| matches!(event, Event::Closed(_) | Event::PubAck { .. });
        let found = self.find(client, is_end).await?;
        same(&found, &Event::Closed(reason))?;
        let kept = self.clients.remove(client).unwrap_or_default();
        ensure!(kept.is_empty(), "before the end came also {kept:?}");
        Ok(())
    }

    async fn silence(&mut self, client: &str) -> Result<()> {
        self.tell(client, Command::Subscribe(vec![(BARRIER.to_owned(), 0)])).await?;
        let found = self.find(client, |event| matches!(event, Event::SubAck(_) | Event::Closed(_))).await?;
        ensure!(matches!(found, Event::SubAck(_)), "the connection ended: {found:?}");
        let kept = &self.clients[client];
        ensure!(kept.is_empty(), "unexpected: {kept:?}");
        Ok(())
    }

    async fn tell(&mut self, client: &str, command: Command) -> Result<()> {
        self.actor.tell(&format!("{}/{client}", self.prefix), command).await
    }

    /// The first event that is wanted; others are kept in order.
    async fn find(&mut self, client: &str, wanted: impl Fn(&Event) -> bool) -> Result<Event> {
        let name = format!("{}/{client}", self.prefix);
        let kept = self.clients.get_mut(client).with_context(|| format!("{client} is not connected"))?;
        if let Some(index) = kept.iter().position(&wanted) {
            return kept.remove(index).context("just found");
        }
        loop {
            match self.actor.next(&name).await.with_context(|| format!("{client} saw {kept:?}"))? {
                Event::Cannot(why) => bail!("the client cannot: {why}"),
                event if wanted(&event) => return Ok(event),
                event => kept.push_back(event),
            }
        }
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
