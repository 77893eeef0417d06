//! Logging to standard error.
//!
//! Fields used: `session` (number in this process), `code` (an outcome), `step`, `refused` (a count). Never
//! logged: tokens, certificates' contents, payloads, topics, raw frames.

use crate::cli::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// rumqttc's error log prints whole packets, so it is never let through, whatever the filter says.
const ALWAYS_OFF: &str = "rumqttc=off";

/// Starts logging.
///
/// # Errors
/// The filter is no filter.
pub(crate) fn init(filter: &str, format: LogFormat) -> Result<(), String> {
    let problem =
        |_| format!("--log {filter:?} is no filter: write a level (info, debug) or module=level pairs");
    let off = ALWAYS_OFF.parse().map_err(|_| "the built-in log filter is broken".to_owned())?;
    let filter = EnvFilter::try_new(filter).map_err(problem)?.add_directive(off);
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).init();
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).init(),
    }
    Ok(())
}
