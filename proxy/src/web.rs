//! HTTP and the page: who may come in, the page's files, and the door to a session.
//!
//! `router` shows every route and the order of the checks. Knows nothing of MQTT.

mod assets;
mod body;
pub(crate) mod connections;
mod guard;
mod headers;
mod websocket;

use crate::{Extras, config::Config, egress::Egress, opening::Means, session, tls::Tls};
use axum::{
    Json, Router,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{any, get},
};
use guard::Guard;
use shared::{
    OFFER_PATH, WEBSOCKET_PATH,
    wire::{MqttVersion, ProxyOffer},
};
use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What all requests share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    guard: Arc<Guard>,
    body: body::Bounds,
    demo: bool,
    context: Arc<session::Context>,
    permits: Arc<Semaphore>,
    sessions: TaskTracker,
    next_session: Arc<AtomicU64>,
}

impl Service {
    /// `address` is the listener's own.
    pub(crate) fn new(config: &Config, address: SocketAddr, demo: bool) -> Self {
        Self {
            guard: Arc::new(Guard::new(address, &config.allowed_origins)),
            body: body::Bounds { bytes: config.http.body_bytes, time: config.http.body_read },
            demo,
            context: Arc::new(session::Context {
                means: Means {
                    egress: Egress,
                    tls: Tls::new(),
                    opening: config.opening.clone(),
                    session: config.session.clone(),
                },
                stopping: CancellationToken::new(),
            }),
            permits: Arc::new(Semaphore::new(config.http.sessions)),
            sessions: TaskTracker::new(),
            next_session: Arc::default(),
        }
    }

    /// Tells every session that the proxy stops and waits until all have ended.
    pub(crate) async fn drain(&self) {
        self.context.stopping.cancel();
        self.sessions.close();
        self.sessions.wait().await;
    }
}

/// Every route, and around them the checks: host first, then origin, then the body's size.
pub(crate) fn router(service: Service, extras: Extras) -> Router {
    let offer = offer(&service);
    let guard = Arc::clone(&service.guard);
    let bounds = service.body;
    Router::new()
        .route(WEBSOCKET_PATH, any(websocket::open))
        .route(OFFER_PATH, get(|| async move { ([(header::CACHE_CONTROL, "no-store")], Json(offer)) }))
        .with_state(service)
        .merge(extras.demo.unwrap_or_default())
        .route("/api/{*rest}", any(|| async { StatusCode::NOT_FOUND.into_response() }))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(bounds, body::take))
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .layer(middleware::map_response(headers::add))
}

fn offer(service: &Service) -> ProxyOffer {
    ProxyOffer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mqtt_versions: vec![MqttVersion::V5, MqttVersion::V3_1_1],
        demo: service.demo,
    }
}
