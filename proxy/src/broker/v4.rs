//! MQTT 3.1.1 by rumqttc's codec and state: translates to and from [`super::packet`].
//!
//! rumqttc's own types print credentials with `Debug`: nothing here formats them. Strings are checked
//! before they come here, since the encoder writes a wrapped length for anything over 65,535 bytes.

use super::{
    Malformed, is_topic_name,
    packet::{ConnAck, Connect, Incoming, IncomingPublish, Outgoing, ServerLimits, SubAckCode},
};
use bytes::BytesMut;
use rumqttc::{
    Codec, ConnectReturnCode, LastWill, MqttState, Packet, PubAck, Publish, Request, StateError, Subscribe,
    SubscribeFilter, SubscribeReasonCode, Unsubscribe,
};
use shared::wire::QoS;
use tokio_util::codec::{Decoder, Encoder};

/// The first byte of a CONNACK (MQTT 3.1.1 section 3.2.1).
const CONNACK: u8 = 0x20;

/// One connection's codec, and which publishes wait for their acknowledgement.
pub(super) struct V4 {
    codec: Codec,
    state: MqttState,
}

impl V4 {
    /// `max_packet_bytes` bounds the remaining length both ways; `window` bounds the publishes in flight.
    pub(super) fn new(max_packet_bytes: usize, window: u16) -> Self {
        // Acknowledgements are the session's decision: it sends them when the browser has the message.
        let manual_acknowledgements = true;
        Self {
            codec: Codec { max_incoming_size: max_packet_bytes, max_outgoing_size: max_packet_bytes },
            state: MqttState::new(window, manual_acknowledgements),
        }
    }

    pub(super) fn encode_connect(
        &mut self,
        connect: &Connect,
        buffer: &mut BytesMut,
    ) -> Result<(), Malformed> {
        let Connect { credentials, options } = connect;
        let mut packet = rumqttc::Connect::new(options.client_id.as_str());
        packet.keep_alive = options.keep_alive_s;
        packet.clean_session = options.clean_start;
        packet.last_will = options.will.as_ref().map(|will| {
            let payload = will.payload.as_bytes();
            LastWill::new(will.topic.as_str(), payload, to_rumqttc(will.qos), will.retain)
        });
        // rumqttc leaves out an empty one with its flag: a token is a user name only, as in ThingsBoard's own script.
        packet.set_login(credentials.expose_user_name(), credentials.expose_password());
        self.codec.encode(Packet::Connect(packet), buffer).map_err(|_| Malformed)
    }

    pub(super) fn decode_connack(&mut self, buffer: &mut BytesMut) -> Result<Option<ConnAck>, Malformed> {
        // Anything else, such as HTTP, would otherwise be waited for as a packet of that length.
        if buffer.first().is_some_and(|first| *first != CONNACK) {
            return Err(Malformed);
        }
        // The codec knows no return code beyond the standard's.
        if let [CONNACK, 2, flags, code @ 6..=u8::MAX] = **buffer {
            let (session_present, limits) = (flags & 1 == 1, ServerLimits::default());
            return Ok(Some(ConnAck { code, session_present, limits }));
        }
        match self.codec.decode(buffer) {
            Ok(Some(Packet::ConnAck(packet))) => Ok(Some(ConnAck {
                code: return_code(packet.code),
                session_present: packet.session_present,
                limits: ServerLimits::default(),
            })),
            Ok(None) => Ok(None),
            Ok(Some(_)) | Err(_) => Err(Malformed),
        }
    }

    pub(super) fn encode(&mut self, packet: Outgoing, buffer: &mut BytesMut) -> Result<(), Malformed> {
        let packet = match packet {
            Outgoing::Publish { id, topic, retain, payload } => {
                let qos = if id.is_some() { rumqttc::QoS::AtLeastOnce } else { rumqttc::QoS::AtMostOnce };
                let mut publish = Publish::from_bytes(topic, qos, payload);
                publish.retain = retain;
                publish.pkid = id.unwrap_or(0);
                self.remember(publish)?
            }
            // The state's own counter would give these an id that may collide with a publish's.
            Outgoing::Subscribe { id, filters } => Packet::Subscribe(Subscribe {
                pkid: id,
                filters: filters
                    .into_iter()
                    .map(|(path, qos)| SubscribeFilter { path, qos: to_rumqttc(qos) })
                    .collect(),
            }),
            Outgoing::Unsubscribe { id, filters } => {
                Packet::Unsubscribe(Unsubscribe { pkid: id, topics: filters })
            }
            Outgoing::PubAck { id } => Packet::PubAck(PubAck::new(id)),
            Outgoing::PingReq => Packet::PingReq,
            Outgoing::Disconnect => Packet::Disconnect,
            Outgoing::DisconnectWithWill => return Ok(()),
        };
        self.codec.encode(packet, buffer).map_err(|_| Malformed)
    }

    pub(super) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Malformed> {
        let Some(packet) = self.codec.decode(buffer).map_err(|_| Malformed)? else { return Ok(None) };
        let incoming = match packet {
            Packet::Publish(publish) => Incoming::Publish(from_publish(publish)?),
            Packet::PubAck(ack) => self.settle(ack)?,
            Packet::SubAck(ack) => Incoming::SubAck {
                id: ack.pkid,
                codes: ack.return_codes.into_iter().map(from_code).collect(),
            },
            Packet::UnsubAck(ack) => Incoming::UnsubAck { id: ack.pkid, refused: None },
            Packet::PingResp => Incoming::PingResp,
            _ => return Err(Malformed),
        };
        Ok(Some(incoming))
    }

    fn remember(&mut self, publish: Publish) -> Result<Packet, Malformed> {
        let packet = self.state.handle_outgoing_packet(Request::Publish(publish)).map_err(|_| Malformed)?;
        self.state.events.clear();
        // None would mean a collision: the session gives an id out again only after its acknowledgement.
        packet.ok_or(Malformed)
    }

    fn settle(&mut self, ack: PubAck) -> Result<Incoming, Malformed> {
        let id = ack.pkid;
        let outcome = self.state.handle_incoming_packet(Packet::PubAck(ack));
        self.state.events.clear();
        match outcome {
            Ok(_) => Ok(Incoming::PubAck { id, refused: None }),
            Err(StateError::Unsolicited(_)) => Ok(Incoming::Unsolicited),
            Err(_) => Err(Malformed),
        }
    }
}

/// We never ask for QoS 2, so the server may not use it (MQTT 3.1.1 section 3.8.4).
fn from_publish(publish: Publish) -> Result<IncomingPublish, Malformed> {
    let id = match publish.qos {
        rumqttc::QoS::AtMostOnce => None,
        rumqttc::QoS::AtLeastOnce if publish.pkid != 0 => Some(publish.pkid),
        rumqttc::QoS::AtLeastOnce | rumqttc::QoS::ExactlyOnce => return Err(Malformed),
    };
    if !is_topic_name(&publish.topic) {
        return Err(Malformed);
    }
    Ok(IncomingPublish {
        id,
        topic: publish.topic,
        retain: publish.retain,
        duplicate: publish.dup,
        payload: publish.payload,
    })
}

fn to_rumqttc(qos: QoS) -> rumqttc::QoS {
    match qos {
        QoS::AtMostOnce => rumqttc::QoS::AtMostOnce,
        QoS::AtLeastOnce => rumqttc::QoS::AtLeastOnce,
    }
}

/// A server may not grant more than was asked; one that says 2 is taken at its word as 1.
fn from_code(code: SubscribeReasonCode) -> SubAckCode {
    match code {
        SubscribeReasonCode::Success(rumqttc::QoS::AtMostOnce) => SubAckCode::Granted(QoS::AtMostOnce),
        SubscribeReasonCode::Success(_) => SubAckCode::Granted(QoS::AtLeastOnce),
        SubscribeReasonCode::Failure => SubAckCode::Refused(0x80),
    }
}

/// MQTT 3.1.1 table 3.1.
fn return_code(code: ConnectReturnCode) -> u8 {
    match code {
        ConnectReturnCode::Success => 0,
        ConnectReturnCode::RefusedProtocolVersion => 1,
        ConnectReturnCode::BadClientId => 2,
        ConnectReturnCode::ServiceUnavailable => 3,
        ConnectReturnCode::BadUserNamePassword => 4,
        ConnectReturnCode::NotAuthorized => 5,
    }
}

#[cfg(test)]
mod tests;
