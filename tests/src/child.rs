//! A program in a process of its own: everything it says is kept, and it does not outlive its test.

use crate::eventually::look;
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, Read, Write as _},
    process::{ChildStdin, Command, ExitStatus, Stdio},
    str::Lines,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// What a program gets to end in order when it is dropped.
const GOODBYE: Duration = Duration::from_secs(1);

/// Between two looks whether it has.
const PAUSE: Duration = Duration::from_millis(5);

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    stdin: Option<ChildStdin>,
    stdout: Heard,
    stderr: Heard,
}

/// What came from one stream so far, whole lines only; the rest comes with the stream's end.
#[derive(Debug)]
struct Heard {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Child {
    /// Starts a program with its output captured.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        Self::spawn(name, command, Stdio::null())
    }

    /// The same with [`Self::tell`].
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_listening(name: &str, command: &mut Command) -> Result<Self> {
        Self::spawn(name, command, Stdio::piped())
    }

    fn spawn(name: &str, command: &mut Command, stdin: Stdio) -> Result<Self> {
        let mut process = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let stdout = Heard::from(process.stdout.take().context("no standard output")?);
        let stderr = Heard::from(process.stderr.take().context("no standard error")?);
        let stdin = process.stdin.take();
        Ok(Self { name: name.to_owned(), process, stdin, stdout, stderr })
    }

    /// Writes one line to the program's standard input.
    ///
    /// # Errors
    /// It does not listen, or no longer.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        let told = match &mut self.stdin {
            Some(stdin) => writeln!(stdin, "{line}"),
            None => bail!("{} does not listen", self.name),
        };
        told.with_context(|| format!("{} no longer listens:\n{}", self.name, self.said()))
    }

    /// Ends the program's standard input.
    pub fn tell_no_more(&mut self) {
        self.stdin = None;
    }

    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.text().clone()
    }

    /// Standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.text().clone()
    }

    /// Waits until something can be made of the lines on standard output so far.
    ///
    /// # Errors
    /// The program ends before, or takes longer than `limit`; with all it said.
    pub async fn says<T>(&mut self, limit: Duration, pick: impl Fn(Lines<'_>) -> Option<T>) -> Result<T> {
        let mut ended = None;
        let found = look(
            || {
                if ended.is_none() {
                    ended = self.process.try_wait().ok().flatten();
                    if ended.is_some() {
                        self.stdout.finish();
                    }
                }
                let found = pick(self.stdout.text().lines()).map(Ok);
                found.or_else(|| ended.map(Err))
            },
            limit,
        );
        match found.await {
            Some(Ok(found)) => Ok(found),
            Some(Err(status)) => bail!("{} ended early ({status}):\n{}", self.name, self.said()),
            None => bail!("{} did not say it within {limit:?}:\n{}", self.name, self.said()),
        }
    }

    /// Waits for the program's own end; afterwards its output is complete.
    ///
    /// # Errors
    /// It runs longer than `limit`; with all it said.
    pub async fn ended(&mut self, limit: Duration) -> Result<ExitStatus> {
        let status = look(|| self.process.try_wait().transpose(), limit).await;
        let Some(status) = status else {
            bail!("{} still runs after {limit:?}:\n{}", self.name, self.said())
        };
        self.stdout.finish();
        self.stderr.finish();
        Ok(status?)
    }

    /// Asks the program to end, as a service manager does.
    ///
    /// # Errors
    /// There is no shell to send the signal with.
    pub fn terminate(&self) -> Result<()> {
        self.signal("TERM")
    }

    /// Asks the program to read its files again (SIGHUP).
    ///
    /// # Errors
    /// There is no shell to send the signal with.
    pub fn hang_up(&self) -> Result<()> {
        self.signal("HUP")
    }

    fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &self.id().to_string()])
            .status()
            .context("cannot run sh")?;
        anyhow::ensure!(status.success(), "{} cannot be signalled: {status}", self.name);
        Ok(())
    }

    /// Lets the program end by itself what it has started, within a second; for one that is dropped.
    pub(crate) fn terminate_and_wait(&mut self) {
        let end = Instant::now() + GOODBYE;
        let runs = |child: &mut Self| matches!(child.process.try_wait(), Ok(None));
        // One that has ended may have left its number to another; one that cannot be told is killed.
        if runs(self) && self.terminate().is_ok() {
            while runs(self) && Instant::now() < end {
                thread::sleep(PAUSE);
            }
        }
    }

    /// Ends the program at once, without a chance to say goodbye.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _: std::io::Result<()> = self.process.kill();
        let _: std::io::Result<ExitStatus> = self.process.wait();
    }

    fn said(&self) -> String {
        format!("{}{}", self.stdout(), self.stderr())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Heard {
    fn from(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, reader: Some(reader) }
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads to the end; only for a program that has ended.
    fn finish(&mut self) {
        if let Some(reader) = self.reader.take() {
            // The reader does nothing that can fail.
            let _: thread::Result<()> = reader.join();
        }
    }
}
