//! Reads the line that ThingsBoard's "Check connectivity" shows, or one like it: `mosquitto_pub`, `mosquitto_sub`,
//! `curl` or `coap-client`, as it stands on Linux, macOS and Windows and in Docker.
//!
//! Pure: text in, what it says for the form out. Nothing is run, looked up or fetched. Must not know the form. No
//! sentence quotes what stands in the place of a secret.
//!
//! - [`words`]: a command line as words
//! - [`options`]: which option of which program means what
//! - [`address`]: web and CoAP addresses, and the topic of the device API that a path stands for
//! - [`remarks`]: what is to be said besides
//! - [`refused`]: why a text fills nothing

mod address;
mod options;
mod refused;
mod remarks;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
mod words;

use address::Address;
use options::Found;
use remarks::Plain;
use shared::{
    endpoint::{Host, parse_port},
    limits::DEFAULT_MQTTS_PORT,
    wire::{MqttVersion, QoS},
};
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
        Tool::MosquittoPub | Tool::MosquittoSub => mosquitto(tool, &found)?,
        Tool::Curl | Tool::CoapClient => web(tool, &found)?,
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

fn mosquitto(tool: Tool, found: &Found) -> Result<Pasted, Refused> {
    let mut remarks = Vec::new();
    let address = match found.urls.last() {
        Some(url) => Some(Address::read(url).ok_or(Refused::NoAddress(tool))?),
        None => None,
    };
    let host = address.as_ref().map(|address| address.host.as_str()).or(found.host.as_deref());
    if host.is_none() {
        remarks.push("The line names no host, which means localhost.".to_owned());
    }
    let host = checked_host(host.unwrap_or("localhost"), &mut remarks)?;
    let said = match (&address, &found.port) {
        (Some(Address { port: Some(port), .. }), _) | (_, Some(port)) => Some(checked_port(port)?),
        _ => None,
    };
    let tls = found.tls || address.as_ref().is_some_and(|address| address.scheme == "mqtts");
    let port = match said {
        Some(port) if tls || port == DEFAULT_MQTTS_PORT => port,
        None if tls => DEFAULT_MQTTS_PORT,
        said => remarks::plain(Plain::Mqtt(said), &mut remarks),
    };
    let qos = match found.qos.as_deref() {
        None => None,
        Some("0") => Some(QoS::AtMostOnce),
        Some("1") => Some(QoS::AtLeastOnce),
        Some(_) => return Err(Refused::Qos),
    };
    let (user, password) =
        address.as_ref().map_or((None, None), |it| (it.user.as_deref(), it.password.as_deref()));
    let user = user.or(found.user.as_deref());
    let login = login(user, password.or(found.password.as_deref()), found.client_id.as_deref(), &mut remarks);
    let mut topic = address.and_then(|address| address.topic()).or_else(|| found.topic.clone());
    if tool == Tool::MosquittoSub && topic.take().is_some() {
        remarks.push("The line subscribes: its filter belongs into the tab Raw MQTT.".to_owned());
    }
    let version = match found.version.as_deref() {
        Some("5" | "mqttv5") => Some(MqttVersion::V5),
        Some("311" | "mqttv311") => Some(MqttVersion::V3_1_1),
        _ => None,
    };
    let trust = trust(found, &host, &mut remarks);
    let keep_alive = found.keep_alive.as_deref().and_then(|text| text.parse().ok());
    let payload = found.payload.clone().filter(|_| tool == Tool::MosquittoPub);
    Ok(Pasted { tool, host, port, login, trust, version, keep_alive, topic, qos, payload, remarks })
}

/// HTTP and CoAP: the path holds the token, and stands for a topic.
fn web(tool: Tool, found: &Found) -> Result<Pasted, Refused> {
    let read = |url: &String| Address::read(url).filter(|address| !address.path.is_empty());
    let address = found.urls.iter().find_map(read).ok_or(Refused::NoAddress(tool))?;
    let mut remarks = Vec::new();
    let request = address.request(found.method.as_deref(), found.payload.as_deref());
    let request = match request {
        Some(request) if request.token == "provision" => return Err(Refused::Provisioning),
        Some(request) => request,
        None => return Err(Refused::NoDevice(tool)),
    };
    let host = remarks::mqtt_host(tool, &address.host, &mut remarks);
    let host = checked_host(&host, &mut remarks)?;
    let protocol = if tool == Tool::Curl { "HTTP" } else { "CoAP" };
    let port = remarks::plain(Plain::Other(protocol), &mut remarks);
    let login = login(Some(&request.token), None, None, &mut remarks);
    if request.topic.is_none() {
        remarks.push("The line's path stands for no topic that a device publishes to: Topic and Payload stay as they are.".to_owned());
    }
    // A certificate for the web server need not be that of MQTT.
    let trust = remarks::is_cloud(&host).then_some(Trust::PublicAuthorities);
    let payload = request.payload.filter(|_| request.topic.is_some());
    Ok(Pasted {
        tool,
        host,
        port,
        login,
        trust,
        version: None,
        keep_alive: None,
        qos: request.topic.is_some().then_some(QoS::AtLeastOnce),
        topic: request.topic,
        payload,
        remarks,
    })
}

fn checked_host(host: &str, remarks: &mut Vec<String>) -> Result<String, Refused> {
    let host = remarks::outside_docker(host, remarks);
    match Host::parse(host) {
        Ok(_) => Ok(host.to_owned()),
        Err(problem) => Err(Refused::Host(problem.to_string())),
    }
}

fn checked_port(port: &str) -> Result<u16, Refused> {
    match parse_port(port) {
        Ok(port) => Ok(port),
        Err(problem) => Err(Refused::Port(problem.to_string())),
    }
}

fn login(
    user: Option<&str>,
    password: Option<&str>,
    client_id: Option<&str>,
    remarks: &mut Vec<String>,
) -> Login {
    if [user, password].into_iter().flatten().any(remarks::is_placeholder) {
        remarks.push("The line has a placeholder where the secret belongs: copy it from the device's page in ThingsBoard.".to_owned());
        return Login::Unsaid;
    }
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    match (user, password, client_id) {
        (None, None, None) => {
            remarks.push("The line names no access token (-u): type it.".to_owned());
            Login::Unsaid
        }
        (Some(token), None, None) => Login::Token(token.to_owned()),
        _ => Login::Basic { client_id: owned(client_id), user_name: owned(user), password: owned(password) },
    }
}

fn trust(found: &Found, host: &str, remarks: &mut Vec<String>) -> Option<Trust> {
    match &found.ca_file {
        Some(file) => {
            let file = remarks::file_name(file);
            remarks.push(["Now drop the file ", &file, " on CA certificate."].concat());
            Some(Trust::File(file))
        }
        None if found.system_roots || remarks::is_cloud(host) => Some(Trust::PublicAuthorities),
        None => None,
    }
}
