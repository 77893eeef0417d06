//! What a gateway publishes for its devices (ThingsBoard AbstractGatewaySessionHandler). Pure: a topic and
//! a payload in, a call out; [`crate::session`] carries it out.

use crate::{
    device::RpcRequest,
    topic::TopicId,
    upload::{self, PayloadProblem, Sample, UnixMs},
};
use serde_json::{Value, json};
use shared::{
    platform::Claim,
    thingsboard::{json::Json, server},
};
use std::collections::BTreeMap;

pub(crate) const GATEWAY_TOPICS: &str = "v1/gateway/";

/// What is meant for each device; a problem with one does not keep the others from theirs.
pub(crate) type ForEach<T> = Vec<(String, Result<T, PayloadProblem>)>;

/// A call of the gateway API.
#[derive(Debug, PartialEq)]
pub(crate) enum Call {
    Connect { device: String },
    Disconnect { device: String },
    Telemetry(ForEach<Vec<Sample>>),
    Attributes(ForEach<Vec<(String, Value)>>),
    Claim(ForEach<Claim>),
    AttributesRequest(AttributesRequest),
    RpcResponse { device: String, id: TopicId, data: Value },
}

/// Which attributes of which device, from one scope.
#[derive(Debug, PartialEq)]
pub(crate) struct AttributesRequest {
    pub(crate) device: String,
    pub(crate) id: TopicId,
    client: bool,
    keys: Vec<String>,
}

/// Why there is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoCall {
    UnknownTopic,
    Payload(PayloadProblem),
}

impl From<PayloadProblem> for NoCall {
    fn from(problem: PayloadProblem) -> Self {
        Self::Payload(problem)
    }
}

impl Call {
    /// What is no JSON is invalid; JSON of another shape is what ThingsBoard does not foresee.
    pub(crate) fn read(topic: &str, payload: &[u8], now_ms: UnixMs) -> Result<Self, NoCall> {
        let read = || match upload::read(payload)? {
            Json::Object(members) => Ok(members),
            _ => Err(PayloadProblem::Uncaught),
        };
        Ok(match topic.strip_prefix(GATEWAY_TOPICS) {
            Some("connect") => Self::Connect { device: device(&read()?)? },
            Some("disconnect") => Self::Disconnect { device: device(&read()?)? },
            Some("telemetry") => {
                let is_array = |json: &Json| matches!(json, Json::Array(_));
                let samples = |json| Ok(server::samples_of(json, now_ms)?);
                Self::Telemetry(for_each(read()?, is_array, samples)?)
            }
            Some("attributes") => {
                let attributes = |json| Ok(server::attributes_of(json)?);
                Self::Attributes(for_each(read()?, is_object, attributes)?)
            }
            Some("claim") => {
                let claim = |json| Ok(upload::claimed(&server::claim_of(&json)?, now_ms));
                Self::Claim(for_each(read()?, is_object, claim)?)
            }
            Some("attributes/request") => Self::AttributesRequest(AttributesRequest::read(&read()?)?),
            Some("rpc") => {
                let mut members = read()?;
                let (device, id) = (device(&members)?, id(&members)?);
                let data = members.remove("data").ok_or(PayloadProblem::Uncaught)?.into_value();
                Self::RpcResponse { device, id, data }
            }
            _ => return Err(NoCall::UnknownTopic),
        })
    }
}

impl AttributesRequest {
    fn read(members: &BTreeMap<String, Json>) -> Result<Self, PayloadProblem> {
        let client = match members.get("client") {
            Some(Json::Bool(client)) => *client,
            // Java's `Boolean.parseBoolean`.
            Some(Json::String(text) | Json::Number(text)) => text.eq_ignore_ascii_case("true"),
            _ => return Err(PayloadProblem::Uncaught),
        };
        let keys = match (members.get("key"), members.get("keys")) {
            (Some(key), _) => vec![text(Some(key))?],
            (None, Some(Json::Array(keys))) => {
                keys.iter().map(|key| text(Some(key))).collect::<Result<_, _>>()?
            }
            (None, _) => return Err(PayloadProblem::Uncaught),
        };
        Ok(Self { device: device(members)?, id: id(members)?, client, keys })
    }

    /// The same question as a device would ask it.
    pub(crate) fn question(&self) -> upload::AttributesRequest {
        let keys = Some(self.keys.clone());
        match self.client {
            true => upload::AttributesRequest { client: keys, shared: None },
            false => upload::AttributesRequest { client: None, shared: keys },
        }
    }

    /// One key has a `value`, several have `values`, and what does not exist has neither (JsonConverter
    /// .getJsonObjectForGateway).
    pub(crate) fn response(&self, found: &Value) -> Value {
        let scope = if self.client { "client" } else { "shared" };
        let values = found[scope].as_object();
        let mut response = json!({ "id": self.id, "device": self.device });
        match (values.and_then(|values| values.values().next()), self.keys.len()) {
            (None, _) => {}
            (Some(value), 1) => response["value"] = value.clone(),
            (Some(_), _) => response["values"] = found[scope].clone(),
        }
        response
    }
}

/// A push of attributes to the gateway; `data` is what the device itself would get.
pub(crate) fn attributes_push(device: &str, data: &Value) -> String {
    json!({ "device": device, "data": data }).to_string()
}

/// An RPC request to the gateway; other than what the device itself would get, it has the id inside.
pub(crate) fn rpc_request(device: &str, request: &RpcRequest) -> String {
    let mut data = request.to_json();
    data["id"] = json!(request.id);
    json!({ "device": device, "data": data }).to_string()
}

/// What a gateway is told, in MQTT 5 only, when one of its devices failed.
pub(crate) fn device_closed(device: &str, reason: u8) -> String {
    json!({ "device": device, "reason": reason }).to_string()
}

/// Entries of another type are skipped; none left is not foreseen.
fn for_each<T>(
    members: BTreeMap<String, Json>,
    fits: impl Fn(&Json) -> bool,
    read: impl Fn(Json) -> Result<T, PayloadProblem>,
) -> Result<ForEach<T>, PayloadProblem> {
    let fitting = members.into_iter().filter(|(_, json)| fits(json));
    let entries: ForEach<T> = fitting.map(|(device, json)| (device, read(json))).collect();
    if entries.is_empty() { Err(PayloadProblem::Uncaught) } else { Ok(entries) }
}

fn is_object(json: &Json) -> bool {
    matches!(json, Json::Object(_))
}

fn device(members: &BTreeMap<String, Json>) -> Result<String, PayloadProblem> {
    text(members.get("device"))
        .and_then(|name| if name.is_empty() { Err(PayloadProblem::Uncaught) } else { Ok(name) })
}

fn id(members: &BTreeMap<String, Json>) -> Result<TopicId, PayloadProblem> {
    text(members.get("id"))?.parse().map_err(|_| PayloadProblem::Uncaught)
}

/// Gson's `getAsString`.
fn text(json: Option<&Json>) -> Result<String, PayloadProblem> {
    json.and_then(Json::as_text).ok_or(PayloadProblem::Uncaught)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(topic: &str, payload: &str) -> Result<Call, NoCall> {
        Call::read(&format!("v1/gateway/{topic}"), payload.as_bytes(), 1_000)
    }

    #[test]
    fn what_is_no_call_is_told_apart() {
        const UNCAUGHT: NoCall = NoCall::Payload(PayloadProblem::Uncaught);
        const INVALID: NoCall = NoCall::Payload(PayloadProblem::Invalid);
        let problems = [
            ("other", "{}", NoCall::UnknownTopic),
            ("telemetry/", "{}", NoCall::UnknownTopic),
            ("telemetry", "{broken", INVALID),
            ("telemetry", "[]", UNCAUGHT),
            ("telemetry", "{}", UNCAUGHT),
            ("telemetry", r#"{"A":{"k":1}}"#, UNCAUGHT),
            ("attributes", r#"{"A":[{"k":1}]}"#, UNCAUGHT),
            ("connect", "{}", UNCAUGHT),
            ("connect", r#"{"device":""}"#, UNCAUGHT),
            ("connect", r#"{"device":null}"#, UNCAUGHT),
            ("attributes/request", r#"{"id":1,"device":"A","client":true}"#, UNCAUGHT),
            ("attributes/request", r#"{"id":"x","device":"A","client":true,"key":"k"}"#, UNCAUGHT),
            ("attributes/request", r#"{"id":1,"device":"A","key":"k"}"#, UNCAUGHT),
            ("attributes/request", r#"{"id":1,"device":"A","client":["k"],"key":"k"}"#, UNCAUGHT),
            ("rpc", r#"{"device":"A","id":7}"#, UNCAUGHT),
        ];
        for (topic, payload, problem) in problems {
            assert_eq!(read(topic, payload), Err(problem), "{topic} {payload}");
        }
    }

    #[test]
    fn telemetry_is_an_array_for_each_device() {
        let payload = r#"{"A":[{"ts":1,"values":{"k":1}},{"k":2}],"B":[5],"C":{"k":3}}"#;
        let samples = vec![
            Sample { ts_ms: 1, values: vec![("k".to_owned(), json!(1))] },
            Sample { ts_ms: 1_000, values: vec![("k".to_owned(), json!(2))] },
        ];
        let expected = vec![("A".to_owned(), Ok(samples)), ("B".to_owned(), Err(PayloadProblem::Invalid))];
        assert_eq!(read("telemetry", payload), Ok(Call::Telemetry(expected)));
    }

    #[test]
    fn an_attributes_response_has_one_value_or_several() {
        let request = |keys: &str| {
            let payload = format!(r#"{{"id":1,"device":"A","client":false,{keys}}}"#);
            match read("attributes/request", &payload) {
                Ok(Call::AttributesRequest(request)) => request,
                other => panic!("{other:?}"),
            }
        };
        let found = json!({"shared": {"k": 5}});
        let one = request(r#""key":"k""#);
        assert_eq!(one.question().shared, Some(vec!["k".to_owned()]));
        assert_eq!(one.response(&found), json!({"id": 1, "device": "A", "value": 5}));
        assert_eq!(one.response(&json!({})), json!({"id": 1, "device": "A"}));
        let several = request(r#""keys":["k","l"]"#).response(&found);
        assert_eq!(several, json!({"id": 1, "device": "A", "values": {"k": 5}}));
    }
}
