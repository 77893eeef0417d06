//! A session after CONNECT: ThingsBoard's rules for each packet (ThingsBoard MqttTransportHandler). Pure:
//! a packet, a command or the passing of time goes in, effects come out. No sockets, no waiting.

mod download;
mod gateway;
mod publish;

use crate::{
    config::MOST_WAITING_PACKETS,
    device::{Command, DeviceState},
    encoding::Encoding,
    ending::Ending,
    packet::{AckVerdict, In, Out, Publish, Qos, UnsubVerdict, level::Version},
    topic::{self, Downlink, Flavour, TopicId},
    upload::UnixMs,
};
use bytes::Bytes;
use download::Downloads;
use shared::topic::matches;
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

/// Client-side RPC requests of one session that may wait for their time-out. ThingsBoard has no such
/// bound; its queue for packets (`MQTT_MSG_QUEUE_SIZE_PER_DEVICE_LIMIT`) has the same.
const MOST_CLIENT_RPCS: usize = MOST_WAITING_PACKETS;

/// What to do, in this order. Nothing follows a close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Send(Out),
    Close(Ending),
}

impl Effect {
    /// MQTT 5 can say in PUBACK that a payload is bad, and go on. MQTT 3.1.1 cannot, and goes on only when
    /// `acknowledge`, and at QoS 0 nobody can (MqttTransportHandler,
    /// sendResponseForAdaptorErrorOrCloseContext).
    pub(crate) fn refuse_payload(publish: &Publish, version: Version, acknowledge: bool) -> Self {
        let acknowledged = match version {
            Version::V4 if !acknowledge => None,
            Version::V4 | Version::V5 => publish.acknowledge(AckVerdict::BadPayload),
        };
        acknowledged.map_or(Self::Close(Ending::BadPayload), Self::Send)
    }
}

/// The present moment, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    pub(crate) unix_ms: UnixMs,
}

/// The state of one session.
#[derive(Debug)]
pub(crate) struct Session {
    version: Version,
    is_gateway: bool,
    client_rpc_limit: Duration,
    /// Granted QoS by subscription.
    subscriptions: BTreeMap<(Downlink, Flavour), Qos>,
    /// The last subscription by the filter that the device's profile names.
    named_filter: Option<(String, Qos)>,
    /// The topics that were subscribed last, while attribute updates are wanted.
    attributes_update: Option<Flavour>,
    /// The same for RPC requests.
    rpc_request: Option<Flavour>,
    /// The topics of the last client-side RPC.
    rpc_response: Flavour,
    /// Client-side RPCs that nobody answers, with the time they run out. All wait equally long, so that
    /// the first is always the next.
    client_rpcs: VecDeque<(Instant, TopicId)>,
    downloads: Downloads,
    last_packet_id: u16,
}

impl Session {
    pub(crate) fn new(version: Version, client_rpc_limit: Duration) -> Self {
        Self {
            version,
            is_gateway: false,
            client_rpc_limit,
            subscriptions: BTreeMap::new(),
            named_filter: None,
            attributes_update: None,
            rpc_request: None,
            rpc_response: Flavour::V1,
            client_rpcs: VecDeque::new(),
            downloads: Downloads::default(),
            last_packet_id: 0,
        }
    }

    /// The same for a device that is a gateway.
    pub(crate) fn of_gateway(version: Version, client_rpc_limit: Duration) -> Self {
        Self { is_gateway: true, ..Self::new(version, client_rpc_limit) }
    }

    /// A packet from the device. What a gateway publishes for its devices goes to
    /// [`Self::on_gateway_publish`] instead.
    pub(crate) fn on_packet(&mut self, packet: In, device: &mut DeviceState, now: Now) -> Vec<Effect> {
        device.last_activity_ms = Some(now.unix_ms);
        match packet {
            In::Connect(_) => vec![Effect::Close(Ending::SecondConnect)],
            In::Publish(publish) => self.on_publish(&publish, device, now),
            In::Subscribe { id, filters } => self.on_subscribe(id, &filters, device, now),
            In::Unsubscribe { id, filters } => self.on_unsubscribe(id, &filters),
            In::PingReq => vec![Effect::Send(Out::PingResp)],
            In::Disconnect => vec![Effect::Close(Ending::Disconnected)],
            In::PubAck { .. } | In::Ignored => Vec::new(),
        }
    }

    /// A command from the platform.
    pub(crate) fn on_command(&mut self, command: Command, device: &mut DeviceState, now: Now) -> Vec<Effect> {
        let effect = match command {
            Command::AttributesUpdate(push) => self.attributes_update.map(|flavour| {
                let payload = Encoding::new(&device.profile, flavour).attributes_update(&push, now.unix_ms);
                self.send(Downlink::AttributesUpdate, flavour, 0, payload)
            }),
            Command::Rpc(id) => self.send_rpc(id, device),
            Command::End => None,
        };
        effect.into_iter().collect()
    }

    /// When [`Self::on_time`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.client_rpcs.front().map(|(deadline, _)| *deadline)
    }

    /// Answers client-side RPCs that have run out: the default root rule chain answers none.
    pub(crate) fn on_time(&mut self, device: &DeviceState, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((_, id)) = self.client_rpcs.pop_front_if(|(deadline, _)| *deadline <= now) {
            let flavour = self.rpc_response;
            let payload = Encoding::new(&device.profile, flavour).client_rpc_timeout(id);
            effects.push(self.send(Downlink::RpcResponse, flavour, id, payload));
        }
        effects
    }

    /// MqttTransportHandler.processSubscribe.
    fn on_subscribe(
        &mut self,
        id: u16,
        filters: &[(String, Qos)],
        device: &mut DeviceState,
        now: Now,
    ) -> Vec<Effect> {
        let granted = filters.iter().map(|(filter, qos)| self.subscribe(filter, *qos, device, now)).collect();
        let mut effects = vec![Effect::Send(Out::SubAck { id, granted })];
        let is_rpc = |(filter, _): &(String, Qos)| {
            matches!(topic::subscription(filter), Some((Downlink::RpcRequest, _)))
        };
        if filters.iter().any(is_rpc) {
            // Also those that were sent before and have no answer yet (DeviceActorMessageProcessor,
            // sendPendingRequests).
            let pending = device.pending_rpcs();
            effects.extend(pending.into_iter().filter_map(|id| self.send_rpc(id, device)));
        }
        effects
    }

    /// What a rate limit keeps from being registered is granted all the same: nobody listens to that answer
    /// (processAttributesSubscribe and processRpcSubscribe have no callback).
    fn subscribe(&mut self, filter: &str, qos: Qos, device: &mut DeviceState, now: Now) -> Option<Qos> {
        let granted = qos.min(Qos::One);
        let named = device.profile.attributes_filter.as_ref().is_some_and(|own| own.matches(filter));
        let mut registers = || device.limiter.message(now.instant);
        if named {
            self.named_filter = Some((filter.to_owned(), granted));
            if registers() {
                self.attributes_update = Some(Flavour::V1);
            }
            return Some(granted);
        }
        let (link, flavour) = topic::subscription(filter)?;
        self.subscriptions.insert((link, flavour), granted);
        match link {
            Downlink::AttributesUpdate if registers() => self.attributes_update = Some(flavour),
            Downlink::RpcRequest if registers() => self.rpc_request = Some(flavour),
            _ => {}
        }
        Some(granted)
    }

    /// MqttTransportHandler.processUnsubscribe. Any flavour of a feature's filter ends the feature.
    fn on_unsubscribe(&mut self, id: u16, filters: &[String]) -> Vec<Effect> {
        let verdicts = filters.iter().map(|filter| self.unsubscribe(filter)).collect();
        vec![Effect::Send(Out::UnsubAck { id, verdicts })]
    }

    fn unsubscribe(&mut self, filter: &str) -> UnsubVerdict {
        if self.named_filter.take_if(|(named, _)| named == filter).is_some() {
            // ThingsBoard forgets the quality and goes on pushing: the filter is not on its list.
            return UnsubVerdict::UnknownFilter;
        }
        let subscription = topic::subscription(filter);
        let Some((link, _)) = subscription.filter(|known| self.subscriptions.remove(known).is_some()) else {
            return UnsubVerdict::NotSubscribed;
        };
        match link {
            Downlink::AttributesUpdate => self.attributes_update = None,
            Downlink::RpcRequest => self.rpc_request = None,
            _ => {}
        }
        UnsubVerdict::Done
    }

    fn send_rpc(&mut self, id: TopicId, device: &mut DeviceState) -> Option<Effect> {
        let flavour = self.rpc_request?;
        let payload = Encoding::new(&device.profile, flavour).rpc_request(device.pending_rpc(id)?)?;
        device.hand_over_rpc(id);
        Some(self.send(Downlink::RpcRequest, flavour, id, payload))
    }

    /// The QoS is the granted one, or 1 without a subscription (DeviceSessionCtx.getQoSForTopic).
    fn send(&mut self, link: Downlink, flavour: Flavour, id: TopicId, payload: Bytes) -> Effect {
        self.send_to((link, flavour), link.topic(flavour, id), payload)
    }

    /// The same to a topic that was made elsewhere.
    fn send_to(&mut self, subscription: (Downlink, Flavour), topic: String, payload: Bytes) -> Effect {
        let named = || self.named_filter.as_ref().filter(|(filter, _)| matches(filter, &topic));
        let granted = self.subscriptions.get(&subscription).or_else(|| named().map(|(_, qos)| qos));
        let qos = granted.copied().unwrap_or(Qos::One);
        let packet_id = if qos == Qos::Zero { 0 } else { self.next_packet_id() };
        Effect::Send(Out::Publish(Publish { topic, payload, qos, retain: false, id: packet_id }))
    }

    fn next_packet_id(&mut self) -> u16 {
        self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
        self.last_packet_id
    }
}

#[cfg(test)]
mod tests;
