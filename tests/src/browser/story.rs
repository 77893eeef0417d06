//! Runs a test's story and keeps what the page looked like where it failed.

use super::Browser;
use crate::eventually::within;
use futures_util::FutureExt;
use std::{
    fs, io,
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// For a whole story, so that one that hangs leaves its evidence too.
const LIMIT: Duration = Duration::from_secs(90);

/// Gives a browser of its own to `tell`. What the story needs to the end stands outside it, so that it is
/// still there when the page's picture is taken.
///
/// # Panics
/// As the story does; or it does not end; or there is no browser, said in one sentence.
pub async fn story(tell: impl AsyncFnOnce(&Browser)) {
    let browser = match Browser::start().await {
        Ok(browser) => browser,
        Err(error) => panic!("{error:#}"),
    };
    let told = AssertUnwindSafe(within(LIMIT, "the story's end", tell(&browser))).catch_unwind().await;
    let Err(panic) = told else { return browser.close().await };
    match AssertUnwindSafe(keep(&browser)).catch_unwind().await {
        Ok(Ok(path)) => say(&format!("the page where it failed: {}.png and .txt", path.display())),
        Ok(Err(error)) => say(&format!("the page where it failed cannot be kept: {error}")),
        Err(_) => say("the page where it failed is gone"),
    }
    browser.close().await;
    resume_unwind(panic);
}

/// Where pictures of failures go.
#[must_use]
pub fn evidence_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target").join("browser")
}

async fn keep(browser: &Browser) -> io::Result<PathBuf> {
    let folder = evidence_folder();
    fs::create_dir_all(&folder)?;
    let path = folder.join(thread::current().name().unwrap_or("story").replace("::", "-"));
    fs::write(path.with_extension("png"), browser.picture().await)?;
    let text = format!("{}\n\n{}", browser.all_text().await, browser.tree().await.outline());
    fs::write(path.with_extension("txt"), text)?;
    Ok(path)
}

#[expect(clippy::print_stdout, reason = "shown with the test's own panic, and only then")]
fn say(text: &str) {
    println!("{text}");
}
