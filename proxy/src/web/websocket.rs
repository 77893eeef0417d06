//! The door to a session: subprotocol, bounds, and a permit. Origin and host were checked before.

use super::Service;
use crate::session;
use axum::{
    extract::{State, WebSocketUpgrade},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use shared::{SUBPROTOCOL, limits::MAX_FRAME_BYTES};
use std::sync::{Arc, atomic::Ordering};

/// Idle sessions are many: small buffers, and nothing may grow beyond one large answer.
const READ_BUFFER_BYTES: usize = 8 * 1024;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
const MAX_WRITE_BUFFER_BYTES: usize = 4 * 1024 * 1024;

pub(super) async fn open(State(service): State<Service>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES);
    if upgrade.selected_protocol().is_none() {
        let text = format!("This WebSocket speaks {SUBPROTOCOL}: name it as subprotocol.\n");
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    let Ok(permit) = Arc::clone(&service.permits).try_acquire_owned() else {
        let text = "This Device Console holds as many sessions as it may: try again later.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let number = service.next_session.fetch_add(1, Ordering::Relaxed);
    let tracked = service.sessions.token();
    upgrade.on_upgrade(move |socket| async move {
        session::run(socket, number, Arc::clone(&service.context)).await;
        drop((permit, tracked));
    })
}
