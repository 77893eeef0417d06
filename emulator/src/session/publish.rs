//! What a publish does (ThingsBoard MqttTransportHandler.processPublish).

use super::{Effect, MOST_CLIENT_RPCS, Now, Session, download::NoChunk};
use crate::{
    device::DeviceState,
    encoding::Encoding,
    ending::Ending,
    packet::{AckVerdict, Publish},
    store::Full,
    topic::{Downlink, Flavour, TopicId, Uplink},
    upload::PayloadProblem,
};
use shared::thingsboard::{
    server::Refusal,
    session_limits::{self, SessionLimits, Source},
};

/// What ThingsBoard answers to the method `getSessionLimits`.
fn session_limits(is_gateway: bool, device: &DeviceState) -> SessionLimits {
    SessionLimits {
        source: Source::Server,
        rates: device.limiter.limits().clone(),
        gateway_rates: is_gateway.then(|| device.gateway_limiter.limits().clone()),
        ..SessionLimits::documented()
    }
}

/// Why a publish is not simply acknowledged.
enum Objection {
    Payload(PayloadProblem),
    UnknownTopic,
    /// Dropped without a word.
    Silence,
    NoChunk(NoChunk),
    Close(Ending),
}

impl From<PayloadProblem> for Objection {
    fn from(problem: PayloadProblem) -> Self {
        Self::Payload(problem)
    }
}

impl From<Refusal> for Objection {
    fn from(refusal: Refusal) -> Self {
        Self::Payload(refusal.problem())
    }
}

impl From<Full> for Objection {
    fn from(_: Full) -> Self {
        Self::Close(Ending::Full)
    }
}

/// A publish beyond a limit is not acknowledged, and ends the session (DefaultTransportService.checkLimits).
fn allow(is_within_limits: bool) -> Result<(), Objection> {
    if is_within_limits { Ok(()) } else { Err(Objection::Close(Ending::RateLimited)) }
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
            Err(Objection::Payload(PayloadProblem::Invalid)) => {
                vec![Effect::refuse_payload(publish, self.version, device.profile.acknowledge_bad_payloads)]
            }
            Err(Objection::NoChunk(why)) => self.refuse_chunk(why),
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
        match device.profile.uplink(&publish.topic) {
            Uplink::Telemetry(flavour) => {
                let samples = Encoding::new(&device.profile, flavour).samples(payload, now.unix_ms)?;
                if samples.is_empty() {
                    // An empty array is zero messages, whose callback never fires (DefaultTransportService,
                    // MsgPackCallback).
                    return Err(Objection::Silence);
                }
                let points = samples.iter().map(|sample| sample.values.len()).sum();
                allow(device.limiter.telemetry(points, now.instant))?;
                device.save_telemetry(samples)?;
                Ok(None)
            }
            Uplink::Attributes(flavour) => {
                let values = Encoding::new(&device.profile, flavour).attributes(payload)?;
                allow(device.limiter.telemetry(values.len(), now.instant))?;
                device.save_client_attributes(values)?;
                Ok(None)
            }
            Uplink::AttributesRequest(flavour, id) => {
                let id = id.ok_or(Refusal::Id)?;
                let request = Encoding::new(&device.profile, flavour).attributes_request(payload)?;
                allow(device.limiter.message(now.instant))?;
                let found = device.attributes_response(&request);
                // A negative id is processed and never answered (JsonMqttAdaptor, convertToPublish).
                Ok((id >= 0).then(|| {
                    let encoding = Encoding::new(&device.profile, flavour);
                    let response = encoding.attributes_response(id, &request, &found, now.unix_ms);
                    self.send(Downlink::AttributesResponse, flavour, id, response)
                }))
            }
            Uplink::RpcResponse(flavour, id) => {
                let id = id.ok_or(Refusal::Id)?;
                let response = Encoding::new(&device.profile, flavour).rpc_response(payload)?;
                allow(device.limiter.message(now.instant))?;
                device.answer_rpc(id, response);
                Ok(None)
            }
            Uplink::RpcRequest(flavour, id) => {
                let id = id.ok_or(Refusal::CallId)?;
                let method = Encoding::new(&device.profile, flavour).client_rpc_method(payload)?;
                self.take_client_rpc(flavour, id, &method, device, now)
            }
            Uplink::Claim => {
                let claim = Encoding::new(&device.profile, Flavour::V1).claim(payload, now.unix_ms)?;
                allow(device.limiter.message(now.instant))?;
                device.save_claim(claim)?;
                Ok(None)
            }
            Uplink::PackageChunk(kind, request, chunk) => {
                // Later ones are answered from what the first one found.
                if !self.downloads.has_begun(request) {
                    allow(device.limiter.message(now.instant))?;
                }
                let answer = self.take_chunk_request((kind, request, chunk), payload, device)?;
                answer.map(Some).map_err(Objection::NoChunk)
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
        device: &mut DeviceState,
        now: Now,
    ) -> Result<Option<Effect>, Objection> {
        self.rpc_response = flavour;
        if flavour == Flavour::V1 && method == session_limits::METHOD {
            let limits = session_limits(self.is_gateway, device).answer();
            let answer = Encoding::new(&device.profile, flavour).client_rpc_response(id, &limits);
            return Ok(Some(self.send(Downlink::RpcResponse, flavour, id, answer)));
        }
        allow(device.limiter.message(now.instant))?;
        if self.client_rpcs.len() >= MOST_CLIENT_RPCS {
            return Err(Objection::Close(Ending::TooMuchQueued));
        }
        self.client_rpcs.push_back((now.instant + self.client_rpc_limit, id));
        Ok(None)
    }
}

fn acknowledge(publish: &Publish, verdict: AckVerdict) -> Option<Effect> {
    publish.acknowledge(verdict).map(Effect::Send)
}
