//! MQTT 5: the neutral packets and rumqttc's, both ways, and two things that rumqttc's codec does not do.

use super::{
    AckVerdict, Connect, In, MOST_OUTGOING_BYTES, MOST_PACKET_BYTES, Out, Publish, Qos, Refusal, Undecodable,
    UnsubVerdict, some_text,
};
use bytes::{Buf, BufMut, BytesMut};
use rumqttc::v5::mqttbytes::{self, v5};
use tokio_util::codec::{Decoder, Encoder};

pub(super) use v5::Codec;

const DISCONNECT: u8 = 0xe0;

pub(super) fn codec() -> Codec {
    Codec { max_incoming_size: Some(MOST_PACKET_BYTES), max_outgoing_size: Some(MOST_OUTGOING_BYTES) }
}

pub(super) fn decode(codec: &mut Codec, bytes: &mut BytesMut) -> Result<Option<In>, Undecodable> {
    // A short DISCONNECT leaves out its properties, or its reason as well (MQTT 5, section 3.14.2.1);
    // rumqttc 0.25 takes both for errors.
    if let [DISCONNECT, length @ (0 | 1), rest @ ..] = &bytes[..]
        && rest.len() >= usize::from(*length)
    {
        bytes.advance(2 + usize::from(*length));
        return Ok(Some(In::Disconnect));
    }
    match codec.decode(bytes).map_err(|_| Undecodable)? {
        Some(packet) => from_rumqttc(packet).map(Some),
        None => Ok(None),
    }
}

fn from_rumqttc(packet: v5::Packet) -> Result<In, Undecodable> {
    Ok(match packet {
        v5::Packet::Connect(connect, _will, login) => In::Connect(from_connect(connect, login)),
        v5::Packet::Publish(publish) => In::Publish(Publish {
            topic: String::from_utf8(publish.topic.into()).map_err(|_| Undecodable)?,
            payload: publish.payload,
            qos: from_qos(publish.qos),
            retain: publish.retain,
            id: publish.pkid,
        }),
        v5::Packet::Subscribe(subscribe) => {
            let filters = subscribe.filters.into_iter().map(|filter| (filter.path, from_qos(filter.qos)));
            In::Subscribe { id: subscribe.pkid, filters: filters.collect() }
        }
        v5::Packet::Unsubscribe(unsubscribe) => {
            In::Unsubscribe { id: unsubscribe.pkid, filters: unsubscribe.filters }
        }
        v5::Packet::PubAck(ack) => In::PubAck { id: ack.pkid },
        v5::Packet::PingReq(_) => In::PingReq,
        v5::Packet::Disconnect(_) => In::Disconnect,
        v5::Packet::Auth(_)
        | v5::Packet::ConnAck(_)
        | v5::Packet::PubRec(_)
        | v5::Packet::PubRel(_)
        | v5::Packet::PubComp(_)
        | v5::Packet::SubAck(_)
        | v5::Packet::UnsubAck(_)
        | v5::Packet::PingResp(_) => In::Ignored,
    })
}

fn from_connect(connect: v5::Connect, login: Option<v5::Login>) -> Connect {
    let (name, password) = login.map(|login| (login.username, login.password)).unwrap_or_default();
    Connect {
        client_id: connect.client_id,
        clean: connect.clean_start,
        keep_alive: connect.keep_alive,
        username: some_text(name),
        password: some_text(password),
    }
}

pub(super) fn encode(codec: &mut Codec, packet: Out, bytes: &mut BytesMut) -> Result<(), Undecodable> {
    match to_rumqttc(packet) {
        Ok(packet) => codec.encode(packet, bytes).map_err(|_| Undecodable),
        Err(DisconnectReason(reason)) => {
            // The last byte is the length of no properties.
            bytes.put_slice(&[DISCONNECT, 2, reason, 0]);
            Ok(())
        }
    }
}

/// A DISCONNECT to write by hand: after a refused CONNECT ThingsBoard repeats CONNACK's reason in it, and
/// rumqttc has only the reasons that MQTT 5 foresees there.
struct DisconnectReason(u8);

fn to_rumqttc(packet: Out) -> Result<v5::Packet, DisconnectReason> {
    Ok(match packet {
        Out::ConnAck { refusal, session_present } => v5::Packet::ConnAck(v5::ConnAck {
            session_present,
            code: return_code(refusal),
            // ThingsBoard announces no limits here.
            properties: None,
        }),
        Out::SubAck { id, granted } => {
            let codes = granted.into_iter().map(|granted| match granted {
                Some(qos) => v5::SubscribeReasonCode::Success(to_qos(qos)),
                None => v5::SubscribeReasonCode::TopicFilterInvalid,
            });
            v5::Packet::SubAck(v5::SubAck { pkid: id, return_codes: codes.collect(), properties: None })
        }
        Out::UnsubAck { id, verdicts } => {
            let reasons = verdicts.into_iter().map(|verdict| match verdict {
                UnsubVerdict::Done => v5::UnsubAckReason::Success,
                UnsubVerdict::NotSubscribed => v5::UnsubAckReason::NoSubscriptionExisted,
                UnsubVerdict::UnknownFilter => v5::UnsubAckReason::TopicFilterInvalid,
            });
            v5::Packet::UnsubAck(v5::UnsubAck { pkid: id, reasons: reasons.collect(), properties: None })
        }
        Out::PubAck { id, verdict } => v5::Packet::PubAck(v5::PubAck {
            pkid: id,
            reason: match verdict {
                AckVerdict::Taken => v5::PubAckReason::Success,
                AckVerdict::UnknownTopic => v5::PubAckReason::TopicNameInvalid,
                AckVerdict::BadPayload => v5::PubAckReason::PayloadFormatInvalid,
                AckVerdict::Failed => v5::PubAckReason::ImplementationSpecificError,
                AckVerdict::Quota => v5::PubAckReason::QuotaExceeded,
            },
            properties: None,
        }),
        Out::Publish(publish) => v5::Packet::Publish(v5::Publish {
            dup: false,
            qos: to_qos(publish.qos),
            retain: publish.retain,
            topic: publish.topic.into(),
            pkid: publish.id,
            payload: publish.payload,
            properties: None,
        }),
        Out::PingResp => v5::Packet::PingResp(v5::PingResp),
        Out::Disconnect { reason } => return Err(DisconnectReason(reason)),
    })
}

fn return_code(refusal: Option<Refusal>) -> v5::ConnectReturnCode {
    match refusal {
        None => v5::ConnectReturnCode::Success,
        Some(Refusal::UnknownCredentials) => v5::ConnectReturnCode::BadUserNamePassword,
        Some(Refusal::NoCredentials) => v5::ConnectReturnCode::ClientIdentifierNotValid,
        Some(Refusal::Nothing) => v5::ConnectReturnCode::NotAuthorized,
        Some(Refusal::TooOften) => v5::ConnectReturnCode::ConnectionRateExceeded,
        Some(Refusal::Unavailable) => v5::ConnectReturnCode::ServerUnavailable,
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
