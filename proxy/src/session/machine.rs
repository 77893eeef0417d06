//! What an open session does about everything that can happen to it: a pure machine.
//!
//! Call [`Machine::handle`] with what happened and the time, then carry out [`Machine::take_effects`]
//! (packets in order, messages in order), and wake it at [`Machine::deadline`]. It never waits, never reads
//! a clock and knows no socket.
//!
//! Two questions steer what is read: [`Machine::takes_requests`] and [`Machine::takes_packets`].

mod packets;
mod requests;

use super::{
    End,
    keep_alive::{Due, KeepAlive},
    outstanding::{Outstanding, Pending},
    queue::{Queue, Share},
};
use crate::{
    broker::packet::{Incoming, Outgoing, PacketId, ServerLimits},
    config::SessionLimits,
    lifetime::{self, Lifetime},
    throttle::Throttle,
};
use shared::{
    failure::Failure,
    limits::MAX_IN_FLIGHT,
    wire::{MqttVersion, Publish, PublishOutcome, Published, RequestId, RequestRefused, ToBrowser, ToProxy},
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
    /// A frame with requests came, each of which follows.
    Frame { requests: usize, bytes: usize },
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
    lifetime: Lifetime,
    messages: Throttle,
    bytes: Throttle,
    /// The page was faster than it may be and is not read for a while.
    throttled: bool,
    server_messages: Throttle,
    server_bytes: Throttle,
    /// The same of the server.
    server_throttled: bool,
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
            lifetime: Lifetime::new(limits.life, limits.idle, limits.end_warning, now),
            messages: Throttle::new(limits.message_rate, now),
            bytes: Throttle::new(limits.byte_rate, now),
            throttled: false,
            server_messages: Throttle::new(limits.server_message_rate, now),
            server_bytes: Throttle::new(limits.server_byte_rate, now),
            server_throttled: false,
            browser_heard: now,
            browser_pinged: now,
            browser_ping_every: limits.browser_ping,
            browser_silence: limits.browser_silence,
            effects: Vec::new(),
        }
    }

    /// Tells the page something that is not a message to be acknowledged.
    pub(super) fn announce(&mut self, message: ToBrowser, now: Instant) {
        let bytes = packets::weight(&message);
        self.tell(message, None, bytes, now);
    }

    pub(super) fn handle(&mut self, input: Input, now: Instant) {
        let (took_requests, took_packets) = (self.takes_requests(), self.takes_packets());
        self.reopen(now);
        self.react(input, now);
        // Nobody was listened to until now, so the silence so far proves nothing.
        if !took_requests && self.takes_requests() {
            self.browser_heard = now;
        }
        if !took_packets && self.takes_packets() {
            self.keep_alive.excuse(now);
        }
    }

    /// Ends the waits that are over. Who was not read until now has not been silent.
    fn reopen(&mut self, now: Instant) {
        if self.throttled && self.may_talk(now) {
            self.throttled = false;
            self.browser_heard = now;
        }
        if self.server_throttled && self.server_may_talk(now) {
            self.server_throttled = false;
            self.keep_alive.excuse(now);
        }
    }

    fn react(&mut self, input: Input, now: Instant) {
        match input {
            Input::Frame { requests, bytes } => {
                self.messages.take(requests, now);
                self.bytes.take(bytes, now);
                self.throttled = !self.may_talk(now);
            }
            Input::Request(request) => {
                self.browser_heard = now;
                self.lifetime.active(now);
                self.request(request, now);
            }
            Input::Packet(packet) => {
                self.keep_alive.heard(now);
                self.server_messages.take(1, now);
                self.server_bytes.take(packet.weight(), now);
                self.server_throttled = !self.server_may_talk(now);
                if matches!(packet, Incoming::Publish(_)) {
                    self.lifetime.active(now);
                }
                self.packet(packet, now);
            }
            Input::Flushed => self.flushed(now),
            Input::FrameTaken { share, acknowledge } => self.frame_taken(share, acknowledge, now),
            Input::BrowserHeard => {
                self.browser_heard = now;
                self.messages.take(1, now);
                self.throttled = !self.may_talk(now);
            }
            Input::Tick => self.tick(now),
        }
    }

    /// The effects so far, to be carried out in order.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn may_talk(&self, now: Instant) -> bool {
        self.messages.is_open(now) && self.bytes.is_open(now)
    }

    fn server_may_talk(&self, now: Instant) -> bool {
        self.server_messages.is_open(now) && self.server_bytes.is_open(now)
    }

    /// Whether the server was faster than it may be and is not read for a while.
    pub(super) fn is_server_throttled(&self) -> bool {
        self.server_throttled
    }

    /// Whether the page was faster than it may be and is not read for a while.
    pub(super) fn is_throttled(&self) -> bool {
        self.throttled
    }

    /// Whether the page may be read: not while its answers pile up, its publishes wait for the server, or it was
    /// faster than it may be.
    pub(super) fn takes_requests(&self) -> bool {
        !self.throttled
            && !self.queue.is_full()
            && self.waiting.len() < self.waiting_limit.messages
            && self.waiting_bytes < self.waiting_limit.bytes
    }

    /// Whether the server may be read: a slow browser slows the server.
    pub(super) fn takes_packets(&self) -> bool {
        !self.server_throttled && !self.queue.is_full()
    }

    /// When [`Input::Tick`] is due.
    pub(super) fn deadline(&self) -> Instant {
        let mut deadline = self.keep_alive.deadline(self.takes_packets());
        deadline = deadline.min(self.browser_pinged + self.browser_ping_every);
        if self.takes_requests() {
            deadline = deadline.min(self.browser_heard + self.browser_silence);
        }
        let opens_at = |closed: bool, both: [&Throttle; 2]| {
            closed.then(|| both.into_iter().filter_map(Throttle::opens_at).max()).flatten()
        };
        let others = [
            self.lifetime.deadline(),
            opens_at(self.throttled, [&self.messages, &self.bytes]),
            opens_at(self.server_throttled, [&self.server_messages, &self.server_bytes]),
        ];
        deadline = others.into_iter().flatten().fold(deadline, Instant::min);
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
        match self.lifetime.poll(now) {
            Some(lifetime::Due::Over(failure)) => {
                return self.effects.push(Effect::End(End::Failed(failure)));
            }
            Some(lifetime::Due::Warn(ending)) => self.announce(ToBrowser::Ending(ending), now),
            None => {}
        }
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

pub(super) fn refused_publish(id: RequestId, reason: impl Into<String>) -> ToBrowser {
    ToBrowser::Published(Published { id, outcome: PublishOutcome::Refused { reason: reason.into() } })
}

pub(super) fn refused(id: RequestId, reason: impl Into<String>) -> ToBrowser {
    ToBrowser::RequestRefused(RequestRefused { id, reason: reason.into() })
}

#[cfg(test)]
mod tests;
