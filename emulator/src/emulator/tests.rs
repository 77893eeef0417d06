//! The whole emulator over TLS, with packets written byte by byte.

use super::*;
use crate::{
    DeviceCertificate, DeviceProfile, Ending, Fault, Kind, MOST_WAITING_PACKETS, PlatformProblem,
    ProvisionStrategy, RateLimit, RateLimits, Recorded, Refusal, Timers,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::json;
use shared::{
    credentials::AccessToken,
    platform::{RpcCall, RpcOutcome},
    wire::MqttVersion,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

const LIMIT: Duration = Duration::from_secs(10);
const CONNECT_V4: &[u8] = b"\x10\x11\0\x04MQTT\x04\x82\0\x3c\0\0\0\x03TOK";
const CONNECT_V5: &[u8] = b"\x10\x12\0\x04MQTT\x05\x82\0\x3c\0\0\0\0\x03TOK";
const CONNACK_V4: &[u8] = b"\x20\x02\0\0";
const CONNACK_V5: &[u8] = b"\x20\x03\0\0\0";
const SUBSCRIBE_ATTRIBUTES: &[u8] = b"\x82\x1d\0\x01\0\x18v1/devices/me/attributes\x01";

fn device() -> DeviceSpec {
    DeviceSpec { name: "bench".to_owned(), access_token: AccessToken::parse("TOK").unwrap() }
}

async fn start(timers: Timers) -> Emulator {
    let config = Config { devices: vec![device()], timers, ..Config::default() };
    Emulator::start(config).await.unwrap()
}

/// A client certificate and its key, both DER.
struct Identity {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    /// Issued by itself, valid to the end of this year.
    fn until(year: i32) -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().to_vec();
        Self { certificate, key: key.serialize_der() }
    }
}

/// A connection that speaks raw bytes and never waits for ever.
struct Raw(TlsStream<TcpStream>);

impl Raw {
    async fn open(emulator: &Emulator) -> Self {
        Self::open_as(emulator, None).await
    }

    async fn open_as(emulator: &Emulator, identity: Option<&Identity>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(emulator.ca_pem().as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match identity {
            Some(Identity { certificate, key }) => config
                .with_client_auth_cert(vec![certificate.clone().into()], key.clone().try_into().unwrap())
                .unwrap(),
            None => config.with_no_client_auth(),
        };
        let socket = TcpStream::connect(emulator.address()).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        Self(TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap())
    }

    /// Opens, sends and expects an answer.
    async fn with(emulator: &Emulator, bytes: &[u8], answer: &[u8]) -> Self {
        let mut raw = Self::open(emulator).await;
        raw.send(bytes).await;
        raw.expect(answer).await;
        raw
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    #[track_caller]
    fn expect(&mut self, wanted: &[u8]) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let mut found = vec![0; wanted.len()];
            let read = timeout(LIMIT, self.0.read_exact(&mut found)).await;
            assert!(matches!(read, Ok(Ok(_))), "{caller}: {read:?}");
            assert_eq!(found, wanted, "{caller}");
        }
    }

    /// Expects these last bytes and then an orderly end.
    #[track_caller]
    fn expect_end(&mut self, wanted: &[u8]) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let mut found = Vec::new();
            let read = timeout(LIMIT, self.0.read_to_end(&mut found)).await;
            assert!(matches!(read, Ok(Ok(_))), "{caller}: {read:?}");
            assert_eq!(found, wanted, "{caller}");
        }
    }
}

fn publish_v5(topic: &str, payload: &str, qos: u8) -> Vec<u8> {
    let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
    body.extend_from_slice(topic.as_bytes());
    if qos > 0 {
        body.extend_from_slice(&[0, 7]);
    }
    body.push(0);
    body.extend_from_slice(payload.as_bytes());
    [&[0x30 | qos << 1, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
}

#[tokio::test]
async fn a_device_connects_in_either_version() {
    let emulator = start(Timers::default()).await;
    let mut v4 = Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await;
    v4.send(b"\xc0\0").await;
    v4.expect(b"\xd0\0").await;
    v4.send(b"\xe0\0").await;
    v4.expect_end(b"").await;
    let mut v5 = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    v5.send(b"\xc0\0\xe0\0").await;
    v5.expect_end(b"\xd0\0").await;
}

#[tokio::test]
async fn a_refusal_comes_with_its_code() {
    let emulator = start(Timers::default()).await;
    let refusals: [(&[u8], &[u8]); 7] = [
        (b"\x10\x11\0\x04MQTT\x04\x82\0\x3c\0\0\0\x03NOT", b"\x20\x02\0\x05"),
        (b"\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02id", b"\x20\x02\0\x02"),
        (b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0", b"\x20\x02\0\x05"),
        (b"\x10\x11\0\x04MQTT\x04\x80\0\x3c\0\0\0\x03NOT", b"\x20\x02\x01\x05"),
        (b"\x10\x12\0\x04MQTT\x05\x82\0\x3c\0\0\0\0\x03NOT", b"\x20\x03\0\x86\0\xe0\x02\x86\0"),
        (b"\x10\x0f\0\x04MQTT\x05\x02\0\x3c\0\0\x02id", b"\x20\x03\0\x85\0\xe0\x02\x85\0"),
        (b"\x10\x0d\0\x04MQTT\x05\x02\0\x3c\0\0\0", b"\x20\x03\0\x87\0\xe0\x02\x87\0"),
    ];
    for (connect, answer) in refusals {
        let mut raw = Raw::open(&emulator).await;
        raw.send(connect).await;
        raw.expect_end(answer).await;
    }
}

#[tokio::test]
async fn a_device_connects_with_its_certificate_and_nothing_else_counts() {
    let (known, expired, unknown) = (Identity::until(4000), Identity::until(2000), Identity::until(4000));
    let certificate = |identity: &Identity| DeviceCertificate {
        device: "bench".to_owned(),
        der: identity.certificate.clone(),
    };
    let config =
        Config { devices: vec![device()], certificates: vec![certificate(&known)], ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    const NO_USER: &[u8] = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
    for connect in [NO_USER, b"\x10\x11\0\x04MQTT\x04\x82\0\x3c\0\0\0\x03NOT", CONNECT_V4] {
        let mut raw = Raw::open_as(&emulator, Some(&known)).await;
        raw.send(connect).await;
        raw.expect(CONNACK_V4).await;
    }
    let mut raw = Raw::open(&emulator).await;
    raw.send(CONNECT_V4).await;
    raw.expect_end(b"\x20\x02\0\x05").await;

    let config =
        Config { certificates: vec![certificate(&expired)], devices: vec![device()], ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    for identity in [&expired, &unknown] {
        let mut raw = Raw::open_as(&emulator, Some(identity)).await;
        raw.send(CONNECT_V5).await;
        raw.expect_end(b"\x20\x03\0\x87\0\xe0\x02\x87\0").await;
        let mut raw = Raw::open_as(&emulator, Some(identity)).await;
        raw.send(CONNECT_V4).await;
        raw.expect_end(b"\x20\x02\0\x05").await;
    }
}

#[tokio::test]
async fn what_comes_before_connack_waits_and_has_a_bound() {
    let timers = Timers { log_in: Duration::from_millis(200), ..Timers::default() };
    let emulator = start(timers).await;
    let pings = |count| [CONNECT_V5, &b"\xc0\0".repeat(count)].concat();
    let mut raw = Raw::open(&emulator).await;
    raw.send(&pings(MOST_WAITING_PACKETS)).await;
    raw.expect(CONNACK_V5).await;
    raw.expect(&b"\xd0\0".repeat(MOST_WAITING_PACKETS)).await;
    let mut raw = Raw::open(&emulator).await;
    raw.send(&pings(MOST_WAITING_PACKETS + 1)).await;
    raw.expect_end(b"\xe0\x02\x97\0").await;
}

#[tokio::test]
async fn what_is_no_connect_is_closed_without_a_word() {
    let emulator = start(Timers { connect: Duration::from_millis(200), ..Timers::default() }).await;
    let firsts: [&[u8]; 5] = [
        b"\x10\x0e\0\x06MQIsdp\x03\x02\0\x3c\0\0",
        b"\xc0\0",
        b"GET / HTTP/1.1\r\n\r\n",
        // Only the beginning of a CONNECT, and a broken one.
        b"\x10\x11\0\x04MQTT\x04",
        b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\xff\xff",
    ];
    for first in firsts {
        let mut raw = Raw::open(&emulator).await;
        raw.send(first).await;
        raw.expect_end(b"").await;
    }
    Raw::open(&emulator).await.expect_end(b"").await;
    let closed = emulator.platform().record();
    assert!(closed.iter().all(|entry| entry.kind == Kind::Closed { how: Ending::NoConnect }), "{closed:?}");
}

#[tokio::test]
async fn mqtt_5_is_told_why_it_is_closed() {
    let emulator = start(Timers::default()).await;
    let broken = publish_v5("v1/devices/me/telemetry", "{", 0);
    let bad_id = publish_v5("v1/devices/me/rpc/request/x", "{\"method\":\"m\"}", 1);
    let wildcard = publish_v5("a/#", "", 1);
    let cases: [(&[u8], u8); 6] = [
        (&broken, 0x99),
        (&bad_id, 0x8b),
        (&wildcard, 0x81),
        (b"\x30\x81\x80\x04", 0x81),
        (b"\xf0\0", 0x81),
        (CONNECT_V5, 0x82),
    ];
    for (bytes, reason) in cases {
        let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
        raw.send(bytes).await;
        raw.expect_end(&[0xe0, 2, reason, 0]).await;
    }
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    raw.send(&publish_v5("v1/devices/me/telemetry", "{", 1)).await;
    raw.expect(b"\x40\x04\0\x07\x99\0").await;
    raw.send(&publish_v5("unknown", "{", 1)).await;
    raw.expect(b"\x40\x04\0\x07\x90\0").await;
}

#[tokio::test]
async fn an_oversize_packet_gets_its_reason_while_the_device_still_writes() {
    let emulator = start(Timers::default()).await;
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    let mut packet = b"\x30\x81\x80\x04\0\x01a\0".to_vec();
    packet.resize(4 + 65_537, b'x');
    raw.send(&packet).await;
    raw.expect_end(b"\xe0\x02\x81\0").await;
}

#[tokio::test]
async fn a_second_session_evicts_the_first() {
    let emulator = start(Timers::default()).await;
    let mut first = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    let mut second = Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await;
    first.expect_end(b"\xe0\x02\x8e\0").await;
    let mut third = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    second.expect_end(b"").await;
    third.send(b"\xc0\0").await;
    third.expect(b"\xd0\0").await;
    assert!(emulator.platform().view(&device().access_token).unwrap().connected);
}

#[tokio::test]
async fn an_idle_session_is_closed() {
    let emulator = start(Timers { idle: Duration::from_millis(50), ..Timers::default() }).await;
    Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await.expect_end(b"\xe0\x02\x83\0").await;
    Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await.expect_end(b"").await;
}

#[tokio::test]
async fn a_ping_is_activity_and_the_keep_alive_is_not_enforced() {
    // A keep-alive of one second, of which a server may make one and a half.
    const CONNECT: &[u8] = b"\x10\x11\0\x04MQTT\x04\x82\0\x01\0\0\0\x03TOK";
    let impatient = start(Timers { idle: Duration::from_millis(800), ..Timers::default() }).await;
    let patient = start(Timers::default()).await;
    let mut pinging = Raw::with(&impatient, CONNECT, CONNACK_V4).await;
    let mut silent = Raw::with(&patient, CONNECT, CONNACK_V4).await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        pinging.send(b"\xc0\0").await;
        pinging.expect(b"\xd0\0").await;
    }
    silent.send(b"\xc0\0").await;
    silent.expect(b"\xd0\0").await;
}

#[tokio::test]
async fn two_devices_may_have_one_client_id() {
    let other = DeviceSpec { name: "other".to_owned(), access_token: AccessToken::parse("TWO").unwrap() };
    let config = Config { devices: vec![device(), other], ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    let connect =
        |token: &str| [b"\x10\x13\0\x04MQTT\x04\x82\0\x3c\0\x02id\0\x03", token.as_bytes()].concat();
    let mut first = Raw::with(&emulator, &connect("TOK"), CONNACK_V4).await;
    let mut second = Raw::with(&emulator, &connect("TWO"), CONNACK_V4).await;
    for raw in [&mut first, &mut second] {
        raw.send(b"\xc0\0").await;
        raw.expect(b"\xd0\0").await;
    }
}

#[tokio::test]
async fn a_session_that_is_not_clean_is_said_to_be_present_and_never_is() {
    let emulator = start(Timers::default()).await;
    const KEPT: &[u8] = b"\x10\x11\0\x04MQTT\x04\x80\0\x3c\0\0\0\x03TOK";
    let mut raw = Raw::with(&emulator, KEPT, b"\x20\x02\x01\0").await;
    raw.send(SUBSCRIBE_ATTRIBUTES).await;
    raw.expect(b"\x90\x03\0\x01\x01").await;
    raw.send(b"\xe0\0").await;
    raw.expect_end(b"").await;
    let mut raw = Raw::with(&emulator, KEPT, b"\x20\x02\x01\0").await;
    let values = json!({"a": 1}).as_object().cloned().unwrap();
    emulator.platform().set_shared_attributes(&device().access_token, values).unwrap();
    raw.send(b"\xc0\0").await;
    raw.expect(b"\xd0\0").await;
}

#[tokio::test]
async fn mqtt_3_1_is_spoken_with_a_short_client_id() {
    let emulator = start(Timers::default()).await;
    let connect = |client_id: &str| {
        let mut packet = b"\x10\0\0\x06MQIsdp\x03\x82\0\x3c\0".to_vec();
        packet.push(u8::try_from(client_id.len()).unwrap());
        packet.extend_from_slice(client_id.as_bytes());
        packet.extend_from_slice(b"\0\x03TOK");
        packet[1] = u8::try_from(packet.len() - 2).unwrap();
        packet
    };
    for client_id in ["a", "23456789012345678901234"] {
        let mut raw = Raw::with(&emulator, &connect(client_id), CONNACK_V4).await;
        raw.send(b"\xc0\0\xe0\0").await;
        raw.expect_end(b"\xd0\0").await;
    }
    for client_id in ["", "234567890123456789012345"] {
        let mut raw = Raw::open(&emulator).await;
        raw.send(&connect(client_id)).await;
        raw.expect_end(b"").await;
    }
    let levels: Vec<u8> = emulator
        .platform()
        .record()
        .into_iter()
        .filter_map(|entry| match entry.kind {
            Kind::Connect { level, .. } => Some(level),
            _ => None,
        })
        .collect();
    assert_eq!(levels, [3, 3]);
}

#[tokio::test]
async fn a_client_rpc_runs_out() {
    let emulator = start(Timers { client_rpc: Duration::from_millis(50), ..Timers::default() }).await;
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    raw.send(&publish_v5("v1/devices/me/rpc/request/5", "{\"method\":\"m\"}", 1)).await;
    raw.expect(b"\x40\x02\0\x07").await;
    raw.expect(b"\x32\x34\0\x1cv1/devices/me/rpc/response/5\0\x01\0{\"error\":\"timeout\"}").await;
}

#[tokio::test]
async fn the_platform_reaches_the_device() {
    let timers = Timers { server_rpc_least: Duration::from_millis(50), ..Timers::default() };
    let emulator = start(timers).await;
    let platform = emulator.platform();
    let token = device().access_token;
    let call = |one_way| RpcCall { method: "m".to_owned(), params: json!(1), one_way, timeout_ms: 0 };
    let nobody = platform.send_rpc(&token, call(true)).await;
    assert_eq!(nobody, Ok(RpcOutcome::TimedOut), "nobody is connected");

    let mut raw = Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await;
    raw.send(SUBSCRIBE_ATTRIBUTES).await;
    raw.expect(b"\x90\x03\0\x01\x01").await;
    platform.set_shared_attributes(&token, json!({"a": 1}).as_object().cloned().unwrap()).unwrap();
    raw.expect(b"\x32\x23\0\x18v1/devices/me/attributes\0\x01{\"a\":1}").await;
    raw.send(b"\x40\x02\0\x01").await;
    raw.send(b"\x82\x20\0\x02\0\x1bv1/devices/me/rpc/request/+\x00").await;
    raw.expect(b"\x90\x03\0\x02\x00").await;
    let (delivered, ()) = tokio::join!(
        platform.send_rpc(&token, call(true)),
        raw.expect(b"\x30\x36\0\x1bv1/devices/me/rpc/request/1{\"method\":\"m\",\"params\":1}")
    );
    assert_eq!(delivered, Ok(RpcOutcome::Delivered));
    let acknowledged =
        |entries: &[Recorded]| entries.iter().any(|entry| entry.kind == Kind::PubAck { id: 1 });
    assert!(platform.wait_until(acknowledged, LIMIT).await);
}

#[tokio::test]
async fn the_record_tells_what_came_without_the_token() {
    let emulator = start(Timers::default()).await;
    let platform = emulator.platform();
    // The token as client id too, as people do.
    let connect = b"\x10\x14\0\x04MQTT\x04\x82\0\x3c\0\x03TOK\0\x03TOK";
    let mut raw = Raw::with(&emulator, connect, CONNACK_V4).await;
    raw.send(SUBSCRIBE_ATTRIBUTES).await;
    raw.send(b"\xc0\0\xe0\0").await;
    let closed = |entries: &[Recorded]| {
        entries.iter().any(|entry| entry.kind == Kind::Closed { how: Ending::Disconnected })
    };
    assert!(platform.wait_until(closed, LIMIT).await);
    let record = platform.record();
    let kinds: Vec<&Kind> = record.iter().map(|entry| &entry.kind).collect();
    let connect = Kind::Connect {
        level: 4,
        clean: true,
        keep_alive: 60,
        client_id: "***".to_owned(),
        has_password: false,
    };
    let subscribe = Kind::Subscribe { id: 1, filters: vec![("v1/devices/me/attributes".to_owned(), 1)] };
    let closed = Kind::Closed { how: Ending::Disconnected };
    assert_eq!(kinds, [&connect, &subscribe, &Kind::PingReq, &Kind::Disconnect, &closed]);
    assert!(record.iter().all(|entry| entry.device.as_deref() == Some("bench")));
    assert!(!format!("{record:?} {emulator:?} {:?}", Config::default()).contains("TOK"));
}

#[tokio::test]
async fn a_device_is_provisioned_and_then_connects() {
    let profile = DeviceProfile {
        provision_key: "key".to_owned(),
        provision_secret: "SECRET".to_owned(),
        strategy: ProvisionStrategy::AllowNew,
    };
    let timers = Timers { provisioned: Duration::from_millis(50), ..Timers::default() };
    let config = Config { devices: vec![device()], timers, profiles: vec![profile], ..Config::default() };
    let shown = format!("{config:?}");
    let emulator = Emulator::start(config).await.unwrap();
    let connect = b"\x10\x18\0\x04MQTT\x05\x82\0\x3c\0\0\0\0\x09provision";
    let mut raw = Raw::with(&emulator, connect, CONNACK_V5).await;
    let wanted = r#"{"provisionDeviceKey":"key","provisionDeviceSecret":"SECRET","token":"NEW"}"#;
    raw.send(&publish_v5("/provision/request", wanted, 1)).await;
    let reply = r#"{"credentialsType":"ACCESS_TOKEN","credentialsValue":"NEW","status":"SUCCESS"}"#;
    let mut answer = b"\x40\x02\0\x07".to_vec();
    answer.extend_from_slice(&[0x32, u8::try_from(2 + 19 + 2 + 1 + reply.len()).unwrap(), 0, 19]);
    answer.extend_from_slice(b"/provision/response\0\x01\0");
    answer.extend_from_slice(reply.as_bytes());
    raw.expect_end(&answer).await;
    Raw::with(&emulator, b"\x10\x12\0\x04MQTT\x05\x82\0\x3c\0\0\0\0\x03NEW", CONNACK_V5).await;
    assert_eq!(emulator.devices().len(), 2);
    let record = emulator.platform().record();
    assert!(record.iter().any(|entry| entry.kind == Kind::Closed { how: Ending::Provisioned }));
    let shown = format!("{shown} {record:?} {emulator:?}");
    assert!(!shown.contains("SECRET") && !shown.contains("NEW"), "{shown}");
}

#[tokio::test]
async fn a_provisioning_session_ends_60_s_after_its_reply() {
    let profile = DeviceProfile::random();
    let request = json!({
        "provisionDeviceKey": profile.provision_key,
        "provisionDeviceSecret": profile.provision_secret,
    });
    let config = Config { profiles: vec![profile], ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    let connect = b"\x10\x18\0\x04MQTT\x05\x82\0\x3c\0\0\0\0\x09provision";
    let mut raw = Raw::with(&emulator, connect, CONNACK_V5).await;
    // The minute begins between these two, whatever the machine does meanwhile.
    let asked = tokio::time::Instant::now();
    raw.send(&publish_v5("/provision/request", &request.to_string(), 1)).await;
    raw.expect(b"\x40\x02\0\x07\x32").await;
    // From here on the clock jumps to whatever is due next.
    tokio::time::pause();
    let replied = tokio::time::Instant::now();
    let ended = |entries: &[Recorded]| {
        entries.iter().any(|entry| entry.kind == Kind::Closed { how: Ending::Provisioned })
    };
    assert!(emulator.platform().wait_until(ended, Duration::from_secs(600)).await);
    const MINUTE: Duration = Duration::from_secs(60);
    let (since_asked, since_replied) = (asked.elapsed(), replied.elapsed());
    assert!(since_asked >= MINUTE, "{since_asked:?}");
    assert!(since_replied <= MINUTE + Duration::from_millis(100), "{since_replied:?}");
}

#[tokio::test]
async fn gateways_are_heard_and_others_are_not() {
    let gateways = vec!["bench".to_owned()];
    let config = Config { devices: vec![device()], gateways, ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    raw.send(&publish_v5("v1/gateway/telemetry", r#"{"pump":[{"speed":1}]}"#, 1)).await;
    raw.expect(b"\x40\x02\0\x07").await;
    let platform = emulator.platform();
    let pump = platform.token_of("pump").unwrap();
    assert!(platform.view(&pump).unwrap().connected);
    let token = device().access_token;
    assert_eq!(platform.child(&token, "pump"), Ok(pump));
    assert_eq!(platform.child(&token, "bench"), Err(PlatformProblem::UnknownChild));
    let view = platform.view(&token).unwrap();
    assert!(view.gateway && view.mqtt_version == Some(MqttVersion::V5));
    let [child] = view.children.try_into().unwrap();
    assert_eq!((child.device.as_str(), child.connected), ("pump", true));
    assert_eq!((child.telemetry[0].key.as_str(), &child.telemetry[0].value), ("speed", &json!(1)));
    // A gateway that names itself as its device takes its own place.
    raw.send(&publish_v5("v1/gateway/connect", r#"{"device":"bench"}"#, 1)).await;
    raw.expect_end(b"\x40\x02\0\x07\xe0\x02\x8e\0").await;

    let emulator = start(Timers::default()).await;
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    raw.send(&publish_v5("v1/gateway/connect", r#"{"device":"pump"}"#, 1)).await;
    raw.send(b"\xe0\0").await;
    raw.expect_end(b"").await;
    assert!(emulator.platform().token_of("pump").is_none());
}

#[tokio::test]
async fn a_session_beyond_its_devices_rate_limit_is_refused() {
    let rate_limits =
        RateLimits { messages: Some(RateLimit::parse("2:600").unwrap()), ..RateLimits::default() };
    let other = DeviceSpec { name: "other".to_owned(), access_token: AccessToken::parse("TWO").unwrap() };
    let config = Config { devices: vec![device(), other], rate_limits, ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await;
    Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    let mut raw = Raw::open(&emulator).await;
    raw.send(CONNECT_V5).await;
    raw.expect_end(b"\x20\x03\0\x9f\0\xe0\x02\x96\0").await;
    let mut raw = Raw::open(&emulator).await;
    raw.send(CONNECT_V4).await;
    raw.expect_end(b"\x20\x02\0\x03").await;
    const CONNECT_OTHER: &[u8] = b"\x10\x11\0\x04MQTT\x04\x82\0\x3c\0\0\0\x03TWO";
    Raw::with(&emulator, CONNECT_OTHER, CONNACK_V4).await;
}

#[tokio::test]
async fn what_goes_wrong_on_demand() {
    let emulator = start(Timers::default()).await;
    let (platform, token) = (emulator.platform(), device().access_token);
    let fault = |fault| platform.fault(&token, fault).unwrap();

    fault(Some(Fault::RefuseConnect(Refusal::Unavailable)));
    let mut raw = Raw::open(&emulator).await;
    raw.send(CONNECT_V5).await;
    raw.expect_end(b"\x20\x03\0\x88\0\xe0\x02\x89\0").await;

    fault(Some(Fault::Malformed));
    let mut raw = Raw::with(&emulator, CONNECT_V4, b"\0\0").await;
    raw.send(b"\xc0\0").await;
    raw.expect(b"\xd0\0").await;

    fault(Some(Fault::Silent));
    raw.send(b"\xc0\0\xe0\0").await;
    raw.expect_end(b"").await;
    let delay = Duration::from_millis(50);
    fault(Some(Fault::Delay(delay)));
    let begun = std::time::Instant::now();
    let mut raw = Raw::with(&emulator, CONNECT_V4, CONNACK_V4).await;
    assert!(begun.elapsed() >= delay, "{:?}", begun.elapsed());

    fault(Some(Fault::DropAfter(1)));
    raw.send(b"\xc0\0").await;
    raw.expect(b"\xd0\0").await;
    raw.send(b"\xc0\0").await;
    let mut found = Vec::new();
    let read = timeout(LIMIT, raw.0.read_to_end(&mut found)).await.unwrap();
    assert!(read.is_err() && found.is_empty(), "not even TLS is closed in order");

    fault(None);
    Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    let unknown = AccessToken::parse("OTHER").unwrap();
    assert_eq!(platform.fault(&unknown, Fault::Silent), Err(PlatformProblem::UnknownDevice));
}

#[tokio::test]
async fn stopping_says_so_and_frees_the_port() {
    let emulator = start(Timers::default()).await;
    let address = emulator.address();
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    tokio::join!(emulator.stop(), raw.expect_end(b"\xe0\x02\x8b\0"));
    let config = Config { mqtts_listen: address, ..Config::default() };
    assert!(Emulator::start(config).await.is_ok());
}

#[tokio::test]
async fn killing_says_nothing_at_all() {
    let emulator = start(Timers::default()).await;
    let mut raw = Raw::with(&emulator, CONNECT_V5, CONNACK_V5).await;
    emulator.kill();
    let mut found = Vec::new();
    let read = timeout(LIMIT, raw.0.read_to_end(&mut found)).await.unwrap();
    assert!(read.is_err(), "not even TLS is closed in order");
    assert!(found.is_empty());
}

#[tokio::test]
async fn reasons_not_to_start_say_what_to_do() {
    let emulator = start(Timers::default()).await;
    let failed = async |config| Emulator::start(config).await.unwrap_err().to_string();
    let taken = failed(Config { mqtts_listen: emulator.address(), ..Config::default() }).await;
    assert!(
        taken.starts_with(&format!("Port {} on 127.0.0.1 is taken", emulator.address().port())),
        "{taken}"
    );
    let elsewhere = SocketAddr::from(([192, 0, 2, 1], 0));
    let elsewhere = failed(Config { mqtts_listen: elsewhere, ..Config::default() }).await;
    assert!(elsewhere.contains("Choose an address of this machine"), "{elsewhere}");
    let name = failed(Config { server_names: vec!["a b".to_owned()], ..Config::default() }).await;
    assert!(name.contains("\"a b\"") && name.contains("space"), "{name}");
    let twice = failed(Config { devices: vec![device(), device()], ..Config::default() }).await;
    assert!(twice.contains("same access token"), "{twice}");
    for name in ["", &"x".repeat(256)] {
        let named = DeviceSpec { name: name.to_owned(), ..device() };
        let sentence = failed(Config { devices: vec![named], ..Config::default() }).await;
        assert!(sentence.contains("1 to 255 bytes") && sentence.len() < 120, "{sentence}");
    }
}

#[test]
fn the_endpoint_is_what_a_device_dials() {
    let dialled = |ip: &str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        own_host(ip.parse().unwrap(), &hosts(&names).unwrap()).to_string()
    };
    assert_eq!(dialled("127.0.0.1", &["tb.example"]), "localhost");
    assert_eq!(dialled("::1", &[]), "localhost");
    assert_eq!(dialled("0.0.0.0", &["localhost", "TB.example"]), "tb.example");
    assert_eq!(dialled("0.0.0.0", &[]), "localhost");
    assert_eq!(dialled("192.0.2.1", &[]), "192.0.2.1");
    assert_eq!(dialled("192.0.2.1", &["tb.example"]), "tb.example");
}
