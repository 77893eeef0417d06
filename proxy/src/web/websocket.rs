//! The door to a session: subprotocol, bounds, and a permit. Origin and host were checked before.

use super::{Service, connections::Peer, pace::Pace};
use crate::{admission::client::Client, session};
use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use shared::{SUBPROTOCOL, limits::MAX_FRAME_BYTES};
use std::sync::{Arc, atomic::Ordering};

/// Idle sessions are many: small buffers, and nothing may grow beyond one large answer.
const READ_BUFFER_BYTES: usize = 8 * 1024;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
const MAX_WRITE_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// The bounds of every WebSocket. No extensions are offered.
pub(super) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
}

pub(super) async fn open(
    State(service): State<Service>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(pace): Extension<Pace>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let client = Client::behind(peer.ip(), &headers, &service.trusted_proxies);
    // Before anything else, so that a page whose WebSocket was refused can ask why with a plain request.
    let passes = match service.session_passes(client) {
        Ok(passes) => passes,
        Err(refusal) => return refusal.into_response(),
    };
    let upgrade = match upgrade {
        Ok(upgrade) => bounded(upgrade).protocols([SUBPROTOCOL]),
        Err(rejection) => return rejection.into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        let text = format!("This WebSocket speaks {SUBPROTOCOL}: name it as subprotocol.\n");
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    let number = service.next_session.fetch_add(1, Ordering::Relaxed);
    let tracked = service.sessions.token();
    pace.set(service.context.means.session.wire_rate());
    upgrade.on_upgrade(move |socket| async move {
        session::run(socket, number, client, Arc::clone(&service.context)).await;
        drop((passes, tracked));
    })
}
