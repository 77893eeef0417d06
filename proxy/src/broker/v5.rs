//! MQTT 5 by rumqttc's codec and state: translates to and from [`super::packet`].
//!
//! What rumqttc's decoder does not take although the standard allows it is read here: short DISCONNECT
//! packets, and a CONNACK of MQTT 3.1.1, by which a server of that version refuses MQTT 5. rumqttc's own
//! types print credentials with `Debug`: nothing here formats them.

use super::{
    Malformed, is_topic_name,
    packet::{ConnAck, Connect, Incoming, IncomingPublish, Outgoing, ServerLimits, ServerReason, SubAckCode},
};
use bytes::{Bytes, BytesMut};
use rumqttc::v5::{
    MqttState, Request, StateError,
    mqttbytes::{
        QoS as RumqttcQoS,
        v5::{
            Codec, Connect as ConnectPacket, ConnectProperties, Disconnect, DisconnectReasonCode, Filter,
            LastWill, Login, Packet, PingReq, PubAck, PubAckReason, Publish, Subscribe, SubscribeReasonCode,
            UnsubAckReason, Unsubscribe,
        },
    },
};
use shared::wire::QoS;
use tokio_util::codec::{Decoder, Encoder};

/// First bytes (MQTT 5 section 2.1.2).
const CONNACK: u8 = 0x20;
const DISCONNECT: u8 = 0xe0;

/// Reason code 0x04 without properties (section 3.14.2). rumqttc's encoder adds a byte that its own length does
/// not count.
const DISCONNECT_WITH_WILL: [u8; 3] = [DISCONNECT, 1, 0x04];

/// Characters of a server's reason string that are kept: it is a stranger's text.
const MAX_REASON_CHARS: usize = 200;

/// One connection's codec, and which publishes wait for their acknowledgement.
pub(super) struct V5 {
    codec: Codec,
    state: MqttState,
    max_packet_bytes: u32,
}

impl V5 {
    /// `max_packet_bytes` bounds the remaining length both ways; `window` bounds the publishes in flight.
    pub(super) fn new(max_packet_bytes: usize, window: u16) -> Self {
        let max = u32::try_from(max_packet_bytes).unwrap_or(u32::MAX);
        let manual_acknowledgements = true;
        Self {
            codec: Codec { max_incoming_size: Some(max), max_outgoing_size: Some(max) },
            state: MqttState::new(window, manual_acknowledgements),
            max_packet_bytes: max,
        }
    }

    pub(super) fn encode_connect(
        &mut self,
        connect: &Connect,
        buffer: &mut BytesMut,
    ) -> Result<(), Malformed> {
        let Connect { credentials, options } = connect;
        let mut properties = ConnectProperties::new();
        properties.max_packet_size = Some(self.max_packet_bytes);
        properties.session_expiry_interval =
            (options.session_expiry_s > 0).then_some(options.session_expiry_s);
        let packet = ConnectPacket {
            keep_alive: options.keep_alive_s,
            client_id: options.client_id.clone(),
            clean_start: options.clean_start,
            properties: Some(properties),
        };
        let will = options.will.as_ref().map(|will| {
            let payload = will.payload.as_bytes();
            LastWill::new(will.topic.as_str(), payload, to_rumqttc(will.qos), will.retain, None)
        });
        let login = Login::new(credentials.expose_user_name(), credentials.expose_password());
        self.codec.encode(Packet::Connect(packet, will, Some(login)), buffer).map_err(|_| Malformed)
    }

    pub(super) fn decode_connack(&mut self, buffer: &mut BytesMut) -> Result<Option<ConnAck>, Malformed> {
        // Anything else, such as HTTP, would otherwise be waited for as a packet of that length.
        if buffer.first().is_some_and(|first| *first != CONNACK) {
            return Err(Malformed);
        }
        let Some(body) = body(buffer, self.max_packet_bytes)? else { return Ok(None) };
        let (flags, code) = match body[..] {
            [flags, code] => (flags, old_refusal(code)?),
            [flags, code, ..] => (flags, code),
            _ => return Err(Malformed),
        };
        let session_present = flags & 1 == 1;
        if body.len() == 2 {
            buffer.clear();
            return Ok(Some(ConnAck { code, session_present, limits: ServerLimits::default() }));
        }
        let Some(Packet::ConnAck(packet)) = self.codec.decode(buffer).map_err(|_| Malformed)? else {
            return Err(Malformed);
        };
        let properties = packet.properties;
        let limits = properties.map_or_else(ServerLimits::default, |properties| ServerLimits {
            in_flight: properties.receive_max,
            packet_bytes: properties.max_packet_size,
            only_qos_0: properties.max_qos == Some(0),
            keep_alive_s: properties.server_keep_alive,
        });
        Ok(Some(ConnAck { code, session_present, limits }))
    }

    pub(super) fn encode(&mut self, packet: Outgoing, buffer: &mut BytesMut) -> Result<(), Malformed> {
        let packet = match packet {
            Outgoing::Publish { id, topic, retain, payload } => {
                let qos = if id.is_some() { RumqttcQoS::AtLeastOnce } else { RumqttcQoS::AtMostOnce };
                let mut publish = Publish::new(topic, qos, payload, None);
                publish.retain = retain;
                publish.pkid = id.unwrap_or(0);
                self.remember(publish)?
            }
            // The state's own counter would give these an id that may collide with a publish's.
            Outgoing::Subscribe { id, filters } => {
                let filters =
                    filters.into_iter().map(|(path, qos)| Filter::new(path, to_rumqttc(qos))).collect();
                Packet::Subscribe(Subscribe { pkid: id, filters, properties: None })
            }
            Outgoing::Unsubscribe { id, filters } => {
                Packet::Unsubscribe(Unsubscribe { pkid: id, filters, properties: None })
            }
            Outgoing::PubAck { id } => Packet::PubAck(PubAck::new(id, None)),
            Outgoing::PingReq => Packet::PingReq(PingReq),
            Outgoing::Disconnect => {
                Packet::Disconnect(Disconnect::new(DisconnectReasonCode::NormalDisconnection))
            }
            Outgoing::DisconnectWithWill => {
                buffer.extend_from_slice(&DISCONNECT_WITH_WILL);
                return Ok(());
            }
        };
        self.codec.encode(packet, buffer).map_err(|_| Malformed)
    }

    pub(super) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Malformed> {
        if buffer.first() == Some(&DISCONNECT) {
            return self.decode_disconnect(buffer);
        }
        let Some(packet) = self.codec.decode(buffer).map_err(|_| Malformed)? else { return Ok(None) };
        let incoming = match packet {
            Packet::Publish(publish) => Incoming::Publish(from_publish(publish)?),
            Packet::PubAck(ack) => self.settle(ack)?,
            Packet::SubAck(ack) => Incoming::SubAck {
                id: ack.pkid,
                codes: ack.return_codes.into_iter().map(from_code).collect(),
            },
            Packet::UnsubAck(ack) => Incoming::UnsubAck {
                id: ack.pkid,
                refused: ack.reasons.into_iter().find_map(unsubscribe_refusal),
            },
            Packet::PingResp(_) => Incoming::PingResp,
            _ => return Err(Malformed),
        };
        Ok(Some(incoming))
    }

    /// Without a reason code it is 0, and without properties they are none (section 3.14.2).
    fn decode_disconnect(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Malformed> {
        let Some(body) = body(buffer, self.max_packet_bytes)? else { return Ok(None) };
        let code = body.first().copied().unwrap_or(0);
        let text = if body.len() < 2 {
            None
        } else {
            match self.codec.decode(buffer) {
                Ok(Some(Packet::Disconnect(packet))) => packet.properties.and_then(|all| all.reason_string),
                // An unknown reason is still an end with a code.
                _ => None,
            }
        };
        Ok(Some(Incoming::Disconnect(ServerReason { code, text: text.as_deref().map(shortened) })))
    }

    fn remember(&mut self, publish: Publish) -> Result<Packet, Malformed> {
        let packet = self.state.handle_outgoing_packet(Request::Publish(publish)).map_err(|_| Malformed)?;
        self.state.events.clear();
        // None would mean a collision: the session gives an id out again only after its acknowledgement.
        packet.ok_or(Malformed)
    }

    fn settle(&mut self, ack: PubAck) -> Result<Incoming, Malformed> {
        let id = ack.pkid;
        let code = publish_refusal(ack.reason);
        let text =
            ack.properties.as_ref().and_then(|all| all.reason_string.clone()).as_deref().map(shortened);
        let outcome = self.state.handle_incoming_packet(Packet::PubAck(ack));
        self.state.events.clear();
        match outcome {
            Ok(_) => Ok(Incoming::PubAck { id, refused: code.map(|code| ServerReason { code, text }) }),
            Err(StateError::Unsolicited(_)) => Ok(Incoming::Unsolicited),
            Err(_) => Err(Malformed),
        }
    }
}

/// The bytes after the fixed header, once all have arrived (section 2.1.4). More than `max_bytes` are not
/// waited for.
fn body(buffer: &BytesMut, max_bytes: u32) -> Result<Option<Bytes>, Malformed> {
    let mut length = 0_usize;
    for (index, byte) in buffer.iter().skip(1).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            if u32::try_from(length).map_or(true, |length| length > max_bytes) {
                return Err(Malformed);
            }
            let start = index + 2;
            return Ok(buffer.get(start..start + length).map(Bytes::copy_from_slice));
        }
        if index == 3 {
            return Err(Malformed);
        }
    }
    Ok(None)
}

/// A server of MQTT 3.1.1 refuses with its own CONNACK; acceptance in that form is no MQTT 5.
fn old_refusal(code: u8) -> Result<u8, Malformed> {
    match code {
        // "Unacceptable protocol version" there is "unsupported protocol version" here.
        1 => Ok(0x84),
        _ => Err(Malformed),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_REASON_CHARS).collect()
}

/// We never ask for QoS 2 nor offer topic aliases, so the server may use neither.
fn from_publish(publish: Publish) -> Result<IncomingPublish, Malformed> {
    let id = match publish.qos {
        RumqttcQoS::AtMostOnce => None,
        RumqttcQoS::AtLeastOnce if publish.pkid != 0 => Some(publish.pkid),
        RumqttcQoS::AtLeastOnce | RumqttcQoS::ExactlyOnce => return Err(Malformed),
    };
    let topic = String::from_utf8(publish.topic.to_vec()).map_err(|_| Malformed)?;
    if !is_topic_name(&topic) {
        return Err(Malformed);
    }
    Ok(IncomingPublish {
        id,
        topic,
        retain: publish.retain,
        duplicate: publish.dup,
        payload: publish.payload,
    })
}

fn to_rumqttc(qos: QoS) -> RumqttcQoS {
    match qos {
        QoS::AtMostOnce => RumqttcQoS::AtMostOnce,
        QoS::AtLeastOnce => RumqttcQoS::AtLeastOnce,
    }
}

/// Table 3-8 of MQTT 5.
fn from_code(code: SubscribeReasonCode) -> SubAckCode {
    match code {
        SubscribeReasonCode::Success(RumqttcQoS::AtMostOnce) => SubAckCode::Granted(QoS::AtMostOnce),
        SubscribeReasonCode::Success(_) => SubAckCode::Granted(QoS::AtLeastOnce),
        SubscribeReasonCode::Failure | SubscribeReasonCode::Unspecified => SubAckCode::Refused(0x80),
        SubscribeReasonCode::ImplementationSpecific => SubAckCode::Refused(0x83),
        SubscribeReasonCode::NotAuthorized => SubAckCode::Refused(0x87),
        SubscribeReasonCode::TopicFilterInvalid => SubAckCode::Refused(0x8f),
        SubscribeReasonCode::PkidInUse => SubAckCode::Refused(0x91),
        SubscribeReasonCode::QuotaExceeded => SubAckCode::Refused(0x97),
        SubscribeReasonCode::SharedSubscriptionsNotSupported => SubAckCode::Refused(0x9e),
        SubscribeReasonCode::SubscriptionIdNotSupported => SubAckCode::Refused(0xa1),
        SubscribeReasonCode::WildcardSubscriptionsNotSupported => SubAckCode::Refused(0xa2),
    }
}

/// Table 3-4 of MQTT 5; `None` when the publish was accepted.
fn publish_refusal(reason: PubAckReason) -> Option<u8> {
    match reason {
        PubAckReason::Success | PubAckReason::NoMatchingSubscribers => None,
        PubAckReason::UnspecifiedError => Some(0x80),
        PubAckReason::ImplementationSpecificError => Some(0x83),
        PubAckReason::NotAuthorized => Some(0x87),
        PubAckReason::TopicNameInvalid => Some(0x90),
        PubAckReason::PacketIdentifierInUse => Some(0x91),
        PubAckReason::QuotaExceeded => Some(0x97),
        PubAckReason::PayloadFormatInvalid => Some(0x99),
    }
}

/// Table 3-9 of MQTT 5; a filter that was not subscribed is given back all the same.
fn unsubscribe_refusal(reason: UnsubAckReason) -> Option<u8> {
    match reason {
        UnsubAckReason::Success | UnsubAckReason::NoSubscriptionExisted => None,
        UnsubAckReason::UnspecifiedError => Some(0x80),
        UnsubAckReason::ImplementationSpecificError => Some(0x83),
        UnsubAckReason::NotAuthorized => Some(0x87),
        UnsubAckReason::TopicFilterInvalid => Some(0x8f),
        UnsubAckReason::PacketIdentifierInUse => Some(0x91),
    }
}

#[cfg(test)]
mod tests;
