//! Takes HTTP connections, as many as may be, and ends each in order when the proxy stops.
//!
//! HTTP/1.1 only, so that one set of bounds holds for all requests. A connection that became a WebSocket is
//! the session's from then on.

use super::pace::{Pace, Paced};
use crate::config::HttpLimits;
use axum::{Router, http::Request};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

/// How long nothing is accepted after the system refused to give a connection: it has no more of something,
/// and asking at once would only burn time.
const PAUSE: Duration = Duration::from_millis(100);

/// Who is let in, beyond the number of connections.
pub(crate) trait Door {
    /// Counts for the connection until it is dropped.
    type Pass: Send + 'static;

    /// One more connection of this address; `None` when it has as many as it may.
    fn admit(&self, peer: IpAddr) -> Option<Self::Pass>;

    /// A connection was closed, since there are as many as there may be.
    fn full(&self);
}

/// Everybody is let in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenDoor;

impl Door for OpenDoor {
    type Pass = ();

    fn admit(&self, _peer: IpAddr) -> Option<()> {
        Some(())
    }

    fn full(&self) {}
}

/// Accepts until `stop` is cancelled, then waits until every connection has ended. The caller bounds that.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    door: impl Door,
    limits: HttpLimits,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(kind = ?error.kind(), "cannot accept a connection");
                sleep(PAUSE).await;
                continue;
            }
        };
        // One too many is closed at once: a browser says so, and nothing waits.
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
            door.full();
            continue;
        };
        let Some(pass) = door.admit(peer.ip()) else { continue };
        let (tls, router, limits, stop) = (tls.clone(), router.clone(), limits.clone(), stop.clone());
        connections.spawn(async move {
            // Small frames must not wait for each other; a connection that cannot be told is gone already.
            let _: std::io::Result<()> = stream.set_nodelay(true);
            // Beneath TLS, whose records cost time however small they are.
            let pace = Pace::unbounded();
            let stream = Paced::new(stream, pace.clone());
            let came = Came { peer, pace };
            match tls {
                None => serve_one(stream, came, router, limits, stop).await,
                Some(tls) => {
                    // A handshake that fails has told the other side why.
                    let accepted = tokio::select! {
                        accepted = timeout(limits.tls_accept, tls.accept(stream)) => accepted,
                        () = stop.cancelled() => return,
                    };
                    if let Ok(Ok(stream)) = accepted {
                        serve_one(stream, came, router, limits, stop).await;
                    }
                }
            }
            drop((permit, pass));
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The other end of the connection by which a request came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// How a connection came.
struct Came {
    peer: SocketAddr,
    pace: Pace,
}

async fn serve_one<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    Came { peer, pace }: Came,
    router: Router,
    limits: HttpLimits,
    stop: CancellationToken,
) {
    // Whoever takes nothing of an answer does not keep it, nor the place.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.answer_write));
    let stream = Box::pin(stream);
    let service = TowerToHyperService::new(router);
    let with_peer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(pace.clone());
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(stream), with_peer)
        .with_upgrades();
    tokio::pin!(connection);
    // Errors are those of a browser that went away or never spoke HTTP: nobody is left to be told.
    let _: hyper::Result<()> = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}
