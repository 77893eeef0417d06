//! The platform over HTTP, as [`shared::platform`] promises it to the page: the demo mode's own interface,
//! not ThingsBoard's REST API.

use crate::{
    hub::NoDevice,
    platform::{Platform, PlatformProblem},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post, put},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    endpoint::Endpoint,
    platform::{
        AttributeKeys, DEVICE_PATH, DemoDevice, PLATFORM_PATH, PlatformError, PlatformView, RPC_PATH,
        RpcCall, RpcOutcome, SHARED_ATTRIBUTES_PATH,
    },
};
use std::sync::Arc;

/// Bytes of a body: what a device may publish, and so what makes sense to send it.
const MOST_BODY_BYTES: usize = 64 * 1024;

#[derive(Clone)]
struct Api {
    platform: Platform,
    endpoint: Endpoint,
    ca_pem: Arc<str>,
}

/// Routes with full paths, to be merged into a program's router.
pub(crate) fn router(platform: Platform, endpoint: Endpoint, ca_pem: Arc<str>) -> Router {
    Router::new()
        .route(DEVICE_PATH, closed(post(hand_out_device)))
        .route(PLATFORM_PATH, closed(get(view)))
        .route(RPC_PATH, closed(post(send_rpc)))
        .route(SHARED_ATTRIBUTES_PATH, closed(put(set_attributes).delete(delete_attributes)))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(Api { platform, endpoint, ca_pem })
}

/// Other methods get their sentence too.
fn closed(methods: MethodRouter<Api>) -> MethodRouter<Api> {
    methods
        .fallback(async || Refused(StatusCode::METHOD_NOT_ALLOWED, "This path has other methods.".to_owned()))
}

async fn hand_out_device(State(api): State<Api>) -> Result<Json<DemoDevice>, Refused> {
    let device = api.platform.hand_out_device()?;
    Ok(Json(DemoDevice {
        name: device.name,
        endpoint: api.endpoint,
        access_token: device.access_token,
        ca_pem: api.ca_pem.to_string(),
    }))
}

async fn view(State(api): State<Api>, headers: HeaderMap) -> Result<Json<PlatformView>, Refused> {
    Ok(Json(api.platform.view(&token(&headers)?)?))
}

async fn send_rpc(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<RpcOutcome>, Refused> {
    let token = token(&headers)?;
    let call: RpcCall = read(body)?;
    if call.method.is_empty() {
        return Err(bad_request("The method has no name: type one.".to_owned()));
    }
    Ok(Json(api.platform.send_rpc(&token, call).await?))
}

async fn set_attributes(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = token(&headers)?;
    let values: Map<String, Value> = read(body)?;
    api.platform.set_shared_attributes(&token, values)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_attributes(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = token(&headers)?;
    let AttributeKeys { keys } = read(body)?;
    api.platform.delete_shared_attributes(&token, &keys)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The token of `Authorization: Bearer …`. A text that cannot be a token belongs to no device.
fn token(headers: &HeaderMap) -> Result<AccessToken, PlatformProblem> {
    let text = headers.get(AUTHORIZATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    text.and_then(|text| text.strip_prefix("Bearer "))
        .and_then(|token| AccessToken::parse(token).ok())
        .ok_or(PlatformProblem::UnknownDevice)
}

/// Reads a body as JSON whatever its content type says.
fn read<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Refused> {
    let body = body.map_err(|rejection| {
        let text = format!("The request has no readable body of at most {MOST_BODY_BYTES} bytes.");
        Refused(rejection.status(), text)
    })?;
    serde_json::from_slice(&body)
        .map_err(|error| bad_request(format!("The request is not the JSON expected here: {error}.")))
}

fn bad_request(sentence: String) -> Refused {
    Refused(StatusCode::BAD_REQUEST, sentence)
}

/// A status and the sentence for it.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(PlatformError { error: self.1 })).into_response()
    }
}

impl From<PlatformProblem> for Refused {
    fn from(problem: PlatformProblem) -> Self {
        let status = match problem {
            PlatformProblem::UnknownDevice => StatusCode::UNAUTHORIZED,
            PlatformProblem::TooManyRpcs => StatusCode::TOO_MANY_REQUESTS,
            PlatformProblem::Full | PlatformProblem::PackageTooLarge => StatusCode::INSUFFICIENT_STORAGE,
        };
        Self(status, problem.to_string())
    }
}

impl From<NoDevice> for Refused {
    fn from(problem: NoDevice) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, problem.to_string())
    }
}

#[cfg(test)]
mod tests;
