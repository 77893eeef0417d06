//! The machine told as short stories: inputs with a time, effects compared. No sockets, no waiting.

use super::*;
use crate::broker::packet::{IncomingPublish, ServerReason, SubAckCode};
use bytes::Bytes;
use shared::{
    limits::{MAX_PACKET_BYTES, MAX_SUBSCRIPTIONS},
    payload::Payload,
    wire::{Disconnect, QoS, Subscribe, SubscribeOutcome, Subscribed, Subscription, Unsubscribe},
};

const SECOND: Duration = Duration::from_secs(1);

/// A machine with its clock.
struct Story {
    machine: Machine,
    now: Instant,
}

impl Story {
    fn new() -> Self {
        Self::with(&SessionLimits::default())
    }

    fn with(limits: &SessionLimits) -> Self {
        let now = Instant::now();
        Self {
            machine: Machine::new(limits, MqttVersion::V3_1_1, ServerLimits::default(), 60 * SECOND, now),
            now,
        }
    }

    fn handle(&mut self, input: Input) -> Vec<Effect> {
        self.machine.handle(input, self.now);
        self.machine.take_effects()
    }

    fn ask(&mut self, request: ToProxy) -> Vec<Effect> {
        self.handle(Input::Request(request))
    }

    fn tick_at(&mut self, now: Instant) -> Vec<Effect> {
        self.now = now;
        self.handle(Input::Tick)
    }

    /// Like a shell whose browser takes everything at once.
    fn take_all(&mut self, effects: &[Effect]) -> Vec<Effect> {
        let mut share = Share::default();
        let mut acknowledge = Vec::new();
        for effect in effects {
            if let Effect::ToBrowser { share: one, acknowledge: packet, .. } = effect {
                share.add(*one);
                acknowledge.extend(packet);
            }
        }
        self.handle(Input::FrameTaken { share, acknowledge })
    }
}

fn publish(id: RequestId, qos: QoS) -> ToProxy {
    ToProxy::Publish(Publish {
        id,
        topic: "t".into(),
        qos,
        retain: false,
        payload: Payload::Text("x".into()),
    })
}

fn subscribe(id: RequestId, filters: &[&str]) -> ToProxy {
    let filters =
        filters.iter().map(|filter| Subscription { filter: (*filter).to_owned(), qos: QoS::AtLeastOnce });
    ToProxy::Subscribe(Subscribe { id, filters: filters.collect() })
}

fn sent_publish(id: Option<PacketId>) -> Effect {
    Effect::ToBroker(Outgoing::Publish {
        id,
        topic: "t".into(),
        retain: false,
        payload: Bytes::from_static(b"x"),
    })
}

fn incoming(id: Option<PacketId>, payload: &[u8]) -> Input {
    let payload = Bytes::copy_from_slice(payload);
    Input::Packet(Incoming::Publish(IncomingPublish {
        id,
        topic: "t".into(),
        retain: false,
        duplicate: false,
        payload,
    }))
}

fn told(effects: &[Effect]) -> Vec<&ToBrowser> {
    fn message(effect: &Effect) -> Option<&ToBrowser> {
        match effect {
            Effect::ToBrowser { message, .. } => Some(message),
            Effect::ToBroker(_) | Effect::PingBrowser | Effect::End(_) => None,
        }
    }
    effects.iter().filter_map(message).collect()
}

fn published(id: RequestId, outcome: PublishOutcome) -> ToBrowser {
    ToBrowser::Published(Published { id, outcome })
}

#[test]
fn a_publish_is_delivered_when_its_acknowledgement_comes() {
    let mut story = Story::new();
    assert_eq!(story.ask(publish(7, QoS::AtLeastOnce)), [sent_publish(Some(1))]);
    assert_eq!(story.handle(Input::Flushed), []);
    let effects = story.handle(Input::Packet(Incoming::PubAck { id: 1, refused: None }));
    assert_eq!(told(&effects), [&published(7, PublishOutcome::Delivered)]);
    assert_eq!(
        story.handle(Input::Packet(Incoming::PubAck { id: 1, refused: None })),
        [],
        "a second one is passed over"
    );
}

#[test]
fn a_qos_0_publish_is_sent_only_when_it_was_written() {
    let mut story = Story::new();
    assert_eq!(story.ask(publish(7, QoS::AtMostOnce)), [sent_publish(None)]);
    assert_eq!(told(&story.handle(Input::Flushed)), [&published(7, PublishOutcome::Sent)]);
}

#[test]
fn publishes_beyond_the_window_wait_in_order() {
    let mut story = Story::new();
    for id in 0..MAX_IN_FLIGHT {
        assert_eq!(story.ask(publish(id.into(), QoS::AtLeastOnce)), [sent_publish(Some(id + 1))]);
    }
    assert_eq!(story.ask(publish(100, QoS::AtLeastOnce)), []);
    assert_eq!(story.ask(publish(101, QoS::AtMostOnce)), [], "it does not overtake");
    let effects = story.handle(Input::Packet(Incoming::PubAck { id: 5, refused: None }));
    assert_eq!(effects[1..], [sent_publish(Some(5)), sent_publish(None)]);
}

#[test]
fn the_page_is_not_read_while_too_many_publishes_wait() {
    let limits = SessionLimits { waiting_messages: 4, ..SessionLimits::default() };
    let mut story = Story::with(&limits);
    for id in 0..u32::from(MAX_IN_FLIGHT) + 3 {
        story.ask(publish(id, QoS::AtLeastOnce));
        assert!(story.machine.takes_requests());
    }
    story.ask(publish(99, QoS::AtLeastOnce));
    assert!(!story.machine.takes_requests());
    let effects = story.handle(Input::Packet(Incoming::PubAck { id: 1, refused: None }));
    story.take_all(&effects);
    assert!(story.machine.takes_requests());
}

#[test]
fn a_bad_publish_is_refused_and_nothing_is_sent() {
    let mut story = Story::new();
    let large = "x".repeat(MAX_PACKET_BYTES - 4);
    let cases = [("a/+", "x", "wildcards"), ("", "x", "empty"), ("t", large.as_str(), "at most 65531 fit")];
    for (topic, payload, words) in cases {
        let payload = Payload::Text(payload.to_owned());
        let request =
            Publish { id: 1, topic: topic.to_owned(), qos: QoS::AtLeastOnce, retain: false, payload };
        let effects = story.ask(ToProxy::Publish(request));
        let [Effect::ToBrowser { message: ToBrowser::Published(Published { outcome, .. }), .. }] =
            &effects[..]
        else {
            panic!("{effects:?}");
        };
        assert!(
            matches!(outcome, PublishOutcome::Refused { reason } if reason.contains(words)),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_subscription_is_answered_filter_by_filter() {
    let mut story = Story::new();
    let effects = story.ask(subscribe(3, &["a", "#"]));
    let id = MAX_IN_FLIGHT + 1;
    let filters = vec![("a".to_owned(), QoS::AtLeastOnce), ("#".to_owned(), QoS::AtLeastOnce)];
    assert_eq!(effects, [Effect::ToBroker(Outgoing::Subscribe { id, filters })]);
    let codes = vec![SubAckCode::Granted(QoS::AtMostOnce), SubAckCode::Refused(0x80)];
    let effects = story.handle(Input::Packet(Incoming::SubAck { id, codes }));
    let [ToBrowser::Subscribed(Subscribed { id: 3, results })] = told(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(results[0].outcome, SubscribeOutcome::Granted { qos: QoS::AtMostOnce });
    assert!(matches!(results[1].outcome, SubscribeOutcome::Refused { code: 0x80, .. }));
}

#[test]
fn a_session_holds_a_bounded_number_of_subscriptions() {
    let mut story = Story::new();
    let names: Vec<String> = (0..=MAX_SUBSCRIPTIONS).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let refused = |effects: &[Effect]| matches!(told(effects)[..], [ToBrowser::RequestRefused(_)]);
    assert!(refused(&story.ask(subscribe(1, &names))));
    assert!(refused(&story.ask(subscribe(1, &[]))));
    assert!(!refused(&story.ask(subscribe(2, &names[1..]))));
    assert!(refused(&story.ask(subscribe(3, &names[..1]))));
    assert!(!refused(&story.ask(subscribe(4, &names[1..2]))), "the same filter again takes no more room");
    let filters = vec!["a/#/b".to_owned()];
    assert!(refused(&story.ask(ToProxy::Unsubscribe(Unsubscribe { id: 5, filters }))));
}

#[test]
fn a_message_is_acknowledged_only_after_its_frame_was_taken() {
    let mut story = Story::new();
    let effects = story.handle(incoming(Some(9), b"hello"));
    assert!(matches!(effects[..], [Effect::ToBrowser { acknowledge: Some(9), .. }]));
    assert_eq!(story.take_all(&effects), [Effect::ToBroker(Outgoing::PubAck { id: 9 })]);
    let effects = story.handle(incoming(None, b"hello"));
    assert_eq!(story.take_all(&effects), []);
}

#[test]
fn a_slow_browser_slows_the_server_and_is_given_up_only_when_it_takes_nothing() {
    let mut story = Story::new();
    let mut effects = Vec::new();
    while story.machine.takes_packets() {
        effects.push(story.handle(incoming(None, &[b'x'; 30_000])));
    }
    assert!(effects.len() < 40, "1 MiB at the most");
    assert!(!story.machine.takes_requests());
    let start = story.now;
    assert_eq!(story.tick_at(start + 9 * SECOND), []);
    story.take_all(&effects.pop().unwrap());
    assert!(story.machine.takes_packets());
    assert_eq!(story.tick_at(start + 18 * SECOND), [], "it moved 9 s ago");
    let end = Effect::End(End::Failed(Failure::BrowserTooSlow { after_s: 10 }));
    assert_eq!(story.tick_at(start + 19 * SECOND), [end]);
}

#[test]
fn the_server_is_pinged_while_the_browser_is_slow() {
    let limits = SessionLimits { browser_stall: 600 * SECOND, ..SessionLimits::default() };
    let mut story = Story::with(&limits);
    while story.machine.takes_packets() {
        story.handle(incoming(None, &[b'x'; 30_000]));
    }
    let start = story.now;
    let mut pings = 0;
    for second in 1..=100 {
        let effects = story.tick_at(start + second * SECOND);
        pings += effects.iter().filter(|effect| **effect == Effect::ToBroker(Outgoing::PingReq)).count();
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::End(_))), "second {second}");
    }
    assert_eq!(pings, 2);
}

#[test]
fn a_silent_server_and_a_silent_browser_are_given_up() {
    let mut story = Story::new();
    let start = story.now;
    assert!(story.tick_at(start + 20 * SECOND).contains(&Effect::PingBrowser));
    story.handle(Input::BrowserHeard);
    assert!(story.tick_at(start + 45 * SECOND).contains(&Effect::ToBroker(Outgoing::PingReq)));
    let end = Effect::End(End::Failed(Failure::ServerSilent { after_s: 10 }));
    assert!(story.tick_at(start + 55 * SECOND).contains(&end));

    let mut story = Story::new();
    let end = Effect::End(End::Failed(Failure::BrowserSilent { after_s: 45 }));
    assert_eq!(story.tick_at(start + 46 * SECOND), [end]);
}

#[test]
fn the_deadline_is_never_later_than_what_is_due() {
    let mut story = Story::new();
    for _ in 0..20 {
        let deadline = story.machine.deadline();
        assert!(deadline > story.now, "a deadline in the past would spin");
        let effects = story.tick_at(deadline);
        assert!(!effects.is_empty(), "nothing was due at the deadline");
        story.handle(Input::BrowserHeard);
        story.handle(Input::Packet(Incoming::PingResp));
    }
}

#[test]
fn the_end_answers_everything_that_waits() {
    let mut story = Story::new();
    for id in 0..=u32::from(MAX_IN_FLIGHT) {
        story.ask(publish(id, QoS::AtLeastOnce));
    }
    story.ask(subscribe(50, &["a"]));
    let effects = story.ask(ToProxy::Disconnect(Disconnect { id: 60 }));
    assert_eq!(effects, [Effect::End(End::Asked { id: 60 })]);
    let answers = story.machine.abandon();
    assert_eq!(answers.len(), usize::from(MAX_IN_FLIGHT) + 2);
    assert_eq!(answers[0], published(0, PublishOutcome::Unknown));
    assert!(matches!(
        &answers[usize::from(MAX_IN_FLIGHT)],
        ToBrowser::Published(Published { id: 20, outcome: PublishOutcome::Refused { .. } })
    ));
    assert!(matches!(answers.last(), Some(ToBrowser::RequestRefused(RequestRefused { id: 50, .. }))));
    assert_eq!(story.machine.abandon(), []);
}

#[test]
fn a_server_that_answers_another_number_of_filters_breaks_the_protocol() {
    let mut story = Story::new();
    story.ask(subscribe(3, &["a", "b"]));
    let codes = vec![SubAckCode::Granted(QoS::AtMostOnce)];
    let effects = story.handle(Input::Packet(Incoming::SubAck { id: MAX_IN_FLIGHT + 1, codes }));
    assert_eq!(effects, [Effect::End(End::Failed(Failure::ServerBrokeProtocol))]);
}

#[test]
fn a_close_right_after_a_publish_names_the_publish() {
    let closed = || End::Failed(Failure::ServerClosed);
    let blamed = End::Failed(Failure::ServerClosedAfterPublish { topic: "t".into(), payload_bytes: 1 });
    let mut story = Story::new();
    assert_eq!(story.machine.explain(closed(), story.now), closed());
    story.ask(publish(1, QoS::AtLeastOnce));
    assert_eq!(story.machine.explain(closed(), story.now), blamed);
    assert_eq!(story.machine.explain(End::BrowserGone, story.now), End::BrowserGone);
    assert_eq!(story.machine.explain(closed(), story.now + 2 * SECOND), closed(), "too long ago");
    story.handle(Input::Packet(Incoming::PubAck { id: 1, refused: None }));
    assert_eq!(story.machine.explain(closed(), story.now), closed(), "it was accepted");
    story.ask(publish(2, QoS::AtMostOnce));
    assert_eq!(story.machine.explain(closed(), story.now), blamed);
}

#[test]
fn a_server_of_mqtt_5_says_why() {
    let mut story = Story::new();
    story.ask(publish(7, QoS::AtLeastOnce));
    let refused = Some(ServerReason { code: 0x99, text: None });
    let effects = story.handle(Input::Packet(Incoming::PubAck { id: 1, refused }));
    let [ToBrowser::Published(Published { id: 7, outcome: PublishOutcome::Refused { reason } })] =
        told(&effects)[..]
    else {
        panic!("{effects:?}");
    };
    assert!(reason.contains("payload format invalid (0x99)"), "{reason}");
    let ended = story.handle(Input::Packet(Incoming::Disconnect(ServerReason { code: 0x8e, text: None })));
    let failure = Failure::ServerDisconnected { reason_code: 0x8e, text: None };
    assert_eq!(ended, [Effect::End(End::Failed(failure))]);
}

#[test]
fn a_server_that_takes_only_qos_0_is_not_sent_more() {
    let server = ServerLimits { only_qos_0: true, ..ServerLimits::default() };
    let now = Instant::now();
    let machine = Machine::new(&SessionLimits::default(), MqttVersion::V5, server, 60 * SECOND, now);
    let mut story = Story { machine, now };
    assert!(matches!(told(&story.ask(publish(1, QoS::AtLeastOnce)))[..], [ToBrowser::Published(_)]));
    assert_eq!(story.ask(publish(2, QoS::AtMostOnce)), [sent_publish(None)]);
}

#[test]
fn a_page_that_was_not_read_is_not_called_silent() {
    let limits =
        SessionLimits { waiting_messages: 1, browser_ping: 600 * SECOND, ..SessionLimits::default() };
    let mut story = Story::with(&limits);
    for id in 0..=u32::from(MAX_IN_FLIGHT) {
        story.ask(publish(id, QoS::AtLeastOnce));
    }
    assert!(!story.machine.takes_requests());
    story.now += 100 * SECOND;
    let effects = story.handle(Input::Packet(Incoming::PubAck { id: 1, refused: None }));
    story.take_all(&effects);
    assert!(story.machine.takes_requests());
    assert!(!story.handle(Input::Tick).iter().any(|effect| matches!(effect, Effect::End(_))));
}

#[test]
fn long_answers_count_with_their_length() {
    let mut story = Story::new();
    let long = "a".repeat(1000);
    let names: Vec<&str> = vec![&long; 1];
    let mut asked = 0;
    while story.machine.takes_requests() {
        let effects = story.ask(subscribe(asked, &names));
        let [Effect::ToBroker(Outgoing::Subscribe { id, .. })] = effects[..] else { panic!("{effects:?}") };
        story.handle(Input::Packet(Incoming::SubAck { id, codes: vec![SubAckCode::Refused(0x80)] }));
        asked += 1;
    }
    assert!(asked <= 256, "the queue is bounded by messages and bytes, {asked}");
}

#[test]
fn a_page_that_is_too_fast_is_not_read_for_a_while() {
    let rate = crate::config::Rate { per_second: 10, burst: 20 };
    let mut story = Story::with(&SessionLimits { message_rate: Some(rate), ..SessionLimits::default() });
    story.handle(Input::Frame { requests: 20, bytes: 1000 });
    assert!(story.machine.takes_requests());
    story.handle(Input::Frame { requests: 10, bytes: 1000 });
    assert!(!story.machine.takes_requests());
    let opens = story.now + SECOND;
    assert_eq!(story.machine.deadline(), opens);
    story.tick_at(opens);
    assert!(story.machine.takes_requests());
}

#[test]
fn bytes_count_as_well_as_messages() {
    let rate = crate::config::Rate { per_second: 1000, burst: 1000 };
    let mut story = Story::with(&SessionLimits { byte_rate: Some(rate), ..SessionLimits::default() });
    story.handle(Input::Frame { requests: 1, bytes: 3000 });
    assert!(!story.machine.takes_requests());
    assert_eq!(story.machine.deadline(), story.now + 2 * SECOND);
}

#[test]
fn a_session_that_rests_is_warned_and_ended() {
    let idle = Some(120 * SECOND);
    let patience = 600 * SECOND;
    let limits = SessionLimits {
        idle,
        browser_silence: patience,
        server_silence: patience,
        ..SessionLimits::default()
    };
    let mut story = Story::with(&limits);
    let start = story.now;
    let warned = story.tick_at(start + 60 * SECOND);
    let warning = |effect: &Effect| match effect {
        Effect::ToBrowser { message: ToBrowser::Ending(ending), .. } => Some(ending.in_s),
        _ => None,
    };
    assert_eq!(warned.iter().find_map(warning), Some(60));
    story.take_all(&warned);
    story.ask(publish(1, QoS::AtMostOnce));
    let kept = story.tick_at(start + 121 * SECOND);
    assert!(!kept.iter().any(|effect| matches!(effect, Effect::End(_))), "{kept:?}");
    story.take_all(&kept);
    story.handle(Input::Packet(Incoming::PingResp));
    let over = story.tick_at(start + 180 * SECOND);
    let expected = Effect::End(End::Failed(Failure::SessionIdle { after_s: 120 }));
    assert!(over.contains(&expected), "{over:?}");
}

#[test]
fn a_server_that_is_made_to_wait_has_not_been_silent() {
    let rate = Some(crate::config::Rate { per_second: 1, burst: 1 });
    let limits =
        SessionLimits { server_byte_rate: rate, browser_silence: 900 * SECOND, ..SessionLimits::default() };
    let mut story = Story::with(&limits);
    let start = story.now;
    let effects = story.handle(incoming(None, &[0; 300]));
    story.take_all(&effects);
    assert!(story.machine.is_server_throttled() && !story.machine.takes_packets());
    // Longer than the keep-alive and the patience after it.
    while !story.machine.takes_packets() {
        let effects = story.tick_at(story.machine.deadline());
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::End(_))), "{effects:?}");
    }
    assert!(story.now > start + 200 * SECOND, "{:?}", story.now - start);
}

#[test]
fn a_page_that_is_made_to_wait_has_not_been_silent() {
    let rate = Some(crate::config::Rate { per_second: 1, burst: 1 });
    let mut story = Story::with(&SessionLimits { byte_rate: rate, ..SessionLimits::default() });
    let start = story.now;
    story.handle(Input::Frame { requests: 1, bytes: 100 });
    assert!(!story.machine.takes_requests());
    while !story.machine.takes_requests() {
        let effects = story.tick_at(story.machine.deadline());
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::End(_))), "{effects:?}");
        // The server answers what it is asked.
        story.handle(Input::Flushed);
        story.handle(Input::Packet(Incoming::PingResp));
    }
    assert!(story.now > start + 90 * SECOND, "{:?}", story.now - start);
}
