//! What the page asks for: checked, then sent, kept for later or refused.

use super::{Effect, End, LastPublish, Machine, refused, refused_publish};
use crate::{
    broker::packet::{Outgoing, ServerLimits},
    session::outstanding::Pending,
};
use shared::{
    limits::{MAX_PACKET_BYTES, MAX_SUBSCRIPTIONS},
    topic,
    wire::{MqttVersion, Publish, QoS, Subscribe, ToProxy, Unsubscribe},
};
use std::{collections::BTreeSet, time::Instant};

impl Machine {
    pub(super) fn request(&mut self, request: ToProxy, now: Instant) {
        match request {
            ToProxy::Connect(connect) => {
                let reason = "A session is open already: one WebSocket holds one session.";
                self.announce(refused(connect.id, reason), now);
            }
            ToProxy::Publish(publish) => self.publish(publish, now),
            ToProxy::Subscribe(subscribe) => self.subscribe(subscribe, now),
            ToProxy::Unsubscribe(unsubscribe) => self.unsubscribe(unsubscribe, now),
            ToProxy::Disconnect(disconnect) => {
                self.effects.push(Effect::End(End::Asked { id: disconnect.id }));
            }
        }
    }

    fn publish(&mut self, publish: Publish, now: Instant) {
        if let Err(reason) = check_publish(&publish, self.version, self.server) {
            self.announce(refused_publish(publish.id, reason), now);
        } else {
            self.waiting_bytes += publish.payload.len();
            self.waiting.push_back(publish);
            self.send_waiting(now);
        }
    }

    /// Sends publishes in the order asked, as far as the window allows.
    pub(super) fn send_waiting(&mut self, now: Instant) {
        while let Some(publish) = self.waiting.front() {
            let id = match publish.qos {
                QoS::AtMostOnce => None,
                QoS::AtLeastOnce => match self.outstanding.publish(publish.id) {
                    Some(id) => Some(id),
                    None => return,
                },
            };
            let Some(publish) = self.waiting.pop_front() else { return };
            if id.is_none() {
                self.unwritten.push(publish.id);
            }
            self.waiting_bytes -= publish.payload.len();
            let (topic, payload_bytes) = (publish.topic.clone(), publish.payload.len());
            self.last_publish = Some(LastPublish { id, topic, payload_bytes, at: now });
            self.effects.push(Effect::ToBroker(Outgoing::Publish {
                id,
                topic: publish.topic,
                retain: publish.retain,
                payload: publish.payload.into_bytes().into(),
            }));
        }
    }

    fn subscribe(&mut self, subscribe: Subscribe, now: Instant) {
        let names = || subscribe.filters.iter().map(|wanted| wanted.filter.as_str());
        if let Err(reason) = self.check_filters(names()).and_then(|()| self.check_room(names())) {
            return self.announce(refused(subscribe.id, reason), now);
        }
        let filters = names().map(str::to_owned).collect();
        let id = self.outstanding.request(Pending::Subscribe { request: subscribe.id, filters });
        let filters = subscribe.filters.into_iter().map(|wanted| (wanted.filter, wanted.qos)).collect();
        self.effects.push(Effect::ToBroker(Outgoing::Subscribe { id, filters }));
    }

    fn unsubscribe(&mut self, unsubscribe: Unsubscribe, now: Instant) {
        if let Err(reason) = self.check_filters(unsubscribe.filters.iter().map(String::as_str)) {
            return self.announce(refused(unsubscribe.id, reason), now);
        }
        let filters = unsubscribe.filters;
        let pending = Pending::Unsubscribe { request: unsubscribe.id, filters: filters.clone() };
        let id = self.outstanding.request(pending);
        self.effects.push(Effect::ToBroker(Outgoing::Unsubscribe { id, filters }));
    }

    fn check_filters<'a>(&self, filters: impl Iterator<Item = &'a str>) -> Result<(), String> {
        if self.outstanding.pending().count() >= MAX_SUBSCRIPTIONS {
            return Err(format!("{MAX_SUBSCRIPTIONS} requests wait for the server's answer: wait for one."));
        }
        let mut count = 0;
        for filter in filters {
            topic::check_filter(filter).map_err(|problem| problem.to_string())?;
            count += 1;
        }
        match count {
            1..=MAX_SUBSCRIPTIONS => Ok(()),
            _ => Err(format!("One request takes 1 to {MAX_SUBSCRIPTIONS} filters.")),
        }
    }

    fn check_room<'a>(&'a self, wanted: impl Iterator<Item = &'a str>) -> Result<(), String> {
        let mut all: BTreeSet<&str> = self.subscriptions.iter().map(String::as_str).collect();
        for pending in self.outstanding.pending() {
            if let Pending::Subscribe { filters, .. } = pending {
                all.extend(filters.iter().map(String::as_str));
            }
        }
        all.extend(wanted);
        if all.len() <= MAX_SUBSCRIPTIONS {
            return Ok(());
        }
        Err(format!("A session holds at most {MAX_SUBSCRIPTIONS} subscriptions: give one back first."))
    }
}

/// Topic rules, and the packet limits of ThingsBoard (remaining length) and of this server.
fn check_publish(publish: &Publish, version: MqttVersion, server: ServerLimits) -> Result<(), String> {
    topic::check_name(&publish.topic).map_err(|problem| problem.to_string())?;
    if publish.qos == QoS::AtLeastOnce && server.only_qos_0 {
        return Err("This server takes only QoS 0: choose that.".to_owned());
    }
    // Topic with its length, packet identifier from QoS 1 on, and in MQTT 5 the length of no properties.
    let id = if publish.qos == QoS::AtMostOnce { 0 } else { 2 };
    let properties = if version == MqttVersion::V5 { 1 } else { 0 };
    let overhead = 2 + publish.topic.len() + id + properties;
    let server_limit = server.packet_bytes.and_then(|bytes| usize::try_from(bytes).ok());
    // The server counts the fixed header as well, up to 5 bytes.
    let limit = server_limit.map_or(MAX_PACKET_BYTES, |bytes| MAX_PACKET_BYTES.min(bytes.saturating_sub(5)));
    if overhead + publish.payload.len() <= limit {
        return Ok(());
    }
    let room = limit.saturating_sub(overhead);
    Err(format!(
        "The payload has {} bytes; at most {room} fit into one message on this topic, since the server takes \
         {limit} bytes in all: split it.",
        publish.payload.len()
    ))
}
