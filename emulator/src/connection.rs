//! One connection, from the accepted socket to its close: the shell around [`Session`]. Every wait here
//! has a limit; the rules are elsewhere.

mod provisioning;
mod wire;

use crate::{
    children::Children,
    config::Timers,
    device::{Envelope, MOST_COMMANDS, SessionLink},
    ending::Ending,
    fault::{self, Fault},
    gateway::GATEWAY_TOPICS,
    hub::{Device, Hub, unix_ms},
    login,
    packet::{CodecError, Connect, In, Out, Refusal},
    provision,
    record::Kind,
    session::{Effect, Now, Session},
    sync::lock,
    topic::PROVISION_REQUEST,
};
use bytes::Bytes;
use futures_util::StreamExt;
use std::sync::{Arc, atomic::Ordering};
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    time::{Instant as TokioInstant, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use wire::{Wire, open};

/// What connections share, and what tells them to stop.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) hub: Arc<Hub>,
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) timers: Timers,
    pub(crate) stopping: CancellationToken,
}

/// Serves one accepted socket until it ends.
pub(crate) async fn serve(socket: TcpStream, shared: Shared) {
    let connection = shared.hub.next_connection();
    let opened = shared.stopping.run_until_cancelled(open(socket, &shared.acceptor, shared.timers));
    let mut wire = match opened.await {
        Some(Ok(wire)) => wire,
        Some(Err(how)) => {
            shared.hub.record.add(connection, None, Kind::Closed { how });
            return;
        }
        None => return,
    };
    let (device, how) = converse(&mut wire, connection, &shared).await;
    let device = device.as_ref().map(|device| &device.name);
    shared.hub.record.add(connection, device, Kind::Closed { how });
    tracing::debug!(connection, device = device.map(|name| &**name), ?how, "connection ended");
    wire.close(how).await;
}

/// CONNECT and everything after it, up to the reason for the end.
async fn converse(wire: &mut Wire, connection: u64, shared: &Shared) -> (Option<Arc<Device>>, Ending) {
    let connect = match read_connect(wire, shared).await {
        Ok(connect) => connect,
        Err(how) => return (None, how),
    };
    if provision::session::is_wanted(&connect) {
        record_connect(&connect, wire.level, connection, None, shared);
        let answer = Out::ConnAck { refusal: None, session_present: !connect.clean };
        let how = match wire.send(answer).await {
            Ok(()) => provisioning::converse(wire, connection, shared).await,
            Err(how) => how,
        };
        return (None, how);
    }
    let not_faulty = |device: Arc<Device>| {
        let fault = lock(&device.state).fault;
        if let Some(Fault::RefuseConnect(refusal)) = fault { Err(refusal) } else { Ok(device) }
    };
    let within_limits = |device: Arc<Device>| {
        // Opening a session is a message too (DefaultTransportService, SessionEventMsg).
        let allowed = lock(&device.state).limiter.message(now().instant);
        if allowed { Ok(device) } else { Err(Refusal::TooOften) }
    };
    if let Err(how) = wire.wait_for_log_in(shared).await {
        record_connect(&connect, wire.level, connection, None, shared);
        return (None, how);
    }
    let known = match wire.certificate() {
        // It counts instead of all else.
        Some(certificate) => {
            login::judge_certificate(certificate, unix_ms(), |der| shared.hub.log_in_by_certificate(der))
        }
        None => login::judge(&connect, |connect| shared.hub.log_in(connect)),
    };
    let judged = known.and_then(not_faulty).and_then(within_limits);
    let device = match judged {
        Ok(device) => device,
        Err(refusal) => {
            record_connect(&connect, wire.level, connection, None, shared);
            let answer = Out::ConnAck { refusal: Some(refusal), session_present: !connect.clean };
            let how = wire.send(answer).await.err().unwrap_or(Ending::Refused(refusal));
            return (None, how);
        }
    };
    record_connect(&connect, wire.level, connection, Some(&device.name), shared);
    wire.device = Some(Arc::clone(&device));
    let (commands, command_queue) = mpsc::channel(MOST_COMMANDS);
    let (end, ended) = watch::channel(None);
    let link = SessionLink { connection, version: wire.version, child: None, commands, end };
    let children = device
        .gateway
        .load(Ordering::Relaxed)
        .then(|| Children::new(Arc::clone(&shared.hub), Arc::clone(&device), link.clone()));
    let seat = Seat::take(&device, link);
    // ThingsBoard says "session present" whenever a clean one was not asked for, and never has one.
    let answer = Out::ConnAck { refusal: None, session_present: !connect.clean };
    let how = match wire.send(answer).await {
        Ok(()) => {
            let conversation =
                Conversation { wire, connection, shared, device: &device, children, command_queue, ended };
            conversation.run().await
        }
        Err(how) => how,
    };
    drop(seat);
    (Some(device), how)
}

/// The place of a device's one session; given up however the session ends, a panic included.
struct Seat<'a> {
    device: &'a Device,
    connection: u64,
}

impl<'a> Seat<'a> {
    fn take(device: &'a Device, link: SessionLink) -> Self {
        let connection = link.connection;
        lock(&device.state).open_session(link);
        Self { device, connection }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        lock(&self.device.state).forget_session(self.connection);
    }
}

async fn read_connect(wire: &mut Wire, shared: &Shared) -> Result<Connect, Ending> {
    tokio::select! {
        () = shared.stopping.cancelled() => Err(Ending::Stopping),
        packet = timeout(shared.timers.connect, wire.framed.next()) => match packet {
            Ok(Some(Ok(In::Connect(connect)))) => Ok(connect),
            Ok(None | Some(Err(CodecError::Io))) => Err(Ending::Lost),
            // ThingsBoard does not know the version of what it cannot decode, and says nothing.
            Ok(Some(_)) | Err(_) => Err(Ending::NoConnect),
        },
    }
}

fn record_connect(connect: &Connect, level: u8, connection: u64, device: Option<&Arc<str>>, shared: &Shared) {
    // People type the token into the wrong field.
    let is_token = shared.hub.device(&connect.client_id).is_some();
    let client_id = if is_token { "***".to_owned() } else { connect.client_id.clone() };
    let kind = Kind::Connect {
        level,
        clean: connect.clean,
        keep_alive: connect.keep_alive,
        client_id,
        has_password: connect.password.is_some(),
    };
    shared.hub.record.add(connection, device, kind);
}

/// An accepted session and what it listens to.
struct Conversation<'a> {
    wire: &'a mut Wire,
    connection: u64,
    shared: &'a Shared,
    device: &'a Device,
    /// For a gateway.
    children: Option<Children>,
    command_queue: mpsc::Receiver<Envelope>,
    ended: watch::Receiver<Option<Ending>>,
}

impl Conversation<'_> {
    async fn run(mut self) -> Ending {
        let new = if self.children.is_some() { Session::of_gateway } else { Session::new };
        let mut session = new(self.wire.version, self.shared.timers.client_rpc);
        let mut last_heard = TokioInstant::now();
        loop {
            let idle = last_heard + self.shared.timers.idle;
            let wake = session.next_deadline().map_or(idle, |next| idle.min(next.into()));
            // Reads, queues and timers only: a write must not be cancelled half-way.
            let effects = tokio::select! {
                biased;
                how = end_of(&mut self.ended) => return how,
                () = self.shared.stopping.cancelled() => return Ending::Stopping,
                Some(envelope) = self.command_queue.recv() => self.on_command(&mut session, envelope),
                packet = self.wire.next() => {
                    last_heard = TokioInstant::now();
                    match packet {
                        Some(Ok(packet)) => {
                            let name = Some(&self.device.name);
                            record_packet(&packet, self.wire.level, self.connection, name, self.shared);
                            if fault::drops(&mut lock(&self.device.state).fault) {
                                return Ending::Dropped;
                            }
                            self.on_packet(&mut session, packet)
                        }
                        Some(Err(CodecError::Undecodable)) => return Ending::Undecodable,
                        Some(Err(CodecError::Io)) | None => return Ending::Lost,
                    }
                }
                () = sleep_until(wake) => {
                    if TokioInstant::now() >= idle {
                        return Ending::Idle;
                    }
                    session.on_time(&lock(&self.device.state), TokioInstant::now().into_std())
                }
            };
            if let Err(how) = self.wire.carry_out(effects).await {
                return how;
            }
        }
    }

    fn on_command(&mut self, session: &mut Session, Envelope { child, command }: Envelope) -> Vec<Effect> {
        match (child, &mut self.children) {
            (Some(child), Some(children)) => session.on_child_command(&child, command, children),
            _ => session.on_command(command, &mut lock(&self.device.state), now()),
        }
    }

    fn on_packet(&mut self, session: &mut Session, packet: In) -> Vec<Effect> {
        match (packet, &mut self.children) {
            // The own state is not locked meanwhile: a gateway may name itself.
            (In::Publish(publish), Some(children)) if publish.topic.starts_with(GATEWAY_TOPICS) => {
                lock(&self.device.state).last_activity_ms = Some(unix_ms());
                session.on_gateway_publish(&publish, children, now())
            }
            (packet, _) => session.on_packet(packet, &mut lock(&self.device.state), now()),
        }
    }
}

/// What came, without what only the device may know.
fn record_packet(packet: &In, level: u8, connection: u64, device: Option<&Arc<str>>, shared: &Shared) {
    let kind = match packet {
        In::Connect(connect) => return record_connect(connect, level, connection, device, shared),
        In::Publish(publish) => Kind::Publish {
            id: publish.id,
            topic: publish.topic.clone(),
            qos: publish.qos.into(),
            retain: publish.retain,
            payload: match publish.topic.as_str() {
                PROVISION_REQUEST => Bytes::from_static(b"***"),
                // A copy: a clone would keep the whole read buffer alive.
                _ => Bytes::copy_from_slice(&publish.payload),
            },
        },
        In::Subscribe { id, filters } => {
            let filters = filters.iter().map(|(filter, qos)| (filter.clone(), (*qos).into()));
            Kind::Subscribe { id: *id, filters: filters.collect() }
        }
        In::Unsubscribe { id, filters } => Kind::Unsubscribe { id: *id, filters: filters.clone() },
        In::PubAck { id } => Kind::PubAck { id: *id },
        In::PingReq => Kind::PingReq,
        In::Disconnect => Kind::Disconnect,
        In::Ignored => Kind::Ignored,
    };
    shared.hub.record.add(connection, device, kind);
}

/// Waits until the session is told to end.
async fn end_of(ended: &mut watch::Receiver<Option<Ending>>) -> Ending {
    match ended.wait_for(Option::is_some).await {
        Ok(how) => how.unwrap_or(Ending::TakenOver),
        // The link was replaced before it could say why.
        Err(_) => Ending::TakenOver,
    }
}

fn now() -> Now {
    Now { instant: TokioInstant::now().into_std(), unix_ms: unix_ms() }
}
