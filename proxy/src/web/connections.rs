//! Takes HTTP connections, as many as may be, and ends each in order when the proxy stops.
//!
//! HTTP/1.1 only, so that one set of bounds holds for all requests. A connection that became a WebSocket is
//! the session's from then on.

use crate::config::HttpLimits;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

/// How long nothing is accepted after the system refused to give a connection: it has no more of something,
/// and asking at once would only burn time.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts until `stop` is cancelled, then waits until every connection has ended. The caller bounds that.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
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
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(kind = ?error.kind(), "cannot accept a connection");
                sleep(PAUSE).await;
                continue;
            }
        };
        // One too many is closed at once: a browser says so, and nothing waits.
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else { continue };
        let one = serve_one(stream, router.clone(), limits.clone(), stop.clone());
        connections.spawn(async move {
            one.await;
            drop(permit);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve_one(stream: TcpStream, router: Router, limits: HttpLimits, stop: CancellationToken) {
    // Small frames must not wait for each other; a connection that cannot be told is gone already.
    let _: std::io::Result<()> = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
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
