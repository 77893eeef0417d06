//! The page's files, compressed when it was built.
//!
//! Release builds carry the files inside; other builds read them from `dist/`, so that a new page shows
//! without building the program again. Names that contain a hash never change; everything else is asked
//! for again each time.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist"]
#[allow_missing = true]
struct Files;

/// A compressed form of a file lies beside it under its own ending.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

pub(super) async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if request.uri().path().starts_with("//") || path.contains("..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    // A path without an ending is the page's own business (a deep link).
    let name = if path.contains('.') { path } else { "index.html" };
    match find(name, request.headers()) {
        Some(response) => response,
        None if name == "index.html" => not_built(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn not_built() -> Response {
    let text = "The page has not been built yet: run `cargo xtask build`, then reload.\n";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

fn find(name: &str, headers: &HeaderMap) -> Option<Response> {
    let content_type = content_type(name)?;
    let (file, encoding) = variant(name, headers)?;
    let etag = etag(&file, encoding);
    let mut response = if matches_etag(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type)], bytes(file.data)).into_response()
    };
    let caching = if has_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(caching));
    answer.insert(header::VARY, header::HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = etag.parse() {
        answer.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding
        && response.status() == StatusCode::OK
    {
        response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// Without a copy where the file is part of the program.
fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// The smallest form of the file that the browser takes.
fn variant(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let compressed = ENCODINGS
        .into_iter()
        .filter(|(encoding, _)| accepts(accepted, encoding))
        .find_map(|(encoding, ending)| Some((Files::get(&format!("{name}{ending}"))?, Some(encoding))));
    compressed.or_else(|| Some((Files::get(name)?, None)))
}

/// Whether `Accept-Encoding` takes this coding (RFC 9110 section 12.5.3): named, or covered by `*`, with a
/// weight above 0.
fn accepts(header: &str, coding: &str) -> bool {
    let weight = |name: &str| {
        header.split(',').find_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            if !parts.next()?.eq_ignore_ascii_case(name) {
                return None;
            }
            Some(parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32))
        })
    };
    weight(coding).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

/// One for each encoding, since they are different bytes.
fn etag(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}-{}\"", encoding.unwrap_or("plain"))
}

fn matches_etag(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// The build task puts a hash of at least 12 hex digits into a name when its content may change.
fn has_hash(name: &str) -> bool {
    let parts = name.split(['-', '.', '_']);
    parts.into_iter().any(|part| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Files with another ending are not served.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_taken_by_weight() {
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        assert!(accepts("*", "br"));
        assert!(!accepts("br;q=0", "br"));
        assert!(!accepts("gzip", "br"));
        assert!(!accepts("*, br;q=0", "br"));
        assert!(!accepts("", "br"));
    }

    #[test]
    fn hashed_names_are_known() {
        assert!(has_hash("device-console-page-1a2b3c4d5e6f7a8b_bg.wasm"));
        assert!(has_hash("boot-0123456789abcdef.js"));
        assert!(!has_hash("index.html"));
        assert!(!has_hash("favicon.svg"));
    }
}
