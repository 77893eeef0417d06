//! Takes a request's body before anything looks at it: all of it, within a size and a time.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::platform::PACKAGE_PATH;
use std::time::Duration;
use tokio::time::timeout;

/// Bounds of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) bytes: usize,
    /// Bytes of a firmware that is given to the demo.
    pub(super) package_bytes: usize,
    pub(super) time: Duration,
}

/// Reads the body and passes the request on, or answers it.
pub(super) async fn take(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let most = if head.uri.path() == PACKAGE_PATH { bounds.package_bytes } else { bounds.bytes };
    match timeout(bounds.time, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(_)) => {
            let text = format!("The request's body is over {most} bytes or was cut off.\n");
            (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
        }
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request's body did not come in time.\n").into_response(),
    }
}
