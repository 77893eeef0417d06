//! What a server does once TLS stands: an answer to CONNECT, or something else.

use std::io;
use tests::broker::{ACCEPTED, CONNECT, SUBSCRIBE, read_packet, suback};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// Lets the device in.
    Accept,
    /// CONNACK with this return code.
    Answer(u8),
    /// These bytes instead of a CONNACK.
    Say(&'static [u8]),
    /// Nothing, and stays.
    StaySilent,
    /// Reads CONNECT and closes in order.
    Close,
    /// Reads CONNECT and breaks the connection.
    Reset,
    /// Accepts, and answers subscriptions with this code.
    RefuseSubscriptions(u8),
    /// Accepts, and closes at the first subscription.
    CloseAtSubscription,
}

impl Then {
    pub(crate) async fn act(self, mut stream: TlsStream<TcpStream>) {
        // The client may leave at any moment; that is not this side's business.
        let _: io::Result<()> = self.converse(&mut stream).await;
    }

    async fn converse(self, stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
        loop {
            let packet = read_packet(stream).await?;
            match (packet.kind, self) {
                (CONNECT, Self::Answer(code)) => {
                    stream.write_all(&[0x20, 2, 0, code]).await?;
                    return stream.shutdown().await;
                }
                (CONNECT, Self::Say(bytes)) => {
                    stream.write_all(bytes).await?;
                    return stream.shutdown().await;
                }
                (CONNECT, Self::StaySilent) => return read_to_end(stream).await,
                (CONNECT, Self::Close) => return stream.shutdown().await,
                (CONNECT, Self::Reset) => return stream.get_ref().0.set_zero_linger(),
                (CONNECT, _) => stream.write_all(&ACCEPTED).await?,
                (SUBSCRIBE, Self::CloseAtSubscription) => return stream.shutdown().await,
                (SUBSCRIBE, Self::RefuseSubscriptions(code)) => {
                    stream.write_all(&suback(packet.id(), &[code, code])).await?;
                }
                (SUBSCRIBE, _) => stream.write_all(&suback(packet.id(), &[1, 1])).await?,
                _ => {}
            }
        }
    }
}

async fn read_to_end(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    let mut bytes = [0; 1024];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}
