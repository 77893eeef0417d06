//! Payloads in the form that topic and profile ask for, JSON or Protobuf (ThingsBoard JsonMqttAdaptor,
//! ProtoMqttAdaptor and BackwardCompatibilityAdaptor). Schemas are a profile's default ones. Pure.

use crate::{
    device::{RpcRequest, push_json},
    mqtt_profile::{MqttProfile, PayloadType},
    topic::{Flavour, TopicId},
    upload::{self, AttributesRequest, PayloadProblem, Sample, UnixMs},
};
use bytes::Bytes;
use serde_json::{Value, json};
use shared::{
    platform::Claim,
    thingsboard::{
        attributes::{Push, Response},
        protobuf::{self, DecodeProblem, rpc},
    },
};

/// How the payloads of one topic are read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoding<'a> {
    profile: &'a MqttProfile,
    flavour: Flavour,
}

impl From<DecodeProblem> for PayloadProblem {
    fn from(_: DecodeProblem) -> Self {
        Self::Invalid
    }
}

impl<'a> Encoding<'a> {
    pub(crate) fn new(profile: &'a MqttProfile, flavour: Flavour) -> Self {
        Self { profile, flavour }
    }

    fn is_protobuf(self) -> bool {
        self.profile.encoding(self.flavour) == PayloadType::Protobuf
    }

    /// Whether the messages that a profile's schemas describe can be read and written as Protobuf: a profile
    /// for JSON has none.
    fn has_schema(self) -> bool {
        self.profile.payload_type == PayloadType::Protobuf
    }

    fn read<T>(
        self,
        json: impl FnOnce() -> Result<T, PayloadProblem>,
        protobuf: impl FnOnce() -> Result<T, PayloadProblem>,
    ) -> Result<T, PayloadProblem> {
        if !self.is_protobuf() {
            return json();
        }
        let forced = self.flavour == Flavour::V2Protobuf;
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
        let by_schema = || if self.has_schema() { protobuf() } else { Err(PayloadProblem::Invalid) };
        self.read(json, by_schema)
    }

    pub(crate) fn samples(self, payload: &[u8], now_ms: UnixMs) -> Result<Vec<Sample>, PayloadProblem> {
        let protobuf = || upload::samples(protobuf::upload::telemetry_json(payload)?.as_bytes(), now_ms);
        self.read_by_schema(|| upload::samples(payload, now_ms), protobuf)
    }

    pub(crate) fn attributes(self, payload: &[u8]) -> Result<Vec<(String, Value)>, PayloadProblem> {
        let protobuf = || upload::attributes(protobuf::upload::attributes_json(payload)?.as_bytes());
        self.read_by_schema(|| upload::attributes(payload), protobuf)
    }

    pub(crate) fn attributes_request(self, payload: &[u8]) -> Result<AttributesRequest, PayloadProblem> {
        let protobuf = || {
            let keys = protobuf::attributes::decode_request(payload)?;
            Ok(AttributesRequest { client: keys.client, shared: keys.shared })
        };
        self.read(|| AttributesRequest::read(payload), protobuf)
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
        self.has_schema().then(encode).flatten().map(Bytes::from)
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
        self.read(|| upload::client_rpc_method(payload), protobuf)
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
        let protobuf = || {
            let claim = protobuf::claim::decode_claim(payload)?;
            let secret_key = claim.secret.map_or_else(String::new, |secret| secret.expose().to_owned());
            let duration_ms = claim.duration_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
            Ok(upload::claim_for(secret_key, duration_ms, now_ms))
        };
        self.read(|| upload::claim(payload, now_ms), protobuf)
    }
}

#[cfg(test)]
mod tests;
