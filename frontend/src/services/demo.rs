//! The demo's device and the platform's side of it. The token travels in a header, never in an address.

use super::http;
use crate::state::action::{PlatformCall, PlatformReply};
use gloo::net::http::{Request, RequestBuilder};
use js_sys::Uint8Array;
use shared::{
    credentials::AccessToken,
    platform::{
        DEVICE_PATH, DemoDevice, FAULT_PATH, GATEWAY_RATE_LIMITS_PATH, GENERATED_PACKAGE_PATH, PACKAGE_PATH,
        PLATFORM_PATH, PROFILE_PATH, RATE_LIMITS_PATH, RPC_PATH, SHARED_ATTRIBUTES_PATH, of_child,
    },
};

pub(super) async fn device() -> Result<DemoDevice, String> {
    http::read(&answer(Request::post(DEVICE_PATH), None).await?)
}

pub(super) async fn call(token: &AccessToken, call: PlatformCall) -> Result<PlatformReply, String> {
    let signed =
        |request: RequestBuilder| request.header("authorization", &format!("Bearer {}", token.expose()));
    let put = |path: &str| signed(Request::put(path));
    let delete = |path: &str| signed(Request::delete(path));
    let shared = |child: Option<String>| of_child(SHARED_ATTRIBUTES_PATH, child.as_deref());
    // One await for all that is only done: the program has each await's machinery once more.
    let (request, body) = match call {
        PlatformCall::View => {
            let text = answer(signed(Request::get(PLATFORM_PATH)), None).await?;
            return Ok(PlatformReply::View(Box::new(http::read(&text)?)));
        }
        PlatformCall::Rpc { child, call } => {
            let path = of_child(RPC_PATH, child.as_deref());
            let text = answer(signed(Request::post(&path)), Some(http::written(&call)?)).await?;
            return Ok(PlatformReply::Rpc(http::read(&text)?));
        }
        PlatformCall::Upload { upload, bytes } => {
            let bytes = Uint8Array::from(bytes.as_slice());
            return http::with_bytes(put(&upload.path()), bytes).await.map(|_| PlatformReply::Done);
        }
        PlatformCall::SetShared { child, values } => (put(&shared(child)), Some(http::written(&values)?)),
        PlatformCall::DeleteShared { child, keys } => (delete(&shared(child)), Some(http::written(&keys)?)),
        PlatformCall::Generate(package) => {
            (signed(Request::post(GENERATED_PACKAGE_PATH)), Some(http::written(&package)?))
        }
        PlatformCall::Unassign(unassign) => (delete(PACKAGE_PATH), Some(http::written(&unassign)?)),
        PlatformCall::SetFault(fault) => (put(FAULT_PATH), Some(http::written(&fault)?)),
        PlatformCall::ClearFault => (delete(FAULT_PATH), None),
        PlatformCall::SetRates { of_gateway, rates } => {
            let path = if of_gateway { GATEWAY_RATE_LIMITS_PATH } else { RATE_LIMITS_PATH };
            (put(path), Some(http::written(&rates)?))
        }
        PlatformCall::SetProfile(profile) => (put(PROFILE_PATH), Some(http::written(&profile)?)),
    };
    answer(request, body).await.map(|_| PlatformReply::Done)
}

/// Sends a body, if there is one, and returns the answer's.
async fn answer(request: RequestBuilder, body: Option<String>) -> Result<String, String> {
    let response = match body {
        Some(body) => http::with_body(request, body).await?,
        None => http::without_body(request).await?,
    };
    http::text(response).await
}
