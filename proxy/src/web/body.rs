//! Takes a request's body before anything looks at it: all of it, within a size and a time.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::platform::{PACKAGE_PATH, PlatformError};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// Large bodies that are held at one time: whom they are from is known only to the demo, which sees them whole.
pub(super) const MAX_PACKAGES: usize = 4;

/// Bounds of a body.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) bytes: usize,
    /// Bytes of a firmware that is given to the demo.
    pub(super) package_bytes: usize,
    pub(super) packages: Arc<Semaphore>,
    pub(super) time: Duration,
}

/// Reads the body and passes the request on, or answers it.
pub(super) async fn take(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let is_package = head.uri.path() == PACKAGE_PATH;
    let most = if is_package { bounds.package_bytes } else { bounds.bytes };
    let _permit = match is_package.then(|| Arc::clone(&bounds.packages).try_acquire_owned()) {
        None => None,
        Some(Ok(permit)) => Some(permit),
        Some(Err(_)) => {
            let error = "Other packages are just being uploaded: try again in a moment.".to_owned();
            return (StatusCode::SERVICE_UNAVAILABLE, Json(PlatformError { error })).into_response();
        }
    };
    match timeout(bounds.time, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(_)) => {
            let text = format!("The request's body is over {most} bytes or was cut off.\n");
            (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
        }
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request's body did not come in time.\n").into_response(),
    }
}
