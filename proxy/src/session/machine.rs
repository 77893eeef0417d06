//! What an open session does about everything that can happen to it: a pure machine.
//!
//! Call [`Machine::handle`] with what happened and the time, then carry out [`Machine::take_effects`]
//! (packets in order, messages in order), and wake it at [`Machine::deadline`]. It never waits, never reads a clock and knows no socket.
//! Two questions steer what is read: [`Machine::takes_requests`] and [`Machine::takes_packets`].

use super::{
    End,
    keep_alive::{Due, KeepAlive},
    outstanding::{Outstanding, Pending},
    queue::{Queue, Share},
};
use crate::{
    broker::packet::{Incoming, IncomingPublish, Outgoing, PacketId, ServerLimits, ServerReason, SubAckCode},
    config::SessionLimits,
};
use shared::{
    failure::Failure,
    limits::{MAX_IN_FLIGHT, MAX_PACKET_BYTES, MAX_SUBSCRIPTIONS},
    payload::{Payload, json_len},
    reason, topic,
    wire::{
        Message, MqttVersion, Publish, PublishOutcome, Published, QoS, RequestId, RequestRefused, Subscribe,
        SubscribeOutcome, SubscribeResult, Subscribed, ToBrowser, ToProxy, Unsubscribe, Unsubscribed,
    },
};
use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

/// Bytes a message costs beyond topic and payload, about what its JSON adds.
const MESSAGE_OVERHEAD_BYTES: usize = 100;

/// How soon after a publish the server must close for the publish to be the likely reason: ThingsBoard
/// closes at once.
const BLAME_WITHIN: Duration = Duration::from_secs(2);

/// The publish sent last, while the server has not acknowledged it.
#[derive(Debug)]
struct LastPublish {
    id: Option<PacketId>,
    topic: String,
    payload_bytes: usize,
    at: Instant,
}

/// Everything that may happen to an open session.
#[derive(Debug)]
pub(super) enum Input {
    /// The page asks for something.
    Request(ToProxy),
    /// The server sent something.
    Packet(Incoming),
    /// All packets handed out so far have been written.
    Flushed,
    /// The browser's connection took a frame.
    FrameTaken { share: Share, acknowledge: Vec<PacketId> },
    /// Something came from the browser, be it a pong.
    BrowserHeard,
    /// The time has come.
    Tick,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    ToBroker(Outgoing),
    /// `acknowledge`: the packet to acknowledge once the frame with this message was taken.
    ToBrowser {
        message: ToBrowser,
        share: Share,
        acknowledge: Option<PacketId>,
    },
    PingBrowser,
    End(End),
}

/// The state of an open session.
#[derive(Debug)]
pub(super) struct Machine {
    outstanding: Outstanding,
    version: MqttVersion,
    server: ServerLimits,
    subscriptions: BTreeSet<String>,
    waiting: VecDeque<Publish>,
    waiting_bytes: usize,
    waiting_limit: Share,
    last_publish: Option<LastPublish>,
    /// QoS 0 publishes handed out but not yet known to be written.
    unwritten: Vec<RequestId>,
    queue: Queue,
    browser_patience: Duration,
    keep_alive: KeepAlive,
    browser_heard: Instant,
    browser_pinged: Instant,
    browser_ping_every: Duration,
    browser_silence: Duration,
    effects: Vec<Effect>,
}

impl Machine {
    pub(super) fn new(
        limits: &SessionLimits,
        version: MqttVersion,
        server: ServerLimits,
        keep_alive: Duration,
        now: Instant,
    ) -> Self {
        let share = Share { messages: limits.queue_messages, bytes: limits.queue_bytes };
        Self {
            outstanding: Outstanding::new(MAX_IN_FLIGHT, server.in_flight.unwrap_or(MAX_IN_FLIGHT)),
            version,
            server,
            subscriptions: BTreeSet::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            waiting_limit: Share { messages: limits.waiting_messages, bytes: limits.waiting_bytes },
            last_publish: None,
            unwritten: Vec::new(),
            queue: Queue::new(share),
            browser_patience: limits.browser_stall,
            keep_alive: KeepAlive::new(keep_alive, limits.server_silence, now),
            browser_heard: now,
            browser_pinged: now,
            browser_ping_every: limits.browser_ping,
            browser_silence: limits.browser_silence,
            effects: Vec::new(),
        }
    }

    /// Tells the page something that is not a message to be acknowledged.
    pub(super) fn announce(&mut self, message: ToBrowser, now: Instant) {
        let bytes = weight(&message);
        self.tell(message, None, bytes, now);
    }

    pub(super) fn handle(&mut self, input: Input, now: Instant) {
        let (took_requests, took_packets) = (self.takes_requests(), self.takes_packets());
        self.react(input, now);
        // Nobody was listened to until now, so the silence so far proves nothing.
        if !took_requests && self.takes_requests() {
            self.browser_heard = now;
        }
        if !took_packets && self.takes_packets() {
            self.keep_alive.excuse(now);
        }
    }

    fn react(&mut self, input: Input, now: Instant) {
        match input {
            Input::Request(request) => {
                self.browser_heard = now;
                self.request(request, now);
            }
            Input::Packet(packet) => {
                self.keep_alive.heard(now);
                self.packet(packet, now);
            }
            Input::Flushed => self.flushed(now),
            Input::FrameTaken { share, acknowledge } => self.frame_taken(share, acknowledge, now),
            Input::BrowserHeard => self.browser_heard = now,
            Input::Tick => self.tick(now),
        }
    }

    /// The effects so far, to be carried out in order.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Whether the page may be read: not while its answers pile up or its publishes wait for the server.
    pub(super) fn takes_requests(&self) -> bool {
        !self.queue.is_full()
            && self.waiting.len() < self.waiting_limit.messages
            && self.waiting_bytes < self.waiting_limit.bytes
    }

    /// Whether the server may be read: a slow browser slows the server.
    pub(super) fn takes_packets(&self) -> bool {
        !self.queue.is_full()
    }

    /// When [`Input::Tick`] is due.
    pub(super) fn deadline(&self) -> Instant {
        let mut deadline = self.keep_alive.deadline(self.takes_packets());
        deadline = deadline.min(self.browser_pinged + self.browser_ping_every);
        if self.takes_requests() {
            deadline = deadline.min(self.browser_heard + self.browser_silence);
        }
        match self.queue.deadline(self.browser_patience) {
            Some(stalled) => deadline.min(stalled),
            None => deadline,
        }
    }

    /// A better reason for an end, from what happened before it.
    pub(super) fn explain(&self, end: End, now: Instant) -> End {
        let closed = matches!(end, End::Failed(Failure::ServerClosed | Failure::ConnectionReset));
        match &self.last_publish {
            Some(publish) if closed && now < publish.at + BLAME_WITHIN => {
                let (topic, payload_bytes) = (publish.topic.clone(), publish.payload_bytes as u64);
                End::Failed(Failure::ServerClosedAfterPublish { topic, payload_bytes })
            }
            _ => end,
        }
    }

    /// The session is over: the answers to everything that will get none from the server.
    pub(super) fn abandon(&mut self) -> Vec<ToBrowser> {
        let (publishes, pending) = self.outstanding.abandon();
        let unknown = publishes.into_iter().chain(std::mem::take(&mut self.unwritten));
        let mut answers: Vec<ToBrowser> = unknown
            .map(|id| ToBrowser::Published(Published { id, outcome: PublishOutcome::Unknown }))
            .collect();
        let not_sent = "The connection ended before it was sent.";
        answers.extend(self.waiting.drain(..).map(|publish| refused_publish(publish.id, not_sent)));
        answers.extend(pending.into_iter().map(|pending| {
            let (Pending::Subscribe { request, .. } | Pending::Unsubscribe { request, .. }) = pending;
            refused(request, "The connection ended before the server answered.")
        }));
        answers
    }

    fn request(&mut self, request: ToProxy, now: Instant) {
        match request {
            ToProxy::Connect(connect) => {
                let reason = "A session is open already: one WebSocket holds one session.";
                self.announce(refused(connect.id, reason), now);
            }
            ToProxy::Publish(publish) => self.publish(publish, now),
            ToProxy::Subscribe(subscribe) => self.subscribe(subscribe, now),
            ToProxy::Unsubscribe(unsubscribe) => self.unsubscribe(unsubscribe, now),
            ToProxy::Disconnect(disconnect) => {
                self.effects.push(Effect::End(End::Asked { id: disconnect.id }));
            }
        }
    }

    fn publish(&mut self, publish: Publish, now: Instant) {
        if let Err(reason) = check_publish(&publish, self.version, self.server) {
            self.announce(refused_publish(publish.id, reason), now);
        } else {
            self.waiting_bytes += publish.payload.len();
            self.waiting.push_back(publish);
            self.send_waiting(now);
        }
    }

    /// Sends publishes in the order asked, as far as the window allows.
    fn send_waiting(&mut self, now: Instant) {
        while let Some(publish) = self.waiting.front() {
            let id = match publish.qos {
                QoS::AtMostOnce => None,
                QoS::AtLeastOnce => match self.outstanding.publish(publish.id) {
                    Some(id) => Some(id),
                    None => return,
                },
            };
            let Some(publish) = self.waiting.pop_front() else { return };
            if id.is_none() {
                self.unwritten.push(publish.id);
            }
            self.waiting_bytes -= publish.payload.len();
            let (topic, payload_bytes) = (publish.topic.clone(), publish.payload.len());
            self.last_publish = Some(LastPublish { id, topic, payload_bytes, at: now });
            self.effects.push(Effect::ToBroker(Outgoing::Publish {
                id,
                topic: publish.topic,
                retain: publish.retain,
                payload: publish.payload.into_bytes().into(),
            }));
        }
    }

    fn subscribe(&mut self, subscribe: Subscribe, now: Instant) {
        let names = || subscribe.filters.iter().map(|wanted| wanted.filter.as_str());
        if let Err(reason) = self.check_filters(names()).and_then(|()| self.check_room(names())) {
            return self.announce(refused(subscribe.id, reason), now);
        }
        let filters = names().map(str::to_owned).collect();
        let id = self.outstanding.request(Pending::Subscribe { request: subscribe.id, filters });
        let filters = subscribe.filters.into_iter().map(|wanted| (wanted.filter, wanted.qos)).collect();
        self.effects.push(Effect::ToBroker(Outgoing::Subscribe { id, filters }));
    }

    fn unsubscribe(&mut self, unsubscribe: Unsubscribe, now: Instant) {
        if let Err(reason) = self.check_filters(unsubscribe.filters.iter().map(String::as_str)) {
            return self.announce(refused(unsubscribe.id, reason), now);
        }
        let filters = unsubscribe.filters;
        let pending = Pending::Unsubscribe { request: unsubscribe.id, filters: filters.clone() };
        let id = self.outstanding.request(pending);
        self.effects.push(Effect::ToBroker(Outgoing::Unsubscribe { id, filters }));
    }

    fn check_filters<'a>(&self, filters: impl Iterator<Item = &'a str>) -> Result<(), String> {
        if self.outstanding.pending().count() >= MAX_SUBSCRIPTIONS {
            return Err(format!("{MAX_SUBSCRIPTIONS} requests wait for the server's answer: wait for one."));
        }
        let mut count = 0;
        for filter in filters {
            topic::check_filter(filter).map_err(|problem| problem.to_string())?;
            count += 1;
        }
        match count {
            1..=MAX_SUBSCRIPTIONS => Ok(()),
            _ => Err(format!("One request takes 1 to {MAX_SUBSCRIPTIONS} filters.")),
        }
    }

    fn check_room<'a>(&'a self, wanted: impl Iterator<Item = &'a str>) -> Result<(), String> {
        let mut all: BTreeSet<&str> = self.subscriptions.iter().map(String::as_str).collect();
        for pending in self.outstanding.pending() {
            if let Pending::Subscribe { filters, .. } = pending {
                all.extend(filters.iter().map(String::as_str));
            }
        }
        all.extend(wanted);
        if all.len() <= MAX_SUBSCRIPTIONS {
            return Ok(());
        }
        Err(format!("A session holds at most {MAX_SUBSCRIPTIONS} subscriptions: give one back first."))
    }

    fn packet(&mut self, packet: Incoming, now: Instant) {
        match packet {
            Incoming::Publish(publish) => self.incoming_publish(publish, now),
            Incoming::PubAck { id, refused } => {
                self.last_publish.take_if(|publish| publish.id == Some(id));
                if let Some(id) = self.outstanding.published(id) {
                    let outcome = match refused {
                        None => PublishOutcome::Delivered,
                        Some(ServerReason { code, text }) => {
                            PublishOutcome::Refused { reason: reason::refused_publish(code, text.as_deref()) }
                        }
                    };
                    self.announce(ToBrowser::Published(Published { id, outcome }), now);
                }
                self.send_waiting(now);
            }
            Incoming::SubAck { id, codes } => self.subscribed(id, &codes, now),
            Incoming::UnsubAck { id, refused } => self.unsubscribed(id, refused, now),
            Incoming::Disconnect(ServerReason { code, text }) => {
                let failure = Failure::ServerDisconnected { reason_code: code, text };
                self.effects.push(Effect::End(End::Failed(failure)));
            }
            Incoming::PingResp | Incoming::Unsolicited => {}
        }
    }

    fn incoming_publish(&mut self, publish: IncomingPublish, now: Instant) {
        let payload = Payload::from_bytes(&publish.payload);
        let bytes = json_len(&publish.topic) + payload.json_len();
        let message = ToBrowser::Message(Message {
            topic: publish.topic,
            qos: if publish.id.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce },
            retain: publish.retain,
            duplicate: publish.duplicate,
            payload,
        });
        self.tell(message, publish.id, bytes, now);
    }

    fn subscribed(&mut self, id: PacketId, codes: &[SubAckCode], now: Instant) {
        let Some(Pending::Subscribe { request, filters }) = self.outstanding.answered(id) else { return };
        if filters.len() != codes.len() {
            return self.effects.push(Effect::End(End::Failed(Failure::ServerBrokeProtocol)));
        }
        let results =
            filters.into_iter().zip(codes).map(|(filter, code)| self.result(filter, *code)).collect();
        self.announce(ToBrowser::Subscribed(Subscribed { id: request, results }), now);
    }

    fn result(&mut self, filter: String, code: SubAckCode) -> SubscribeResult {
        let outcome = match code {
            SubAckCode::Granted(qos) => {
                self.subscriptions.insert(filter.clone());
                SubscribeOutcome::Granted { qos }
            }
            SubAckCode::Refused(code) => {
                SubscribeOutcome::Refused { code, reason: reason::refused_filter(code) }
            }
        };
        SubscribeResult { filter, outcome }
    }

    fn unsubscribed(&mut self, id: PacketId, refused_with: Option<u8>, now: Instant) {
        let Some(Pending::Unsubscribe { request, filters }) = self.outstanding.answered(id) else { return };
        if let Some(code) = refused_with {
            let reason = format!("The server kept the subscription: {}.", reason::with_code(code, None));
            return self.announce(refused(request, reason), now);
        }
        for filter in &filters {
            self.subscriptions.remove(filter);
        }
        self.announce(ToBrowser::Unsubscribed(Unsubscribed { id: request, filters }), now);
    }

    fn flushed(&mut self, now: Instant) {
        self.keep_alive.sent(now);
        for id in std::mem::take(&mut self.unwritten) {
            self.announce(ToBrowser::Published(Published { id, outcome: PublishOutcome::Sent }), now);
        }
    }

    fn frame_taken(&mut self, share: Share, acknowledge: Vec<PacketId>, now: Instant) {
        self.queue.remove(share, now);
        let acknowledgements = acknowledge.into_iter().map(|id| Effect::ToBroker(Outgoing::PubAck { id }));
        self.effects.extend(acknowledgements);
    }

    fn tick(&mut self, now: Instant) {
        if self.queue.deadline(self.browser_patience).is_some_and(|stalled| now >= stalled) {
            let after_s = self.browser_patience.as_secs();
            return self.effects.push(Effect::End(End::Failed(Failure::BrowserTooSlow { after_s })));
        }
        if self.takes_requests() && now >= self.browser_heard + self.browser_silence {
            let after_s = self.browser_silence.as_secs();
            return self.effects.push(Effect::End(End::Failed(Failure::BrowserSilent { after_s })));
        }
        if now >= self.browser_pinged + self.browser_ping_every {
            self.browser_pinged = now;
            self.effects.push(Effect::PingBrowser);
        }
        match self.keep_alive.poll(now, self.takes_packets()) {
            Some(Due::Ping) => self.effects.push(Effect::ToBroker(Outgoing::PingReq)),
            Some(Due::GiveUp) => {
                let after_s = self.keep_alive.patience().as_secs();
                self.effects.push(Effect::End(End::Failed(Failure::ServerSilent { after_s })));
            }
            None => {}
        }
    }

    fn tell(&mut self, message: ToBrowser, acknowledge: Option<PacketId>, bytes: usize, now: Instant) {
        let share = Share { messages: 1, bytes: bytes + MESSAGE_OVERHEAD_BYTES };
        self.queue.add(share, now);
        self.effects.push(Effect::ToBrowser { message, share, acknowledge });
    }
}

/// Bytes of an answer that grow with what was asked.
fn weight(message: &ToBrowser) -> usize {
    match message {
        ToBrowser::Subscribed(Subscribed { results, .. }) => {
            results.iter().map(|result| result.filter.len() + MESSAGE_OVERHEAD_BYTES).sum()
        }
        ToBrowser::Unsubscribed(Unsubscribed { filters, .. }) => filters.iter().map(String::len).sum(),
        ToBrowser::Connected(connected) => connected.tls.chain_pem.len(),
        _ => 0,
    }
}

/// Topic rules, and the packet limits of ThingsBoard (remaining length) and of this server.
fn check_publish(publish: &Publish, version: MqttVersion, server: ServerLimits) -> Result<(), String> {
    topic::check_name(&publish.topic).map_err(|problem| problem.to_string())?;
    if publish.qos == QoS::AtLeastOnce && server.only_qos_0 {
        return Err("This server takes only QoS 0: choose that.".to_owned());
    }
    // Topic with its length, packet identifier, and in MQTT 5 the length of no properties.
    let properties = if version == MqttVersion::V5 { 1 } else { 0 };
    let overhead = 2 + publish.topic.len() + 2 + properties;
    let server_limit = server.packet_bytes.and_then(|bytes| usize::try_from(bytes).ok());
    // The server counts the fixed header as well, up to 5 bytes.
    let limit = server_limit.map_or(MAX_PACKET_BYTES, |bytes| MAX_PACKET_BYTES.min(bytes.saturating_sub(5)));
    if overhead + publish.payload.len() <= limit {
        return Ok(());
    }
    let room = limit.saturating_sub(overhead);
    Err(format!(
        "The payload has {} bytes; at most {room} fit into one message on this topic, since the server takes \
         {limit} bytes in all: split it.",
        publish.payload.len()
    ))
}

pub(super) fn refused_publish(id: RequestId, reason: impl Into<String>) -> ToBrowser {
    ToBrowser::Published(Published { id, outcome: PublishOutcome::Refused { reason: reason.into() } })
}

pub(super) fn refused(id: RequestId, reason: impl Into<String>) -> ToBrowser {
    ToBrowser::RequestRefused(RequestRefused { id, reason: reason.into() })
}

#[cfg(test)]
mod tests;
