//! The command line and its environment variables, from text to checked values.

use clap::{Args, Parser, Subcommand};
use emulator::DeviceSpec;
use proxy::server::origin::Origin;
use shared::credentials::AccessToken;
use std::{net::SocketAddr, path::PathBuf};

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
    Serve(Serve),
    /// Run the ThingsBoard emulator alone.
    Emulator(Emulator),
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
    pub(crate) emulator: Emulator,
}

#[derive(Debug, Args)]
pub(crate) struct Emulator {
    /// Address of the emulator's MQTT over TLS. Without this option a taken port moves on to the next free one.
    #[arg(long, env = "DEVICE_CONSOLE_MQTTS_LISTEN", value_name = "ADDRESS")]
    pub(crate) mqtts_listen: Option<SocketAddr>,

    /// A device of the emulator and its access token (repeatable). Default: one demo device with a token of
    /// its own.
    #[arg(
        long = "device",
        env = "DEVICE_CONSOLE_DEVICE",
        value_name = "NAME=TOKEN",
        value_delimiter = ',',
        hide_env_values = true,
        value_parser = parse_device
    )]
    pub(crate) devices: Vec<DeviceSpec>,

    /// Folder for the emulator's CA (ca.pem) and server key, made when absent. Without it they last as long
    /// as the program.
    #[arg(long, env = "DEVICE_CONSOLE_STATE_DIR", value_name = "FOLDER")]
    pub(crate) state_dir: Option<PathBuf>,
}

/// The sentence must not repeat the token, so it repeats nothing.
fn parse_device(text: &str) -> Result<DeviceSpec, String> {
    let (name, token) = text.split_once('=').ok_or("a device is written NAME=TOKEN")?;
    if name.is_empty() {
        return Err("a device is written NAME=TOKEN, and the name is missing".to_owned());
    }
    let access_token = AccessToken::parse(token).map_err(|problem| problem.to_string())?;
    Ok(DeviceSpec { name: name.to_owned(), access_token })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_device_is_a_name_and_a_token() {
        assert_eq!(parse_device("Pump=ABC=1").unwrap().access_token.expose(), "ABC=1");
        for bad in ["Pump", "=ABC", "Pump=", "Pump= s3cret"] {
            assert!(!parse_device(bad).unwrap_err().contains("s3cret"));
        }
    }
}
