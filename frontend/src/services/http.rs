//! Requests to this page's own server, with every way to fail put into a sentence.
//!
//! What waits has no type of a body or an answer, since the program would have it once for each.

use gloo::net::http::{Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use shared::platform::PlatformError;

const UNREACHABLE: &str = "The page cannot reach its own server: check that device-console is running.";
const UNREADABLE: &str = "The server sent an answer this page does not understand: reload the page, it may be older than the server.";

const SERVICE_UNAVAILABLE: u16 = 503;

/// Fetches JSON.
pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, String> {
    read(&text(without_body(Request::get(path)).await?).await?)
}

/// Whether this is answered with "service unavailable" now. By POST, since a browser names the page's origin
/// only then.
pub(super) async fn is_busy(path: &str) -> bool {
    Request::post(path).send().await.is_ok_and(|response| response.status() == SERVICE_UNAVAILABLE)
}

pub(super) async fn without_body(request: RequestBuilder) -> Result<Response, String> {
    accepted(request.send().await).await
}

/// `body`: as [`written`] makes it.
pub(super) async fn with_body(request: RequestBuilder, body: String) -> Result<Response, String> {
    let request = request.header("content-type", "application/json");
    let request = request.body(body).map_err(|_| UNREADABLE.to_owned())?;
    accepted(request.send().await).await
}

pub(super) async fn with_bytes(
    request: RequestBuilder,
    bytes: js_sys::Uint8Array,
) -> Result<Response, String> {
    let request = request.body(bytes).map_err(|_| UNREADABLE.to_owned())?;
    accepted(request.send().await).await
}

pub(super) async fn text(response: Response) -> Result<String, String> {
    response.text().await.map_err(|_| UNREADABLE.to_owned())
}

/// What a text of JSON says.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|_| UNREADABLE.to_owned())
}

pub(super) fn written(body: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(body).map_err(|_| UNREADABLE.to_owned())
}

async fn accepted(sent: Result<Response, gloo::net::Error>) -> Result<Response, String> {
    let response = sent.map_err(|_| UNREACHABLE.to_owned())?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    match text(response).await.and_then(|text| read::<PlatformError>(&text)) {
        Ok(problem) => Err(problem.error),
        Err(_) => Err(format!("The server refused this with HTTP status {status}.")),
    }
}
