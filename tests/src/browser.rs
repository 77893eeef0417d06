//! A real Chromium with a page in it, driven over WebDriver, found and read as people do: by role and
//! accessible name.
//!
//! Each [`Browser`] has a driver, a profile and a window of its own. Whatever is looked for is waited for,
//! with a deadline, and a miss panics. A [`story`](story()) keeps a picture of the page where it failed.
//!
//! - `driver`: chromedriver and its protocol; `devtools`: what Chromium tells beyond WebDriver
//! - [`Tree`]: the page as a screen reader has it; [`Spot`]: something in it
//! - `person`: pressing, typing, reading; `audit`: axe-core
//! - [`Demo`]: a proxy that offers an emulator

mod audit;
mod demo;
mod devtools;
mod driver;
mod person;
mod spot;
mod story;
mod tree;

use crate::{PATIENCE, folder::Folder};
use anyhow::Result;
use driver::Driver;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

pub use demo::Demo;
pub use devtools::Console;
pub use person::key;
pub use spot::Spot;
pub use story::{evidence_folder, story};
pub use tree::{Node, Tree};

/// Between two looks at the page.
const PAUSE: Duration = Duration::from_millis(15);

/// A browser with one session.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    /// The session's path at the driver.
    session: String,
    _profile: Folder,
}

impl Browser {
    /// Starts a driver, and a browser with an empty profile.
    ///
    /// # Errors
    /// Chromium or its driver is missing or does not start; in one sentence.
    pub async fn start() -> Result<Self> {
        let driver = Driver::start().await?;
        let profile = Folder::new("browser")?;
        let session = driver.open(profile.path()).await?;
        let browser = Self { driver, session, _profile: profile };
        // Kept up to date from now on, instead of being made anew for each look.
        browser.devtools("Accessibility.enable", json!({})).await;
        Ok(browser)
    }

    /// Opens an address and waits until it is loaded.
    pub async fn go(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    /// Runs script in the page and returns what it returns.
    pub async fn script(&self, code: &str) -> Value {
        self.run(code, json!([])).await
    }

    /// The same with arguments, an array.
    pub async fn run(&self, code: &str, arguments: Value) -> Value {
        self.post("execute/sync", json!({ "script": code, "args": arguments })).await
    }

    /// Closes the tab as a person does, beside another one. Returns the moment it was asked for.
    pub async fn close_tab(&self) -> SystemTime {
        let second = self.post("window/new", json!({ "type": "tab" })).await;
        let asked = SystemTime::now();
        self.ask("DELETE", "window", Value::Null).await;
        self.post("window", json!({ "handle": second["handle"] })).await;
        asked
    }

    /// A picture of the window, as PNG.
    ///
    /// # Panics
    /// The driver sends something else.
    pub async fn picture(&self) -> Vec<u8> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let text = self.ask("GET", "screenshot", Value::Null).await;
        STANDARD.decode(text.as_str().unwrap_or_default()).expect("a screenshot is base64")
    }

    /// Looks at the page until `probe` finds something there.
    ///
    /// # Panics
    /// It does not, within [`PATIENCE`].
    pub async fn eventually<T>(&self, what: &str, probe: impl AsyncFnMut(&Tree) -> Option<T>) -> T {
        self.within(PATIENCE, what, probe).await
    }

    /// Like [`Self::eventually`], for what must come in a given time.
    ///
    /// # Panics
    /// It does not.
    pub async fn within<T>(
        &self,
        limit: Duration,
        what: &str,
        probe: impl AsyncFnMut(&Tree) -> Option<T>,
    ) -> T {
        match self.look(limit, probe).await {
            Some(found) => found,
            None => panic!("not within {limit:?}: {what}"),
        }
    }

    async fn look<T>(&self, limit: Duration, mut probe: impl AsyncFnMut(&Tree) -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        loop {
            let tree = self.tree().await;
            if let Some(found) = probe(&tree).await {
                return Some(found);
            }
            if Instant::now() >= end {
                return None;
            }
            sleep(PAUSE).await;
        }
    }

    /// Ends the browser in order. Dropping it ends it as well, without waiting.
    pub async fn close(self) {
        // What cannot be closed is ended with its driver.
        let _: Result<Value> = self.driver.ask("DELETE", &self.session, &Value::Null).await;
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        self.ask("POST", command, body).await
    }

    async fn ask(&self, method: &str, command: &str, body: Value) -> Value {
        let path = format!("{}/{command}", self.session);
        match self.driver.ask(method, &path, &body).await {
            Ok(answer) => answer,
            Err(error) => panic!("{command}: {error:#}"),
        }
    }
}
