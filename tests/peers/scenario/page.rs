//! The page's session: a WebSocket to our proxy for each client. What the proxy says in words becomes the same
//! events that a library tells.

use super::actor::{Command, Connect, Event};
use anyhow::{Context, Result, bail};
use shared::{
    credentials::{AccessToken, BasicLogin, Credentials},
    failure::Failure,
    payload::Payload,
    wire::{
        self, Disconnect, Message, MqttVersion, Publish, PublishOutcome, QoS, RequestId, SessionOptions,
        Subscribe, SubscribeOutcome, Subscription, ToBrowser, ToProxy, Unsubscribe,
    },
};
use std::collections::{HashMap, VecDeque};
use tests::{
    page::{self, Page},
    proxy::Proxy,
};

/// One proxy and the pages that it serves.
#[derive(Debug)]
pub(super) struct PageClients {
    proxy: Proxy,
    version: MqttVersion,
    clients: HashMap<String, Client>,
}

#[derive(Debug)]
struct Client {
    page: Page,
    /// The numbers of its publishes by the id of the request.
    numbers: HashMap<RequestId, u32>,
    kept: VecDeque<Event>,
}

impl PageClients {
    pub(super) async fn start(version: MqttVersion) -> Self {
        Self { proxy: Proxy::start().await, version, clients: HashMap::new() }
    }

    pub(super) async fn tell(&mut self, name: &str, command: Command) -> Result<()> {
        if let Command::Connect(connect) = command {
            let client = self.connect(connect).await?;
            self.clients.insert(name.to_owned(), client);
            return Ok(());
        }
        let client = self.clients.get_mut(name).context("no such client")?;
        let id = client.page.new_id();
        let request = match command {
            Command::Connect(_) => bail!("handled above"),
            Command::Subscribe(filters) => {
                let subscription = |(filter, qos)| Ok(Subscription { filter, qos: level(qos)? });
                let filters = filters.into_iter().map(subscription).collect::<Result<_>>()?;
                ToProxy::Subscribe(Subscribe { id, filters })
            }
            Command::Unsubscribe(filters) => ToProxy::Unsubscribe(Unsubscribe { id, filters }),
            Command::Publish(publish) => {
                client.numbers.insert(id, publish.number);
                let payload = Payload::from_bytes(&publish.payload);
                let qos = level(publish.qos)?;
                ToProxy::Publish(Publish { id, topic: publish.topic, qos, retain: false, payload })
            }
            Command::Disconnect => ToProxy::Disconnect(Disconnect { id }),
        };
        client.page.send(&[request]).await;
        Ok(())
    }

    pub(super) async fn next(&mut self, name: &str) -> Result<Event> {
        let client = self.clients.get_mut(name).context("no such client")?;
        loop {
            if let Some(event) = client.kept.pop_front() {
                return Ok(event);
            }
            let message = client.page.next().await;
            let event = client.event(message)?;
            client.kept.extend(event);
        }
    }

    async fn connect(&self, connect: Connect) -> Result<Client> {
        let credentials = match (connect.username.as_deref(), connect.password.as_deref()) {
            (Some("provision"), None) => Credentials::Provisioning,
            (Some(token), None) => Credentials::AccessToken(AccessToken::parse(token)?),
            (name, password) => {
                let (name, password) = (name.unwrap_or_default(), password.unwrap_or_default());
                Credentials::Basic(BasicLogin::new(name, password)?)
            }
        };
        let mut page = Page::open(&self.proxy).await;
        let id = page.new_id();
        let endpoint = page::endpoint(connect.server.address);
        let trust = page::trust(&connect.server.ca);
        let options = SessionOptions {
            client_id: connect.client_id,
            clean_start: connect.clean,
            ..SessionOptions::default()
        };
        let usual = page::connect_message(id, &endpoint, &trust, "replaced below");
        let connect = wire::Connect { credentials, mqtt_version: self.version, options, ..usual };
        let acknowledged = match page.attempt(connect).await.outcome {
            Ok(connected) => {
                Event::ConnAck { code: connected.return_code, session_present: connected.session_present }
            }
            Err(failed) => Event::ConnAck { code: code_of(&failed.failure)?, session_present: false },
        };
        Ok(Client { page, numbers: HashMap::new(), kept: VecDeque::from([acknowledged]) })
    }
}

impl Client {
    fn event(&mut self, message: ToBrowser) -> Result<Option<Event>> {
        Ok(Some(match message {
            ToBrowser::Published(published) => {
                let number = self.numbers.remove(&published.id).context("a publish of ours")?;
                match published.outcome {
                    PublishOutcome::Delivered => Event::PubAck { number, code: 0 },
                    PublishOutcome::Refused { reason } => match code_in(&reason) {
                        Some(code) => Event::PubAck { number, code },
                        None => Event::Cannot(reason),
                    },
                    PublishOutcome::Sent | PublishOutcome::Unknown => return Ok(None),
                }
            }
            ToBrowser::Subscribed(subscribed) => {
                let code = |outcome: &SubscribeOutcome| match outcome {
                    SubscribeOutcome::Granted { qos } => (*qos).into(),
                    SubscribeOutcome::Refused { code, .. } => *code,
                };
                Event::SubAck(subscribed.results.iter().map(|result| code(&result.outcome)).collect())
            }
            ToBrowser::Unsubscribed(_) => Event::UnsubAck(None),
            ToBrowser::Message(Message { topic, qos, payload, .. }) => {
                Event::Message { topic, qos: qos.into(), payload: payload.into_bytes() }
            }
            ToBrowser::RequestRefused(refused) => Event::Cannot(refused.reason),
            ToBrowser::Disconnected(disconnected) => Event::Closed(match disconnected.failure {
                Some(Failure::ServerDisconnected { reason_code, .. }) => Some(reason_code),
                Some(Failure::ServerClosed | Failure::ServerClosedAfterPublish { .. }) | None => None,
                Some(other) => bail!("an end that no server asks for: {other:?}"),
            }),
            other => bail!("in an open session: {other:?}"),
        }))
    }
}

/// CONNACK's code.
fn code_of(failure: &Failure) -> Result<u8> {
    match failure {
        Failure::CredentialsRefused { return_code }
        | Failure::ClientIdRefused { return_code }
        | Failure::ServerUnavailable { return_code }
        | Failure::MqttVersionRefused { return_code }
        | Failure::ConnectRefused { return_code } => Ok(*return_code),
        other => bail!("no CONNACK: {other:?}"),
    }
}

/// The code that a refusal names for people, for example `payload format invalid (0x99)`.
fn code_in(reason: &str) -> Option<u8> {
    let (_, rest) = reason.split_once("(0x")?;
    u8::from_str_radix(rest.split_once(')')?.0, 16).ok()
}

fn level(qos: u8) -> Result<QoS> {
    QoS::try_from(qos).map_err(anyhow::Error::msg)
}
