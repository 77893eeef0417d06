//! What the HTTP device API has for a topic (ThingsBoard DeviceApiController). Pure; knows nothing of curl.

use super::Publish;
use crate::text::filled;
use serde_json::Value;
use shared::thingsboard::topic::{Flavour, Topic, filter};

/// A request for the path behind the token.
pub(super) struct Request {
    pub(super) posts: bool,
    /// With its query.
    pub(super) path: String,
}

const PROTOBUF: &str = "it is Protobuf, and HTTP takes JSON";
const GATEWAY: &str = "HTTP has nothing for gateways";

/// The request for a publish.
///
/// # Errors
/// Why there is none.
pub(super) fn of_publish(publish: &Publish) -> Result<Request, &'static str> {
    let post = |path: &str| Ok(Request { posts: true, path: path.to_owned() });
    let topic = Topic::parse(&publish.topic).ok_or("it is no topic of ThingsBoard's device API")?;
    match topic {
        Topic::Telemetry(Flavour::V2Protobuf)
        | Topic::Attributes(Flavour::V2Protobuf)
        | Topic::AttributesRequest(Flavour::V2Protobuf, _)
        | Topic::RpcRequest(Flavour::V2Protobuf, _)
        | Topic::RpcResponse(Flavour::V2Protobuf, _) => Err(PROTOBUF),
        Topic::Telemetry(_) => post("telemetry"),
        Topic::Attributes(_) => post("attributes"),
        Topic::AttributesRequest(..) => Ok(Request { posts: false, path: asked(publish) }),
        Topic::RpcRequest(..) => post("rpc"),
        Topic::RpcResponse(_, id) => post(&filled("rpc/¤", &[&id.to_string()])),
        Topic::Claim => post("claim"),
        Topic::PackageRequest { .. } => {
            Err("HTTP asks for a package by title and version, which the topic does not tell")
        }
        Topic::ProvisionRequest => {
            Err("a device without a token has a path of its own in HTTP, /api/v1/provision")
        }
        Topic::GatewayConnect
        | Topic::GatewayDisconnect
        | Topic::GatewayTelemetry
        | Topic::GatewayAttributes
        | Topic::GatewayAttributesRequest
        | Topic::GatewayRpc
        | Topic::GatewayClaim
        | Topic::GatewayAttributesResponse => Err(GATEWAY),
        Topic::AttributesResponse(..)
        | Topic::PackageResponse { .. }
        | Topic::PackageError(_)
        | Topic::ProvisionResponse => Err("it is a topic of the server's"),
    }
}

/// The request that waits for what a subscription brings, for 20 seconds.
///
/// # Errors
/// Why there is none.
pub(super) fn of_filter(wanted: &str) -> Result<&'static str, &'static str> {
    if !filter::ALL.contains(&wanted) {
        return Err("HTTP has nothing for it");
    }
    match Topic::parse(&wanted.replace('+', "1")) {
        Some(Topic::Attributes(_)) => Ok("attributes/updates?timeout=20000"),
        Some(Topic::RpcRequest(..)) => Ok("rpc?timeout=20000"),
        Some(Topic::AttributesResponse(..) | Topic::RpcResponse(..)) => {
            Err("in HTTP the answer comes with the request")
        }
        _ => Err("HTTP has nothing for it"),
    }
}

/// The path that asks for the attributes that a payload names.
fn asked(publish: &Publish) -> String {
    let json: Value =
        publish.payload.as_text().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut path = "attributes".to_owned();
    let mut sign = '?';
    for name in ["clientKeys", "sharedKeys"] {
        if let Some(keys) = json.get(name).and_then(Value::as_str) {
            path.push(sign);
            path.push_str(name);
            path.push('=');
            path.push_str(&encoded(keys, ","));
            sign = '&';
        }
    }
    path
}

/// With everything written as percent signs that is neither unreserved (RFC 3986 section 2.3) nor in `kept`.
pub(super) fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) || kept.contains(letter) {
            out.push(letter);
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| {
                char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase())
            }));
        }
    }
    out
}
