//! What `Copy as` writes is run as it stands, against the emulator: what arrives is what the console had sent.

mod arduino;
mod curl;
mod mosquitto;
mod python;
mod rust;

use crate::Target;
use emulator::Kind;
use frontend::copy_as::{Language, Login, Publish, Secret, Session};
use shared::{
    payload::Payload,
    wire::{MqttVersion, QoS},
};
use std::{path::PathBuf, process::Command};
use tests::{eventually::eventually_equal, folder::Folder};

const TELEMETRY: &str = "v1/devices/me/telemetry";
const ATTRIBUTES: &str = "v1/devices/me/attributes";

/// A publish as it is compared: topic, QoS and bytes.
type Sent = (String, u8, Vec<u8>);

/// Payloads with everything that quoting gets wrong, which ThingsBoard takes.
fn publishes() -> Vec<Publish> {
    let publish = |topic: &str, qos, payload: &[u8]| Publish {
        topic: topic.to_owned(),
        qos,
        payload: Payload::from_bytes(payload),
    };
    let odd = "{\n\t\"text\": \"it's \\\"$HOME\\\" `id` 100 % \\\\ ?\\u003f= é 😀 \u{202e}x\u{202c}\", \"a!\": 1\n}";
    vec![
        publish(TELEMETRY, QoS::AtLeastOnce, br#"{"temperature":42}"#),
        publish(TELEMETRY, QoS::AtLeastOnce, odd.as_bytes()),
        publish(ATTRIBUTES, QoS::AtMostOnce, br#"{"-serial":"@A-1"}"#),
        publish(ATTRIBUTES, QoS::AtLeastOnce, odd.as_bytes()),
    ]
}

/// The same with what ThingsBoard acknowledges and drops, in MQTT 3.1.1 without a word.
fn wild_publishes() -> Vec<Publish> {
    let mut publishes = publishes();
    let all: Vec<u8> = (0..=255).collect();
    for payload in [&[][..], &all, b"-m", b"a\x00b", "\u{feff}\r\n".as_bytes(), &[0xff, b'7', 0xfe]] {
        publishes.push(Publish {
            topic: "my topic/it's $HOME/\u{202e}é".to_owned(),
            qos: QoS::AtLeastOnce,
            payload: Payload::from_bytes(payload),
        });
    }
    publishes
}

/// A session of the emulator's device. The program reads the token from the environment, or holds it.
fn session(target: &Target, version: MqttVersion, with_token: bool, publishes: Vec<Publish>) -> Session {
    let endpoint = target.thingsboard.endpoint();
    let token = target.thingsboard.token().expose().to_owned();
    let user_name = if with_token { Secret::Told(token.into()) } else { Secret::Masked("TB_TOKEN") };
    Session {
        host: endpoint.host.to_string(),
        port: endpoint.port,
        version,
        client_id: String::new(),
        keep_alive_s: 60,
        has_ca_file: true,
        login: Login { user_name: Some(user_name), password: None, is_token: true },
        subscriptions: Vec::new(),
        publishes,
        left_out: 0,
        is_older_lost: false,
    }
}

fn sent(session: &Session) -> Vec<Sent> {
    let each = |publish: &Publish| {
        (publish.topic.clone(), u8::from(publish.qos), publish.payload.as_bytes().to_vec())
    };
    session.publishes.iter().map(each).collect()
}

/// What came from the device, in order.
fn arrived(target: &Target) -> Vec<Sent> {
    let publish = |kind| match kind {
        Kind::Publish { topic, qos, payload, .. } => Some((topic, qos, payload.to_vec())),
        _ => None,
    };
    target.thingsboard.received().into_iter().filter_map(publish).collect()
}

/// Waits until all of the session's publishes came, and no other.
async fn arrives(target: &Target, session: &Session) {
    eventually_equal(|| arrived(target), sent(session)).await;
}

/// A program in a folder of its own, beside `ca.pem`.
struct Saved {
    folder: Folder,
    path: PathBuf,
}

impl Saved {
    fn new(target: &Target, language: Language, session: &Session) -> Self {
        let folder = Folder::new("copied").unwrap();
        folder.write("ca.pem", target.thingsboard.emulator().ca_pem()).unwrap();
        let path = folder.write(language.file_name(), &language.program(session)).unwrap();
        Self { folder, path }
    }

    /// Runs it by this interpreter, with the token in the environment.
    fn command(&self, target: &Target, interpreter: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(interpreter);
        command.arg(&self.path).current_dir(self.folder.path());
        command.env("TB_TOKEN", target.thingsboard.token().expose()).env("PYTHONUNBUFFERED", "1");
        command
    }
}
