//! The door to the tunnel: who may come in was checked before; the way to the server is opened before the
//! WebSocket is, so that a failure has an HTTP status.

use super::{Service, connections::Peer, pace::Pace, websocket};
use crate::{admission::client::Client, tls::Secured, tunnel};
use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use shared::wire::StepPassed;
use std::sync::{Arc, atomic::Ordering};
use tracing::{Instrument, info, info_span};

/// MQTT's own name for a WebSocket that carries it (MQTT 5 section 6).
const SUBPROTOCOL: &str = "mqtt";

pub(super) async fn open(
    State(service): State<Service>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(pace): Extension<Pace>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(target) = service.tunnel.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let upgrade = websocket::bounded(upgrade).protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let text = "This WebSocket carries MQTT: name mqtt as subprotocol.\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    let client = Client::behind(peer.ip(), &headers, &service.trusted_proxies);
    let passes = match service.session_passes(client) {
        Ok(passes) => passes,
        Err(refusal) => return refusal.into_response(),
    };
    let context = Arc::clone(&service.context);
    let has_shares = context.means.egress.has_shares_by_name(&target.endpoint);
    let (attempt, towards) = match context.admission.attempt(client, &target.endpoint, has_shares) {
        Ok(passes) => passes,
        Err((limit, failure)) => {
            service.refused(limit);
            return (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", failure.advice().cause))
                .into_response();
        }
    };
    let number = service.next_session.fetch_add(1, Ordering::Relaxed);
    let span = info_span!("tunnel", session = number);
    let report = |passed: StepPassed| context.metrics.step(passed.step, passed.elapsed_us);
    let opened =
        tunnel::open(&target.endpoint, &target.trust, &context.means, report).instrument(span.clone()).await;
    drop(attempt);
    let Secured { stream: server, facts, .. } = match opened {
        Ok(secured) => secured,
        Err(failed) => {
            let failure = &failed.refusal.failure;
            span.in_scope(|| info!(step = failed.step.label(), code = failure.code(), "connect failed"));
            context.metrics.connect_failed(failure);
            let text = "The MQTT server behind this address cannot be reached now: try again later.\n";
            return (StatusCode::BAD_GATEWAY, text).into_response();
        }
    };
    let tracked = service.sessions.token();
    pace.set(context.means.session.wire_rate());
    upgrade.on_upgrade(move |socket| {
        async move {
            let counted = (context.metrics.session(), context.metrics.connected(&facts));
            info!("tunnel opened");
            let end = tunnel::run(socket, server, &context.means.session, &context.stopping).await;
            info!(code = end.code(), "tunnel closed");
            context.metrics.ended(end.code().to_owned());
            drop((counted, passes, towards, tracked));
        }
        .instrument(span)
    })
}
