//! The address in a line: of HTTP, CoAP or mosquitto's own kind; and the topic that a path of the device API stands
//! for (ThingsBoard DeviceApiController, CoapTransportResource, MqttTopics).

use serde_json::{Map, Value};
use shared::thingsboard::topic::{Flavour, Topic};

/// An address in its parts (RFC 3986 section 3), percent signs not yet read.
pub(super) struct Address {
    pub(super) scheme: String,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<String>,
    /// Without the slash at its beginning.
    pub(super) path: String,
    query: String,
}

/// What is asked of a device's path.
pub(super) struct Request {
    pub(super) token: String,
    /// `None`: no topic stands for it.
    pub(super) topic: Option<String>,
    pub(super) payload: Option<String>,
}

impl Address {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (rest, _fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, "")) => (Some(decoded(user)), None),
            Some((user, password)) => (Some(decoded(user)), Some(decoded(password))),
            None => (None, None),
        };
        let bracket = place.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match place[bracket..].rfind(':') {
            Some(at) => (&place[..bracket + at], Some(place[bracket + at + 1..].to_owned())),
            None => (place, None),
        };
        let whole = !host.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        whole.then(|| Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            password,
            host: host.to_owned(),
            port: port.filter(|port| !port.is_empty()),
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    /// The path as a topic, as mosquitto's addresses have it.
    pub(super) fn topic(&self) -> Option<String> {
        (!self.path.is_empty()).then(|| decoded(&self.path))
    }

    /// What this asks of a device. `None` when the path is not one of the device API.
    pub(super) fn request(&self, method: Option<&str>, body: Option<&str>) -> Option<Request> {
        let mut parts = self.path.strip_prefix("api/v1/")?.split('/').map(decoded);
        let token = parts.next().filter(|token| !token.is_empty())?;
        let rest: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let posts = match method {
            Some(method) => method.eq_ignore_ascii_case("post"),
            None => body.is_some(),
        };
        let topic = match (rest.as_slice(), posts) {
            (["telemetry"], true) => Some(Topic::Telemetry(Flavour::V1)),
            (["attributes"], true) => Some(Topic::Attributes(Flavour::V1)),
            (["attributes"], false) => Some(Topic::AttributesRequest(Flavour::V1, 1)),
            (["rpc"], true) => Some(Topic::RpcRequest(Flavour::V1, 1)),
            (["rpc", id], true) => id.parse().ok().map(|id| Topic::RpcResponse(Flavour::V1, id)),
            (["claim"], true) => Some(Topic::Claim),
            _ => None,
        };
        let payload = match topic {
            Some(Topic::AttributesRequest(..)) => Some(self.asked_keys()),
            _ => body.map(str::to_owned),
        };
        Some(Request { token, topic: topic.map(|topic| topic.to_string()), payload })
    }

    /// The keys that the query asks for, as the payload that asks for them.
    fn asked_keys(&self) -> String {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let asked = pairs.filter(|(name, _)| matches!(*name, "clientKeys" | "sharedKeys"));
        let keys: Map<String, Value> =
            asked.map(|(name, keys)| (name.to_owned(), decoded(keys).into())).collect();
        Value::Object(keys).to_string()
    }
}

/// With percent signs read (RFC 3986 section 2.1). What is no UTF-8 then stays as it was written.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)));
        match pair.filter(|_| *byte == b'%').and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(value) => {
                result.push(value);
                at += 3;
            }
            None => {
                result.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(result).unwrap_or_else(|_| text.to_owned())
}
