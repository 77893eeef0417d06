//! Ports behind which there is no TLS, or no end of it.

use anyhow::{Context, Result};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tests::broker::listener;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// A connection that is not made within this time is one that nobody takes.
const FULL: Duration = Duration::from_millis(300);

/// Enough for any queue of a listener that asked for the shortest.
const MOST_WAITING: usize = 64;

/// What is behind the port.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Port {
    /// Nothing.
    Closed,
    /// Somebody who takes no connection.
    TakesNone,
    /// Takes the connection and never says a word.
    Silent,
    /// Reads something and says this.
    Says(&'static [u8]),
    /// Reads something and closes in order.
    Closes,
    /// Reads something and breaks the connection.
    Resets,
}

/// Such a port, as long as this lives.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) address: SocketAddr,
    /// Holds a port without listening on it.
    _bound: Option<TcpSocket>,
    _waiting: Vec<TcpStream>,
}

pub(crate) async fn start(port: Port) -> Result<Open> {
    match port {
        Port::Closed => {
            let bound = TcpSocket::new_v4()?;
            bound.bind((Ipv4Addr::LOCALHOST, 0).into())?;
            Ok(Open { address: bound.local_addr()?, _bound: Some(bound), _waiting: Vec::new() })
        }
        Port::TakesNone => full().await,
        _ => served(port).await,
    }
}

/// The listener's queue is full: whoever comes now gets no answer.
async fn full() -> Result<Open> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let listener = socket.listen(1)?;
    let address = listener.local_addr()?;
    let mut waiting = Vec::new();
    while let Ok(stream) = timeout(FULL, TcpStream::connect(address)).await {
        waiting.push(stream?);
        anyhow::ensure!(waiting.len() < MOST_WAITING, "the queue of a listener does not fill");
    }
    tokio::spawn(async move {
        // Never accepts, but must not be dropped.
        let _listener = listener;
        std::future::pending::<()>().await;
    });
    Ok(Open { address, _bound: None, _waiting: waiting })
}

async fn served(port: Port) -> Result<Open> {
    let listener = listener().await;
    let address = listener.local_addr().context("a bound listener has an address")?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // The client may leave at any moment.
                let _: io::Result<()> = answer(port, stream).await;
            });
        }
    });
    Ok(Open { address, _bound: None, _waiting: Vec::new() })
}

async fn answer(port: Port, mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = [0; 4096];
    if stream.read(&mut bytes).await? == 0 {
        return Ok(());
    }
    match port {
        Port::Says(answer) => stream.write_all(answer).await?,
        Port::Closes => return stream.shutdown().await,
        Port::Resets => return stream.set_zero_linger(),
        _ => {}
    }
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}
