//! Logging to standard error.
//!
//! Fields used: `session` (number of a session or tunnel in this process, with the span of that name), `mode` and
//! `version` (when it starts), `open` (sessions when it stops), `code` (an outcome), `limit` (what refused somebody),
//! `step`, `kind` and `problem` (why something could not be done), `answers` and `allowed` (counts of addresses). Never
//! logged: tokens, certificates' contents, payloads, topics, raw frames.

use crate::cli::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Libraries that log what passes through them: packets, frames, and with them tokens and payloads. Never
/// let through, whatever the filter says.
const NEVER_LOGGED: [&str; 3] = ["rumqttc", "tungstenite", "tokio_tungstenite"];

/// Starts logging.
///
/// # Errors
/// The filter is no filter.
pub(crate) fn init(filter: &str, format: LogFormat) -> Result<(), String> {
    let problem =
        |_| format!("--log {filter:?} is no filter: write a level (info, debug) or module=level pairs");
    let filter = EnvFilter::try_new(filter).map_err(problem)?;
    // A layer of its own: a directive of the filter would give way to a more precise one.
    let discreet = filter_fn(|metadata| {
        let library = metadata.target().split("::").next().unwrap_or_default();
        !NEVER_LOGGED.contains(&library)
    });
    let registry = tracing_subscriber::registry().with(filter).with(discreet);
    match format {
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).init();
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).init(),
    }
    Ok(())
}
