//! Reads the line that ThingsBoard's "Check connectivity" shows, or one like it: `mosquitto_pub`, `mosquitto_sub`,
//! `curl` or `coap-client`, as it stands on Linux, macOS and Windows and in Docker.
//!
//! Pure: text in, what it says for the form out. Nothing is run, looked up or fetched. Must not know the form. No
//! sentence quotes what stands in the place of a secret.
//!
//! - `words`: a command line as words
//! - `options`: which option of which program means what
//! - `address`: web and CoAP addresses, and the topic of the device API that a path stands for
//! - `fill`: what was found, as what the form takes
//! - `remarks`: what is to be said besides
//! - `refused`: why a text fills nothing

mod address;
mod fill;
mod options;
mod refused;
mod remarks;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
mod words;

use options::Found;
use shared::wire::{MqttVersion, QoS};
use std::fmt;

pub use refused::Refused;

/// Bytes of a text that is looked at. ThingsBoard takes payloads up to 64 KiB, and quoting doubles them at worst.
const MAX_BYTES: usize = 256 * 1024;

/// A program whose lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    MosquittoPub,
    MosquittoSub,
    Curl,
    CoapClient,
}

impl Tool {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MosquittoPub => "mosquitto_pub",
            Self::MosquittoSub => "mosquitto_sub",
            Self::Curl => "curl",
            Self::CoapClient => "coap-client",
        }
    }
}

/// What a line says.
#[derive(Clone, PartialEq, Eq)]
pub struct Pasted {
    pub tool: Tool,
    pub host: String,
    pub port: u16,
    pub login: Login,
    /// `None`: the line does not tell.
    pub trust: Option<Trust>,
    pub version: Option<MqttVersion>,
    /// Seconds.
    pub keep_alive: Option<u16>,
    pub topic: Option<String>,
    pub qos: Option<QoS>,
    pub payload: Option<String>,
    /// What was changed or left out, each a sentence.
    pub remarks: Vec<String>,
}

/// Who the line says the device is.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// None, or a placeholder.
    Unsaid,
    Token(String),
    /// ThingsBoard's MQTT Basic; each part may be empty.
    Basic {
        client_id: String,
        user_name: String,
        password: String,
    },
}

/// How the line has the server verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// By the certificates in a file, of which only the name is known.
    File(String),
    PublicAuthorities,
}

/// Without what may be secret.
impl fmt::Debug for Pasted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, host, port, trust, topic, remarks, .. } = self;
        write!(formatter, "Pasted({tool:?} {host}:{port} {trust:?} {topic:?} {remarks:?})")
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unsaid => "Unsaid",
            Self::Token(_) => "Token(***)",
            Self::Basic { .. } => "Basic(***)",
        })
    }
}

/// Whether a text that was pasted where a host belongs is a line to read.
#[must_use]
pub fn is_line(text: &str) -> bool {
    let has_space = text.trim().contains(char::is_whitespace);
    has_space && words::commands(text).is_ok_and(|commands| calls(&commands).next().is_some())
}

/// Reads a line, or several as Docker and Windows have them.
///
/// # Errors
/// Why it fills nothing.
pub fn read(text: &str) -> Result<Pasted, Refused> {
    if text.len() > MAX_BYTES {
        return Err(Refused::TooLong);
    }
    if text.trim().is_empty() {
        return Err(Refused::Empty);
    }
    let commands = words::commands(text).map_err(Refused::Unclosed)?;
    let mut fetched = None;
    let mut wanted: Option<(Tool, Found)> = None;
    let mut more = 0;
    for (tool, arguments) in calls(&commands) {
        let found = options::walk(tool, arguments);
        if tool == Tool::Curl && found.urls.iter().any(|url| url.contains(CERTIFICATE_PATH)) {
            fetched = Some(remarks::file_name(found.output.as_deref().unwrap_or("ca-root.pem")));
        } else if wanted.is_none() {
            wanted = Some((tool, found));
        } else {
            more += 1;
        }
    }
    let Some((tool, found)) = wanted else {
        return Err(fetched.map_or(Refused::NoCommand, Refused::OnlyCertificate));
    };
    let mut pasted = match tool {
        Tool::MosquittoPub | Tool::MosquittoSub => fill::mosquitto(tool, &found)?,
        Tool::Curl | Tool::CoapClient => fill::web(tool, &found)?,
    };
    remarks::lost(&found, &mut pasted.remarks);
    if more > 0 {
        pasted.remarks.push("The text holds more than one command; the first was taken.".to_owned());
    }
    Ok(pasted)
}

/// Where ThingsBoard gives its CA certificate out (ThingsBoard DeviceConnectivityController).
const CERTIFICATE_PATH: &str = "/api/device-connectivity/";

/// The calls of known programs, each with its arguments.
fn calls(commands: &[Vec<String>]) -> impl Iterator<Item = (Tool, &[String])> {
    commands.iter().filter_map(|words| words::call(words))
}
