//! The tab `Firmware`, told as actions and what comes of them.

use super::{ChunkSize, FirmwareAction, Offer, Stage, TrackAction};
use crate::{
    state::{
        Action, Effect, Now, State,
        action::{FormAction, SocketEvent},
        form::{Field, TrustChoice},
        update,
    },
    text::Stamp,
};
use serde_json::{Value, json};
use shared::{
    failure::Failure,
    payload::Payload,
    thingsboard::{checksum::ChecksumAlgorithm, package::AssignedProblem, topic::PackageKind},
    wire::{
        self, Connected, Disconnected, MqttVersion, PublishOutcome, Published, QoS, TlsFacts, ToBrowser,
        ToProxy,
    },
};

const KIND: PackageKind = PackageKind::Firmware;

struct Page {
    state: State,
    now: Now,
    sent: Vec<ToProxy>,
    saved: Vec<(String, Vec<u8>)>,
}

impl Page {
    fn connected() -> Self {
        let now = Now { stamp: Stamp { unix_ms: 1_000_000, offset_min: 0 }, chance: 0.5, unsent_bytes: 0 };
        let mut page = Self { state: State::default(), now, sent: Vec::new(), saved: Vec::new() };
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into())));
        page.act(Action::Connect);
        page.accept();
        page.sent.clear();
        page
    }

    /// Connected, and this package was pushed.
    fn offered(bytes: &[u8], algorithm: ChecksumAlgorithm) -> Self {
        let mut page = Self::connected();
        page.push(&announcement("fw", bytes, algorithm));
        page
    }

    fn accept(&mut self) {
        self.hear(ToBrowser::Connected(Box::new(Connected {
            id: 1,
            mqtt_version: MqttVersion::V3_1_1,
            return_code: 0,
            session_present: false,
            address: "203.0.113.7:8883".into(),
            tls: TlsFacts {
                version: "TLS 1.3".into(),
                cipher_suite: "TLS13_AES_256_GCM_SHA384".into(),
                key_exchange: "X25519".into(),
                verification: wire::Verification::Strict,
                anchor: None,
                chain_pem: String::new(),
            },
        })));
    }

    fn act(&mut self, action: Action) {
        for effect in update(&mut self.state, action, self.now) {
            match effect {
                Effect::Send(message) => self.sent.push(message),
                Effect::Save { name, bytes } => self.saved.push((name, bytes)),
                _ => {}
            }
        }
    }

    fn of(&mut self, action: TrackAction) {
        self.act(Action::Firmware(FirmwareAction::Of(KIND, action)));
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn message(&mut self, topic: &str, bytes: &[u8]) {
        self.hear(ToBrowser::Message(wire::Message {
            topic: topic.into(),
            qos: QoS::AtLeastOnce,
            retain: false,
            duplicate: false,
            payload: Payload::from_bytes(bytes),
        }));
    }

    fn push(&mut self, attributes: &Value) {
        self.message("v1/devices/me/attributes", attributes.to_string().as_bytes());
    }

    fn wait_ms(&mut self, ms: i64) {
        self.now.stamp.unix_ms += ms;
        if self.state.wants_ticks() {
            self.act(Action::Tick);
        }
    }

    fn publishes(&self) -> Vec<&wire::Publish> {
        self.sent
            .iter()
            .filter_map(|message| match message {
                ToProxy::Publish(publish) => Some(publish),
                _ => None,
            })
            .collect()
    }

    /// Topics of the requests for chunks, with payloads.
    fn requests(&self) -> Vec<(String, String)> {
        let request = |publish: &&wire::Publish| {
            let payload = publish.payload.as_text().unwrap().to_owned();
            publish.topic.contains("/chunk/").then(|| (publish.topic.clone(), payload))
        };
        self.publishes().iter().filter_map(request).collect()
    }

    fn last_request(&self) -> String {
        self.requests().last().expect("a chunk was asked for").0.clone()
    }

    fn answer(&mut self, bytes: &[u8]) {
        let topic = self.last_request().replace("request", "response");
        self.message(&topic, bytes);
    }

    /// The telemetry so far.
    fn reports(&self) -> Vec<Value> {
        let telemetry = |publish: &&wire::Publish| publish.topic == "v1/devices/me/telemetry";
        let read =
            |publish: &wire::Publish| serde_json::from_str(publish.payload.as_text().unwrap()).unwrap();
        self.publishes().into_iter().filter(telemetry).map(read).collect()
    }

    fn states(&self) -> Vec<String> {
        self.reports().iter().map(|report| report["fw_state"].as_str().unwrap().to_owned()).collect()
    }

    fn refuse_last(&mut self, reason: &str) {
        let id = self.publishes().last().unwrap().id;
        let outcome = PublishOutcome::Refused { reason: reason.into() };
        self.hear(ToBrowser::Published(Published { id, outcome }));
    }

    fn lose(&mut self) {
        let failure = Some(Failure::ServerClosed);
        self.hear(ToBrowser::Disconnected(Disconnected { id: None, failure }));
    }

    fn stage(&self) -> &Stage {
        &self.state.firmware.track(KIND).stage
    }

    fn failure(&self) -> &str {
        match self.stage() {
            Stage::Failed { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }
}

fn announcement(prefix: &str, bytes: &[u8], algorithm: ChecksumAlgorithm) -> Value {
    let key = |member: &str| format!("{prefix}_{member}");
    json!({
        key("title"): "thermostat", key("version"): "1.2", key("size"): bytes.len(),
        key("checksum"): algorithm.checksum(bytes), key("checksum_algorithm"): algorithm.name(),
    })
}

/// Five thousand bytes: two chunks of 4 KiB.
fn image() -> Vec<u8> {
    (0..5_000_u32).map(|at| at.to_le_bytes()[0]).collect()
}

#[test]
fn a_package_is_fetched_verified_installed_and_reported() {
    let image = image();
    let mut page = Page::offered(&image, ChecksumAlgorithm::Sha256);
    page.of(TrackAction::ChunkChosen(ChunkSize::Bytes(4_096)));
    page.of(TrackAction::TitleTyped("thermostat".into()));
    page.of(TrackAction::VersionTyped("1.1".into()));
    page.of(TrackAction::Download);
    let filters: Vec<_> = page
        .sent
        .iter()
        .filter_map(|message| match message {
            ToProxy::Subscribe(subscribe) => {
                Some(subscribe.filters.iter().map(|wanted| wanted.filter.as_str()))
            }
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(filters, ["v2/fw/response/+/chunk/+", "v2/fw/error"]);
    page.answer(&image[..4_096]);
    assert_eq!(page.requests().len(), 2);
    assert!(page.last_request().ends_with("/chunk/1"));
    assert!(page.requests().iter().all(|(_, payload)| payload == "4096"));
    page.answer(&image[4_096..]);
    assert!(matches!(page.stage(), Stage::Verifying(_)));
    page.wait_ms(500);
    assert!(matches!(page.stage(), Stage::Verified(_)), "{:?}", page.stage());
    page.of(TrackAction::Save);
    assert_eq!(page.saved, [("thermostat-1.2.fw.bin".to_owned(), image)]);
    page.of(TrackAction::Install);
    page.wait_ms(500);
    page.wait_ms(500);
    assert!(matches!(page.stage(), Stage::Installed(_)));
    assert_eq!(page.states(), ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING", "UPDATED"]);
    let versions: Vec<_> = page.reports().iter().map(|report| report["current_fw_version"].clone()).collect();
    assert_eq!(versions, ["1.1", "1.1", "1.1", "1.1", "1.2"]);
    assert_eq!(page.state.firmware.track(KIND).version, "1.2");
}

#[test]
fn the_next_chunk_is_asked_for_when_the_last_one_came_and_no_other_counts() {
    let image = image();
    let mut page = Page::offered(&image, ChecksumAlgorithm::Crc32);
    page.of(TrackAction::ChunkChosen(ChunkSize::Bytes(4_096)));
    page.of(TrackAction::Download);
    let first = page.last_request().replace("request", "response");
    page.message("v2/fw/response/999/chunk/0", &image[..4_096]);
    page.message("v2/sw/response/2/chunk/0", &image[..4_096]);
    assert_eq!(page.requests().len(), 1);
    page.answer(&image[..4_096]);
    page.message(&first, &image[..4_096]);
    assert_eq!(page.requests().len(), 2);
}

#[test]
fn bytes_that_are_not_the_package_fail_the_update() {
    let image = image();
    let mut page = Page::offered(&image, ChecksumAlgorithm::Md5);
    page.of(TrackAction::Download);
    let mut other = image;
    other[7] ^= 1;
    page.answer(&other);
    page.wait_ms(500);
    assert!(page.failure().contains("The MD5 of what arrived is"), "{}", page.failure());
    let last = page.reports().pop().unwrap();
    assert_eq!(last["fw_state"], "FAILED");
    assert_eq!(last["fw_error"], page.failure());
}

#[test]
fn a_chunk_of_another_size_fails_the_update() {
    let mut page = Page::offered(&image(), ChecksumAlgorithm::Md5);
    page.of(TrackAction::Download);
    page.answer(b"short");
    assert!(page.failure().contains("should have 5000 bytes but has 5"), "{}", page.failure());
}

#[test]
fn a_chunk_that_does_not_come_is_asked_for_three_times() {
    let mut page = Page::offered(&image(), ChecksumAlgorithm::Md5);
    page.of(TrackAction::Download);
    for tries in 1..=3 {
        assert_eq!(page.requests().len(), tries);
        page.wait_ms(9_999);
        assert_eq!(page.requests().len(), tries);
        page.wait_ms(1);
    }
    assert!(page.failure().contains("did not send chunk 0"), "{}", page.failure());
    assert_eq!(page.states().last().unwrap(), "FAILED");
}

#[test]
fn the_servers_refusal_is_told_in_words_and_reported_in_the_next_session() {
    for (text, words) in
        [("NOT_FOUND", "assign one"), ("FAILURE", "only an address"), ("PAYLOAD_TOO_LARGE", "a smaller one")]
    {
        let mut page = Page::offered(&image(), ChecksumAlgorithm::Md5);
        page.of(TrackAction::Download);
        page.message("v2/fw/error", text.as_bytes());
        assert!(page.failure().contains(words), "{}", page.failure());
        assert!(page.failure().contains("ends the connection"), "{}", page.failure());
        page.wait_ms(500);
        assert_eq!(page.states(), ["DOWNLOADING"]);
        page.lose();
        page.act(Action::ReconnectNow);
        page.accept();
        page.wait_ms(500);
        assert_eq!(page.states(), ["DOWNLOADING", "FAILED"]);
    }
}

#[test]
fn an_error_reaches_software_on_the_topic_of_firmware() {
    let mut page = Page::connected();
    page.push(&announcement("sw", b"x", ChecksumAlgorithm::Crc32));
    page.act(Action::Firmware(FirmwareAction::Of(PackageKind::Software, TrackAction::Download)));
    page.message("v2/fw/error", b"NOT_FOUND");
    let stage = &page.state.firmware.track(PackageKind::Software).stage;
    assert!(matches!(stage, Stage::Failed { .. }), "{stage:?}");
    assert_eq!(*page.stage(), Stage::Idle);
}

#[test]
fn a_download_survives_a_lost_connection() {
    let image = image();
    let mut page = Page::offered(&image, ChecksumAlgorithm::Md5);
    page.of(TrackAction::ChunkChosen(ChunkSize::Bytes(4_096)));
    page.of(TrackAction::Download);
    page.answer(&image[..4_096]);
    page.lose();
    assert!(matches!(page.stage(), Stage::Paused { why: Some(_), .. }));
    page.of(TrackAction::Resume);
    assert!(page.state.firmware.track(KIND).notice.is_some());
    page.act(Action::ReconnectNow);
    page.accept();
    page.of(TrackAction::Resume);
    assert!(page.last_request().ends_with("/chunk/1"));
    page.answer(&image[4_096..]);
    page.wait_ms(500);
    assert!(matches!(page.stage(), Stage::Verified(_)));
}

#[test]
fn a_pause_is_kept_and_another_package_is_not_put_behind_it() {
    let image = image();
    let mut page = Page::offered(&image, ChecksumAlgorithm::Md5);
    page.of(TrackAction::ChunkChosen(ChunkSize::Bytes(4_096)));
    page.of(TrackAction::Download);
    page.of(TrackAction::Pause);
    page.answer(&image[..4_096]);
    assert_eq!(page.requests().len(), 1);
    page.push(&json!({"fw_version": "1.3"}));
    page.of(TrackAction::Resume);
    assert!(page.state.firmware.track(KIND).notice.as_deref().unwrap().contains("Another package"));
    page.of(TrackAction::Cancel);
    assert_eq!(*page.stage(), Stage::Idle);
    assert_eq!(page.states(), ["DOWNLOADING", "FAILED"]);
}

#[test]
fn nothing_is_fetched_without_a_package_that_fits() {
    let notice = |page: &Page| page.state.firmware.track(KIND).notice.clone().unwrap_or_default();
    let mut page = Page::connected();
    page.of(TrackAction::Download);
    assert!(notice(&page).contains("Check for updates"));
    page.push(&json!({"fw_title": "a", "fw_version": "1", "fw_url": "http://x/"}));
    page.of(TrackAction::Download);
    assert!(notice(&page).contains("only a link"));
    let mut page = Page::offered(&vec![0; 70_000], ChecksumAlgorithm::Crc32);
    page.of(TrackAction::ChunkChosen(ChunkSize::Whole));
    page.of(TrackAction::Download);
    assert!(notice(&page).contains("at most 65536 bytes"), "{}", notice(&page));
    page.push(&json!({"fw_size": 1_u64 << 40}));
    page.of(TrackAction::Download);
    assert!(notice(&page).contains("this page fetches up to"), "{}", notice(&page));
    assert!(page.requests().is_empty() && page.reports().is_empty());
}

#[test]
fn a_check_asks_for_the_attributes_of_both_packages() {
    let mut page = Page::connected();
    page.act(Action::Firmware(FirmwareAction::Check));
    assert!(page.state.firmware.checking());
    let request = page.publishes().pop().unwrap().clone();
    let payload: Value = serde_json::from_str(request.payload.as_text().unwrap()).unwrap();
    let keys = payload["sharedKeys"].as_str().unwrap();
    assert_eq!(keys.split(',').count(), 14);
    assert!(keys.contains("fw_checksum_algorithm") && keys.contains("sw_url"));
    let shared = json!({ "shared": announcement("sw", b"x", ChecksumAlgorithm::Crc32) });
    page.message(&request.topic.replace("request", "response"), shared.to_string().as_bytes());
    assert!(!page.state.firmware.checking());
    assert_eq!(page.state.firmware.track(KIND).offer, Offer::None);
    assert!(matches!(page.state.firmware.track(PackageKind::Software).offer, Offer::Package(_)));
    page.push(
        &json!({"deleted": ["sw_title", "sw_version", "sw_size", "sw_checksum", "sw_checksum_algorithm"]}),
    );
    assert_eq!(page.state.firmware.track(PackageKind::Software).offer, Offer::None);
}

#[test]
fn a_check_without_an_answer_says_so() {
    let mut page = Page::connected();
    page.act(Action::Firmware(FirmwareAction::Check));
    page.wait_ms(10_000);
    assert!(page.state.firmware.notice.as_deref().unwrap().contains("No answer"));
    page.act(Action::Firmware(FirmwareAction::Check));
    page.refuse_last("no such topic");
    assert!(page.state.firmware.notice.as_deref().unwrap().contains("no such topic"));
    page.act(Action::Firmware(FirmwareAction::Check));
    page.lose();
    assert!(page.state.firmware.notice.as_deref().unwrap().contains("connection ended"));
}

#[test]
fn an_announcement_that_lacks_something_is_named() {
    let mut page = Page::connected();
    page.push(&json!({"fw_title": "a", "fw_version": "1"}));
    let offer = &page.state.firmware.track(KIND).offer;
    assert_eq!(*offer, Offer::Unreadable(AssignedProblem::Missing("fw_size".into())));
}

#[test]
fn reports_can_be_switched_off() {
    let mut page = Page::offered(b"x", ChecksumAlgorithm::Crc32);
    page.act(Action::Firmware(FirmwareAction::ReportsChosen(false)));
    page.of(TrackAction::Download);
    page.answer(b"x");
    page.wait_ms(500);
    assert!(matches!(page.stage(), Stage::Verified(_)));
    page.of(TrackAction::Fail);
    assert!(page.failure().contains("as you asked"));
    assert!(page.reports().is_empty());
}

#[test]
fn a_session_of_ones_own_starts_anew() {
    let mut page = Page::offered(b"x", ChecksumAlgorithm::Crc32);
    page.of(TrackAction::TitleTyped("t".into()));
    page.of(TrackAction::Download);
    page.act(Action::Disconnect);
    page.act(Action::Disconnect);
    assert!(matches!(page.stage(), Stage::Paused { .. }));
    page.act(Action::Connect);
    let track = page.state.firmware.track(KIND);
    assert_eq!((&track.stage, &track.offer, track.title.as_str()), (&Stage::Idle, &Offer::Unknown, "t"));
}
