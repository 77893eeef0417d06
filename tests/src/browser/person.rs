//! What a person does at the page: press, type, choose, read.

use super::{Browser, Node, Spot};
use crate::PATIENCE;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// Keys by WebDriver's names for them.
pub mod key {
    pub const BACKSPACE: char = '\u{e003}';
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const CONTROL: char = '\u{e009}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const PAGE_UP: char = '\u{e00e}';
    pub const END: char = '\u{e010}';
    pub const HOME: char = '\u{e011}';
    pub const UP: char = '\u{e013}';
    pub const LEFT: char = '\u{e012}';
    pub const RIGHT: char = '\u{e014}';
    pub const DOWN: char = '\u{e015}';
}

/// How WebDriver marks an element among other values.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Clicks.
    pub async fn press(&self, spot: &Spot) {
        let element = self.element(spot).await;
        self.post(&format!("element/{element}/click"), json!({})).await;
    }

    /// Replaces what stands in a text box.
    pub async fn write(&self, spot: &Spot, text: &str) {
        self.press(spot).await;
        self.chord(&[key::CONTROL, 'a']).await;
        self.chord(&[key::BACKSPACE]).await;
        if !text.is_empty() {
            let element = self.element(spot).await;
            self.post(&format!("element/{element}/value"), json!({ "text": text })).await;
        }
    }

    /// Chooses in a list by typing the choice's beginning.
    pub async fn choose(&self, spot: &Spot, choice: &str) {
        let element = self.element(spot).await;
        self.post(&format!("element/{element}/value"), json!({ "text": choice })).await;
        self.eventually(&format!("{spot} is {choice}"), async |tree| {
            tree.one(spot).filter(|node| node.value == choice).map(drop)
        })
        .await;
    }

    /// Chooses a file.
    pub async fn upload(&self, spot: &Spot, file: &Path) {
        let element = self.element(spot).await;
        self.post(&format!("element/{element}/value"), json!({ "text": file })).await;
    }

    /// Scrolls until it stands at the top.
    pub async fn scroll_to(&self, spot: &Spot) {
        let scroll = "function() { this.scrollIntoView({ block: 'start' }) }";
        self.call_on(&self.node(spot).await, scroll).await;
    }

    /// Presses keys at once, the last one last, and lets them go; whatever has the focus takes them.
    pub async fn chord(&self, keys: &[char]) {
        let action = |kind: &'static str| move |key: &char| json!({ "type": kind, "value": key });
        let down = keys.iter().map(action("keyDown"));
        let actions: Vec<Value> = down.chain(keys.iter().rev().map(action("keyUp"))).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("actions", json!({ "actions": [keyboard] })).await;
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.chord(&[letter]).await;
        }
    }

    /// Pastes into whatever has the focus.
    pub async fn paste(&self, text: &str) {
        self.devtools("Input.insertText", json!({ "text": text })).await;
    }

    /// The one node at a spot, once it is there.
    pub async fn node(&self, spot: &Spot) -> Node {
        self.eventually(&spot.to_string(), async |tree| tree.one(spot).cloned()).await
    }

    /// The text at a spot, as it is drawn.
    pub async fn read(&self, spot: &Spot) -> String {
        self.eventually(&spot.to_string(), async |tree| self.text(tree.one(spot)?).await).await
    }

    /// Waits until the text at a spot is as wanted, and returns it.
    pub async fn reads(&self, spot: &Spot, wanted: impl Fn(&str) -> bool) -> String {
        self.reads_within(PATIENCE, spot, wanted).await
    }

    /// Like [`Self::reads`], for what must come in a given time.
    ///
    /// # Panics
    /// It does not; with the last text.
    pub async fn reads_within(&self, limit: Duration, spot: &Spot, wanted: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        let found = self.look(limit, async |tree| {
            last = self.text(tree.one(spot)?).await?;
            wanted(&last).then_some(())
        });
        let found = found.await;
        assert!(found.is_some(), "{spot} does not read as wanted within {limit:?}, but: {last}");
        last
    }

    /// Everything there is to read on the page.
    pub async fn all_text(&self) -> String {
        let text = self.script("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What has the focus, once that is so.
    pub async fn focus_is_on(&self, spot: &Spot) {
        self.eventually(&format!("the focus is on {spot}"), async |tree| {
            tree.one(spot).filter(|node| node.focused).map(drop)
        })
        .await;
    }

    async fn text(&self, node: &Node) -> Option<String> {
        let text = self.call_on(node, "function() { return this.innerText }").await?;
        Some(text.as_str().unwrap_or_default().to_owned())
    }

    /// The WebDriver name of what is at a spot. The page itself hands it over: DevTools knows the node,
    /// WebDriver knows what a script returns.
    async fn element(&self, spot: &Spot) -> String {
        self.eventually(&spot.to_string(), async |tree| {
            self.call_on(tree.one(spot)?, "function() { globalThis.handedOver = this }").await
        })
        .await;
        let take = "const it = globalThis.handedOver; delete globalThis.handedOver; return it";
        let element = self.script(take).await;
        element[ELEMENT].as_str().unwrap_or_default().to_owned()
    }
}
