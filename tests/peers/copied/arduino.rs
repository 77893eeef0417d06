//! The sketch. There is no ESP32 here, so it is compiled with a C++ compiler against names of the SDK that only tell
//! what they are called with: that the sketch is C++ and its literals are right is shown, that the SDK takes it is not.

use super::{ATTRIBUTES, publishes, session, wild_publishes};
use crate::Target;
use frontend::copy_as::{Language, Login, Publish, Secret};
use shared::wire::{MqttVersion, QoS};
use std::{fmt::Write, process::Command};
use tests::{folder::Folder, python::script_path};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test]
async fn the_sketch_compiles_and_publishes_what_the_console_did() {
    let target = Target::start().await;
    let mut session = session(&target, MqttVersion::V3_1_1, true, wild_publishes());
    session.login = Login {
        user_name: Some(Secret::Told("us\"er".to_owned().into())),
        password: Some(Secret::Told("pa\\ss".to_owned().into())),
        is_token: false,
    };
    session.client_id = "pump 7".into();
    session.subscriptions.push((ATTRIBUTES.into(), QoS::AtLeastOnce));
    let endpoint = target.thingsboard.endpoint();
    let mut wanted = vec![
        format!("connect {} us\"er {} pump 7 pa\\ss", endpoint.host, endpoint.port),
        format!("subscribe {ATTRIBUTES}"),
    ];
    wanted.extend(session.publishes.iter().map(|Publish { topic, payload, .. }| {
        format!("publish {} {}", hex(topic.as_bytes()), hex(payload.as_bytes()))
    }));
    assert_eq!(run(&Language::Arduino.program(&session)), wanted);
}

#[tokio::test]
async fn a_masked_sketch_compiles_too() {
    let target = Target::start().await;
    let session = session(&target, MqttVersion::V5, false, publishes());
    let said = run(&Language::Arduino.program(&session));
    assert!(said[0].contains(" YOUR_ACCESS_TOKEN "), "{said:?}");
}

/// Compiles a sketch, runs its `setup`, and returns what the SDK was asked for.
fn run(sketch: &str) -> Vec<String> {
    let folder = Folder::new("sketch").unwrap();
    let stand_in = std::fs::read_to_string(script_path("arduino/stand_in.h").unwrap()).unwrap();
    for name in ["WiFi.h", "WiFiClientSecure.h", "Arduino_MQTT_Client.h", "ThingsBoard.h"] {
        folder.write(name, &stand_in).unwrap();
    }
    let source = format!("#include \"WiFi.h\"\n{sketch}\nint main() {{ setup(); loop(); }}\n");
    let path = folder.write("sketch.cpp", &source).unwrap();
    let program = folder.path().join("sketch");
    let compiled = Command::new("c++")
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-trigraphs", "-I"])
        .args([folder.path(), "-o".as_ref(), &program, &path])
        .output()
        .expect("there is no C++ compiler (c++): install g++");
    assert!(compiled.status.success(), "{}\n{sketch}", String::from_utf8_lossy(&compiled.stderr));
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
