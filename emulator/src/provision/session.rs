//! A session that may do nothing but provision (ThingsBoard MqttTransportHandler.processProvisionSessionMsg
//! and DeviceProvisionCallback). Pure, like [`crate::session`].

use super::{ProvisionOutcome, ProvisionRequest};
use crate::{
    ending::Ending,
    packet::{AckVerdict, Connect, In, Out, Publish, Qos, UnsubVerdict, level::Version},
    session::Effect,
    topic::{PROVISION_REQUEST, PROVISION_RESPONSE},
    upload::PayloadProblem,
};
use shared::thingsboard::provision::USER_NAME;
use std::time::{Duration, Instant};

pub(crate) fn is_wanted(connect: &Connect) -> bool {
    connect.client_id == USER_NAME || connect.username.as_deref().is_some_and(|name| name == USER_NAME)
}

/// The state of one session.
#[derive(Debug)]
pub(crate) struct ProvisionSession {
    version: Version,
    /// How long the session lasts after its first reply.
    rest: Duration,
    end: Option<Instant>,
    granted: Option<Qos>,
    last_packet_id: u16,
}

impl ProvisionSession {
    pub(crate) fn new(version: Version, rest: Duration) -> Self {
        Self { version, rest, end: None, granted: None, last_packet_id: 0 }
    }

    /// When the session ends whatever happens.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.end
    }

    /// A packet from the device. `provision` does what a request asks for.
    pub(crate) fn on_packet(
        &mut self,
        packet: In,
        now: Instant,
        provision: impl FnOnce(ProvisionRequest) -> ProvisionOutcome,
    ) -> Vec<Effect> {
        match packet {
            In::Connect(_) => vec![Effect::Close(Ending::SecondConnect)],
            In::Publish(publish) => self.on_publish(&publish, now, provision),
            In::Subscribe { id, filters } => {
                let granted = filters.iter().map(|(filter, qos)| self.subscribe(filter, *qos)).collect();
                vec![Effect::Send(Out::SubAck { id, granted })]
            }
            In::Unsubscribe { id, filters } => {
                let verdicts = filters.iter().map(|filter| self.unsubscribe(filter)).collect();
                vec![Effect::Send(Out::UnsubAck { id, verdicts })]
            }
            In::PingReq => vec![Effect::Send(Out::PingResp)],
            In::Disconnect => vec![Effect::Close(Ending::Disconnected)],
            In::PubAck { .. } | In::Ignored => Vec::new(),
        }
    }

    fn subscribe(&mut self, filter: &str, qos: Qos) -> Option<Qos> {
        if filter != PROVISION_RESPONSE {
            return None;
        }
        self.granted = Some(qos.min(Qos::One));
        self.granted
    }

    fn unsubscribe(&mut self, filter: &str) -> UnsubVerdict {
        match self.granted.take_if(|_| filter == PROVISION_RESPONSE) {
            Some(_) => UnsubVerdict::Done,
            None => UnsubVerdict::NotSubscribed,
        }
    }

    fn on_publish(
        &mut self,
        publish: &Publish,
        now: Instant,
        provision: impl FnOnce(ProvisionRequest) -> ProvisionOutcome,
    ) -> Vec<Effect> {
        if publish.topic.contains(['+', '#']) {
            return vec![Effect::Close(Ending::Undecodable)];
        }
        if publish.topic != PROVISION_REQUEST {
            return refuse(publish, AckVerdict::UnknownTopic, Ending::WrongTopic);
        }
        match ProvisionRequest::read(&publish.payload) {
            Ok(request) => {
                let reply = provision(request).reply().to_string();
                self.end.get_or_insert(now + self.rest);
                publish
                    .acknowledge(AckVerdict::Taken)
                    .into_iter()
                    .map(Effect::Send)
                    .chain([self.send(reply)])
                    .collect()
            }
            Err(PayloadProblem::Uncaught) => refuse(publish, AckVerdict::Failed, Ending::Unprocessable),
            Err(PayloadProblem::Invalid) => vec![Effect::refuse_payload(publish, self.version, false)],
        }
    }

    fn send(&mut self, reply: String) -> Effect {
        let qos = self.granted.unwrap_or(Qos::One);
        let id = if qos == Qos::Zero { 0 } else { self.next_packet_id() };
        let topic = PROVISION_RESPONSE.to_owned();
        Effect::Send(Out::Publish(Publish { topic, payload: reply.into(), qos, retain: false, id }))
    }

    fn next_packet_id(&mut self) -> u16 {
        self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
        self.last_packet_id
    }
}

/// The acknowledgement comes first, also in MQTT 3.1.1, where it cannot say why.
fn refuse(publish: &Publish, verdict: AckVerdict, how: Ending) -> Vec<Effect> {
    publish.acknowledge(verdict).into_iter().map(Effect::Send).chain([Effect::Close(how)]).collect()
}

#[cfg(test)]
mod tests;
