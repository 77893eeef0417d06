//! What one client may ask of the demo. What it is, the demo knows.

use super::{Service, connections::Peer};
use crate::{admission::client::Client, metrics::Refused};
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::platform::{DEVICE_PATH, PlatformError};

/// Passes the request on, or says when to come again.
pub(super) async fn pace(
    State(service): State<Service>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let client = Client::behind(peer.ip(), request.headers(), &service.trusted_proxies);
    let device = request.uri().path() == DEVICE_PATH && request.method() == Method::POST;
    match service.context.admission.demo_call(client, device) {
        Ok(()) => {
            let answer = next.run(request).await;
            if device && answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                service.refused(Refused::DemoDevices);
            }
            answer
        }
        Err((limit, after_s)) => {
            service.refused(limit);
            let error = format!("The demo was asked too often: try again in {after_s} s.");
            (StatusCode::TOO_MANY_REQUESTS, Json(PlatformError { error })).into_response()
        }
    }
}
