//! An MQTT server whose every packet the test decides, over real TLS; and servers that are none.
//!
//! Packets are read and written by hand (MQTT 3.1.1), so that a mistake in the product's codec is not made
//! twice. Knows no rules of MQTT: a test may break them all.

use crate::{certs::Authority, certs::Leaf, eventually::soon, page};
use rustls::ServerConfig;
use shared::{endpoint::Endpoint, wire::Trust};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Packet types (MQTT 3.1.1 table 2.1).
pub const CONNECT: u8 = 1;
pub const PUBLISH: u8 = 3;
pub const PUBACK: u8 = 4;
pub const SUBSCRIBE: u8 = 8;
pub const UNSUBSCRIBE: u8 = 10;
pub const PINGREQ: u8 = 12;
pub const DISCONNECT: u8 = 14;

/// CONNACK: accepted.
pub const ACCEPTED: [u8; 4] = [0x20, 2, 0, 0];
pub const PINGRESP: [u8; 2] = [0xd0, 0];

/// One packet as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The upper half of the first byte.
    pub kind: u8,
    /// The lower half.
    pub flags: u8,
    pub body: Vec<u8>,
}

impl Packet {
    /// The two bytes of a packet identifier at the body's start.
    #[must_use]
    pub fn id(&self) -> u16 {
        u16::from_be_bytes([self.body[0], self.body[1]])
    }

    /// A publish's parts: topic, identifier for QoS 1, payload.
    ///
    /// # Panics
    /// The packet is no publish.
    #[must_use]
    pub fn publish(&self) -> (String, Option<u16>, &[u8]) {
        assert_eq!(self.kind, PUBLISH);
        let length = usize::from(self.id());
        let topic = String::from_utf8(self.body[2..2 + length].to_vec()).expect("a topic is UTF-8");
        let rest = &self.body[2 + length..];
        if self.flags & 0b0110 == 0 {
            return (topic, None, rest);
        }
        (topic, Some(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..])
    }
}

/// A listening server.
#[derive(Debug)]
pub struct Broker {
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    trust: Trust,
}

/// One client's connection.
#[derive(Debug)]
pub struct Connection(pub TlsStream<TcpStream>);

impl Broker {
    /// With a good certificate of an authority of its own.
    pub async fn start() -> Self {
        let authority = Authority::new("broker authority");
        let identity = authority.issue(&Leaf::default());
        Self::with(identity.server(), authority.pem()).await
    }

    /// With any TLS; `pem` is what a page uploads to trust it.
    pub async fn with(config: Arc<ServerConfig>, pem: &str) -> Self {
        Self { listener: listener().await, tls: config, trust: page::trust(pem) }
    }

    /// # Panics
    /// The listener has no address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("a bound listener has an address")
    }

    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        page::endpoint(self.address())
    }

    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The next client, after its TLS handshake.
    ///
    /// # Errors
    /// The handshake fails.
    ///
    /// # Panics
    /// No client comes.
    pub async fn accept(&self) -> io::Result<Connection> {
        let (stream, _) = soon("a client comes", self.listener.accept()).await?;
        stream.set_nodelay(true)?;
        Ok(Connection(
            soon("the TLS handshake ends", TlsAcceptor::from(Arc::clone(&self.tls)).accept(stream)).await?,
        ))
    }

    /// The next client, greeted: CONNECT read, and accepted.
    ///
    /// # Panics
    /// No client comes, or it does not begin with CONNECT.
    pub async fn greet(&self) -> Connection {
        let mut connection = self.accept().await.expect("the handshake succeeds");
        assert_eq!(connection.read().await.kind, CONNECT);
        connection.write(&ACCEPTED).await;
        connection
    }
}

impl Connection {
    /// The next packet.
    ///
    /// # Panics
    /// None comes.
    pub async fn read(&mut self) -> Packet {
        soon("a packet for the broker", read_packet(&mut self.0)).await.expect("the client is there")
    }

    /// The next packet, or how the connection ended.
    ///
    /// # Errors
    /// The connection ended.
    pub async fn try_read(&mut self) -> io::Result<Packet> {
        soon("a packet for the broker, or its end", read_packet(&mut self.0)).await
    }

    /// Reads packets until one of `kind` comes.
    pub async fn read_until(&mut self, kind: u8) -> Packet {
        loop {
            let packet = self.read().await;
            if packet.kind == kind {
                return packet;
            }
        }
    }

    /// # Panics
    /// The client is gone.
    pub async fn write(&mut self, bytes: &[u8]) {
        let write = async {
            self.0.write_all(bytes).await?;
            self.0.flush().await
        };
        soon("the client takes a packet", write).await.expect("the client is there");
    }

    /// Ends the connection without a word of MQTT or TLS.
    ///
    /// # Panics
    /// The system refuses the option.
    pub fn reset(self) {
        self.0.get_ref().0.set_zero_linger().expect("a TCP option");
    }
}

/// Reads one packet.
///
/// # Errors
/// The stream ends or breaks.
pub async fn read_packet(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Packet> {
    let first = stream.read_u8().await?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let byte = stream.read_u8().await?;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Packet { kind: first >> 4, flags: first & 0x0f, body })
}

/// A PUBLISH; an identifier makes it QoS 1.
#[must_use]
pub fn publish(topic: &str, id: Option<u16>, payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(id.into_iter().flat_map(u16::to_be_bytes));
    body.extend(payload);
    packet(PUBLISH << 4 | if id.is_some() { 0b10 } else { 0 }, &body)
}

/// A PUBACK, or any other packet that holds only an identifier.
#[must_use]
pub fn acknowledge(kind: u8, id: u16) -> Vec<u8> {
    packet(kind << 4, &id.to_be_bytes())
}

/// A SUBACK with these codes.
#[must_use]
pub fn suback(id: u16, codes: &[u8]) -> Vec<u8> {
    packet(0x90, &[&id.to_be_bytes(), codes].concat())
}

/// A packet by its first byte and body.
#[must_use]
pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut rest = body.len();
    loop {
        let byte = u8::try_from(rest % 128).unwrap_or_default();
        rest /= 128;
        bytes.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// A listener on a free loopback port.
///
/// # Panics
/// There is none.
pub async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port")
}
