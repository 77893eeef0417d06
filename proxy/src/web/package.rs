//! Takes the bytes of a firmware for the demo: one at a time of each client, and of all clients together only as
//! much as memory is set aside for.
//!
//! What is set aside is used as bytes come, not when an upload begins: whoever sends slowly keeps nobody waiting.

use super::{Service, body, connections::Peer};
use crate::admission::client::Client;
use axum::{
    Extension, Json,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures_util::StreamExt;
use shared::platform::{MAX_PACKAGE_BYTES, PlatformError};
use std::sync::Arc;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Bytes of all packages that are held at one time.
pub(super) const MAX_HELD: usize = 4 * MAX_PACKAGE_BYTES;

/// Passes the request on with its whole body, or answers it.
pub(super) async fn take(
    State(service): State<Service>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    if !body::is_package(&request) {
        return next.run(request).await;
    }
    let client = Client::behind(peer.ip(), request.headers(), &service.trusted_proxies);
    let Some(_pass) = service.context.admission.upload(client) else {
        return refusal(StatusCode::TOO_MANY_REQUESTS, "Your last package is still on its way: wait for it.");
    };
    let (head, body) = request.into_parts();
    let whole = timeout(service.body.time, whole(body, Arc::clone(&service.package_bytes))).await;
    match whole {
        Ok(Ok((bytes, _held))) => next.run(Request::from_parts(head, Body::from(bytes.freeze()))).await,
        Ok(Err(Problem::TooLarge)) => {
            let text = format!("The package has more than {MAX_PACKAGE_BYTES} bytes: choose a smaller one.");
            refusal(StatusCode::PAYLOAD_TOO_LARGE, &text)
        }
        Ok(Err(Problem::NoRoom)) => refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "Other packages are just being uploaded: try again in a moment.",
        ),
        Ok(Err(Problem::CutOff)) => {
            refusal(StatusCode::BAD_REQUEST, "The package was cut off: send it again.")
        }
        Err(_) => refusal(StatusCode::REQUEST_TIMEOUT, "The package did not come in time: send it again."),
    }
}

/// Why there is no whole body.
enum Problem {
    TooLarge,
    NoRoom,
    CutOff,
}

async fn whole(
    body: Body,
    room: Arc<Semaphore>,
) -> Result<(BytesMut, Option<OwnedSemaphorePermit>), Problem> {
    let mut frames = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| Problem::CutOff)?;
        if bytes.len() + frame.len() > MAX_PACKAGE_BYTES {
            return Err(Problem::TooLarge);
        }
        let length = u32::try_from(frame.len()).map_err(|_| Problem::TooLarge)?;
        let more = Arc::clone(&room).try_acquire_many_owned(length).map_err(|_| Problem::NoRoom)?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        bytes.extend_from_slice(&frame);
    }
    Ok((bytes, held))
}

fn refusal(status: StatusCode, sentence: &str) -> Response {
    (status, Json(PlatformError { error: sentence.to_owned() })).into_response()
}
