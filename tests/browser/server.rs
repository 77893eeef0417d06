//! Servers that disappoint, for as many connections as come: the product may take a second look.

use std::{net::SocketAddr, sync::Arc};
use tests::broker::{ACCEPTED, listener, read_packet};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    /// MQTT over TLS with this certificate; every device is welcome.
    pub(crate) async fn tls(config: Arc<rustls::ServerConfig>) -> Self {
        let acceptor = TlsAcceptor::from(config);
        Self::serve(move |stream| {
            let accept = acceptor.accept(stream);
            async move {
                if let Ok(stream) = accept.await {
                    welcome(stream).await;
                }
            }
        })
        .await
    }

    /// MQTT without TLS: closes on anything that is no CONNECT, as a TLS handshake is not.
    pub(crate) async fn plain() -> Self {
        Self::serve(async |stream: TcpStream| {
            let mut first = [0];
            if matches!(stream.peek(&mut first).await, Ok(1)) && first == [0x10] {
                welcome(stream).await;
            }
        })
        .await
    }

    async fn serve<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = listener().await;
        let address = listener.local_addr().expect("a bound listener has an address");
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Self { address, serving }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Accepts the device and listens until it leaves.
async fn welcome(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    if read_packet(&mut stream).await.is_ok() && stream.write_all(&ACCEPTED).await.is_ok() {
        let mut rest = [0; 64];
        while matches!(stream.read(&mut rest).await, Ok(1..)) {}
    }
}
