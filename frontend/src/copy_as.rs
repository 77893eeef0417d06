//! What was done at the page as a program in other languages, to be run elsewhere.
//!
//! Pure: a [`Session`] in, text out. Must not know the page's state: [`Session`] is made in one place,
//! `state/update/copy_as.rs`. The token stands in a program only when it was put into the session.
//!
//! - [`quote`]: how text and bytes are written in each language
//! - `mosquitto`, `paho`, `thingsboard`, `arduino`, `curl`, `rust`: one language each

mod arduino;
mod curl;
mod mosquitto;
mod paho;
pub mod quote;
mod rust;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
mod thingsboard;
mod web;
mod writer;

use shared::{
    payload::Payload,
    wire::{MqttVersion, QoS},
};
use std::fmt;
use writer::{Writer, digit};
use zeroize::Zeroizing;

/// Publishes that one program holds.
pub const MAX_PUBLISHES: usize = 200;
/// Bytes of the payloads that one program holds.
pub const MAX_BYTES: usize = 512 * 1024;

/// A language, or a program that is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Mosquitto,
    Paho,
    ThingsBoard,
    Arduino,
    Curl,
    Rust,
}

impl Language {
    pub const ALL: [Self; 6] =
        [Self::Mosquitto, Self::Paho, Self::ThingsBoard, Self::Arduino, Self::Curl, Self::Rust];

    #[must_use]
    pub fn label(self) -> &'static str {
        self.facts().1
    }

    /// The option's value.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.facts().0
    }

    /// The name of the file that the program is saved as.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Mosquitto => ("mosquitto", "mosquitto_pub (shell)", "device.sh"),
            Self::Paho => ("paho", "Python, paho-mqtt", "device_paho.py"),
            Self::ThingsBoard => ("thingsboard", "Python, tb-mqtt-client", "device_thingsboard.py"),
            Self::Arduino => ("arduino", "Arduino, ThingsBoard SDK (ESP32)", "device.ino"),
            Self::Curl => ("curl", "curl (HTTP device API)", "device_http.sh"),
            Self::Rust => ("rust", "Rust, rumqttc", "main.rs"),
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|language| language.key() == key).unwrap_or_default()
    }

    /// The program.
    #[must_use]
    pub fn program(self, session: &Session) -> String {
        let mut program = match self {
            Self::Mosquitto => mosquitto::program(session),
            Self::Paho => paho::program(session),
            Self::ThingsBoard => thingsboard::program(session),
            Self::Arduino => arduino::program(session),
            Self::Curl => curl::program(session),
            Self::Rust => rust::program(session),
        };
        program.truncate(program.trim_end().len());
        program.push('\n');
        program
    }
}

/// What is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub host: String,
    pub port: u16,
    pub version: MqttVersion,
    pub client_id: String,
    pub keep_alive_s: u16,
    /// Whether the server is verified by `ca.pem`, and not by public authorities.
    pub has_ca_file: bool,
    pub login: Login,
    /// In the order they were asked for.
    pub subscriptions: Vec<(String, QoS)>,
    /// Oldest first.
    pub publishes: Vec<Publish>,
    /// Publishes before those that were left out.
    pub left_out: u64,
    /// Whether there may have been others before, which nobody holds any more.
    pub is_older_lost: bool,
}

/// A publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    pub topic: String,
    pub qos: QoS,
    pub payload: Payload,
}

/// Who the device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub user_name: Option<Secret>,
    pub password: Option<Secret>,
    /// Whether the user name is an access token, which other protocols than MQTT take as well.
    pub is_token: bool,
}

/// Something that is not for everybody's eyes.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The program reads it from the environment, under this name.
    Masked(&'static str),
    /// It stands in the program.
    Told(Zeroizing<String>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl Login {
    /// The names of the variables that a program is to be given.
    fn variables(&self) -> impl Iterator<Item = &'static str> {
        [&self.user_name, &self.password].into_iter().filter_map(|secret| match secret {
            Some(Secret::Masked(name)) => Some(*name),
            Some(Secret::Told(_)) | None => None,
        })
    }
}

impl Session {
    /// Leaves out the oldest publishes beyond the bounds.
    pub fn bound(&mut self) {
        let mut bytes = 0;
        let fits = |publish: &&Publish| {
            bytes += publish.payload.len() + publish.topic.len();
            bytes <= MAX_BYTES
        };
        let kept = self.publishes.iter().rev().take(MAX_PUBLISHES).take_while(fits).count();
        let surplus = self.publishes.len() - kept.max(1).min(self.publishes.len());
        self.publishes.drain(..surplus);
        self.left_out += surplus as u64;
    }
}
