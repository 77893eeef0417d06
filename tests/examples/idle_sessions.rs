//! What one proxy carries: memory and processor time of idle sessions, how long it takes to open them, and how
//! long a publish takes beside them. The numbers of docs/deployment.md come from here.
//!
//! ```sh
//! cargo xtask build --release
//! cargo run --release --package tests --example idle_sessions [COUNT...]
//! ```
//!
//! The program runs in a process of its own (`DEVICE_CONSOLE_PROGRAM`, else the one beside this), against
//! Mosquitto over TLS; each session is a page that has connected and subscribed as the real one does. A
//! measurement, not a test: it asserts only that everything is opened and delivered. A session costs this machine
//! four file descriptors in three processes, so raise `ulimit -n` where it is low. Linux only: it reads `/proc`.

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, stream};
use shared::wire::{PublishOutcome, QoS};
use std::{
    env, fs,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tests::{child::Child, http, mosquitto::Mosquitto, page::Page, program};
use tokio::task::JoinSet;

const USUAL_COUNTS: [usize; 2] = [500, 2000];

/// Pages that open at the same time.
const AT_ONCE: usize = 20;

/// Publishes of which the times are taken, one after the other.
const PUBLISHES: usize = 10_000;

/// How long the idle sessions are watched for the processor time they cost.
const WATCHED: Duration = Duration::from_secs(60);

/// The unit of times in `/proc/PID/stat`, the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

const TELEMETRY: &str = "v1/devices/me/telemetry";

/// What the real page subscribes to for a device.
const FILTERS: [&str; 4] = [
    "v1/devices/me/attributes",
    "v1/devices/me/attributes/response/+",
    "v1/devices/me/rpc/request/+",
    "v1/devices/me/rpc/response/+",
];

/// The program under measurement and the broker behind it.
struct Bench {
    program: Child,
    address: SocketAddr,
    operations: SocketAddr,
    broker: Mosquitto,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the numbers are what this is for")]
async fn main() -> Result<()> {
    let mut counts = Vec::new();
    for argument in env::args().skip(1) {
        counts.push(argument.parse().with_context(|| format!("{argument} is no number of sessions"))?);
    }
    if counts.is_empty() {
        counts.extend(USUAL_COUNTS);
    }
    counts.sort_unstable();
    let most = *counts.last().context("at least one number of sessions")?;

    let bench = Bench::start(most + 1).await?;
    let mut watched = bench.open(0).await;
    bench.publish(&mut watched).await?;
    let empty = bench.publish(&mut watched).await?;
    let before = bench.pss_kib()?;
    println!("1 session: {before} KiB; publish {empty}");

    // Dropped before the program, so that no page sees it end.
    let mut idle = JoinSet::new();
    let mut open = 0;
    for count in counts {
        let started = Instant::now();
        let opening = async {
            let mut pages =
                stream::iter(open..count).map(|number| bench.open(number + 1)).buffer_unordered(AT_ONCE);
            while let Some(mut page) = pages.next().await {
                // From now on it only reads, which answers the proxy's pings.
                idle.spawn(async move { page.wait_for_end().await });
            }
        };
        reading_beside(&mut watched, opening).await?;
        let took = started.elapsed();
        let opened = count - open;
        open = count;
        bench.counts(open + 1).await?;

        let busy = reading_beside(&mut watched, bench.processor(WATCHED)).await??;
        let pss = bench.pss_kib()?;
        let each = (pss - before) / open as u64;
        let beside = bench.publish(&mut watched).await?;
        println!(
            "{open} idle sessions: {opened} opened in {:.1} s ({:.0} a second); {pss} KiB, {each} KiB each; \
             idle {:.1} % of one core; publish {beside}",
            took.as_secs_f64(),
            opened as f64 / took.as_secs_f64(),
            100.0 * busy,
        );
    }
    bench.counts(open + 1).await?;
    Ok(())
}

/// Lets the page answer the proxy's pings while something else is done.
async fn reading_beside<T>(page: &mut Page, work: impl Future<Output = T>) -> Result<T> {
    tokio::select! {
        failure = page.wait_for_end() => bail!("the session ended: {failure:?}"),
        done = work => Ok(done),
    }
}

impl Bench {
    async fn start(sessions: usize) -> Result<Self> {
        let broker = Mosquitto::start().await?;
        let bounds = ["sessions", "client-sessions", "target-sessions", "client-attempts-at-once"];
        let bounds: Vec<String> = bounds.iter().map(|bound| format!("{bound}={sessions}")).collect();
        let flags = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--log", "warn"];
        let mut program = program::start(flags.into_iter().chain(["--limit", &bounds.join(",")]))?;
        let address = program::ready(&mut program).await?;
        let said = program.stdout();
        let operations = said
            .lines()
            .find_map(|line| line.strip_prefix("Health and metrics are at http://")?.strip_suffix('/'))
            .context("the program does not say where its metrics are")?
            .parse()?;
        Ok(Self { program, address, operations, broker })
    }

    async fn open(&self, number: usize) -> Page {
        let mut page = Page::open_at(self.address).await;
        let token = format!("token-{number}");
        page.connect_to(&self.broker.endpoint(), self.broker.trust(), &token).await;
        page.subscribe(&FILTERS, QoS::AtLeastOnce).await;
        page
    }

    /// Publishes one after the other, each until it is acknowledged.
    async fn publish(&self, page: &mut Page) -> Result<Times> {
        let mut times = Vec::with_capacity(PUBLISHES);
        let before = self.busy()?;
        for _ in 0..PUBLISHES {
            let started = Instant::now();
            let outcome = page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"temperature": 42}"#).await;
            times.push(started.elapsed());
            ensure!(outcome == PublishOutcome::Delivered, "a publish was not delivered: {outcome:?}");
        }
        let busy = (self.busy()? - before) / times.len() as u32;
        times.sort_unstable();
        Ok(Times { median: times[PUBLISHES / 2], slow: times[PUBLISHES * 99 / 100], busy })
    }

    /// Asserts how many MQTT sessions the program itself counts.
    async fn counts(&self, sessions: usize) -> Result<()> {
        let answer = http::get(self.operations, "/metrics", &[]).await;
        let wanted = format!("device_console_connected {sessions}");
        let found = answer.text().lines().find(|line| line.starts_with("device_console_connected "));
        ensure!(found == Some(wanted.as_str()), "the program counts {found:?}, not {sessions} sessions");
        Ok(())
    }

    /// The program's share of the memory: its own pages, and its part of those that it shares.
    fn pss_kib(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.program.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
        line.trim().trim_end_matches(" kB").parse().context("Pss is no number")
    }

    /// Cores that the program keeps busy over a while.
    async fn processor(&self, time: Duration) -> Result<f64> {
        let before = self.busy()?;
        tokio::time::sleep(time).await;
        Ok((self.busy()? - before).as_secs_f64() / time.as_secs_f64())
    }

    /// The processor time that the program has had so far.
    fn busy(&self) -> Result<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.program.id()))?;
        // After the name, which may hold anything, in brackets: user and system time are 12th and 13th.
        let (_, rest) = text.rsplit_once(')').context("no name in stat")?;
        let mut numbers = rest.split_whitespace().skip(11).map(str::parse::<u32>);
        let mut next = || numbers.next().context("stat is short");
        Ok(TICK * (next()?? + next()??))
    }
}

/// How long a publish took.
struct Times {
    median: Duration,
    slow: Duration,
    /// Processor time of the program for each.
    busy: Duration,
}

impl std::fmt::Display for Times {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [median, slow, busy] = [self.median, self.slow, self.busy].map(|time| time.as_micros());
        write!(formatter, "median {median} us, 99th percentile {slow} us, {busy} us of processor time")
    }
}
