//! What a publish does (ThingsBoard MqttTransportHandler.processPublish and sendAckOrCloseSession).

use super::{Effect, MOST_CLIENT_RPCS, Now, Session};
use crate::{
    device::DeviceState,
    ending::Ending,
    packet::{AckVerdict, Out, Publish, Qos, level::Version},
    store::Full,
    topic::{Downlink, Flavour, TopicId, Uplink},
    upload::{self, AttributesRequest, PayloadProblem},
};

/// What ThingsBoard answers to the method `getSessionLimits` of a device without rate limits.
const SESSION_LIMITS: &str = concat!(
    r#"{"maxPayloadSize":65536,"maxInflightMessages":100,"#,
    r#""rateLimits":{"messages":null,"telemetryMessages":null,"telemetryDataPoints":null}}"#
);

/// Why a publish is not simply acknowledged.
enum Objection {
    Payload(PayloadProblem),
    UnknownTopic,
    /// Dropped without a word.
    Silence,
    Close(Ending),
}

impl From<PayloadProblem> for Objection {
    fn from(problem: PayloadProblem) -> Self {
        Self::Payload(problem)
    }
}

impl From<Full> for Objection {
    fn from(_: Full) -> Self {
        Self::Close(Ending::Full)
    }
}

impl Session {
    pub(super) fn on_publish(
        &mut self,
        publish: &Publish,
        device: &mut DeviceState,
        now: Now,
    ) -> Vec<Effect> {
        if publish.topic.contains(['+', '#']) {
            return vec![Effect::Close(Ending::Undecodable)];
        }
        match self.take(publish, device, now) {
            Ok(answer) => acknowledge(publish, AckVerdict::Taken).into_iter().chain(answer).collect(),
            Err(Objection::UnknownTopic) => {
                acknowledge(publish, AckVerdict::UnknownTopic).into_iter().collect()
            }
            Err(Objection::Silence) => Vec::new(),
            Err(Objection::Payload(PayloadProblem::Uncaught)) => vec![Effect::Close(Ending::Uncaught)],
            Err(Objection::Payload(PayloadProblem::Invalid)) => vec![self.refuse_payload(publish)],
            Err(Objection::Close(how)) => vec![Effect::Close(how)],
        }
    }

    /// What follows the acknowledgement, if anything.
    fn take(
        &mut self,
        publish: &Publish,
        device: &mut DeviceState,
        now: Now,
    ) -> Result<Option<Effect>, Objection> {
        let payload = &publish.payload;
        match Uplink::of(&publish.topic) {
            Uplink::Telemetry => {
                let samples = upload::samples(payload, now.unix_ms)?;
                if samples.is_empty() {
                    // An empty array is zero messages, whose callback never fires (DefaultTransportService,
                    // MsgPackCallback).
                    return Err(Objection::Silence);
                }
                device.save_telemetry(samples)?;
                Ok(None)
            }
            Uplink::Attributes => {
                device.save_client_attributes(upload::attributes(payload)?)?;
                Ok(None)
            }
            Uplink::AttributesRequest(flavour, id) => {
                let id = id.ok_or(PayloadProblem::Invalid)?;
                let request = AttributesRequest::read(payload)?;
                let response = device.attributes_response(&request).to_string();
                // A negative id is processed and never answered (JsonMqttAdaptor, convertToPublish).
                Ok((id >= 0).then(|| self.send(Downlink::AttributesResponse, flavour, id, response.into())))
            }
            Uplink::RpcResponse(id) => {
                device.answer_rpc(id.ok_or(PayloadProblem::Invalid)?, payload);
                Ok(None)
            }
            Uplink::RpcRequest(flavour, id) => {
                let id = id.ok_or(PayloadProblem::Uncaught)?;
                let method = upload::client_rpc_method(payload)?;
                self.take_client_rpc(flavour, id, &method, now)
            }
            Uplink::Claim => {
                upload::check_claim(payload)?;
                Ok(None)
            }
            // For a device that is no gateway ThingsBoard only writes a log line.
            Uplink::Gateway => Err(Objection::Silence),
            Uplink::Unknown => Err(Objection::UnknownTopic),
        }
    }

    /// A client-side RPC waits until it has run out, but for the one method that the transport itself
    /// answers, on the long topics only.
    fn take_client_rpc(
        &mut self,
        flavour: Flavour,
        id: TopicId,
        method: &str,
        now: Now,
    ) -> Result<Option<Effect>, Objection> {
        self.rpc_response = flavour;
        if flavour == Flavour::V1 && method == "getSessionLimits" {
            return Ok(Some(self.send(Downlink::RpcResponse, flavour, id, SESSION_LIMITS.into())));
        }
        if self.client_rpcs.len() >= MOST_CLIENT_RPCS {
            return Err(Objection::Close(Ending::TooMuchQueued));
        }
        self.client_rpcs.push_back((now.instant + self.client_rpc_limit, id));
        Ok(None)
    }

    /// MQTT 5 can say so in PUBACK and go on. MQTT 3.1.1 cannot, and neither can QoS 0.
    fn refuse_payload(&self, publish: &Publish) -> Effect {
        match self.version {
            Version::V5 => {
                acknowledge(publish, AckVerdict::BadPayload).unwrap_or(Effect::Close(Ending::BadPayload))
            }
            Version::V4 => Effect::Close(Ending::BadPayload),
        }
    }
}

/// PUBACK for QoS 1, and for QoS 2 as well: ThingsBoard knows no other, so that a device waits for PUBREC
/// in vain.
fn acknowledge(publish: &Publish, verdict: AckVerdict) -> Option<Effect> {
    (publish.qos != Qos::Zero).then_some(Effect::Send(Out::PubAck { id: publish.id, verdict }))
}
