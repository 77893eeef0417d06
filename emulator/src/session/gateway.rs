//! What a gateway's publish does, and what its devices are sent through it (ThingsBoard
//! MqttTransportHandler.handleGatewayPublishMsg and AbstractGatewaySessionHandler).

use super::{Effect, Now, Session};
use crate::{
    children::{Children, Quota},
    device::{Command, DeviceState, push_json},
    ending::Ending,
    gateway::{self, Call, ForEach, NoCall},
    packet::{AckVerdict, Publish, level::Version},
    store::Full,
    sync::lock,
    topic::{Downlink, Flavour, TopicId},
    upload::{PayloadProblem, Sample},
};

/// Why a call is not simply acknowledged.
enum Objection {
    /// A device's values are bad.
    Payload,
    Quota,
    /// The gateway has sent as much for its devices as it may.
    RateLimited,
    /// A device can hold no more: it is disconnected, and the gateway with it.
    Full(String),
    /// Nothing was in it, and so nothing is acknowledged.
    Silence,
}

impl From<Quota> for Objection {
    fn from(_: Quota) -> Self {
        Self::Quota
    }
}

/// What a call takes of the gateway's rate limits, for one device.
#[derive(Clone, Copy)]
enum Cost {
    Message,
    Values(usize),
}

/// The reason in MQTT 5.
const MESSAGE_RATE_TOO_HIGH: u8 = 0x96;

fn allow(children: &Children, cost: Cost, now: Now) -> Result<(), Objection> {
    let limiter = &mut lock(&children.gateway().state).gateway_limiter;
    let allowed = match cost {
        Cost::Message => limiter.message(now.instant),
        Cost::Values(count) => limiter.telemetry(count, now.instant),
    };
    if allowed { Ok(()) } else { Err(Objection::RateLimited) }
}

impl Session {
    /// A publish to a topic of the gateway API by a device that is a gateway.
    pub(crate) fn on_gateway_publish(
        &mut self,
        publish: &Publish,
        children: &mut Children,
        now: Now,
    ) -> Vec<Effect> {
        if publish.topic.contains(['+', '#']) {
            return vec![Effect::Close(Ending::Undecodable)];
        }
        let acknowledge = |verdict| publish.acknowledge(verdict).map(Effect::Send);
        let call = match Call::read(&publish.topic, &publish.payload, now.unix_ms) {
            Ok(call) => call,
            Err(NoCall::UnknownTopic) => return acknowledge(AckVerdict::UnknownTopic).into_iter().collect(),
            Err(NoCall::Payload(PayloadProblem::Invalid)) => {
                return vec![Effect::refuse_payload(publish, self.version, false)];
            }
            Err(NoCall::Payload(PayloadProblem::Uncaught)) => {
                let close = Effect::Close(Ending::Unprocessable);
                return acknowledge(AckVerdict::Failed).into_iter().chain([close]).collect();
            }
        };
        let mut effects = Vec::new();
        match self.carry_out(call, children, now, &mut effects) {
            Ok(()) => acknowledge(AckVerdict::Taken).into_iter().chain(effects).collect(),
            Err(Objection::Quota) => acknowledge(AckVerdict::Quota).into_iter().chain(effects).collect(),
            Err(Objection::Silence) => Vec::new(),
            // AbstractGatewaySessionHandler.getAggregatePubAckCallback.
            Err(Objection::RateLimited) => {
                let close = Effect::Close(Ending::GatewayRateLimited);
                acknowledge(AckVerdict::Quota).into_iter().chain([close]).collect()
            }
            // AbstractGatewaySessionHandler.ackOrClose.
            Err(Objection::Payload) if self.version == Version::V5 => {
                acknowledge(AckVerdict::BadPayload).into_iter().chain(effects).collect()
            }
            Err(Objection::Payload) => vec![Effect::Close(Ending::BadPayload)],
            Err(Objection::Full(device)) => {
                children.disconnect(&device);
                self.device_closed(&device, 0x83).into_iter().chain([Effect::Close(Ending::Full)]).collect()
            }
        }
    }

    /// What the platform wants of one of the gateway's devices.
    pub(crate) fn on_child_command(
        &mut self,
        device: &str,
        command: Command,
        children: &mut Children,
    ) -> Vec<Effect> {
        let Some(child) = children.get(device) else {
            return Vec::new();
        };
        let effect = match command {
            Command::AttributesUpdate(push) => {
                let payload = gateway::attributes_push(device, &push_json(&push)).into();
                Some(self.send(Downlink::GatewayAttributes, Flavour::V1, 0, payload))
            }
            Command::Rpc(id) => self.send_child_rpc(device, id, &mut lock(&child.state)),
            Command::End => {
                children.disconnect(device);
                None
            }
        };
        effect.into_iter().collect()
    }

    fn carry_out(
        &mut self,
        call: Call,
        children: &mut Children,
        now: Now,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Objection> {
        match call {
            Call::Connect { device } => self.with_child(&device, children, now, effects, |_| ()),
            Call::Disconnect { device } => {
                children.disconnect(&device);
                Ok(())
            }
            Call::Telemetry(entries) => {
                let is_empty =
                    |(_, samples): &(_, Result<Vec<_>, _>)| samples.as_ref().is_ok_and(Vec::is_empty);
                let silent = entries.iter().all(is_empty);
                let cost = |samples: &Vec<Sample>| {
                    Cost::Values(samples.iter().map(|sample| sample.values.len()).sum())
                };
                self.for_each(entries, cost, children, now, effects, DeviceState::save_telemetry)?;
                if silent { Err(Objection::Silence) } else { Ok(()) }
            }
            Call::Attributes(entries) => {
                let cost = |values: &Vec<_>| Cost::Values(values.len());
                self.for_each(entries, cost, children, now, effects, DeviceState::save_client_attributes)
            }
            Call::Claim(entries) => {
                self.for_each(entries, |_| Cost::Message, children, now, effects, DeviceState::save_claim)
            }
            Call::AttributesRequest(request) => {
                allow(children, Cost::Message, now)?;
                let question = request.question();
                let mut found = serde_json::Value::Null;
                self.with_child(&request.device, children, now, effects, |device| {
                    found = device.attributes_response(&question);
                })?;
                let payload = request.response(&found).to_string().into();
                effects.push(self.send(Downlink::GatewayAttributesResponse, Flavour::V1, 0, payload));
                Ok(())
            }
            Call::RpcResponse { device, id, data } => {
                allow(children, Cost::Message, now)?;
                self.with_child(&device, children, now, effects, |device| device.answer_rpc(id, data))
            }
        }
    }

    /// Gives each device its own; the first problem counts, but only after all had theirs. Of a device that
    /// comes to grief after that, MQTT 5 is told by name.
    fn for_each<T>(
        &mut self,
        entries: ForEach<T>,
        cost: impl Fn(&T) -> Cost,
        children: &mut Children,
        now: Now,
        effects: &mut Vec<Effect>,
        mut give: impl FnMut(&mut DeviceState, T) -> Result<(), Full>,
    ) -> Result<(), Objection> {
        let mut problem = None;
        for (name, entry) in entries {
            let Ok(entry) = entry else {
                problem = problem.or(Some(Objection::Payload));
                continue;
            };
            if let Err(limited) = allow(children, cost(&entry), now) {
                match problem {
                    None => problem = Some(limited),
                    Some(_) => effects.extend(self.device_closed(&name, MESSAGE_RATE_TOO_HIGH)),
                }
                continue;
            }
            let mut given = Ok(());
            let connected =
                self.with_child(&name, children, now, effects, |device| given = give(device, entry));
            let given = given.map_err(|Full| Objection::Full(name));
            problem = problem.or(connected.and(given).err());
        }
        problem.map_or(Ok(()), Err)
    }

    /// Does something with a device, which any mention connects. It then gets the requests that wait for it,
    /// as if it had subscribed.
    fn with_child(
        &mut self,
        name: &str,
        children: &mut Children,
        now: Now,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut DeviceState),
    ) -> Result<(), Objection> {
        let (device, is_new) = children.connect(name)?;
        let mut state = lock(&device.state);
        state.last_activity_ms = Some(now.unix_ms);
        if is_new {
            let pending = state.pending_rpcs();
            effects.extend(pending.into_iter().filter_map(|id| self.send_child_rpc(name, id, &mut state)));
        }
        act(&mut state);
        Ok(())
    }

    fn send_child_rpc(&mut self, name: &str, id: TopicId, device: &mut DeviceState) -> Option<Effect> {
        let payload = gateway::rpc_request(name, device.pending_rpc(id)?).into();
        device.hand_over_rpc(id);
        Some(self.send(Downlink::GatewayRpc, Flavour::V1, 0, payload))
    }

    fn device_closed(&mut self, device: &str, reason: u8) -> Option<Effect> {
        // Nobody can subscribe to it, so that it comes at QoS 1.
        let payload = gateway::device_closed(device, reason).into();
        (self.version == Version::V5).then(|| self.send(Downlink::GatewayDisconnect, Flavour::V1, 0, payload))
    }
}

#[cfg(test)]
mod tests;
