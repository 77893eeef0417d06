//! What an operator's tools ask, on a listener of its own that strangers do not reach: is it alive, does it
//! take sessions, what does it count.

use super::guard::single;
use crate::metrics::Metrics;
use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use shared::endpoint::Host;
use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// The media type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `stopping`: no new sessions are taken. `names`: by which the metrics are asked for, besides addresses.
pub(crate) fn router(metrics: Arc<Metrics>, names: Arc<[Host]>, stopping: CancellationToken) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route(
            "/readyz",
            get(|| async move {
                if stopping.is_cancelled() {
                    (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
                } else {
                    (StatusCode::OK, "ready\n")
                }
            }),
        )
        .route("/metrics", get(|headers: HeaderMap| async move { answer(&metrics, &names, &headers) }))
}

fn answer(metrics: &Metrics, names: &[Host], headers: &HeaderMap) -> Response {
    if is_ours(headers, names) {
        ([(header::CONTENT_TYPE, OPEN_METRICS)], metrics.text()).into_response()
    } else {
        let text = "The metrics do not go by that name: ask by an address, or start Device Console with \
                    --metrics-host for this name.\n";
        (StatusCode::MISDIRECTED_REQUEST, text).into_response()
    }
}

/// An address cannot be pointed elsewhere; a name can, by whoever has it, and then a page of theirs in an operator's
/// browser would be let in (DNS rebinding).
fn is_ours(headers: &HeaderMap, names: &[Host]) -> bool {
    let host = single(headers, header::HOST);
    let Some(host) = host else { return false };
    if host.parse::<SocketAddr>().is_ok() || host.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let host = match host.split_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        Some(_) => return false,
        None => host,
    };
    host.eq_ignore_ascii_case("localhost")
        || names.iter().any(|name| host.eq_ignore_ascii_case(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_go_by_addresses_and_the_names_that_were_given() {
        let names = [Host::parse("replica-1.internal").unwrap()];
        let asked = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_ours(&headers, &names)
        };
        for ours in ["127.0.0.1:9090", "[::1]:9090", "10.0.0.7", "localhost:9090", "Replica-1.internal:9090"]
        {
            assert!(asked(ours), "{ours}");
        }
        for other in [
            "evil.example:9090",
            "10.0.0.7.evil.example",
            "replica-1",
            "",
            "a b",
            "[::1].evil.example",
            "[::1]evil",
            "evil@127.0.0.1",
        ] {
            assert!(!asked(other), "{other}");
        }
        assert!(!is_ours(&HeaderMap::new(), &names));
    }
}
