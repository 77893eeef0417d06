//! Takes the bytes of a firmware for the demo: one at a time of each client, and of all clients together only as
//! much as memory is set aside for.
//!
//! What is set aside is used as bytes come, not when an upload begins: whoever sends slowly keeps nobody waiting.

use super::{Service, body, connections::Peer};
use crate::{admission::client::Client, metrics::Refused};
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

/// Pieces that a package may come in; a browser sends a few hundred.
const MAX_PIECES: usize = 20_000;

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
        service.refused(Refused::Packages);
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
        Ok(Err(Problem::Shredded)) => {
            refusal(StatusCode::BAD_REQUEST, "The package came in too many pieces: send it in larger ones.")
        }
        Ok(Err(Problem::CutOff)) => {
            refusal(StatusCode::BAD_REQUEST, "The package was cut off: send it again.")
        }
        Err(_) => {
            service.refused(Refused::Packages);
            let text = "The package did not come in time, or too many others are just being uploaded: send it again.";
            refusal(StatusCode::REQUEST_TIMEOUT, text)
        }
    }
}

/// Why there is no whole body.
enum Problem {
    TooLarge,
    Shredded,
    CutOff,
}

async fn whole(
    body: Body,
    room: Arc<Semaphore>,
) -> Result<(BytesMut, Option<OwnedSemaphorePermit>), Problem> {
    let mut frames = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    let mut pieces = 0;
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| Problem::CutOff)?;
        pieces += 1;
        if pieces > MAX_PIECES {
            return Err(Problem::Shredded);
        }
        if bytes.len() + frame.len() > MAX_PACKAGE_BYTES {
            return Err(Problem::TooLarge);
        }
        let length = u32::try_from(frame.len()).map_err(|_| Problem::TooLarge)?;
        // Who has come with less time left gets out of the way first, so this ends.
        let more = Arc::clone(&room).acquire_many_owned(length).await.map_err(|_| Problem::CutOff)?;
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
