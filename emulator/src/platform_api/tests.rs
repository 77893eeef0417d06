//! The interface over a real socket, requests written by hand.

use super::*;
use crate::{Config, DeviceSpec, Emulator};
use serde_json::json;
use shared::{
    platform::{AssignedPackage, PackageContent, RefusedConnect},
    thingsboard::{checksum::ChecksumAlgorithm, topic::PackageKind},
};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

struct Bench {
    address: SocketAddr,
    emulator: Emulator,
}

impl Bench {
    async fn start() -> Self {
        let access_token = AccessToken::parse("TOK").unwrap();
        let devices = vec![DeviceSpec { name: "bench".to_owned(), access_token }];
        let emulator = Emulator::start(Config { devices, ..Config::default() }).await.unwrap();
        let router = emulator.router();
        Self::serve(emulator, router).await
    }

    async fn serve(emulator: Emulator, router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, emulator }
    }

    async fn view(&self) -> PlatformView {
        let (status, view) = self.call("GET /api/demo/platform", "TOK", "").await;
        assert_eq!(status, 200);
        serde_json::from_value(view).unwrap()
    }

    async fn call(&self, request: &str, token: &str, body: &str) -> (u16, Value) {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let status = answer[9..12].parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() })
    }
}

#[tokio::test]
async fn a_visitor_gets_a_device_and_how_to_connect() {
    let bench = Bench::start().await;
    let (status, body) = bench.call("POST /api/demo/device", "", "").await;
    assert_eq!(status, 200);
    let device: DemoDevice = serde_json::from_value(body).unwrap();
    assert_eq!((device.name.as_str(), device.access_token.expose()), ("bench", "TOK"));
    assert_eq!(device.endpoint, bench.emulator.endpoint());
    assert_eq!(device.ca_pem, bench.emulator.ca_pem());
    let keys = device.provisioning.unwrap();
    let shown = format!("{keys:?}");
    assert!(shown.contains(&keys.key) && !shown.contains(&keys.secret));
}

#[tokio::test]
async fn shared_attributes_are_set_seen_and_deleted() {
    let bench = Bench::start().await;
    let set = bench.call("PUT /api/demo/platform/shared-attributes", "TOK", r#"{"a":1,"b":"x"}"#).await;
    assert_eq!(set, (204, Value::Null));
    let keys = r#"{"keys":["b"]}"#;
    let deleted = bench.call("DELETE /api/demo/platform/shared-attributes", "TOK", keys).await;
    assert_eq!(deleted, (204, Value::Null));
    let (status, view) = bench.call("GET /api/demo/platform", "TOK", "").await;
    assert_eq!(status, 200);
    let view: PlatformView = serde_json::from_value(view).unwrap();
    assert_eq!(Value::Object(view.shared_attributes), json!({"a": 1}));
    assert_eq!((view.device.as_str(), view.connected, view.last_activity_ms), ("bench", false, None));
}

#[tokio::test]
async fn packages_are_sent_made_up_linked_and_taken_away() {
    let bench = Bench::start().await;
    let upload = "PUT /api/demo/platform/package?kind=fw&title=thermostat&version=1.2&algorithm=CRC32";
    assert_eq!(bench.call(upload, "TOK", "hello, world").await, (204, Value::Null));
    let kept = |size, checksum: &str, algorithm| PackageContent::Kept {
        size,
        checksum: checksum.to_owned(),
        algorithm,
    };
    let view = bench.view().await;
    let package = |kind, title: &str, version: &str, content| AssignedPackage {
        kind,
        title: title.to_owned(),
        version: version.to_owned(),
        tag: None,
        content,
    };
    let firmware =
        package(PackageKind::Firmware, "thermostat", "1.2", kept(12, "3a72abff", ChecksumAlgorithm::Crc32));
    assert_eq!(view.packages, [firmware]);
    assert_eq!((view.fw_state.as_deref(), view.sw_state), (Some("INITIATED"), None));
    assert_eq!(view.shared_attributes["fw_checksum"], json!("3a72abff"));

    let linked = r#"{"kind":"fw","title":"t","version":"2","url":"http://127.0.0.1/t.bin"}"#;
    assert_eq!(bench.call("POST /api/demo/platform/package/linked", "TOK", linked).await.0, 204);
    let generated = r#"{"kind":"sw","title":"app","version":"3","tag":"x","size":1048576}"#;
    assert_eq!(bench.call("POST /api/demo/platform/package/generated", "TOK", generated).await.0, 204);
    let packages = bench.view().await.packages;
    let url = "http://127.0.0.1/t.bin".to_owned();
    assert_eq!(packages[0], package(PackageKind::Firmware, "t", "2", PackageContent::Linked { url }));
    assert!(matches!(
        &packages[1].content,
        PackageContent::Kept { size: 1_048_576, checksum, algorithm: ChecksumAlgorithm::Sha256 }
            if checksum.len() == 64
    ));

    let unassigned = bench.call("DELETE /api/demo/platform/package", "TOK", r#"{"kind":"fw"}"#).await;
    assert_eq!(unassigned, (204, Value::Null));
    let view = bench.view().await;
    assert_eq!(view.packages.len(), 1);
    assert!(!view.shared_attributes.contains_key("fw_title"));
}

#[tokio::test]
async fn when_too_many_packages_are_prepared_one_more_is_refused() {
    let devices =
        vec![DeviceSpec { name: "bench".to_owned(), access_token: AccessToken::parse("TOK").unwrap() }];
    let emulator = Emulator::start(Config { devices, ..Config::default() }).await.unwrap();
    let (platform, endpoint, ca_pem) = (emulator.platform(), emulator.endpoint(), emulator.ca_pem().into());
    let router = routes(Api { platform, endpoint, ca_pem, packages: Queue::new(0, 0) });
    let bench = Bench::serve(emulator, router).await;
    let generated = r#"{"kind":"sw","title":"app","version":"3","size":10}"#;
    let calls = [
        ("POST /api/demo/platform/package/generated", generated),
        ("PUT /api/demo/platform/package?kind=fw&title=t&version=1", "x"),
    ];
    for (request, body) in calls {
        let (status, answer) = bench.call(request, "TOK", body).await;
        assert_eq!(status, 503, "{request}");
        let error: PlatformError = serde_json::from_value(answer).unwrap();
        assert_eq!(error.error, Busy.to_string());
    }
    assert_eq!(bench.view().await.packages, []);
}

#[tokio::test]
async fn packages_that_are_kept_have_a_bound_in_all() {
    let access_token = |number: usize| AccessToken::parse(&format!("TOK{number}")).unwrap();
    let device = |number: usize| DeviceSpec { name: number.to_string(), access_token: access_token(number) };
    let config = Config { devices: (0..33).map(device).collect(), ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    let package = crate::Package {
        title: "t".to_owned(),
        version: "1".to_owned(),
        tag: None,
        bytes: vec![0; MAX_PACKAGE_BYTES].into(),
        algorithm: ChecksumAlgorithm::Crc32,
    };
    let assign =
        |number, kind| emulator.platform().assign_package(&access_token(number), kind, package.clone());
    for number in 0..32 {
        assert_eq!(PackageKind::ALL.map(|kind| assign(number, kind)), [Ok(()), Ok(())]);
    }
    assert_eq!(assign(32, PackageKind::Firmware), Err(PlatformProblem::PackagesFull));
    emulator.platform().unassign_package(&access_token(0), PackageKind::Software).unwrap();
    assert_eq!(assign(32, PackageKind::Firmware), Ok(()));
}

#[tokio::test]
async fn faults_and_rate_limits_are_set_shown_and_cleared() {
    let bench = Bench::start().await;
    let fault = r#"{"fault":"refuse_connect","because":"too_often"}"#;
    assert_eq!(bench.call("PUT /api/demo/platform/fault", "TOK", fault).await, (204, Value::Null));
    let limits = r#"{"messages":"10:1,300:60","telemetry_data_points":"5:1"}"#;
    assert_eq!(bench.call("PUT /api/demo/platform/rate-limits", "TOK", limits).await, (204, Value::Null));
    let view = bench.view().await;
    assert_eq!(view.fault, Some(Fault::RefuseConnect { because: RefusedConnect::TooOften }));
    let limits = RateLimits {
        messages: Some("10:1,300:60".to_owned()),
        telemetry_messages: None,
        telemetry_data_points: Some("5:1".to_owned()),
    };
    assert_eq!(view.rate_limits, limits);
    assert_eq!(bench.call("DELETE /api/demo/platform/fault", "TOK", "").await, (204, Value::Null));
    assert_eq!(bench.call("PUT /api/demo/platform/rate-limits", "TOK", "{}").await, (204, Value::Null));
    let view = bench.view().await;
    assert_eq!((view.fault, view.rate_limits), (None, RateLimits::default()));
}

#[tokio::test]
async fn what_is_refused_is_refused_with_a_sentence() {
    let bench = Bench::start().await;
    let too_large = "x".repeat(MAX_PACKAGE_BYTES + 1);
    let generated = |size| json!({"kind": "fw", "title": "t", "version": "1", "size": size}).to_string();
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MOST_BODY_BYTES));
    let cases = [
        ("GET /api/demo/platform", "OTHER", "", 401),
        ("GET /api/demo/platform", "", "", 401),
        ("PUT /api/demo/platform/shared-attributes", "OTHER", "{}", 401),
        ("POST /api/demo/platform/rpc", "OTHER", r#"{"method":"m"}"#, 401),
        ("POST /api/demo/platform/rpc", "TOK", r#"{"method":""}"#, 400),
        ("POST /api/demo/platform/rpc", "TOK", r#"{"method":"m","other":1}"#, 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", "[]", 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", "", 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", &large, 413),
        ("GET /api/demo/device", "", "", 405),
        ("POST /api/demo/platform/rpc?child=none", "TOK", r#"{"method":"m"}"#, 404),
        ("PUT /api/demo/platform/shared-attributes?other=1", "TOK", "{}", 400),
        ("PUT /api/demo/platform/package?kind=hw&title=t&version=1", "TOK", "x", 400),
        ("PUT /api/demo/platform/package?kind=fw&title=&version=1", "TOK", "x", 400),
        ("PUT /api/demo/platform/package?kind=fw&title=t&version=1", "TOK", "", 400),
        ("PUT /api/demo/platform/package?kind=fw&title=t&version=1", "OTHER", "x", 401),
        ("PUT /api/demo/platform/package?kind=fw&title=t&version=1&algorithm=SHA1", "TOK", "x", 400),
        ("PUT /api/demo/platform/package?kind=fw&title=t&version=1", "TOK", &too_large, 413),
        ("POST /api/demo/platform/package/generated", "TOK", &generated(0), 400),
        ("POST /api/demo/platform/package/generated", "TOK", &generated(MAX_PACKAGE_BYTES + 1), 400),
        ("POST /api/demo/platform/package/generated", "OTHER", &generated(1), 401),
        (
            "POST /api/demo/platform/package/linked",
            "TOK",
            r#"{"kind":"fw","title":"t","version":"1","url":""}"#,
            400,
        ),
        ("DELETE /api/demo/platform/package", "TOK", r#"{"kind":"both"}"#, 400),
        ("PUT /api/demo/platform/fault", "TOK", r#"{"fault":"fire"}"#, 400),
        ("DELETE /api/demo/platform/fault", "OTHER", "", 401),
        ("PUT /api/demo/platform/rate-limits", "TOK", r#"{"messages":"10"}"#, 400),
        ("PUT /api/demo/platform/rate-limits", "OTHER", "{}", 401),
    ];
    for (request, token, body, wanted) in cases {
        let (status, answer) = bench.call(request, token, body).await;
        assert_eq!(status, wanted, "{request}");
        let error: PlatformError = serde_json::from_value(answer).unwrap();
        assert!(error.error.ends_with('.') && !error.error.contains("OTHER"), "{}", error.error);
    }
}
