//! The demo's device and the platform's side of it. The token travels in a header, never in an address.

use super::http;
use crate::state::action::{PlatformCall, PlatformReply};
use gloo::net::http::{Request, RequestBuilder, Response};
use js_sys::Uint8Array;
use serde::Serialize;
use shared::{
    credentials::AccessToken,
    platform::{
        DEVICE_PATH, DemoDevice, FAULT_PATH, GATEWAY_RATE_LIMITS_PATH, GENERATED_PACKAGE_PATH, PACKAGE_PATH,
        PLATFORM_PATH, PROFILE_PATH, RATE_LIMITS_PATH, RPC_PATH, SHARED_ATTRIBUTES_PATH, of_child,
    },
};

pub(super) async fn device() -> Result<DemoDevice, String> {
    http::json(http::without_body(Request::post(DEVICE_PATH)).await?).await
}

pub(super) async fn call(token: &AccessToken, call: PlatformCall) -> Result<PlatformReply, String> {
    let signed =
        |request: RequestBuilder| request.header("authorization", &format!("Bearer {}", token.expose()));
    let put = |path: &str| signed(Request::put(path));
    let delete = |path: &str| signed(Request::delete(path));
    let shared = |child: Option<String>| of_child(SHARED_ATTRIBUTES_PATH, child.as_deref());
    match call {
        PlatformCall::View => {
            let response = http::without_body(signed(Request::get(PLATFORM_PATH))).await?;
            Ok(PlatformReply::View(Box::new(http::json(response).await?)))
        }
        PlatformCall::Rpc { child, call } => {
            let path = of_child(RPC_PATH, child.as_deref());
            let response = http::with_body(signed(Request::post(&path)), &call).await?;
            Ok(PlatformReply::Rpc(http::json(response).await?))
        }
        PlatformCall::SetShared { child, values } => done(put(&shared(child)), &values).await,
        PlatformCall::DeleteShared { child, keys } => done(delete(&shared(child)), &keys).await,
        PlatformCall::Upload { upload, bytes } => {
            let bytes = Uint8Array::from(bytes.as_slice());
            http::with_bytes(put(&upload.path()), bytes).await.map(said_done)
        }
        PlatformCall::Generate(package) => {
            done(signed(Request::post(GENERATED_PACKAGE_PATH)), &package).await
        }
        PlatformCall::Unassign(unassign) => done(delete(PACKAGE_PATH), &unassign).await,
        PlatformCall::SetFault(fault) => done(put(FAULT_PATH), &fault).await,
        PlatformCall::ClearFault => http::without_body(delete(FAULT_PATH)).await.map(said_done),
        PlatformCall::SetRates { of_gateway, rates } => {
            let path = if of_gateway { GATEWAY_RATE_LIMITS_PATH } else { RATE_LIMITS_PATH };
            done(put(path), &rates).await
        }
        PlatformCall::SetProfile(profile) => done(put(PROFILE_PATH), &profile).await,
    }
}

async fn done(request: RequestBuilder, body: &impl Serialize) -> Result<PlatformReply, String> {
    http::with_body(request, body).await.map(said_done)
}

fn said_done(_: Response) -> PlatformReply {
    PlatformReply::Done
}
