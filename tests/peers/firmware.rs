//! Firmware from the emulator: ThingsBoard's own device library believes its checksums, and paho gets every
//! byte and every error in both protocol versions.

use crate::Target;
use emulator::{Kind, Package, PackageKind};
use serde_json::json;
use shared::thingsboard::checksum::ChecksumAlgorithm;
use tests::python::Python;

/// Not a multiple of the script's 4,096 bytes.
fn image(version: u8) -> Vec<u8> {
    (0..10_001_u32).map(|at| at.to_le_bytes()[usize::from(at % 3 == 0)] ^ version).collect()
}

#[tokio::test]
async fn thingsboards_device_library_updates_its_firmware() {
    let target = Target::start().await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token().clone());
    let assign = |number: u8, algorithm| {
        let package = Package {
            title: "thermostat".to_owned(),
            version: format!("1.{number}"),
            tag: None,
            bytes: image(number).into(),
            algorithm,
        };
        platform.assign_package(&token, PackageKind::Firmware, package).unwrap();
    };
    let algorithms = ChecksumAlgorithm::ALL;
    assign(0, algorithms[0]);
    let mut script = Python::ThingsBoard.start("thingsboard_firmware.py", &target.own_arguments()).unwrap();
    for (number, algorithm) in (0..).zip(algorithms) {
        if number > 0 {
            assign(number, algorithm);
        }
        let expected = json!({
            "event": "firmware",
            "version": format!("1.{number}"),
            "algorithm": algorithm.name(),
            "sha256": ChecksumAlgorithm::Sha256.checksum(&image(number)),
        });
        assert_eq!(script.next().await.unwrap(), expected);
    }
    let updated = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload.windows(9).any(|text| text == br#""UPDATED""#));
    target.thingsboard.receives(updated).await;
    script.stop().await.unwrap();
}

#[tokio::test]
async fn paho_downloads_a_mebibyte_and_is_told_what_is_not_there() {
    let target = Target::start().await;
    let bytes: Vec<u8> = (0..1_048_577_u32).map(|at| at.to_le_bytes()[1] ^ at.to_le_bytes()[0]).collect();
    let package = Package {
        title: "thermostat".to_owned(),
        version: "2".to_owned(),
        tag: None,
        bytes: bytes.clone().into(),
        algorithm: ChecksumAlgorithm::Md5,
    };
    let token = target.thingsboard.token();
    target.thingsboard.platform().assign_package(token, PackageKind::Firmware, package).unwrap();
    // MQTT 3.1.1 only sees the connection end; paho calls that an unspecified error.
    for (version, by_server, code) in [("3.1.1", false, 0x80), ("5", true, 0x83)] {
        let mut arguments = target.own_arguments();
        arguments.push(version.to_owned());
        let script = Python::Paho.start("paho_firmware.py", &arguments).unwrap();
        let sha256 = ChecksumAlgorithm::Sha256.checksum(&bytes);
        let expected = [
            json!({"event": "subscribed", "codes": [0, 0, 0]}),
            json!({"event": "firmware", "chunks": 17, "size": 1_048_577, "sha256": sha256}),
            json!({"event": "error", "text": "NOT_FOUND", "qos": 0}),
            json!({"event": "ended", "by_server": by_server, "code": code}),
        ];
        assert_eq!(script.finish().await.unwrap(), expected, "{version}");
    }
}
