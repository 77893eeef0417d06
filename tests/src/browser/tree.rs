//! The page as a screen reader has it: roles, names, descriptions, states. Pure.

use super::Spot;
use serde_json::Value;
use std::{collections::HashMap, fmt::Write as _};

/// Roles that only hold text or layout; their text is in their parents' names or is read as text.
const SILENT: [&str; 9] = [
    "StaticText",
    "InlineTextBox",
    "generic",
    "none",
    "LabelText",
    "Legend",
    "MenuListPopup",
    "paragraph",
    "strong",
];

/// An element with a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub role: String,
    pub name: String,
    /// What `aria-describedby` and the like lead to.
    pub description: String,
    /// What is typed or chosen in it.
    pub value: String,
    pub invalid: bool,
    pub focused: bool,
    pub selected: bool,
    pub(super) backend_id: u64,
    parent: Option<usize>,
    depth: usize,
}

/// All that is exposed, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(Vec<Node>);

impl Tree {
    /// Reads the answer of `Accessibility.getFullAXTree`.
    pub(super) fn read(answer: &Value) -> Self {
        let mut tree = Self::default();
        let Some(nodes) = answer["nodes"].as_array() else { return tree };
        let by_id: HashMap<&str, &Value> =
            nodes.iter().filter_map(|node| Some((node["nodeId"].as_str()?, node))).collect();
        if let Some(root) = nodes.first() {
            tree.add(root, &by_id, None, 0);
        }
        tree
    }

    fn add(&mut self, node: &Value, by_id: &HashMap<&str, &Value>, parent: Option<usize>, depth: usize) {
        let mut here = (parent, depth);
        if node["ignored"] != true {
            self.0.push(Node { parent, depth, ..Node::read(node) });
            here = (Some(self.0.len() - 1), depth + 1);
        }
        for child in node["childIds"].as_array().into_iter().flatten() {
            if let Some(child) = child.as_str().and_then(|id| by_id.get(id)) {
                self.add(child, by_id, here.0, here.1);
            }
        }
    }

    /// All nodes at a spot.
    #[must_use]
    pub fn all(&self, spot: &Spot) -> Vec<&Node> {
        self.0.iter().filter(|node| self.is_at(node, spot)).collect()
    }

    /// The node at a spot, when there is exactly one.
    #[must_use]
    pub fn one(&self, spot: &Spot) -> Option<&Node> {
        let mut found = self.0.iter().filter(|node| self.is_at(node, spot));
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// What has the keyboard's focus.
    #[must_use]
    pub fn focused(&self) -> Option<&Node> {
        self.0.iter().rfind(|node| node.focused)
    }

    /// Roles and names, a line each, indented by level: what should change only on purpose.
    #[must_use]
    pub fn outline(&self) -> String {
        let mut outline = String::new();
        for node in self.0.iter().filter(|node| node.is_loud()) {
            let level = self.ancestors(node).filter(|ancestor| ancestor.is_loud()).count();
            // Writing to a string cannot fail.
            let _ = writeln!(outline, "{:width$}{} {:?}", "", node.role, node.name, width = 2 * level);
        }
        outline
    }

    fn is_at(&self, node: &Node, spot: &Spot) -> bool {
        node.role == spot.role
            && node.name == spot.name
            && spot
                .around
                .as_ref()
                .is_none_or(|around| self.ancestors(node).any(|above| self.is_at(above, around)))
    }

    fn ancestors<'t>(&'t self, node: &'t Node) -> impl Iterator<Item = &'t Node> {
        std::iter::successors(Some(node), |node| node.parent.map(|parent| &self.0[parent])).skip(1)
    }
}

impl Node {
    fn read(node: &Value) -> Self {
        let text = |key: &str| match &node[key]["value"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let mut read = Self {
            role: text("role"),
            name: text("name"),
            description: text("description"),
            value: text("value"),
            backend_id: node["backendDOMNodeId"].as_u64().unwrap_or_default(),
            ..Self::default()
        };
        for property in node["properties"].as_array().into_iter().flatten() {
            let value = &property["value"]["value"];
            match property["name"].as_str() {
                Some("invalid") => read.invalid = value == "true",
                Some("focused") => read.focused = value == true,
                Some("selected") => read.selected = value == true,
                _ => {}
            }
        }
        read
    }

    fn is_loud(&self) -> bool {
        !SILENT.contains(&self.role.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> Tree {
        let node = |id: &str, role: &str, name: &str, children: &[&str]| {
            json!({"nodeId": id, "ignored": role.is_empty(), "role": {"value": role}, "name": {"value": name},
                   "childIds": children})
        };
        let mut focused = node("5", "textbox", "Topic", &[]);
        focused["properties"] = json!([{"name": "focused", "value": {"value": true}},
                                       {"name": "invalid", "value": {"value": "true"}}]);
        Tree::read(&json!({"nodes": [
            node("1", "RootWebArea", "Page", &["2", "3"]),
            node("2", "form", "Subscribe", &["4"]),
            node("3", "", "", &["6"]),
            node("4", "textbox", "Topic", &[]),
            node("6", "form", "Publish", &["7"]),
            node("7", "paragraph", "", &["5"]),
            focused,
        ]}))
    }

    #[test]
    fn a_spot_within_another_is_told_from_its_namesake() {
        let tree = example();
        let topic = Spot::text_box("Topic");
        assert_eq!((tree.all(&topic).len(), tree.one(&topic)), (2, None));
        let published = tree.one(&topic.within(Spot::form("Publish"))).unwrap();
        assert!(published.focused && published.invalid);
        assert_eq!(tree.focused(), Some(published));
    }

    #[test]
    fn the_outline_passes_over_what_is_silent_or_not_exposed() {
        let expected = "RootWebArea \"Page\"\n  form \"Subscribe\"\n    textbox \"Topic\"\n  form \"Publish\"\n    \
                        textbox \"Topic\"\n";
        assert_eq!(example().outline(), expected);
    }
}
