//! Packets on one TLS stream: which version is spoken, what waits, what goes wrong on demand, and an end in
//! order.

use super::Shared;
use crate::{
    config::{MOST_WAITING_PACKETS, Timers},
    ending::Ending,
    fault::{self, NO_PACKET, Sending},
    hub::Device,
    packet::{Codec, CodecError, In, Out, Undecodable, level, level::Level, level::Version},
    session::Effect,
    sync::lock,
};
use bytes::BytesMut;
use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::CertificateDer;
use std::{collections::VecDeque, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::codec::{Framed, FramedParts};

type Stream = TlsStream<TcpStream>;

/// The level of MQTT 3.1, which is spoken like 3.1.1.
const OLD_LEVEL: u8 = 3;

/// The codec to use, and what goes through it.
pub(super) struct Wire {
    pub(super) version: Version,
    /// As CONNECT named it.
    pub(super) level: u8,
    pub(super) framed: Framed<Stream, Codec>,
    timers: Timers,
    /// Packets that came before CONNECT was answered.
    waiting: VecDeque<In>,
    /// Whose faults these are, once it is known.
    pub(super) device: Option<Arc<Device>>,
}

/// TLS, then which version of MQTT is spoken.
pub(super) async fn open(socket: TcpStream, acceptor: &TlsAcceptor, timers: Timers) -> Result<Wire, Ending> {
    let handshake = timeout(timers.connect, acceptor.accept(socket)).await;
    let Ok(Ok(mut stream)) = handshake else {
        return Err(Ending::NoTls);
    };
    let deadline = Instant::now() + timers.connect;
    let mut bytes = BytesMut::with_capacity(1024);
    let mut is_old = false;
    loop {
        match level::of(&bytes) {
            Level::Spoken(version) => {
                let mut parts = FramedParts::new::<Out>(stream, Codec::new(version));
                parts.read_buf = bytes;
                let framed = Framed::from_parts(parts);
                let level = if is_old { OLD_LEVEL } else { version.level() };
                return Ok(Wire { version, level, framed, timers, waiting: VecDeque::new(), device: None });
            }
            Level::Refused => break,
            Level::Old => match level::modernise(&mut bytes) {
                Ok(true) => {
                    is_old = true;
                    continue;
                }
                Ok(false) => {}
                Err(Undecodable) => break,
            },
            Level::NotYet => {}
        }
        match timeout_at(deadline, stream.read_buf(&mut bytes)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return Err(Ending::Lost),
            Err(_) => break,
        }
    }
    finish(stream, timers).await;
    Err(Ending::NoConnect)
}

impl Wire {
    /// The certificate that the device presented, if it did.
    pub(super) fn certificate(&self) -> Option<&CertificateDer<'static>> {
        self.framed.get_ref().get_ref().1.peer_certificates()?.first()
    }

    /// Does what the rules decided; an error is the end, wanted or not.
    pub(super) async fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), Ending> {
        for effect in effects {
            match effect {
                Effect::Send(packet) => self.send(packet).await?,
                Effect::Close(how) => return Err(how),
            }
        }
        Ok(())
    }

    /// The next packet; those that waited come first. May be cancelled without losing one.
    pub(super) async fn next(&mut self) -> Option<Result<In, CodecError>> {
        match self.waiting.pop_front() {
            Some(packet) => Some(Ok(packet)),
            None => self.framed.next().await,
        }
    }

    /// Lets the time pass that looking a device up takes, and keeps what comes meanwhile
    /// (MqttTransportHandler.enqueueRegularSessionMsg).
    pub(super) async fn wait_for_log_in(&mut self, shared: &Shared) -> Result<(), Ending> {
        if self.timers.log_in.is_zero() {
            return Ok(());
        }
        let found = sleep(self.timers.log_in);
        tokio::pin!(found);
        loop {
            tokio::select! {
                () = &mut found => return Ok(()),
                () = shared.stopping.cancelled() => return Err(Ending::Stopping),
                packet = self.framed.next() => match packet {
                    Some(Ok(_)) if self.waiting.len() >= MOST_WAITING_PACKETS => {
                        return Err(Ending::TooMuchQueued);
                    }
                    Some(Ok(packet)) => self.waiting.push_back(packet),
                    Some(Err(CodecError::Undecodable)) => return Err(Ending::Undecodable),
                    Some(Err(CodecError::Io)) | None => return Err(Ending::Lost),
                }
            }
        }
    }

    pub(super) async fn send(&mut self, packet: Out) -> Result<(), Ending> {
        let sending = match &self.device {
            Some(device) => fault::on_sending(&mut lock(&device.state).fault),
            None => Sending::Now,
        };
        match sending {
            Sending::Never => return Ok(()),
            Sending::Now | Sending::Broken => {}
            Sending::After(delay) => sleep(delay).await,
        }
        let written = async {
            match sending {
                // Every packet was flushed, so that this one comes between two.
                Sending::Broken => {
                    let stream = self.framed.get_mut();
                    stream.write_all(NO_PACKET).await?;
                    Ok(stream.flush().await?)
                }
                _ => self.framed.send(packet).await,
            }
        };
        match timeout(self.timers.write, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ending::Lost),
            Err(_) => Err(Ending::TooSlow),
        }
    }

    /// Says why where MQTT 5 lets us, then closes.
    pub(super) async fn close(mut self, how: Ending) {
        if matches!(how, Ending::Lost | Ending::TooSlow | Ending::Dropped) {
            return;
        }
        let timers = self.timers;
        if let (Version::V5, Some(reason)) = (self.version, how.disconnect_reason()) {
            // Whether it arrives no longer matters.
            let _ = timeout(timers.close, self.send(Out::Disconnect { reason })).await;
        }
        finish(self.framed.into_inner(), timers).await;
    }
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
