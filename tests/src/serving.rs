//! The real program while it serves: where its page is, what its operators see, and how it ends.

use crate::{PATIENCE, child::Child, eventually::look, http, program};
use anyhow::{Context, Result, bail, ensure};
use std::{ffi::OsStr, fs, net::SocketAddr, process::Command, time::Duration};
use tokio::time::{sleep, timeout};

/// What stands before the addresses in the lines by which the program says where it is.
const PAGE: [&str; 2] = [program::READY, "Device Console is at https://"];
const OPERATIONS: &str = "Health and metrics are at http://";

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// A serving program on free ports; killed when dropped.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    address: SocketAddr,
    operations: SocketAddr,
}

/// How a program ended and all that it said.
#[derive(Clone, Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Serving {
    /// Starts `serve` with these arguments and waits until it is ready.
    ///
    /// # Errors
    /// The program is missing, or ends before it is ready.
    pub async fn start(arguments: &[impl AsRef<OsStr>]) -> Result<Self> {
        let mut command = program::command(["serve", "--listen", "127.0.0.1:0"])?;
        command.args(["--metrics-listen", "127.0.0.1:0"]).args(arguments);
        Self::from(&mut command).await
    }

    /// The same with all arguments and variables chosen by the test; they must name a listener for metrics.
    ///
    /// # Errors
    /// The program ends before it is ready.
    pub async fn from(command: &mut Command) -> Result<Self> {
        let mut child = Child::start("device-console", command)?;
        let page = |line: &str| {
            PAGE.iter().find_map(|start| line.strip_prefix(start)?.strip_suffix('/')?.parse().ok())
        };
        let address = child.says(PATIENCE, |mut lines| lines.find_map(page)).await?;
        let said = child.stdout();
        let operations =
            said.lines().find_map(|line| line.strip_prefix(OPERATIONS)?.strip_suffix('/')?.parse().ok());
        Ok(Self { child, address, operations: operations.context("no listener for metrics")? })
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are.
    #[must_use]
    pub fn operations(&self) -> SocketAddr {
        self.operations
    }

    /// Standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.child.stdout()
    }

    /// Waits until the log has such a line.
    ///
    /// # Errors
    /// It never has; with the log.
    pub async fn logs(&self, part: &str) -> Result<()> {
        let found = look(|| self.child.stderr().contains(part).then_some(()), PATIENCE).await;
        ensure!(found.is_some(), "no {part:?} in the log:\n{}", self.child.stderr());
        Ok(())
    }

    /// Everything that is counted, as it is scraped.
    pub async fn metrics(&self) -> String {
        http::get(self.operations, "/metrics", &[]).await.text().to_owned()
    }

    /// One number of the metrics, by its whole name with labels; zero when it is not there yet.
    ///
    /// # Panics
    /// It is no number.
    pub async fn metric(&self, name: &str) -> u64 {
        let metrics = self.metrics().await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |number| number.parse().expect("a whole number"))
    }

    /// Waits until one number of the metrics is this.
    ///
    /// # Errors
    /// It never is; with all metrics.
    pub async fn counts(&self, name: &str, wanted: u64) -> Result<()> {
        self.waits_for(name, |number| number == wanted).await
    }

    /// Waits until one number of the metrics is at least this.
    ///
    /// # Errors
    /// It never is; with all metrics.
    pub async fn reaches(&self, name: &str, wanted: u64) -> Result<()> {
        self.waits_for(name, |number| number >= wanted).await
    }

    async fn waits_for(&self, name: &str, wanted: impl Fn(u64) -> bool) -> Result<()> {
        let found = async {
            while !wanted(self.metric(name).await) {
                sleep(PAUSE).await;
            }
        };
        match timeout(PATIENCE, found).await {
            Ok(()) => Ok(()),
            Err(_) => bail!("{name} is not what it should be:\n{}", self.metrics().await),
        }
    }

    /// The memory that this program alone has, bytes (`Pss` of `/proc/PID/smaps_rollup`, Linux).
    ///
    /// # Errors
    /// The system does not tell.
    pub fn memory(&self) -> Result<u64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB"));
        let kibibytes: u64 = pss.context("no Pss")?.trim().parse()?;
        Ok(kibibytes * 1024)
    }

    /// How many files and sockets the program has open.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn open_files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Asks the program to end, as a service manager does, without waiting.
    ///
    /// # Errors
    /// There is no shell to send the signal with.
    pub fn terminate(&self) -> Result<()> {
        self.child.terminate()
    }

    /// Asks the program to read its files again, without waiting.
    ///
    /// # Errors
    /// There is no shell to send the signal with.
    pub fn hang_up(&self) -> Result<()> {
        self.child.hang_up()
    }

    /// Waits until the program has ended by itself.
    ///
    /// # Errors
    /// It runs longer than `limit`; with all it said.
    pub async fn ended(mut self, limit: Duration) -> Result<Ended> {
        let status = self.child.ended(limit).await?;
        Ok(Ended { code: status.code(), stdout: self.child.stdout(), stderr: self.child.stderr() })
    }
}
