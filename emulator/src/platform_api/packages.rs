//! Assigning packages over HTTP: bytes that are sent, bytes that are made up here, an address.

use super::{Api, Refused, bad_query, bad_request, no_body, read};
use crate::{package, random};
use axum::{
    body::Bytes,
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
};
use shared::platform::{GeneratedPackage, LinkedPackage, MAX_PACKAGE_BYTES, PackageUpload, Unassign};

/// Bytes of a title, a version, a tag (ThingsBoard's own bound).
const MOST_NAME_BYTES: usize = 255;

/// Bytes of a package's address.
const MOST_URL_BYTES: usize = 1024;

pub(super) async fn upload(
    State(api): State<Api>,
    upload: Result<Query<PackageUpload>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.known(&headers)?;
    let Query(PackageUpload { kind, title, version, tag, algorithm }) =
        upload.map_err(|_| bad_query("?kind=fw&title=…&version=…, and sw, tag and algorithm if wanted"))?;
    check_names(&title, &version, tag.as_deref())?;
    let bytes = body.map_err(|rejection| no_body(&rejection, MAX_PACKAGE_BYTES))?;
    if bytes.is_empty() {
        return Err(bad_request("The package is empty: choose a file with something in it.".to_owned()));
    }
    let package = package::Package { title, version, tag, bytes, algorithm };
    // The checksum takes a while.
    api.packages.clone().run(move || api.platform.assign_package(&token, kind, package)).await??;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn generate(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.known(&headers)?;
    let GeneratedPackage { kind, title, version, tag, algorithm, size } = read(body)?;
    check_names(&title, &version, tag.as_deref())?;
    if size == 0 || size > MAX_PACKAGE_BYTES {
        let text = format!("A package has 1 to {MAX_PACKAGE_BYTES} bytes: choose another size.");
        return Err(bad_request(text));
    }
    let make = move || {
        let mut bytes = vec![0; size];
        random::fill(&mut bytes).map_err(|_| {
            let text = "The server has no random bytes just now: try again later.";
            Refused(StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
        })?;
        let package = package::Package { title, version, tag, bytes: bytes.into(), algorithm };
        api.platform.assign_package(&token, kind, package).map_err(Refused::from)
    };
    api.packages.clone().run(make).await??;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn link(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.known(&headers)?;
    let LinkedPackage { kind, title, version, tag, url } = read(body)?;
    check_names(&title, &version, tag.as_deref())?;
    if url.trim().is_empty() || url.len() > MOST_URL_BYTES || url.contains(char::is_control) {
        let text = format!("The address is one line of 1 to {MOST_URL_BYTES} bytes: type where the file is.");
        return Err(bad_request(text));
    }
    let package = package::LinkedPackage { title, version, tag, url };
    api.platform.assign_linked_package(&token, kind, package)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn unassign(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let token = api.known(&headers)?;
    let Unassign { kind } = read(body)?;
    api.platform.unassign_package(&token, kind)?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_names(title: &str, version: &str, tag: Option<&str>) -> Result<(), Refused> {
    for (what, text) in [("title", Some(title)), ("version", Some(version)), ("tag", tag)] {
        let fits = |text: &str| {
            !text.trim().is_empty() && text.len() <= MOST_NAME_BYTES && !text.contains(char::is_control)
        };
        if !text.is_none_or(fits) {
            let text = format!("The package's {what} is one line of 1 to {MOST_NAME_BYTES} bytes: type one.");
            return Err(bad_request(text));
        }
    }
    Ok(())
}
