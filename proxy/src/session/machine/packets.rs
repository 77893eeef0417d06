//! What the server sends: told to the page, under the request it answers.

use super::{Effect, End, MESSAGE_OVERHEAD_BYTES, Machine, refused};
use crate::{
    broker::packet::{Incoming, IncomingPublish, PacketId, ServerReason, SubAckCode},
    session::outstanding::Pending,
};
use shared::{
    failure::Failure,
    payload::{Payload, json_len},
    reason,
    wire::{
        Message, PublishOutcome, Published, QoS, SubscribeOutcome, SubscribeResult, Subscribed, ToBrowser,
        Unsubscribed,
    },
};
use std::time::Instant;

impl Machine {
    pub(super) fn packet(&mut self, packet: Incoming, now: Instant) {
        match packet {
            Incoming::Publish(publish) => self.incoming_publish(publish, now),
            Incoming::PubAck { id, refused } => {
                self.last_publish.take_if(|publish| publish.id == Some(id));
                if let Some(id) = self.outstanding.published(id) {
                    let outcome = match refused {
                        None => PublishOutcome::Delivered,
                        Some(ServerReason { code, text }) => {
                            PublishOutcome::Refused { reason: reason::refused_publish(code, text.as_deref()) }
                        }
                    };
                    self.announce(ToBrowser::Published(Published { id, outcome }), now);
                }
                self.send_waiting(now);
            }
            Incoming::SubAck { id, codes } => self.subscribed(id, &codes, now),
            Incoming::UnsubAck { id, refused } => self.unsubscribed(id, refused, now),
            Incoming::Disconnect(ServerReason { code, text }) => {
                let failure = Failure::ServerDisconnected { reason_code: code, text };
                self.effects.push(Effect::End(End::Failed(failure)));
            }
            Incoming::PingResp | Incoming::Unsolicited => {}
        }
    }

    fn incoming_publish(&mut self, publish: IncomingPublish, now: Instant) {
        let payload = Payload::from_bytes(&publish.payload);
        let bytes = json_len(&publish.topic) + payload.json_len();
        let message = ToBrowser::Message(Message {
            topic: publish.topic,
            qos: if publish.id.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce },
            retain: publish.retain,
            duplicate: publish.duplicate,
            payload,
        });
        self.tell(message, publish.id, bytes, now);
    }

    fn subscribed(&mut self, id: PacketId, codes: &[SubAckCode], now: Instant) {
        let Some(Pending::Subscribe { request, filters }) = self.outstanding.answered(id) else { return };
        if filters.len() != codes.len() {
            return self.effects.push(Effect::End(End::Failed(Failure::ServerBrokeProtocol)));
        }
        let results =
            filters.into_iter().zip(codes).map(|(filter, code)| self.result(filter, *code)).collect();
        self.announce(ToBrowser::Subscribed(Subscribed { id: request, results }), now);
    }

    fn result(&mut self, filter: String, code: SubAckCode) -> SubscribeResult {
        let outcome = match code {
            SubAckCode::Granted(qos) => {
                self.subscriptions.insert(filter.clone());
                SubscribeOutcome::Granted { qos }
            }
            SubAckCode::Refused(code) => {
                SubscribeOutcome::Refused { code, reason: reason::refused_filter(code) }
            }
        };
        SubscribeResult { filter, outcome }
    }

    fn unsubscribed(&mut self, id: PacketId, refused_with: Option<u8>, now: Instant) {
        let Some(Pending::Unsubscribe { request, filters }) = self.outstanding.answered(id) else { return };
        if let Some(code) = refused_with {
            let reason = format!("The server kept the subscription: {}.", reason::with_code(code, None));
            return self.announce(refused(request, reason), now);
        }
        for filter in &filters {
            self.subscriptions.remove(filter);
        }
        self.announce(ToBrowser::Unsubscribed(Unsubscribed { id: request, filters }), now);
    }
}

/// Bytes of an answer that grow with what was asked.
pub(super) fn weight(message: &ToBrowser) -> usize {
    match message {
        ToBrowser::Subscribed(Subscribed { results, .. }) => {
            results.iter().map(|result| result.filter.len() + MESSAGE_OVERHEAD_BYTES).sum()
        }
        ToBrowser::Unsubscribed(Unsubscribed { filters, .. }) => filters.iter().map(String::len).sum(),
        ToBrowser::Connected(connected) => connected.tls.chain_pem.len(),
        _ => 0,
    }
}
