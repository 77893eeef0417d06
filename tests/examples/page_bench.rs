//! What the page bears: messages come at a steady rate, and meanwhile the page is watched and clicked.
//!
//! ```sh
//! cargo xtask bench page
//! cargo run --release --package tests --example page_bench [MESSAGES_A_SECOND [SECONDS [BYTES]]]
//! ```
//!
//! A real Chromium with the built page, a real proxy in this process, and a server that sends over TLS what it is
//! told to. A measurement: it asserts only that no message is missing, and says which goals were met.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::wire::Trust;
use std::{
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tests::{
    browser::{Browser, Spot},
    feeder::Feeder,
    folder::Folder,
    proxy::Proxy,
};
use tokio::time::{Instant, sleep};

/// Between two clicks.
const CLICK: Duration = Duration::from_millis(250);

/// Watches frames, clicks on the button `Filter`, and when the counter of received messages reaches its end.
const WATCH: &str = r#"
    const watch = globalThis.watch = { frames: [], clicks: [], reached: null, target: arguments[0] };
    const counter = () => document.querySelector('[aria-label=Counters] li')?.textContent;
    const frame = at => {
        watch.frames.push(at);
        if (watch.reached === null && counter() === watch.target) watch.reached = Date.now();
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const button = [...document.querySelectorAll('.console button')]
        .find(button => button.textContent.startsWith('Filter'));
    addEventListener('click', event => {
        if (event.target !== button) return;
        const before = watch.state ?? 'false';
        const drawn = () => {
            const now = button.getAttribute('aria-expanded');
            if (now === before) return requestAnimationFrame(drawn);
            watch.state = now;
            watch.clicks.push(performance.now() - event.timeStamp);
        };
        requestAnimationFrame(drawn);
    }, true);
    const place = button.getBoundingClientRect();
    return [place.x + place.width / 2, place.y + place.height / 2];
"#;

/// Keeps the program's instance, to ask it for its memory.
const KEEP: &str = "const make = WebAssembly.instantiateStreaming; \
    WebAssembly.instantiateStreaming = async (...given) => { \
        const made = await make.apply(WebAssembly, given); \
        globalThis.program = made.instance; \
        return made; \
    }";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the numbers are what this is for")]
async fn main() -> Result<()> {
    let mut numbers =
        env::args().skip(1).map(|text| text.parse::<usize>().with_context(|| format!("{text}?")));
    let mut next = |usual: usize| numbers.next().unwrap_or(Ok(usual));
    let (rate, seconds, bytes) = (next(5_000)?, next(10)?, next(100)?);
    let count = rate * seconds;

    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    let browser = Browser::start().await?;
    browser.resize(1440, 900).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": KEEP })).await;
    open(&browser, &proxy, &feeder).await?;
    let before = heap(&browser).await;
    let target = format!("{} received", grouped(count));
    let button = browser.run(WATCH, json!([target])).await;
    let at = (button[0].as_f64().context("no button")?, button[1].as_f64().context("no button")?);

    println!("{rate} messages a second of {bytes} bytes for {seconds} s");
    let feeding = feeder.feed(count, Some(rate), |number| message(number, bytes));
    tokio::pin!(feeding);
    let mut clicks = 0;
    let last = loop {
        tokio::select! {
            last = &mut feeding => break last,
            () = sleep(CLICK) => {
                click(&browser, at).await;
                clicks += 1;
            }
        }
    };
    let end = Instant::now() + Duration::from_secs(60);
    let watched = loop {
        let watched = browser.script("return globalThis.watch").await;
        if !watched["reached"].is_null() || Instant::now() > end {
            break watched;
        }
        sleep(Duration::from_millis(100)).await;
    };
    // The clicks that were still on their way.
    sleep(Duration::from_millis(300)).await;
    let after = heap(&browser).await;

    let counters = browser.read(&Spot::new("list", "Counters")).await;
    println!("counted: {}", counters.replace('\n', ", "));
    let reached = watched["reached"].as_u64().context("not all messages were counted within a minute")?;
    let drain_ms = reached.saturating_sub(millis(last)?);
    let mut gaps: Vec<f64> = list(&watched["frames"]).windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut waits = list(&watched["clicks"]);
    let frames = gaps.len();
    let gap = Spread::of(&mut gaps);
    let wait = Spread::of(&mut waits);
    println!("frames: {frames}; gap {gap}{}", goal(gap.p95 <= 50.0, "p95 at most 50 ms"));
    println!(
        "clicks: {} of {clicks} answered; after {wait}{}",
        waits.len(),
        goal(wait.max <= 100.0, "100 ms at most")
    );
    println!("drained {drain_ms} ms after the last message{}", goal(drain_ms < 1_000, "less than 1 s"));
    println!("heap before: {before}; after: {after}");
    let held = browser.script("return document.querySelectorAll('[role=option]').length").await;
    println!("rows in the document: {held}");
    filter(&browser).await?;
    ensure!(counters.contains(&target), "messages are missing");
    ensure!(waits.len() + 1 >= clicks, "clicks were not answered");
    browser.close().await;
    Ok(())
}

async fn open(browser: &Browser, proxy: &Proxy, feeder: &Feeder) -> Result<()> {
    let Trust::UploadedCertificate { pem } = feeder.trust() else {
        unreachable!("the feeder has an authority")
    };
    let folder = Folder::new("bench")?;
    let certificate = folder.write("ca.pem", pem)?;
    browser.go(&format!("{}/", proxy.origin())).await;
    browser.write(&Spot::text_box("Host"), &feeder.endpoint().host.to_string()).await;
    browser.write(&Spot::text_box("Port"), &feeder.endpoint().port.to_string()).await;
    browser.write(&Spot::text_box("Access token"), "A1_TEST_TOKEN").await;
    browser.choose(&Spot::select("MQTT version"), "3.1.1").await;
    browser.upload(&Spot::button("CA certificate"), &certificate).await;
    browser.node(&Spot::button("Remove")).await;
    browser.press(&Spot::button("Connect")).await;
    browser.reads(&Spot::new("status", "Connection status"), |text| text.starts_with("Connected")).await;
    browser.press(&Spot::button("Clear")).await;
    Ok(())
}

/// Types a path into the filter and watches the frames until every entry was looked at.
#[expect(clippy::print_stdout, reason = "the numbers are what this is for")]
async fn filter(browser: &Browser) -> Result<()> {
    if browser.tree().await.one(&Spot::text_box("JSON path")).is_none() {
        browser.press(&Spot::button("Filter")).await;
    }
    browser.node(&Spot::text_box("JSON path")).await;
    let watched = browser
        .script(
            r#"
            const box = document.getElementById('log-path');
            box.value = '$.temperature > 20';
            globalThis.filtered = { frames: [performance.now()], done: null };
            box.dispatchEvent(new InputEvent('input', { bubbles: true }));
            const frame = at => {
                filtered.frames.push(performance.now());
                const looking = document.querySelector('[aria-label=Counters]').textContent.includes('looking');
                if (!looking && filtered.frames.length > 2) { filtered.done = at; return; }
                requestAnimationFrame(frame);
            };
            requestAnimationFrame(frame);
            "#,
        )
        .await;
    ensure!(watched.is_null(), "the filter is not there");
    let end = Instant::now() + Duration::from_secs(30);
    let filtered = loop {
        let filtered = browser.script("return globalThis.filtered").await;
        if !filtered["done"].is_null() || Instant::now() > end {
            break filtered;
        }
        sleep(Duration::from_millis(100)).await;
    };
    let frames = list(&filtered["frames"]);
    let took = frames.last().zip(frames.first()).map(|(last, first)| last - first).context("no frames")?;
    let gap = Spread::of(&mut frames.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>());
    let shown = browser.read(&Spot::new("list", "Counters")).await;
    let shown = shown.lines().find(|line| line.ends_with("shown")).unwrap_or_default().to_owned();
    println!("filter by a JSON path: {shown} after {took:.0} ms; frame gap {gap}");
    Ok(())
}

fn message(number: usize, bytes: usize) -> (String, Vec<u8>) {
    let mut payload = format!(r#"{{"number":{number},"temperature":{}.5,"fill":""#, number % 40);
    while payload.len() + 2 < bytes {
        payload.push('x');
    }
    payload.push_str("\"}");
    (format!("bench/{}", number % 7), payload.into_bytes())
}

async fn click(browser: &Browser, (x, y): (f64, f64)) {
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
        browser.devtools("Input.dispatchMouseEvent", event).await;
    }
}

async fn heap(browser: &Browser) -> String {
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
    let program = browser.script("return globalThis.program?.exports.memory.buffer.byteLength").await;
    let mib = |bytes: &Value| {
        bytes.as_f64().map_or_else(|| "?".to_owned(), |bytes| format!("{:.1}", bytes / 1_048_576.0))
    };
    format!("JS {} MiB, the program's own memory {} MiB", mib(&heap["usedSize"]), mib(&program))
}

fn millis(at: SystemTime) -> Result<u64> {
    Ok(u64::try_from(at.duration_since(UNIX_EPOCH)?.as_millis())?)
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let parts: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    parts.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join(",")
}

fn goal(met: bool, what: &str) -> String {
    format!(" ({what}: {})", if met { "met" } else { "NOT MET" })
}

/// How a measured time spreads, in milliseconds.
#[derive(Clone, Copy)]
struct Spread {
    p50: f64,
    p95: f64,
    max: f64,
}

impl Spread {
    fn of(times: &mut [f64]) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            times
                .get((times.len() * percent / 100).min(times.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        Self { p50: at(50), p95: at(95), max: at(100) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms", self.p50, self.p95, self.max)
    }
}
