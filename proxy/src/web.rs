//! HTTP and the page: who may come in, the page's files, and the door to a session.
//!
//! `router` shows every route and the order of the checks. Knows nothing of MQTT.

mod assets;
mod body;
pub(crate) mod connections;
mod demo;
mod guard;
mod headers;
pub(crate) mod operations;
mod pace;
mod package;
mod tunnel;
mod websocket;

use crate::{
    Extras,
    admission::{Admission, Pass, client::Client},
    config::{Config, Policy, Tunnel},
    egress::Egress,
    metrics::{Metrics, Refused},
    opening::Means,
    origin::Scheme,
    session,
    tls::Tls,
};
use axum::{
    Json, Router,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{any, get},
};
use connections::Door;
use guard::Guard;
use ipnet::IpNet;
use shared::{
    OFFER_PATH, TUNNEL_PATH, WEBSOCKET_PATH,
    endpoint::Endpoint,
    wire::{MqttVersion, ProxyOffer},
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, atomic::AtomicU64},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::debug;

/// What all requests share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    guard: Arc<Guard>,
    body: body::Bounds,
    /// What is left of the memory for packages.
    package_bytes: Arc<Semaphore>,
    demo: bool,
    targets: Arc<[Endpoint]>,
    /// Strangers use it, through TLS: ours or a reverse proxy's.
    hosted: bool,
    context: Arc<session::Context>,
    trusted_proxies: Arc<[IpNet]>,
    tunnel: Option<Arc<Tunnel>>,
    permits: Arc<Semaphore>,
    sessions: TaskTracker,
    next_session: Arc<AtomicU64>,
}

/// How this proxy is reached, and what it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    /// The listener's.
    pub(crate) address: SocketAddr,
    pub(crate) scheme: Scheme,
    pub(crate) demo: bool,
}

impl Service {
    pub(crate) fn new(config: &Config, own: Own, metrics: Arc<Metrics>) -> Self {
        let Own { address, scheme, demo } = own;
        let hosted = matches!(config.targets, Policy::Hosted(_));
        Self {
            guard: Arc::new(Guard::new(address, scheme, hosted, &config.allowed_origins)),
            hosted,
            body: body::Bounds { bytes: config.http.body_bytes, time: config.http.body_read, packages: demo },
            package_bytes: Arc::new(Semaphore::new(package::MAX_HELD)),
            demo,
            targets: config.targets.offered().into(),
            context: Arc::new(session::Context {
                means: Means {
                    egress: Egress::new(config),
                    tls: Tls::new(),
                    opening: config.opening.clone(),
                    session: config.session.clone(),
                },
                metrics,
                admission: Admission::new(&config.clients, &config.each_target),
                stopping: CancellationToken::new(),
            }),
            trusted_proxies: config.clients.trusted_proxies.as_slice().into(),
            tunnel: config.tunnel.clone().map(Arc::new),
            permits: Arc::new(Semaphore::new(config.http.sessions)),
            sessions: TaskTracker::new(),
            next_session: Arc::default(),
        }
    }

    /// One more session of this client; counts until it is dropped.
    ///
    /// # Errors
    /// The answer when there are as many as there may be.
    fn session_passes(
        &self,
        client: Client,
    ) -> Result<(OwnedSemaphorePermit, Pass<Client>), (StatusCode, &'static str)> {
        let full = |text| (StatusCode::SERVICE_UNAVAILABLE, text);
        if self.context.admission.opening(client).is_err() {
            self.refused(Refused::ClientOpenings);
            return Err(full("You have opened this Device Console too often: wait a minute.\n"));
        }
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| {
            self.refused(Refused::Sessions);
            full("This Device Console holds as many sessions as it may: try again later.\n")
        })?;
        let pass = self.context.admission.session(client).ok_or_else(|| {
            self.refused(Refused::ClientSessions);
            full("You have as many sessions open as this Device Console allows one visitor: close one first.\n")
        })?;
        Ok((permit, pass))
    }

    /// Counts what a limit refused.
    pub(crate) fn refused(&self, limit: Refused) {
        debug!(limit = limit.label(), "refused");
        self.context.metrics.refused(limit);
    }

    /// Cancelled when no new sessions are taken.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.context.stopping.clone()
    }

    /// Sessions and tunnels that are open.
    pub(crate) fn open(&self) -> usize {
        self.sessions.len()
    }

    /// Tells every session that the proxy stops and waits until all have ended.
    pub(crate) async fn drain(&self) {
        self.context.stopping.cancel();
        self.sessions.close();
        self.sessions.wait().await;
    }
}

impl Door for Service {
    type Pass = Option<Pass<Client>>;

    /// Our own reverse proxies carry everybody's connections.
    fn admit(&self, peer: IpAddr) -> Option<Option<Pass<Client>>> {
        if self.trusted_proxies.iter().any(|network| network.contains(&peer.to_canonical())) {
            return Some(None);
        }
        let pass = self.context.admission.connection(Client::of(peer)).map(Some);
        if pass.is_none() {
            self.refused(Refused::ClientConnections);
        }
        pass
    }

    fn full(&self) {
        self.refused(Refused::Connections);
    }
}

/// Every route, and around them the checks: host first, then origin, then the body's size.
pub(crate) fn router(service: Service, extras: Extras) -> Router {
    let offer = offer(&service);
    let guard = Arc::clone(&service.guard);
    let (bounds, hosted) = (service.body.clone(), service.hosted);
    let demo = extras
        .demo
        .unwrap_or_default()
        .layer(middleware::from_fn_with_state(service.clone(), package::take))
        .layer(middleware::from_fn_with_state(service.clone(), demo::pace));
    Router::new()
        .route(WEBSOCKET_PATH, any(websocket::open))
        .route(TUNNEL_PATH, any(tunnel::open))
        .route(OFFER_PATH, get(|| async move { ([(header::CACHE_CONTROL, "no-store")], Json(offer)) }))
        .with_state(service)
        .merge(demo)
        .route("/api/{*rest}", any(|| async { StatusCode::NOT_FOUND.into_response() }))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(bounds, body::take))
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .layer(middleware::map_response_with_state(hosted, headers::add))
}

fn offer(service: &Service) -> ProxyOffer {
    ProxyOffer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mqtt_versions: vec![MqttVersion::V5, MqttVersion::V3_1_1],
        demo: service.demo,
        targets: service.targets.to_vec(),
    }
}
