//! MQTT 3.1.1: the neutral packets and rumqttc's, both ways.

use super::{
    AckVerdict, Connect, In, MOST_OUTGOING_BYTES, MOST_PACKET_BYTES, Out, Publish, Qos, Refusal, Undecodable,
    some_text,
};
use bytes::BytesMut;
use rumqttc::mqttbytes::{self, v4};
use tokio_util::codec::{Decoder, Encoder};

pub(super) use v4::Codec;

pub(super) fn codec() -> Codec {
    Codec { max_incoming_size: MOST_PACKET_BYTES as usize, max_outgoing_size: MOST_OUTGOING_BYTES as usize }
}

pub(super) fn decode(codec: &mut Codec, bytes: &mut BytesMut) -> Result<Option<In>, Undecodable> {
    let packet = codec.decode(bytes).map_err(|_| Undecodable)?;
    Ok(packet.map(from_rumqttc))
}

fn from_rumqttc(packet: v4::Packet) -> In {
    match packet {
        v4::Packet::Connect(connect) => In::Connect(from_connect(connect)),
        v4::Packet::Publish(publish) => In::Publish(Publish {
            topic: publish.topic,
            payload: publish.payload,
            qos: from_qos(publish.qos),
            retain: publish.retain,
            id: publish.pkid,
        }),
        v4::Packet::Subscribe(subscribe) => {
            let filters = subscribe.filters.into_iter().map(|filter| (filter.path, from_qos(filter.qos)));
            In::Subscribe { id: subscribe.pkid, filters: filters.collect() }
        }
        v4::Packet::Unsubscribe(unsubscribe) => {
            In::Unsubscribe { id: unsubscribe.pkid, filters: unsubscribe.topics }
        }
        v4::Packet::PubAck(ack) => In::PubAck { id: ack.pkid },
        v4::Packet::PingReq => In::PingReq,
        v4::Packet::Disconnect => In::Disconnect,
        v4::Packet::ConnAck(_)
        | v4::Packet::PubRec(_)
        | v4::Packet::PubRel(_)
        | v4::Packet::PubComp(_)
        | v4::Packet::SubAck(_)
        | v4::Packet::UnsubAck(_)
        | v4::Packet::PingResp => In::Ignored,
    }
}

fn from_connect(connect: v4::Connect) -> Connect {
    let (name, password) = connect.login.map(|login| (login.username, login.password)).unwrap_or_default();
    Connect {
        client_id: connect.client_id,
        clean: connect.clean_session,
        keep_alive: connect.keep_alive,
        username: some_text(name),
        password: some_text(password),
    }
}

pub(super) fn encode(codec: &mut Codec, packet: Out, bytes: &mut BytesMut) -> Result<(), Undecodable> {
    match to_rumqttc(packet) {
        Some(packet) => codec.encode(packet, bytes).map_err(|_| Undecodable),
        None => Ok(()),
    }
}

/// `None` for what 3.1.1 does not have.
fn to_rumqttc(packet: Out) -> Option<v4::Packet> {
    Some(match packet {
        Out::ConnAck { refusal, session_present } => {
            v4::Packet::ConnAck(v4::ConnAck::new(return_code(refusal), session_present))
        }
        Out::SubAck { id, granted } => {
            let codes = granted.into_iter().map(|granted| match granted {
                Some(qos) => v4::SubscribeReasonCode::Success(to_qos(qos)),
                None => v4::SubscribeReasonCode::Failure,
            });
            v4::Packet::SubAck(v4::SubAck::new(id, codes.collect()))
        }
        Out::UnsubAck { id, verdicts: _ } => v4::Packet::UnsubAck(v4::UnsubAck::new(id)),
        Out::PubAck {
            id,
            verdict:
                AckVerdict::Taken
                | AckVerdict::UnknownTopic
                | AckVerdict::BadPayload
                | AckVerdict::Failed
                | AckVerdict::Quota,
        } => v4::Packet::PubAck(v4::PubAck::new(id)),
        Out::Publish(publish) => v4::Packet::Publish(v4::Publish {
            dup: false,
            qos: to_qos(publish.qos),
            retain: publish.retain,
            topic: publish.topic,
            pkid: publish.id,
            payload: publish.payload,
        }),
        Out::PingResp => v4::Packet::PingResp,
        Out::Disconnect { reason: _ } => return None,
    })
}

fn return_code(refusal: Option<Refusal>) -> v4::ConnectReturnCode {
    match refusal {
        None => v4::ConnectReturnCode::Success,
        Some(Refusal::NoCredentials) => v4::ConnectReturnCode::BadClientId,
        Some(Refusal::TooOften | Refusal::Unavailable) => v4::ConnectReturnCode::ServiceUnavailable,
        Some(Refusal::UnknownCredentials | Refusal::Nothing) => v4::ConnectReturnCode::NotAuthorized,
    }
}

fn from_qos(qos: mqttbytes::QoS) -> Qos {
    match qos {
        mqttbytes::QoS::AtMostOnce => Qos::Zero,
        mqttbytes::QoS::AtLeastOnce => Qos::One,
        mqttbytes::QoS::ExactlyOnce => Qos::Two,
    }
}

fn to_qos(qos: Qos) -> mqttbytes::QoS {
    match qos {
        Qos::Zero => mqttbytes::QoS::AtMostOnce,
        Qos::One => mqttbytes::QoS::AtLeastOnce,
        Qos::Two => mqttbytes::QoS::ExactlyOnce,
    }
}
