//! The proxy: a page's WebSocket on one side, a one-way-TLS MQTT session on the other.
//!
//! Two ways in: [`serve`] takes an already bound listener, a checked [`config::Config`], what else is to be
//! served, and a token that means "stop"; [`doctor::check`] makes one connection attempt and reports.
//!
//! ```text
//! web (who may come in) -> session (what is to be done) -> opening -> egress (dial), tls (verify), broker (MQTT)
//! ```
//!
//! Each part reaches only to the right; what comes back does so as the next input of the session.

mod broker;
pub mod config;
pub mod doctor;
mod egress;
mod opening;
mod origin;
mod refusal;
mod second_look;
mod session;
mod tls;
mod web;

pub use origin::{Origin, OriginProblem};

use axum::Router;
use config::Config;
use futures_util::FutureExt;
use std::{io, net::TcpListener, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use web::Service;

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
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = Service::new(&config, address, extras.demo.is_some());
    let router = web::router(service.clone(), extras);
    let serving = web::connections::serve(listener, router, config.http, stop.clone());
    let stopped = || stop.cancelled();
    let all = async { tokio::join!(serving, async { stopped().then(|()| service.drain()).await }) };
    let grace = stopped().then(|()| sleep(GRACE));
    tokio::select! {
        _ = all => {}
        () = grace => warn!("sessions or requests were still open after the grace period"),
    }
    Ok(())
}
