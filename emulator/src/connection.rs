//! One connection, from the accepted socket to its close: the shell around [`Session`]. Every wait here
//! has a limit; the rules are elsewhere.

use crate::{
    config::Timers,
    device::{Command, MOST_COMMANDS, SessionLink},
    ending::Ending,
    hub::{Device, Hub, unix_ms},
    login,
    packet::{Codec, CodecError, Connect, In, Out, level, level::Level, level::Version},
    record::Kind,
    session::{Effect, Now, Session},
    sync::lock,
};
use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, watch},
    time::{Instant as TokioInstant, sleep_until, timeout, timeout_at},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::{
    codec::{Framed, FramedParts},
    sync::CancellationToken,
};

type Stream = TlsStream<TcpStream>;

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
    let device = device.as_ref().map(|device| device.spec.name.as_str());
    shared.hub.record.add(connection, device, Kind::Closed { how });
    tracing::debug!(connection, device, ?how, "connection ended");
    close(wire, how, shared.timers).await;
}

/// The codec to use, and what goes through it.
struct Wire {
    version: Version,
    framed: Framed<Stream, Codec>,
    timers: Timers,
}

/// TLS, then which version of MQTT is spoken.
async fn open(socket: TcpStream, acceptor: &TlsAcceptor, timers: Timers) -> Result<Wire, Ending> {
    let handshake = timeout(timers.connect, acceptor.accept(socket)).await;
    let Ok(Ok(mut stream)) = handshake else {
        return Err(Ending::NoTls);
    };
    let deadline = TokioInstant::now() + timers.connect;
    let mut bytes = BytesMut::with_capacity(1024);
    loop {
        match level::of(&bytes) {
            Level::Spoken(version) => {
                let mut parts = FramedParts::new::<Out>(stream, Codec::new(version));
                parts.read_buf = bytes;
                return Ok(Wire { version, framed: Framed::from_parts(parts), timers });
            }
            Level::Refused => break,
            Level::NotYet => match timeout_at(deadline, stream.read_buf(&mut bytes)).await {
                Ok(Ok(1..)) => {}
                Ok(Ok(0) | Err(_)) => return Err(Ending::Lost),
                Err(_) => break,
            },
        }
    }
    finish(stream, timers).await;
    Err(Ending::NoConnect)
}

/// CONNECT and everything after it, up to the reason for the end.
async fn converse(wire: &mut Wire, connection: u64, shared: &Shared) -> (Option<Arc<Device>>, Ending) {
    let connect = match read_connect(wire, shared).await {
        Ok(connect) => connect,
        Err(how) => return (None, how),
    };
    let device = match login::judge(&connect, |token| shared.hub.device(token)) {
        Ok(device) => device,
        Err(refusal) => {
            record_connect(&connect, wire.version, connection, None, shared);
            let answer = Out::ConnAck { refusal: Some(refusal), session_present: !connect.clean };
            let how = wire.send(answer).await.err().unwrap_or(Ending::Refused(refusal));
            return (None, how);
        }
    };
    record_connect(&connect, wire.version, connection, Some(&device.spec.name), shared);
    let (commands, command_queue) = mpsc::channel(MOST_COMMANDS);
    let (end, ended) = watch::channel(None);
    let seat = Seat::take(&device, SessionLink { connection, commands, end });
    // ThingsBoard says "session present" whenever a clean one was not asked for, and never has one.
    let answer = Out::ConnAck { refusal: None, session_present: !connect.clean };
    let how = match wire.send(answer).await {
        Ok(()) => {
            Conversation { wire, connection, shared, device: &device, command_queue, ended }.run().await
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

fn record_connect(
    connect: &Connect,
    version: Version,
    connection: u64,
    device: Option<&str>,
    shared: &Shared,
) {
    // People type the token into the wrong field.
    let is_token = shared.hub.device(&connect.client_id).is_some();
    let client_id = if is_token { "***".to_owned() } else { connect.client_id.clone() };
    let kind = Kind::Connect {
        level: version.level(),
        clean: connect.clean,
        keep_alive: connect.keep_alive,
        client_id,
        has_password: connect.has_password,
    };
    shared.hub.record.add(connection, device, kind);
}

/// An accepted session and what it listens to.
struct Conversation<'a> {
    wire: &'a mut Wire,
    connection: u64,
    shared: &'a Shared,
    device: &'a Device,
    command_queue: mpsc::Receiver<Command>,
    ended: watch::Receiver<Option<Ending>>,
}

impl Conversation<'_> {
    async fn run(mut self) -> Ending {
        let mut session = Session::new(self.wire.version, self.shared.timers.client_rpc);
        let mut last_heard = TokioInstant::now();
        loop {
            let idle = last_heard + self.shared.timers.idle;
            let wake = session.next_deadline().map_or(idle, |next| idle.min(next.into()));
            // Reads, queues and timers only: a write must not be cancelled half-way.
            let effects = tokio::select! {
                biased;
                how = end_of(&mut self.ended) => return how,
                () = self.shared.stopping.cancelled() => return Ending::Stopping,
                Some(command) = self.command_queue.recv() => {
                    session.on_command(command, &mut lock(&self.device.state))
                }
                packet = self.wire.framed.next() => {
                    last_heard = TokioInstant::now();
                    match packet {
                        Some(Ok(packet)) => {
                            self.record(&packet);
                            session.on_packet(packet, &mut lock(&self.device.state), now())
                        }
                        Some(Err(CodecError::Undecodable)) => return Ending::Undecodable,
                        Some(Err(CodecError::Io)) | None => return Ending::Lost,
                    }
                }
                () = sleep_until(wake) => {
                    if TokioInstant::now() >= idle {
                        return Ending::Idle;
                    }
                    session.on_time(TokioInstant::now().into_std())
                }
            };
            for effect in effects {
                match effect {
                    Effect::Send(packet) => {
                        if let Err(how) = self.wire.send(packet).await {
                            return how;
                        }
                    }
                    Effect::Close(how) => return how,
                }
            }
        }
    }

    fn record(&self, packet: &In) {
        let kind = match packet {
            In::Connect(connect) => {
                let name = Some(self.device.spec.name.as_str());
                return record_connect(connect, self.wire.version, self.connection, name, self.shared);
            }
            In::Publish(publish) => Kind::Publish {
                id: publish.id,
                topic: publish.topic.clone(),
                qos: publish.qos.into(),
                retain: publish.retain,
                // A copy: a clone would keep the whole read buffer alive.
                payload: Bytes::copy_from_slice(&publish.payload),
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
        self.shared.hub.record.add(self.connection, Some(&self.device.spec.name), kind);
    }
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

impl Wire {
    async fn send(&mut self, packet: Out) -> Result<(), Ending> {
        match timeout(self.timers.write, self.framed.send(packet)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ending::Lost),
            Err(_) => Err(Ending::TooSlow),
        }
    }
}

/// Says why where MQTT 5 lets us, then closes.
async fn close(mut wire: Wire, how: Ending, timers: Timers) {
    if matches!(how, Ending::Lost | Ending::TooSlow) {
        return;
    }
    if let (Version::V5, Some(reason)) = (wire.version, how.disconnect_reason()) {
        // Whether it arrives no longer matters.
        let _ = timeout(timers.close, wire.framed.send(Out::Disconnect { reason })).await;
    }
    finish(wire.framed.into_inner(), timers).await;
}

/// Ends TLS and TCP in order, then reads on for a moment: a socket closed with unread bytes is reset, and a
/// reset may overtake the last packet.
async fn finish(mut stream: Stream, timers: Timers) {
    let orderly = async {
        stream.shutdown().await?;
        let mut unread = [0; 4096];
        while stream.get_mut().0.read(&mut unread).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // Gone or too slow: dropped either way.
    let _ = timeout(timers.close, orderly).await;
}
