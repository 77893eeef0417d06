//! Payloads in the form that topic and profile ask for, JSON or Protobuf (ThingsBoard JsonMqttAdaptor,
//! ProtoMqttAdaptor and BackwardCompatibilityAdaptor). Schemas are a profile's default ones. Pure.

use crate::{
    device::{RpcRequest, push_json},
    mqtt_profile::MqttProfile,
    topic::{Flavour, TopicId},
    upload::{self, AttributesRequest, PayloadProblem, Sample, UnixMs},
};
use bytes::Bytes;
use serde_json::{Value, json};
use shared::{
    platform::Claim,
    thingsboard::{
        attributes::{Push, Response},
        format::PayloadFormat,
        protobuf::{self, rpc},
        server,
    },
};

/// How the payloads of one topic are read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoding<'a> {
    profile: &'a MqttProfile,
    flavour: Flavour,
}

impl<'a> Encoding<'a> {
    pub(crate) fn new(profile: &'a MqttProfile, flavour: Flavour) -> Self {
        Self { profile, flavour }
    }

    fn is_protobuf(self) -> bool {
        self.flavour.format(self.profile.payload_type) == PayloadFormat::Protobuf
    }

    /// Whether the messages that a profile's schemas describe can be read and written as Protobuf.
    fn has_schemas(self) -> bool {
        self.profile.payload_type.has_schemas()
    }

    fn read<T>(
        self,
        json: impl FnOnce() -> Result<T, PayloadProblem>,
        protobuf: impl FnOnce() -> Result<T, PayloadProblem>,
    ) -> Result<T, PayloadProblem> {
        if !self.is_protobuf() {
            return json();
        }
        let forced = self.flavour.forced().is_some();
        match protobuf() {
            Err(PayloadProblem::Invalid) if self.profile.accept_json && !forced => json(),
            read => read,
        }
    }

    /// The same of messages that need a schema.
    fn read_by_schema<T>(
        self,
        json: impl FnOnce() -> Result<T, PayloadProblem>,
        protobuf: impl FnOnce() -> Result<T, PayloadProblem>,
    ) -> Result<T, PayloadProblem> {
        let by_schema = || if self.has_schemas() { protobuf() } else { Err(PayloadProblem::Invalid) };
        self.read(json, by_schema)
    }

    pub(crate) fn samples(self, payload: &[u8], now_ms: UnixMs) -> Result<Vec<Sample>, PayloadProblem> {
        let json = |payload: &[u8]| Ok(server::samples(payload, now_ms)?);
        self.read_by_schema(|| json(payload), || json(protobuf::upload::telemetry_json(payload)?.as_bytes()))
    }

    pub(crate) fn attributes(self, payload: &[u8]) -> Result<Vec<(String, Value)>, PayloadProblem> {
        let json = |payload: &[u8]| Ok(server::attributes(payload)?);
        self.read_by_schema(|| json(payload), || json(protobuf::upload::attributes_json(payload)?.as_bytes()))
    }

    pub(crate) fn attributes_request(self, payload: &[u8]) -> Result<AttributesRequest, PayloadProblem> {
        let protobuf = || Ok(protobuf::attributes::decode_request(payload)?);
        self.read(|| Ok(AttributesRequest::read(payload)?), protobuf)
    }

    /// `found` is an object with the members `client` and `shared`, as far as there is something.
    pub(crate) fn attributes_response(
        self,
        id: TopicId,
        request: &AttributesRequest,
        found: &Value,
        now_ms: UnixMs,
    ) -> Bytes {
        if !self.is_protobuf() {
            return found.to_string().into();
        }
        let scope = |name: &str| found[name].as_object().cloned().unwrap_or_default();
        let asked = [&request.client, &request.shared].into_iter().flatten().map(Vec::len).sum::<usize>();
        let response = Response { client: scope("client"), shared: scope("shared") };
        protobuf::attributes::encode_response(id, &response, now_ms, asked > 1).into()
    }

    pub(crate) fn attributes_update(self, push: &Push, now_ms: UnixMs) -> Bytes {
        if self.is_protobuf() {
            protobuf::attributes::encode_push(push, now_ms).into()
        } else {
            push_json(push).to_string().into()
        }
    }

    /// `None` when it cannot be written.
    pub(crate) fn rpc_request(self, request: &RpcRequest) -> Option<Bytes> {
        if !self.is_protobuf() {
            return Some(request.to_json().to_string().into());
        }
        let params = request.params.to_string();
        let encode = || rpc::encode_server_call(request.id, &request.method, &params).ok();
        self.has_schemas().then(encode).flatten().map(Bytes::from)
    }

    /// The device's answer as its caller gets it; in JSON, what is none is a text.
    pub(crate) fn rpc_response(self, payload: &[u8]) -> Result<Value, PayloadProblem> {
        let text = |bytes: &[u8]| {
            serde_json::from_slice(bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
        };
        let protobuf = || Ok(text(rpc::answer_json(payload)?.as_bytes()));
        self.read_by_schema(|| Ok(text(payload)), protobuf)
    }

    pub(crate) fn client_rpc_method(self, payload: &[u8]) -> Result<String, PayloadProblem> {
        let protobuf = || Ok(rpc::decode_client_call(payload)?.0);
        self.read(|| Ok(server::client_call_method(payload)?), protobuf)
    }

    pub(crate) fn client_rpc_response(self, id: TopicId, payload: &str) -> Bytes {
        if self.is_protobuf() {
            rpc::encode_reply(id, Ok(payload)).into()
        } else {
            Bytes::copy_from_slice(payload.as_bytes())
        }
    }

    /// What a device is told when nobody answered (JsonConverter.toJson of a `ToServerRpcResponseMsg`).
    pub(crate) fn client_rpc_timeout(self, id: TopicId) -> Bytes {
        const TIMEOUT: &str = "timeout";
        if self.is_protobuf() {
            rpc::encode_reply(id, Err(TIMEOUT)).into()
        } else {
            json!({ "error": TIMEOUT }).to_string().into()
        }
    }

    pub(crate) fn claim(self, payload: &[u8], now_ms: UnixMs) -> Result<Claim, PayloadProblem> {
        let protobuf = || Ok(protobuf::claim::decode_claim(payload)?);
        let claim = self.read(|| Ok(server::claim(payload)?), protobuf)?;
        Ok(upload::claimed(&claim, now_ms))
    }
}

#[cfg(test)]
mod tests;
