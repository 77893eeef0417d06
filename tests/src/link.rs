//! A TCP connection that a test can stall, slow down, cut, or let bytes vanish in.
//!
//! Stands between two programs; each connection to it is one to the target. Knows nothing of what passes.

use crate::broker::listener;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// Bytes passed on at a time, few enough that a slow link is slow evenly.
const CHUNK_BYTES: usize = 4 * 1024;

/// What the link does with what arrives, in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    Flows,
    /// A pause after each chunk of 4 KiB.
    Slow(Duration),
    /// Nothing is read, so that senders fill their buffers and must wait.
    Stalled,
    /// Everything is taken and nothing arrives.
    Vanishes,
    /// Connections are reset, and new ones too.
    Cut,
}

/// A link to one target.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    traffic: Arc<watch::Sender<Traffic>>,
    accepting: JoinHandle<()>,
}

impl Link {
    /// # Panics
    /// There is no free port.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = listener().await;
        let address = listener.local_addr().expect("a bound listener has an address");
        let traffic = Arc::new(watch::Sender::new(Traffic::Flows));
        let control = Arc::clone(&traffic);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connect(stream, target, control.subscribe()));
            }
        });
        Self { address, traffic, accepting }
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens to everything that arrives from now on.
    pub fn set(&self, traffic: Traffic) {
        self.traffic.send_replace(traffic);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.accepting.abort();
        self.set(Traffic::Cut);
    }
}

async fn connect(near: TcpStream, target: SocketAddr, traffic: watch::Receiver<Traffic>) {
    let Ok(far) = TcpStream::connect(target).await else { return };
    for stream in [&near, &far] {
        // A cut is a reset, as when a router forgets the connection.
        let _: std::io::Result<()> = stream.set_zero_linger();
        let _: std::io::Result<()> = stream.set_nodelay(true);
    }
    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
    let mut cut = traffic.clone();
    tokio::select! {
        _ = async { tokio::join!(pass(near_read, far_write, traffic.clone()), pass(far_read, near_write, traffic)) } => {}
        _ = cut.wait_for(|traffic| *traffic == Traffic::Cut) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut traffic: watch::Receiver<Traffic>) {
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        if traffic.wait_for(|traffic| *traffic != Traffic::Stalled).await.is_err() {
            return;
        }
        let bytes = match from.read(&mut chunk).await {
            Ok(bytes) if bytes > 0 => bytes,
            _ => break,
        };
        // What was read while the link became stalled waits in it.
        let Ok(now) = traffic.wait_for(|traffic| *traffic != Traffic::Stalled).await.map(|now| *now) else {
            return;
        };
        if now == Traffic::Vanishes {
            continue;
        }
        if to.write_all(&chunk[..bytes]).await.is_err() {
            return;
        }
        if let Traffic::Slow(pause) = now {
            sleep(pause).await;
        }
    }
    // The end of one direction is passed on as such.
    let _: std::io::Result<()> = to.shutdown().await;
}
