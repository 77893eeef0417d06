//! chromedriver in a process of its own, and WebDriver's one kind of exchange: JSON over HTTP.
//!
//! Chromium is tied to its driver by a pipe, so it ends when the driver is killed.

use crate::child::Child;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    time::timeout,
};

/// Where `cargo xtask test` says that they are, and where packages put them.
const DRIVER: (&str, &str) = ("DEVICE_CONSOLE_CHROMEDRIVER", "/usr/bin/chromedriver");
const BROWSER: (&str, &str) = ("DEVICE_CONSOLE_CHROMIUM", "/usr/bin/chromium");

/// For one exchange. The longest are the browser's start and an audit, on a machine with other work.
const LIMIT: Duration = Duration::from_secs(60);

/// What makes Chromium quiet, and work for any user in any container.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

#[derive(Debug)]
pub(super) struct Driver {
    _process: Child,
    address: SocketAddr,
}

impl Driver {
    pub(super) async fn start() -> Result<Self> {
        // The driver takes a free port of IPv6 first, and ends when another program has it in IPv4.
        for _ in 0..5 {
            match Self::try_start().await {
                Err(error) if error.to_string().contains("port not available") => {}
                started => return started,
            }
        }
        bail!("no port is free for chromedriver")
    }

    async fn try_start() -> Result<Self> {
        let mut command = Command::new(program(DRIVER, "chromium-driver")?);
        let mut process = Child::start("chromedriver", command.arg("--port=0"))?;
        let port =
            |line: &str| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok();
        let port: u16 = process.says(LIMIT, |mut lines| lines.find_map(port)).await?;
        Ok(Self { _process: process, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) })
    }

    /// Starts a browser and returns its session's path.
    pub(super) async fn open(&self, profile: &Path) -> Result<String> {
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", profile.display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "binary": program(BROWSER, "chromium")?, "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }}});
        let session = self.ask("POST", "/session", &wanted).await.context("chromium does not start")?;
        let id = session["sessionId"].as_str().context("a new session has an id")?;
        Ok(format!("/session/{id}"))
    }

    /// One command; `body` is null for a command without one.
    pub(super) async fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (address, length) = (self.address, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        let exchange = async {
            let mut stream = BufStream::new(TcpStream::connect(address).await?);
            stream.write_all((head + &body).as_bytes()).await?;
            stream.flush().await?;
            read_body(&mut stream).await
        };
        let body = timeout(LIMIT, exchange).await.context("chromedriver does not answer")??;
        let mut body: Value = serde_json::from_slice(&body).context("chromedriver sent no JSON")?;
        let value = body["value"].take();
        ensure!(value.get("error").is_none(), "{}: {}", value["error"], first_line(&value["message"]));
        Ok(value)
    }
}

/// The body of an answer. The driver leaves its connections open, so the length counts.
async fn read_body(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or_default();
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// The driver's messages go on with its own stack.
fn first_line(message: &Value) -> &str {
    message.as_str().and_then(|text| text.lines().next()).unwrap_or_default()
}

fn program((variable, usual): (&str, &str), package: &str) -> Result<PathBuf> {
    let path = env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    ensure!(
        path.is_file(),
        "{package} is missing ({} is no file): run `cargo xtask setup` or install the package {package}",
        path.display()
    );
    Ok(path)
}
