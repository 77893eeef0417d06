//! Takes a request's body before anything looks at it: all of it, within a size and a time.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::platform::PACKAGE_PATH;
use std::time::Duration;
use tokio::time::timeout;

/// Bounds of a body.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) bytes: usize,
    pub(super) time: Duration,
    /// Whether a firmware may be given to the demo, whose body is large: see [`super::package`].
    pub(super) packages: bool,
}

/// Reads the body and passes the request on, or answers it.
pub(super) async fn take(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    if bounds.packages && is_package(&request) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let most = bounds.bytes;
    match timeout(bounds.time, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(_)) => {
            let text = format!("The request's body is over {most} bytes or was cut off.\n");
            (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
        }
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request's body did not come in time.\n").into_response(),
    }
}

/// Whether the request brings a firmware.
pub(super) fn is_package(request: &Request) -> bool {
    request.uri().path() == PACKAGE_PATH && request.method() == Method::PUT
}
