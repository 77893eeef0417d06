//! The command line and its environment variables, from text to checked values.

mod emulator;
pub(crate) mod hosting;
pub(crate) mod variables;

pub(crate) use emulator::Emulator;
use hosting::Hosting;

use clap::{Args, Parser, Subcommand};
use proxy::Origin;
use shared::{
    credentials::{AccessToken, TokenProblem},
    endpoint::{Host, parse_port},
    limits::DEFAULT_MQTTS_PORT,
};
use std::{convert::Infallible, fmt, net::SocketAddr, path::PathBuf, str::FromStr};
use zeroize::Zeroizing;

/// Be a ThingsBoard device in the browser: a page, and a proxy that holds the MQTT session for it.
#[derive(Debug, Parser)]
#[command(name = "device-console", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What is logged to standard error, for example `info` or `proxy=debug`.
    #[arg(long, global = true, env = "DEVICE_CONSOLE_LOG", default_value = "info", value_name = "FILTER")]
    pub(crate) log: String,

    /// How it is logged.
    #[arg(long, global = true, env = "DEVICE_CONSOLE_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the page and the proxy.
    Serve(Box<Serve>),
    /// Check a connection step by step and say what is wrong. With a token it connects as the device, which on
    /// ThingsBoard ends another session of the same device. Exit code 0: fine, 1: a finding, 2: bad usage.
    Check(Check),
    /// Run the ThingsBoard emulator alone.
    Emulator(Emulator),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The server's host name or address.
    #[arg(long, env = "DEVICE_CONSOLE_HOST", value_parser = Host::parse)]
    pub(crate) host: Host,

    /// Its port for MQTT over TLS.
    #[arg(long, env = "DEVICE_CONSOLE_PORT", default_value_t = DEFAULT_MQTTS_PORT, value_parser = parse_port)]
    pub(crate) port: u16,

    /// The device's access token; without one the check ends after TLS. Others on this machine may see a command
    /// line: prefer --token-file.
    #[arg(long, env = "DEVICE_CONSOLE_TOKEN", hide_env_values = true, conflicts_with = "token_file")]
    pub(crate) token: Option<Secret>,

    /// A file that holds the access token.
    #[arg(long, env = "DEVICE_CONSOLE_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,

    /// The server's CA certificate (PEM or DER). Without it the public certificate authorities are asked.
    #[arg(long, env = "DEVICE_CONSOLE_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,

    /// Print the report as JSON (docs/check.md).
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address of the page. Without this option and with --demo, a taken port moves on to the next free one.
    #[arg(long, env = "DEVICE_CONSOLE_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Start the ThingsBoard emulator too, and offer its device on the page.
    #[arg(long, env = "DEVICE_CONSOLE_DEMO")]
    pub(crate) demo: bool,

    /// An origin, besides the addresses printed, from which the page may be opened (repeatable), for
    /// example http://127.0.0.1:8081.
    #[arg(long, env = "DEVICE_CONSOLE_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) allow_origin: Vec<Origin>,

    #[command(flatten)]
    pub(crate) hosting: Hosting,

    #[command(flatten)]
    pub(crate) emulator: Emulator,
}

/// clap's error without its usage and hints.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    let sentence = lines.collect::<Vec<_>>().join(" ");
    format!("{} (--help explains the flags)", sentence.trim_start_matches("error: "))
}

/// A text that holds a secret. Taken as it is, since clap repeats in its errors what it cannot parse.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// As access token.
    pub(crate) fn token(&self) -> Result<AccessToken, TokenProblem> {
        AccessToken::parse(&self.0)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
