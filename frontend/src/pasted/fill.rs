//! What was found in a line, as what the form takes: judged, with what had to be changed said.

use super::{
    Login, Pasted, Refused, Tool, Trust,
    address::Address,
    options::Found,
    remarks::{self, Plain},
};
use crate::text::filled;
use shared::{
    endpoint::{Host, parse_port},
    limits::DEFAULT_MQTTS_PORT,
    wire::{MqttVersion, QoS},
};

pub(super) fn mosquitto(tool: Tool, found: &Found) -> Result<Pasted, Refused> {
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
pub(super) fn web(tool: Tool, found: &Found) -> Result<Pasted, Refused> {
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
            remarks.push(filled("Now drop the file ¤ on CA certificate.", &[&file]));
            Some(Trust::File(file))
        }
        None if found.system_roots || remarks::is_cloud(host) => Some(Trust::PublicAuthorities),
        None => None,
    }
}
