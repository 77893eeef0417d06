//! Requests to this page's own server, with every way to fail put into a sentence.

use gloo::net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use shared::platform::PlatformError;

const UNREACHABLE: &str = "The page cannot reach its own server: check that device-console is running.";
const UNREADABLE: &str = "The server sent an answer this page does not understand: reload the page, it may be older than the server.";

const SERVICE_UNAVAILABLE: u16 = 503;

/// Fetches JSON.
pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, String> {
    json(without_body(Request::get(path)).await?).await
}

/// Whether this is answered with "service unavailable" now. By POST, since a browser names the page's origin
/// only then.
pub(super) async fn is_busy(path: &str) -> bool {
    Request::post(path).send().await.is_ok_and(|response| response.status() == SERVICE_UNAVAILABLE)
}

pub(super) async fn without_body(request: RequestBuilder) -> Result<Response, String> {
    accepted(request.send().await).await
}

pub(super) async fn with_body(
    request: RequestBuilder,
    body: &impl serde::Serialize,
) -> Result<Response, String> {
    let request = request.json(body).map_err(|_| UNREADABLE.to_owned())?;
    accepted(request.send().await).await
}

pub(super) async fn with_bytes(
    request: RequestBuilder,
    bytes: js_sys::Uint8Array,
) -> Result<Response, String> {
    let request = request.body(bytes).map_err(|_| UNREADABLE.to_owned())?;
    accepted(request.send().await).await
}

pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, String> {
    response.json().await.map_err(|_| UNREADABLE.to_owned())
}

async fn accepted(sent: Result<Response, gloo::net::Error>) -> Result<Response, String> {
    let response = sent.map_err(|_| UNREACHABLE.to_owned())?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    match response.json::<PlatformError>().await {
        Ok(problem) => Err(problem.error),
        Err(_) => Err(format!("The server refused this with HTTP status {status}.")),
    }
}
