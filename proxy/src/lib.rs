//! The proxy: a page's WebSocket on one side, a one-way-TLS MQTT session on the other.
//!
//! [`serve`] is the only way in: an already bound listener, a checked [`config::Config`], what else is to
//! be served, and a token that means "stop".
//!
//! ```text
//! server (who may come in) -> session (what is to be done) -> opening -> egress (dial), tls (verify), broker (MQTT)
//! ```
//!
//! Each part reaches only to the right; what comes back does so as the next input of the session.

mod broker;
pub mod config;
pub mod doctor;
mod egress;
mod opening;
mod second_look;
pub mod server;
mod session;
mod tls;

use axum::Router;
use axum_server::Handle;
use config::Config;
use server::Service;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How long open sessions and requests get to end in order.
const GRACE: Duration = Duration::from_secs(5);

/// What is served beside the page and its WebSocket.
#[derive(Debug, Default)]
pub struct Extras {
    /// Routes under `/api/demo`, when there is a demo.
    pub demo: Option<Router>,
}

/// Serves until `stop` is cancelled, then ends every session in order.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    extras: Extras,
    stop: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let service = Service::new(&config, address, extras.demo.is_some());
    let router = server::router(service.clone(), extras);
    let handle = Handle::<SocketAddr>::new();
    // The detection of the protocol version has no time limit of its own, hence the first request's.
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle.clone())
        .first_request_timeout(config.http.header_read);
    server
        .http_builder()
        .http1()
        .header_read_timeout(config.http.header_read)
        .max_headers(config.http.headers)
        .max_buf_size(config.http.header_bytes);
    let serving = server.serve(router.into_make_service_with_connect_info::<SocketAddr>());
    tokio::pin!(serving);
    tokio::select! {
        served = &mut serving => return served,
        () = stop.cancelled() => {}
    }
    handle.graceful_shutdown(Some(GRACE));
    let (served, drained) = tokio::join!(serving, timeout(GRACE, service.drain()));
    if drained.is_err() {
        warn!("sessions were still open after the grace period");
    }
    served
}
