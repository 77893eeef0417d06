//! Packets over one stream: a buffer each way and a time limit on every write.
//!
//! Reading is cancel-safe and may stand in a `select!`; writing is not and must be awaited to its end,
//! which the time limit bounds.

use super::{
    Malformed,
    packet::{ConnAck, Connect, Incoming, Outgoing},
    protocol::Protocol,
};
use crate::tls::failure::of_open_stream;
use bytes::BytesMut;
use shared::{failure::Failure, wire::MqttVersion};
use std::{io, time::Duration};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

/// Bytes asked for at one read: most packets of a device fit many times over.
const READ_BYTES: usize = 8 * 1024;

/// Why a connection is over.
#[derive(Debug, Error)]
pub(crate) enum ConnectionError {
    #[error("the server closed the connection")]
    Closed,
    #[error("the stream failed")]
    Stream(#[from] io::Error),
    #[error("the server sent what MQTT does not allow")]
    Malformed,
    #[error("the server took nothing for {0:?}")]
    Stalled(Duration),
}

impl From<Malformed> for ConnectionError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<&ConnectionError> for Failure {
    fn from(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::Closed => Self::ServerClosed,
            ConnectionError::Stream(error) => of_open_stream(error),
            ConnectionError::Malformed => Self::ServerBrokeProtocol,
            ConnectionError::Stalled(limit) => Self::ServerStalled { after_s: limit.as_secs() },
        }
    }
}

/// One MQTT connection over any stream.
pub(crate) struct Connection<S> {
    stream: S,
    protocol: Protocol,
    read: BytesMut,
    write: BytesMut,
    write_limit: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// `window`: publishes in flight at the most. `max_packet_bytes`: remaining length either way.
    pub(crate) fn new(
        stream: S,
        version: MqttVersion,
        max_packet_bytes: usize,
        window: u16,
        write_limit: Duration,
    ) -> Self {
        Self {
            stream,
            protocol: Protocol::new(version, max_packet_bytes, window),
            read: BytesMut::new(),
            write: BytesMut::new(),
            write_limit,
        }
    }

    /// Sends CONNECT and waits for its answer; the caller bounds the wait.
    pub(crate) async fn connect(&mut self, connect: &Connect) -> Result<ConnAck, ConnectionError> {
        self.protocol.encode_connect(connect, &mut self.write)?;
        self.flush().await?;
        loop {
            if let Some(connack) = self.protocol.decode_connack(&mut self.read)? {
                return Ok(connack);
            }
            self.fill().await?;
        }
    }

    /// The next packet. Cancel-safe: what was read so far is kept.
    pub(crate) async fn next(&mut self) -> Result<Incoming, ConnectionError> {
        loop {
            if let Some(packet) = self.next_ready()? {
                return Ok(packet);
            }
            self.fill().await?;
        }
    }

    /// The next packet that has arrived already, without waiting.
    pub(crate) fn next_ready(&mut self) -> Result<Option<Incoming>, ConnectionError> {
        Ok(self.protocol.decode(&mut self.read)?)
    }

    /// Puts a packet into the write buffer.
    pub(crate) fn feed(&mut self, packet: Outgoing) -> Result<(), ConnectionError> {
        Ok(self.protocol.encode(packet, &mut self.write)?)
    }

    /// Writes the buffer out.
    pub(crate) async fn flush(&mut self) -> Result<(), ConnectionError> {
        let write = async {
            self.stream.write_all(&self.write).await?;
            self.stream.flush().await
        };
        match timeout(self.write_limit, write).await {
            Ok(written) => written?,
            Err(_) => return Err(ConnectionError::Stalled(self.write_limit)),
        }
        self.write.clear();
        Ok(())
    }

    /// `last` goes out, then the stream's own end (close_notify for TLS). A server that does not take them
    /// within `limit` has lost interest, so errors do not matter.
    pub(crate) async fn close(mut self, last: Outgoing, limit: Duration) {
        let goodbye = async {
            self.feed(last)?;
            self.flush().await?;
            self.stream.shutdown().await.map_err(ConnectionError::Stream)
        };
        let _: Result<Result<(), ConnectionError>, _> = timeout(limit, goodbye).await;
    }

    async fn fill(&mut self) -> Result<(), ConnectionError> {
        self.read.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(ConnectionError::Closed),
            _ => Ok(()),
        }
    }
}
