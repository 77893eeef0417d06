//! One device as the platform knows it: its latest telemetry, its attributes, the RPC requests waiting
//! for it, and who is connected as it. Knows nothing of sockets or packets.

mod view;

use crate::{
    budget::{Budget, Held},
    ending::Ending,
    fault::Fault,
    mqtt_profile::MqttProfile,
    package::{self, Assigned, PackageKind},
    packet::level::Version,
    rate::Limiter,
    store::{Full, Store},
    topic::TopicId,
    upload::{AttributesRequest, Sample, UnixMs},
};
use serde_json::{Map, Value, json};
use shared::{
    platform::{Claim, RpcOutcome},
    thingsboard::attributes::Push,
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use tokio::sync::{mpsc, oneshot, watch};

/// RPC requests that may wait for one device.
const MOST_PENDING_RPCS: usize = 32;

/// What the platform wants of a session.
#[derive(Debug)]
pub(crate) enum Command {
    /// Shared attributes changed.
    AttributesUpdate(Push),
    /// A new RPC request waits.
    Rpc(TopicId),
    /// Another session took a gateway's device over.
    End,
}

/// Shared attributes to push, as JSON (JsonConverter.toJson).
pub(crate) fn push_json(push: &Push) -> Value {
    match push {
        Push::Updated(values) => Value::Object(values.clone()),
        Push::Deleted(keys) => json!({ "deleted": keys }),
    }
}

/// A server-side RPC on its way to a device.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RpcRequest {
    pub(crate) id: TopicId,
    pub(crate) method: String,
    pub(crate) params: Value,
}

impl RpcRequest {
    /// As a device gets it, which reads the id from the topic.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "method": self.method, "params": self.params })
    }
}

/// A command and whom it concerns: the session's own device, or one that is connected through it.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) child: Option<Arc<str>>,
    pub(crate) command: Command,
}

/// Commands that may wait for one session.
pub(crate) const MOST_COMMANDS: usize = 64;

/// How to reach the session that is connected as a device.
#[derive(Clone, Debug)]
pub(crate) struct SessionLink {
    pub(crate) connection: u64,
    pub(crate) version: Version,
    /// The device's name when it is connected through a gateway, whose session this is.
    pub(crate) child: Option<Arc<str>>,
    pub(crate) commands: mpsc::Sender<Envelope>,
    pub(crate) end: watch::Sender<Option<Ending>>,
}

impl SessionLink {
    fn send(&self, command: Command) {
        let envelope = Envelope { child: self.child.clone(), command };
        if self.commands.try_send(envelope).is_err() {
            self.end.send_replace(Some(Ending::TooMuchQueued));
        }
    }
}

/// An RPC request that waits for its answer, or one-way for being handed over.
#[derive(Debug)]
struct PendingRpc {
    request: RpcRequest,
    one_way: bool,
    outcome: oneshot::Sender<RpcOutcome>,
}

/// As many RPC requests wait as may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyRpcs;

/// What is known of a device.
#[derive(Debug, Default)]
pub(crate) struct DeviceState {
    telemetry: Store<UnixMs>,
    client_attributes: Store<()>,
    shared_attributes: Store<()>,
    packages: BTreeMap<PackageKind, Assigned>,
    pending_rpcs: BTreeMap<TopicId, PendingRpc>,
    next_rpc: TopicId,
    session: Option<SessionLink>,
    pub(crate) last_activity_ms: Option<UnixMs>,
    claim: Option<Claim>,
    /// What the claim takes of the tenant's budget.
    claim_room: Held,
    /// What the device has used of its rate limits, in all its sessions.
    pub(crate) limiter: Limiter,
    pub(crate) fault: Option<Fault>,
    pub(crate) profile: MqttProfile,
    /// What a gateway has used for its devices.
    pub(crate) gateway_limiter: Limiter,
    /// The name of the gateway that connected it last (ThingsBoard's `lastConnectedGateway`).
    pub(crate) last_gateway: Option<String>,
}

impl DeviceState {
    /// The same as the default, with values bounded by `budget` as well.
    pub(crate) fn within(budget: &Arc<Budget>) -> Self {
        Self {
            telemetry: Store::within(budget),
            client_attributes: Store::within(budget),
            shared_attributes: Store::within(budget),
            claim_room: Held::of(budget),
            ..Self::default()
        }
    }

    /// A new session takes the place of the one before: one session a device
    /// (`ACTORS_MAX_CONCURRENT_SESSION_PER_DEVICE`).
    pub(crate) fn open_session(&mut self, session: SessionLink) {
        self.end_session(Ending::TakenOver);
        self.session = Some(session);
    }

    /// Ends the session, if there is one.
    pub(crate) fn end_session(&mut self, how: Ending) {
        if let Some(session) = self.session.take() {
            match session.child {
                Some(_) => session.send(Command::End),
                None => drop(session.end.send_replace(Some(how))),
            }
        }
    }

    /// Forgets a session that has ended, unless another took its place.
    pub(crate) fn forget_session(&mut self, connection: u64) {
        self.session.take_if(|session| session.connection == connection);
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.session.is_some()
    }

    /// Keeps each key's latest value; an older one does not replace a newer.
    pub(crate) fn save_telemetry(&mut self, samples: Vec<Sample>) -> Result<(), Full> {
        for Sample { ts_ms, values } in samples {
            for (key, value) in values {
                if self.telemetry.get(&key).is_none_or(|(_, known)| *known <= ts_ms) {
                    self.telemetry.insert(key, value, ts_ms)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn save_client_attributes(&mut self, values: Vec<(String, Value)>) -> Result<(), Full> {
        values.into_iter().try_for_each(|(key, value)| self.client_attributes.insert(key, value, ()))
    }

    /// Keeps a claim in place of the one before. Without room for it there is none.
    pub(crate) fn save_claim(&mut self, claim: Claim) -> Result<(), Full> {
        self.claim = None;
        self.claim_room.shrink(self.claim_room.bytes());
        if !self.claim_room.grow(claim.secret_key.capacity()) {
            return Err(Full);
        }
        self.claim = Some(claim);
        Ok(())
    }

    /// Saves shared attributes and pushes those that were saved. `null` is no value.
    pub(crate) fn set_shared_attributes(&mut self, values: Map<String, Value>) -> Result<(), Full> {
        let mut saved = Map::new();
        for (key, value) in values {
            if !value.is_null() {
                self.shared_attributes.insert(key.clone(), value.clone(), ())?;
                saved.insert(key, value);
            }
        }
        if !saved.is_empty() {
            self.push(Command::AttributesUpdate(Push::Updated(saved)));
        }
        Ok(())
    }

    /// Deletes shared attributes and pushes their keys, known or not.
    pub(crate) fn delete_shared_attributes(&mut self, keys: &[String]) {
        for key in keys {
            self.shared_attributes.remove(key);
        }
        if !keys.is_empty() {
            self.push(Command::AttributesUpdate(Push::Deleted(keys.to_vec())));
        }
    }

    /// Assigns a package and tells the device: first which attributes no longer hold, then which do.
    pub(crate) fn assign_package(
        &mut self,
        kind: PackageKind,
        assigned: Assigned,
        now_ms: UnixMs,
    ) -> Result<(), Full> {
        let values = assigned.telemetry(kind, now_ms);
        self.save_telemetry(vec![Sample { ts_ms: now_ms, values }])?;
        self.delete_shared_attributes(&assigned.outdated(kind));
        self.set_shared_attributes(assigned.attributes(kind))?;
        self.packages.insert(kind, assigned);
        Ok(())
    }

    /// Takes the package away, and all its attributes.
    pub(crate) fn unassign_package(&mut self, kind: PackageKind) {
        if self.packages.remove(&kind).is_some() {
            self.delete_shared_attributes(&package::attribute_keys(kind));
        }
    }

    pub(crate) fn package(&self, kind: PackageKind) -> Option<&Assigned> {
        self.packages.get(&kind)
    }

    fn push(&self, command: Command) {
        if let Some(session) = &self.session {
            session.send(command);
        }
    }

    /// The answer to an attributes request: only what exists, and no empty scope (ThingsBoard
    /// JsonConverter.toJson). Nothing asked for means everything (DeviceActorMessageProcessor).
    pub(crate) fn attributes_response(&self, request: &AttributesRequest) -> Value {
        let all = request.client.is_none() && request.shared.is_none();
        let scopes = [
            ("client", &self.client_attributes, &request.client),
            ("shared", &self.shared_attributes, &request.shared),
        ];
        let found = scopes.into_iter().filter_map(|(name, store, keys)| {
            let keys: HashSet<&String> = keys.iter().flatten().collect();
            let wanted = |key: &String| all || keys.contains(key);
            let found: Map<String, Value> = store
                .iter()
                .filter(|(key, ..)| wanted(key))
                .map(|(key, value, ())| (key.clone(), value.clone()))
                .collect();
            (!found.is_empty()).then(|| (name.to_owned(), Value::Object(found)))
        });
        Value::Object(found.collect())
    }

    /// Lets an RPC request wait, and tells the session. Ids count from 0.
    pub(crate) fn add_rpc(
        &mut self,
        method: &str,
        params: &Value,
        one_way: bool,
    ) -> Result<(TopicId, oneshot::Receiver<RpcOutcome>), TooManyRpcs> {
        if self.pending_rpcs.len() >= MOST_PENDING_RPCS {
            return Err(TooManyRpcs);
        }
        let (outcome, receiver) = oneshot::channel();
        let id = self.next_rpc;
        self.next_rpc = self.next_rpc.checked_add(1).unwrap_or(0);
        let request = RpcRequest { id, method: method.to_owned(), params: params.clone() };
        self.pending_rpcs.insert(id, PendingRpc { request, one_way, outcome });
        self.push(Command::Rpc(id));
        Ok((id, receiver))
    }

    pub(crate) fn cancel_rpc(&mut self, id: TopicId) {
        self.pending_rpcs.remove(&id);
    }

    pub(crate) fn pending_rpcs(&self) -> Vec<TopicId> {
        self.pending_rpcs.keys().copied().collect()
    }

    /// A waiting request, to send.
    pub(crate) fn pending_rpc(&self, id: TopicId) -> Option<&RpcRequest> {
        self.pending_rpcs.get(&id).map(|pending| &pending.request)
    }

    /// The request is being sent. A one-way request is settled by that.
    pub(crate) fn hand_over_rpc(&mut self, id: TopicId) {
        let is_settled = |pending: &PendingRpc| pending.one_way;
        if self.pending_rpcs.get(&id).is_some_and(is_settled)
            && let Some(pending) = self.pending_rpcs.remove(&id)
        {
            // Its caller may have gone.
            let _ = pending.outcome.send(RpcOutcome::Delivered);
        }
    }

    /// Takes the device's answer. One to an unknown or expired id is dropped.
    pub(crate) fn answer_rpc(&mut self, id: TopicId, response: Value) {
        if let Some(pending) = self.pending_rpcs.remove(&id) {
            // Its caller may have gone.
            let _ = pending.outcome.send(RpcOutcome::Answered { response });
        }
    }
}

#[cfg(test)]
mod tests;
