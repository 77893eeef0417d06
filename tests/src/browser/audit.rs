//! axe-core, run in the page.

use super::Browser;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf};

/// Where `cargo xtask test` says that axe-core is.
const VARIABLE: &str = "DEVICE_CONSOLE_AXE";

/// One line for each violation and element.
const RUN: &str = "axe.run(document).then(found => found.violations.flatMap(violation =>
    violation.nodes.map(node => `${violation.id}: ${node.failureSummary} ${node.html}`)))";

/// A frame's time after the last colour has arrived where it was on its way to.
const SETTLE: &str = "Promise.allSettled(document.getAnimations()
    .filter(animation => animation instanceof CSSTransition).map(animation => animation.finished))
    .then(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))))";

impl Browser {
    /// Every violation that axe-core finds on the page as it is now.
    ///
    /// # Errors
    /// axe-core is missing.
    ///
    /// # Panics
    /// It does not run to its end.
    pub async fn audit(&self) -> Result<Vec<String>> {
        let path = env::var_os(VARIABLE).map(PathBuf::from).unwrap_or_default();
        ensure!(
            path.is_file(),
            "axe-core is missing ({VARIABLE} names no file): run `cargo xtask test`, which installs it"
        );
        if self.script("return typeof axe").await == "undefined" {
            self.evaluate(&fs::read_to_string(path)?).await;
        }
        self.settle().await;
        let found = self.evaluate(RUN).await;
        let found = found.as_array().expect("axe-core returns a list");
        Ok(found.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Waits until nothing changes its looks any more.
    pub async fn settle(&self) {
        self.evaluate(SETTLE).await;
    }

    /// Evaluates outside the page's security policy, which forbids it to load scripts from elsewhere.
    async fn evaluate(&self, expression: &str) -> Value {
        let call = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.devtools("Runtime.evaluate", call).await;
        assert!(answer["exceptionDetails"].is_null(), "{}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }
}
