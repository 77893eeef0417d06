//! The attributes of the device, as far as this page has seen them, each with how it was learnt. A deleted one stays
//! in sight, marked as deleted, until the person clears it.

use crate::text::Stamp;
use serde_json::{Map, Value};
use shared::thingsboard::attributes::{Response, Scope};
use std::collections::BTreeMap;

/// Attributes kept.
const MAX_KNOWN: usize = 300;

/// Whose, and the key.
pub type Name = (Scope, String);

/// All of them, client attributes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub entries: BTreeMap<Name, Entry>,
    /// How many found no room.
    pub left_out: usize,
    /// Whether a deletion came: it cannot be told from an attribute with the name `deleted`.
    pub deletions: bool,
}

/// What is known of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The last value; `None` when it was deleted before its value was seen.
    pub value: Option<Value>,
    pub how: How,
    pub at: Stamp,
    pub unfolded: bool,
}

/// How it was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The device published it, and the server acknowledged.
    Published,
    /// The server answered a request.
    Answered,
    /// The server told of it by itself.
    Pushed,
    /// The server told that it was deleted.
    Deleted,
    /// The server left it out of an answer: it does not exist any more.
    Missing,
}

impl How {
    #[must_use]
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Deleted | Self::Missing)
    }

    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Answered => "answered",
            Self::Pushed => "pushed",
            Self::Deleted => "deleted, pushed",
            Self::Missing => "missing in the answer",
        }
    }
}

impl Known {
    /// Learns one value.
    pub(in crate::state) fn learn(&mut self, name: Name, value: Value, how: How, at: Stamp) {
        self.put(name, Some(value), how, at);
    }

    /// Learns values of one scope.
    pub(in crate::state) fn learn_all(
        &mut self,
        scope: Scope,
        values: &Map<String, Value>,
        how: How,
        at: Stamp,
    ) {
        for (key, value) in values {
            self.learn((scope, key.clone()), value.clone(), how, at);
        }
    }

    /// The server deleted a shared attribute.
    pub(in crate::state) fn delete(&mut self, key: String, at: Stamp) {
        self.deletions = true;
        let name = (Scope::Shared, key);
        let value = self.entries.get(&name).and_then(|entry| entry.value.clone());
        self.put(name, value, How::Deleted, at);
    }

    /// An attribute that was seen before is not there any more.
    pub(in crate::state) fn miss(&mut self, name: &Name, at: Stamp) {
        if let Some(entry) = self.entries.get_mut(name).filter(|entry| !entry.how.is_gone()) {
            entry.how = How::Missing;
            entry.at = at;
        }
    }

    /// The answer to a request for all: what it leaves out does not exist.
    pub(in crate::state) fn miss_all_but(&mut self, response: &Response, at: Stamp) {
        let found = |(scope, key): &Name| match scope {
            Scope::Client => response.client.contains_key(key),
            Scope::Shared => response.shared.contains_key(key),
        };
        let gone: Vec<Name> = self.entries.keys().filter(|name| !found(name)).cloned().collect();
        for name in &gone {
            self.miss(name, at);
        }
    }

    pub(in crate::state) fn unfold(&mut self, name: &Name) {
        if let Some(entry) = self.entries.get_mut(name) {
            entry.unfolded = !entry.unfolded;
        }
    }

    pub(in crate::state) fn clear_gone(&mut self) {
        self.entries.retain(|_, entry| !entry.how.is_gone());
    }

    fn put(&mut self, name: Name, value: Option<Value>, how: How, at: Stamp) {
        let known = self.entries.get(&name);
        if known.is_none() && self.entries.len() >= MAX_KNOWN {
            self.left_out += 1;
            return;
        }
        let unfolded = known.is_some_and(|entry| entry.unfolded);
        self.entries.insert(name, Entry { value, how, at, unfolded });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn name(scope: Scope, key: &str) -> Name {
        (scope, key.to_owned())
    }

    #[test]
    fn a_deleted_attribute_keeps_its_last_value_until_it_is_cleared() {
        let (mut known, at) = (Known::default(), Stamp::default());
        known.learn(name(Scope::Shared, "limit"), json!(30), How::Pushed, at);
        known.delete("limit".into(), at);
        known.delete("never seen".into(), at);
        let entry = &known.entries[&name(Scope::Shared, "limit")];
        assert_eq!((entry.value.clone(), entry.how), (Some(json!(30)), How::Deleted));
        assert_eq!(known.entries.len(), 2);
        known.clear_gone();
        assert!(known.entries.is_empty());
    }

    #[test]
    fn an_answer_for_all_tells_what_is_gone_in_either_scope() {
        let (mut known, at) = (Known::default(), Stamp::default());
        known.learn(name(Scope::Client, "a"), json!(1), How::Published, at);
        known.learn(name(Scope::Shared, "a"), json!(2), How::Pushed, at);
        let response = Response { client: Map::new(), shared: Map::from_iter([("a".to_owned(), json!(2))]) };
        known.miss_all_but(&response, at);
        assert_eq!(known.entries[&name(Scope::Client, "a")].how, How::Missing);
        assert_eq!(known.entries[&name(Scope::Shared, "a")].how, How::Pushed);
    }

    #[test]
    fn the_table_is_bounded_and_counts_what_it_leaves_out() {
        let (mut known, at) = (Known::default(), Stamp::default());
        for number in 0..MAX_KNOWN + 3 {
            known.learn(name(Scope::Shared, &number.to_string()), json!(number), How::Pushed, at);
        }
        assert_eq!((known.entries.len(), known.left_out), (MAX_KNOWN, 3));
        known.learn(name(Scope::Shared, "0"), json!("new"), How::Pushed, at);
        assert_eq!(known.entries[&name(Scope::Shared, "0")].value, Some(json!("new")));
    }
}
