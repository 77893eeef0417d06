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

mod admission;
mod broker;
pub mod config;
pub mod doctor;
mod egress;
mod lifetime;
mod metrics;
mod opening;
mod origin;
mod refusal;
mod second_look;
mod server_tls;
mod session;
mod throttle;
mod tls;
mod tunnel;
mod web;

pub use egress::is_not_public;
pub use origin::{Origin, OriginProblem};
pub use server_tls::{ServerTls, ServerTlsProblem};

use axum::Router;
use config::Config;
use futures_util::FutureExt;
use metrics::Metrics;
use origin::Scheme;
use std::{future::pending, io, net::TcpListener, sync::Arc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use web::{
    Own, Service,
    connections::{self, OpenDoor},
    operations,
};

/// What is served beside the page and its WebSocket.
#[derive(Debug, Default)]
pub struct Extras {
    /// Routes under `/api/demo`, when there is a demo.
    pub demo: Option<Router>,
    /// The page is served over TLS with this certificate.
    pub tls: Option<Arc<ServerTls>>,
    /// Where `/healthz`, `/readyz` and `/metrics` are served. Not for strangers.
    pub operations: Option<TcpListener>,
}

/// Serves until `stop` is cancelled, then ends every session in order.
///
/// # Errors
/// A listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    mut extras: Extras,
    stop: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let listener = asynchronous(listener)?;
    let operations = extras.operations.take().map(asynchronous).transpose()?;
    let metrics = Arc::new(Metrics::default());
    let tls = extras.tls.take();
    let scheme = if tls.is_some() { Scheme::Https } else { Scheme::Http };
    let own = Own { address, scheme, demo: extras.demo.is_some() };
    let service = Service::new(&config, own, Arc::clone(&metrics));
    let router = web::router(service.clone(), extras);
    let acceptor = tls.as_ref().map(|tls| tls.acceptor());
    let serving =
        connections::serve(listener, acceptor, router, service.clone(), config.http.clone(), stop.clone());
    let watching = async {
        match &tls {
            Some(tls) => tls.watch().await,
            None => pending().await,
        }
    };
    let stopped = || stop.cancelled();
    let drained = CancellationToken::new();
    let all = async {
        tokio::join!(serving, async {
            stopped().await;
            info!(open = service.open(), "stopping");
            service.drain().await;
        });
        drained.cancel();
    };
    // Operators' tools are answered until the last session has ended.
    let observed = async {
        if let Some(listener) = operations {
            let router = operations::router(metrics, config.metrics_hosts.into(), service.stopping());
            connections::serve(listener, None, router, OpenDoor, config.http, drained.clone()).await;
        }
    };
    let grace = stopped().then(|()| sleep(config.grace.0));
    tokio::select! {
        _ = async { tokio::join!(all, observed) } => {}
        () = watching => {}
        () = grace => warn!("sessions or requests were still open after the grace period"),
    }
    info!("stopped");
    Ok(())
}

fn asynchronous(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}
