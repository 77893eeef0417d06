//! The platform over HTTP, as [`shared::platform`] promises it to the page: the demo mode's own interface,
//! not ThingsBoard's REST API.

mod packages;
mod queue;

use crate::{
    hub::NoDevice,
    mqtt_profile,
    platform::{Platform, PlatformProblem},
    rate,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post, put},
};
use queue::{Busy, Queue};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    endpoint::Endpoint,
    platform::{
        AttributeKeys, DEVICE_PATH, DemoDevice, FAULT_PATH, Fault, GATEWAY_RATE_LIMITS_PATH,
        GENERATED_PACKAGE_PATH, LINKED_PACKAGE_PATH, MAX_PACKAGE_BYTES, MqttProfile, PACKAGE_PATH,
        PLATFORM_PATH, PROFILE_PATH, PlatformError, PlatformView, RATE_LIMITS_PATH, RPC_PATH, RateLimits,
        RpcCall, RpcOutcome, SHARED_ATTRIBUTES_PATH,
    },
};
use std::sync::Arc;

/// Bytes of a body but a package's: what a device may publish, and so what makes sense to send it.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Packages that are filled or whose checksum is computed at a time.
const PACKAGES_AT_ONCE: usize = 2;

/// Packages that may wait for that.
const MOST_WAITING_PACKAGES: usize = 16;

#[derive(Clone)]
struct Api {
    platform: Platform,
    endpoint: Endpoint,
    ca_pem: Arc<str>,
    packages: Queue,
}

/// Routes with full paths, to be merged into a program's router.
pub(crate) fn router(platform: Platform, endpoint: Endpoint, ca_pem: Arc<str>) -> Router {
    let packages = Queue::new(PACKAGES_AT_ONCE, MOST_WAITING_PACKAGES);
    routes(Api { platform, endpoint, ca_pem, packages })
}

fn routes(api: Api) -> Router {
    Router::new()
        .route(DEVICE_PATH, closed(post(hand_out_device)))
        .route(PLATFORM_PATH, closed(get(view)))
        .route(RPC_PATH, closed(post(send_rpc)))
        .route(SHARED_ATTRIBUTES_PATH, closed(put(set_attributes).delete(delete_attributes)))
        .route(GENERATED_PACKAGE_PATH, closed(post(packages::generate)))
        .route(LINKED_PACKAGE_PATH, closed(post(packages::link)))
        .route(FAULT_PATH, closed(put(set_fault).delete(clear_fault)))
        .route(RATE_LIMITS_PATH, closed(put(set_rate_limits)))
        .route(GATEWAY_RATE_LIMITS_PATH, closed(put(set_gateway_rate_limits)))
        .route(PROFILE_PATH, closed(put(set_profile)))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .route(
            PACKAGE_PATH,
            closed(put(packages::upload).delete(packages::unassign))
                .layer(DefaultBodyLimit::max(MAX_PACKAGE_BYTES)),
        )
        .with_state(api)
}

/// Other methods get their sentence too.
fn closed(methods: MethodRouter<Api>) -> MethodRouter<Api> {
    methods
        .fallback(async || Refused(StatusCode::METHOD_NOT_ALLOWED, "This path has other methods.".to_owned()))
}

async fn hand_out_device(State(api): State<Api>) -> Result<Json<DemoDevice>, Refused> {
    let handed_out = api.platform.hand_out_device()?;
    Ok(Json(DemoDevice {
        name: handed_out.device.name,
        endpoint: api.endpoint,
        access_token: handed_out.device.access_token,
        ca_pem: api.ca_pem.to_string(),
        provisioning: handed_out.provisioning,
    }))
}

async fn view(State(api): State<Api>, headers: HeaderMap) -> Result<Json<PlatformView>, Refused> {
    Ok(Json(api.platform.view(&token(&headers)?)?))
}

async fn send_rpc(
    State(api): State<Api>,
    child: OfChild,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<RpcOutcome>, Refused> {
    let token = api.device(&headers, child)?;
    let call: RpcCall = read(body)?;
    if call.method.is_empty() {
        return Err(bad_request("The method has no name: type one.".to_owned()));
    }
    Ok(Json(api.platform.send_rpc(&token, call).await?))
}

async fn set_attributes(
    State(api): State<Api>,
    child: OfChild,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.device(&headers, child)?;
    let values: Map<String, Value> = read(body)?;
    api.platform.set_shared_attributes(&token, values)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_attributes(
    State(api): State<Api>,
    child: OfChild,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.device(&headers, child)?;
    let AttributeKeys { keys } = read(body)?;
    api.platform.delete_shared_attributes(&token, &keys)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_fault(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = token(&headers)?;
    let fault: Fault = read(body)?;
    api.platform.fault(&token, crate::Fault::from(fault))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_fault(State(api): State<Api>, headers: HeaderMap) -> Result<StatusCode, Refused> {
    api.platform.fault(&token(&headers)?, None)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_rate_limits(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    api.platform.set_rate_limits(&token(&headers)?, read_rate_limits(body)?)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_gateway_rate_limits(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    api.platform.set_gateway_rate_limits(&token(&headers)?, read_rate_limits(body)?)?;
    Ok(StatusCode::NO_CONTENT)
}

fn read_rate_limits(body: Result<Bytes, BytesRejection>) -> Result<rate::RateLimits, Refused> {
    let texts: RateLimits = read(body)?;
    rate::RateLimits::parse(&texts).map_err(|problem| bad_request(problem.to_string()))
}

async fn set_profile(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let profile: MqttProfile = read(body)?;
    let profile =
        mqtt_profile::MqttProfile::parse(&profile).map_err(|problem| bad_request(problem.to_string()))?;
    api.platform.set_profile(&token(&headers)?, profile)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `?child=NAME`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Child {
    child: Option<String>,
}

type OfChild = Result<Query<Child>, QueryRejection>;

impl Api {
    /// The token, before anything costly is done for it.
    fn known(&self, headers: &HeaderMap) -> Result<AccessToken, PlatformProblem> {
        let token = token(headers)?;
        self.platform.knows(&token).map(|()| token)
    }

    /// The device that a call is about: the token's own, or one that it connected as a gateway.
    fn device(&self, headers: &HeaderMap, child: OfChild) -> Result<AccessToken, Refused> {
        let token = token(headers)?;
        let Query(Child { child }) = child.map_err(|_| bad_query("?child=NAME"))?;
        match child {
            Some(name) => Ok(self.platform.child(&token, &name)?),
            None => Ok(token),
        }
    }
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
    let body = body.map_err(|rejection| no_body(&rejection, MOST_BODY_BYTES))?;
    serde_json::from_slice(&body)
        .map_err(|error| bad_request(format!("The request is not the JSON expected here: {error}.")))
}

fn no_body(rejection: &BytesRejection, most_bytes: usize) -> Refused {
    let text = format!("The request has no readable body of at most {most_bytes} bytes.");
    Refused(rejection.status(), text)
}

fn bad_query(wanted: &str) -> Refused {
    bad_request(format!("The address does not end as expected here: write {wanted}."))
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
            PlatformProblem::UnknownChild => StatusCode::NOT_FOUND,
            PlatformProblem::PackageTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PlatformProblem::Full | PlatformProblem::PackagesFull => StatusCode::INSUFFICIENT_STORAGE,
        };
        Self(status, problem.to_string())
    }
}

impl From<Busy> for Refused {
    fn from(problem: Busy) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, problem.to_string())
    }
}

impl From<NoDevice> for Refused {
    fn from(problem: NoDevice) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, problem.to_string())
    }
}

#[cfg(test)]
mod tests;
