//! What an operator's tools ask, on a listener of its own that strangers do not reach: is it alive, does it
//! take sessions, what does it count.

use crate::metrics::Metrics;
use axum::{
    Router,
    http::{StatusCode, header},
    routing::get,
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The media type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `stopping`: no new sessions are taken.
pub(crate) fn router(metrics: Arc<Metrics>, stopping: CancellationToken) -> Router {
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
        .route("/metrics", get(|| async move { ([(header::CONTENT_TYPE, OPEN_METRICS)], metrics.text()) }))
}
