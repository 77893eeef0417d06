//! What Chromium tells and does beyond WebDriver: commands of its DevTools protocol, and its logs.

use super::{Browser, Node, Tree};
use serde_json::{Value, json};

/// A line of the browser's own console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    pub level: String,
    pub message: String,
}

impl Browser {
    /// One command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// The page as a screen reader has it now.
    pub async fn tree(&self) -> Tree {
        Tree::read(&self.devtools("Accessibility.getFullAXTree", json!({})).await)
    }

    /// The size of the window, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// The system's setting for light or dark.
    pub async fn prefer(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [feature] })).await;
    }

    /// Everything that came into the browser's console since the last time.
    pub async fn console(&self) -> Vec<Console> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entries = self.log("browser").await;
        entries
            .iter()
            .map(|entry| Console { level: text(&entry["level"]), message: text(&entry["message"]) })
            .collect()
    }

    /// Every DevTools event of these kinds (of the domains Network and Page) since the last time that
    /// events were asked for, each as `method` and `params`.
    pub async fn events(&self, methods: &[&str]) -> Vec<Value> {
        let mut events = Vec::new();
        for entry in self.log("performance").await {
            let text = entry["message"].as_str().unwrap_or_default();
            let mut event: Value = serde_json::from_str(text).unwrap_or_default();
            if methods.iter().any(|method| event["message"]["method"] == *method) {
                events.push(event["message"].take());
            }
        }
        events
    }

    /// Calls a function with a node's element as `this`; `None` when the element is gone.
    pub(super) async fn call_on(&self, node: &Node, function: &str) -> Option<Value> {
        let path = format!("{}/goog/cdp/execute", self.session);
        let id = json!({ "backendNodeId": node.backend_id });
        let resolve = json!({ "cmd": "DOM.resolveNode", "params": id });
        let object = self.driver.ask("POST", &path, &resolve).await.ok()?;
        let call = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": function,
            "returnByValue": true,
        });
        let answer = self.devtools("Runtime.callFunctionOn", call).await;
        assert!(answer["exceptionDetails"].is_null(), "{function}: {}", answer["exceptionDetails"]);
        Some(answer["result"]["value"].clone())
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.post("se/log", json!({ "type": kind })).await;
        entries.as_array().cloned().unwrap_or_default()
    }
}
