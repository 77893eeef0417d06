//! The demo's device and the platform's side of it. The token travels in a header, never in an address.

use super::http;
use crate::state::action::{PlatformCall, PlatformReply};
use gloo::net::http::{Request, RequestBuilder};
use shared::{
    credentials::AccessToken,
    platform::{DEVICE_PATH, DemoDevice, PLATFORM_PATH, RPC_PATH, SHARED_ATTRIBUTES_PATH},
};

pub(super) async fn device() -> Result<DemoDevice, String> {
    http::json(http::without_body(Request::post(DEVICE_PATH)).await?).await
}

pub(super) async fn call(token: &AccessToken, call: PlatformCall) -> Result<PlatformReply, String> {
    let signed =
        |request: RequestBuilder| request.header("authorization", &format!("Bearer {}", token.expose()));
    match call {
        PlatformCall::View => {
            let response = http::without_body(signed(Request::get(PLATFORM_PATH))).await?;
            Ok(PlatformReply::View(http::json(response).await?))
        }
        PlatformCall::Rpc(call) => {
            let response = http::with_body(signed(Request::post(RPC_PATH)), &call).await?;
            Ok(PlatformReply::Rpc(http::json(response).await?))
        }
        PlatformCall::SetShared(attributes) => {
            http::with_body(signed(Request::put(SHARED_ATTRIBUTES_PATH)), &attributes).await?;
            Ok(PlatformReply::Done)
        }
        PlatformCall::DeleteShared(keys) => {
            http::with_body(signed(Request::delete(SHARED_ATTRIBUTES_PATH)), &keys).await?;
            Ok(PlatformReply::Done)
        }
    }
}
