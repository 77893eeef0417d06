//! What a publish takes from which limits.

use super::super::outgoing::Letter;
use crate::state::{Now, State, dialect::PayloadFormat, limits::Side, purpose::Purpose};
use shared::{
    payload::Payload,
    thingsboard::{
        json::{self, Json},
        meter::{Kind, Publish, packet_bytes},
        protobuf,
        topic::Topic,
        upload,
    },
    wire::{MqttVersion, QoS},
};

pub(super) fn weigh(state: &State, letter: &Letter, now: Now) -> (Side, Publish) {
    let Letter { topic, qos, payload, purpose, .. } = letter;
    let telemetry = |text: &str| points(upload::telemetry(text, now.unix_ms()));
    let attributes = |text: &str| points(upload::attributes(text));
    let is_protobuf = |flavour| state.dialect.format_on(flavour) == PayloadFormat::Protobuf;
    let (side, kind) = match Topic::parse(topic) {
        Some(Topic::Telemetry(flavour)) if is_protobuf(flavour) => {
            let json = protobuf::upload::telemetry_json(payload.as_bytes());
            (Side::Device, values(json.ok().as_deref(), telemetry))
        }
        Some(Topic::Attributes(flavour)) if is_protobuf(flavour) => {
            let json = protobuf::upload::attributes_json(payload.as_bytes());
            (Side::Device, values(json.ok().as_deref(), attributes))
        }
        Some(Topic::Telemetry(_)) => (Side::Device, values(payload.as_text(), telemetry)),
        Some(Topic::Attributes(_)) => (Side::Device, values(payload.as_text(), attributes)),
        Some(Topic::GatewayTelemetry) => {
            (Side::Gateway, values(payload.as_text(), |text| of_each(text, telemetry)))
        }
        Some(Topic::GatewayAttributes) => {
            (Side::Gateway, values(payload.as_text(), |text| of_each(text, attributes)))
        }
        Some(
            Topic::GatewayConnect
            | Topic::GatewayDisconnect
            | Topic::GatewayAttributesRequest
            | Topic::GatewayAttributesResponse
            | Topic::GatewayRpc
            | Topic::GatewayClaim,
        ) => (Side::Gateway, Kind::Other),
        // The transport itself answers this (ThingsBoard MqttTransportHandler).
        Some(Topic::RpcRequest(..)) if *purpose == Purpose::Limits => (Side::Free, Kind::Other),
        // What the first request found answers the later ones.
        Some(Topic::PackageRequest { chunk: 1.., .. }) => (Side::Free, Kind::Other),
        _ => (Side::Device, Kind::Other),
    };
    (side, Publish { kind, payload_bytes: bytes(state, topic, *qos, payload) })
}

/// The packet's remaining length (MQTT 3.1.1 and 5, section 3.3).
fn bytes(state: &State, topic: &str, qos: QoS, payload: &Payload) -> usize {
    let version = state.phase.session().map(|session| session.facts.mqtt_version);
    let no_id = if qos == QoS::AtMostOnce { 2 } else { 0 };
    let no_properties = usize::from(version == Some(MqttVersion::V3_1_1));
    packet_bytes(topic, payload.len()) - no_id - no_properties
}

/// Telemetry or attributes with so many values. What cannot be read, as Protobuf of another schema, has one
/// at least.
fn values(text: Option<&str>, count: impl Fn(&str) -> usize) -> Kind {
    Kind::Telemetry { data_points: text.map_or(1, count) }
}

/// What the server does not take has no values.
fn points(preview: Result<upload::Preview, upload::UploadProblem>) -> usize {
    preview.map_or(0, |preview| preview.points.len())
}

/// The values of all devices of a gateway.
fn of_each(text: &str, count: impl Fn(&str) -> usize) -> usize {
    match json::parse(text) {
        Ok(Json::Object(devices)) => {
            devices.into_values().map(|values| count(&values.into_value().to_string())).sum()
        }
        _ => 0,
    }
}
