use super::*;
use crate::config::{DevicePolicy, DeviceSpec};
use serde_json::json;
use shared::thingsboard::checksum::ChecksumAlgorithm;
use tokio::time::Instant;

fn platform(names: &[&str]) -> (Platform, Vec<AccessToken>) {
    let devices: Vec<DeviceSpec> = names.iter().map(|name| DeviceSpec::random(name)).collect();
    let tokens = devices.iter().map(|device| device.access_token.clone()).collect();
    let hub = Hub::new(devices, DevicePolicy::Shared, Vec::new());
    (Platform::new(Arc::new(hub), Timers::default()), tokens)
}

fn call(timeout_ms: u64) -> RpcCall {
    RpcCall { method: "m".to_owned(), params: json!(1), one_way: false, timeout_ms }
}

#[tokio::test(start_paused = true)]
async fn a_server_side_rpc_waits_at_least_5_s_and_at_most_a_minute() {
    let (platform, tokens) = platform(&["bench"]);
    for (timeout_ms, waited_s) in [(1, 5), (7_000, 7), (u64::MAX, 60)] {
        let begun = Instant::now();
        assert_eq!(platform.send_rpc(&tokens[0], call(timeout_ms)).await, Ok(RpcOutcome::TimedOut));
        // The clock goes by whole milliseconds.
        let waited = begun.elapsed().saturating_sub(Duration::from_secs(waited_s));
        assert!(begun.elapsed() >= Duration::from_secs(waited_s) && waited < Duration::from_millis(10));
    }
}

#[test]
fn ids_of_rpcs_are_each_devices_own() {
    let (platform, tokens) = platform(&["one", "two"]);
    let next_id = |token: &AccessToken| {
        let device = platform.device(token).unwrap();
        let (id, _) = lock(&device.state).add_rpc("m", &Value::Null, false).unwrap();
        id
    };
    assert_eq!([next_id(&tokens[0]), next_id(&tokens[0]), next_id(&tokens[1])], [0, 1, 0]);
}

#[test]
fn a_visitor_keeps_16_mib_of_packages() {
    let hub = Hub::new(Vec::new(), DevicePolicy::PerVisitor { most: 2 }, Vec::new());
    let platform = Platform::new(Arc::new(hub), Timers::default());
    let [one, other] = [(); 2].map(|()| platform.hand_out_device().unwrap().device.access_token);
    let tenant = platform.device(&one).unwrap().tenant;
    let children = ["a", "b"].map(|name| {
        let child = platform.hub.get_or_make(name, tenant).unwrap();
        child.spec.access_token.clone()
    });
    let package = Package {
        title: "t".to_owned(),
        version: "1".to_owned(),
        tag: None,
        bytes: vec![0; MAX_PACKAGE_BYTES].into(),
        algorithm: ChecksumAlgorithm::Crc32,
    };
    let assign = |token, kind| platform.assign_package(token, kind, package.clone());
    for token in [&one, &children[0]] {
        assert_eq!(PackageKind::ALL.map(|kind| assign(token, kind)), [Ok(()), Ok(())]);
    }
    assert_eq!(assign(&children[1], PackageKind::Firmware), Err(PlatformProblem::PackagesFull));
    assert_eq!(assign(&other, PackageKind::Firmware), Ok(()));
    platform.unassign_package(&one, PackageKind::Software).unwrap();
    assert_eq!(assign(&children[1], PackageKind::Firmware), Ok(()));
}
