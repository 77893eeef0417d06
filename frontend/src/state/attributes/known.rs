//! The attributes of the device, as far as this page has seen them, each with how it was learnt. A deleted one stays
//! in sight, marked as deleted, until the person clears it.

use crate::text::Stamp;
use serde_json::{Map, Value};
use shared::thingsboard::attributes::{Response, Scope};
use std::{collections::BTreeMap, rc::Rc};

/// Attributes kept.
const MAX_KNOWN: usize = 300;

/// Bytes of keys and values kept.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Whose, and the key.
pub type Name = (Scope, Rc<str>);

/// All of them, client attributes first. A copy costs as little as one of an empty table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    entries: Rc<BTreeMap<Name, Entry>>,
    /// Of all keys and values.
    bytes: usize,
    last: u32,
    /// How many found no room.
    pub left_out: usize,
    /// Whether a deletion came: it cannot be told from an attribute with the name `deleted`.
    pub deletions: bool,
}

/// What is known of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The page's own, for as long as the attribute is in the table.
    pub number: u32,
    /// The last value as JSON; `None` when it was deleted before its value was seen.
    pub value: Option<Rc<str>>,
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
    /// Client attributes first, then by their keys.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<Name, Entry> {
        &self.entries
    }

    /// Bytes of all keys and values.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Learns one value.
    pub(in crate::state) fn learn(&mut self, name: Name, value: &Value, how: How, at: Stamp) {
        self.put(name, Some(value.to_string().into()), how, at);
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
            self.learn((scope, key.as_str().into()), value, how, at);
        }
    }

    /// The server deleted a shared attribute.
    pub(in crate::state) fn delete(&mut self, key: &str, at: Stamp) {
        self.deletions = true;
        let name = (Scope::Shared, key.into());
        let value = self.entries.get(&name).and_then(|entry| entry.value.clone());
        self.put(name, value, How::Deleted, at);
    }

    /// An attribute that was seen before is not there any more.
    pub(in crate::state) fn miss(&mut self, name: &Name, at: Stamp) {
        if self.entries.get(name).is_none_or(|entry| entry.how.is_gone()) {
            return;
        }
        if let Some(entry) = Rc::make_mut(&mut self.entries).get_mut(name) {
            entry.how = How::Missing;
            entry.at = at;
        }
    }

    /// The answer to a request for all: what it leaves out does not exist.
    pub(in crate::state) fn miss_all_but(&mut self, response: &Response, at: Stamp) {
        let found = |(scope, key): &Name| match scope {
            Scope::Client => response.client.contains_key(&**key),
            Scope::Shared => response.shared.contains_key(&**key),
        };
        let gone: Vec<Name> = self.entries.keys().filter(|name| !found(name)).cloned().collect();
        for name in &gone {
            self.miss(name, at);
        }
    }

    pub(in crate::state) fn unfold(&mut self, name: &Name) {
        if let Some(entry) = Rc::make_mut(&mut self.entries).get_mut(name) {
            entry.unfolded = !entry.unfolded;
        }
    }

    pub(in crate::state) fn clear_gone(&mut self) {
        let entries = Rc::make_mut(&mut self.entries);
        entries.retain(|_, entry| !entry.how.is_gone());
        self.bytes = entries.iter().map(|(name, entry)| weight(name, entry.value.as_deref())).sum();
    }

    /// What finds no room is left out, with what was known of it: an old value is not to be taken for the last one.
    fn put(&mut self, name: Name, value: Option<Rc<str>>, how: How, at: Stamp) {
        let known = self.entries.get(&name);
        let number = known.map(|entry| entry.number);
        let unfolded = known.is_some_and(|entry| entry.unfolded);
        let freed = known.map_or(0, |entry| weight(&name, entry.value.as_deref()));
        let bytes = self.bytes - freed + weight(&name, value.as_deref());
        let full = number.is_none() && self.entries.len() >= MAX_KNOWN;
        if full || bytes > MAX_BYTES {
            self.left_out += 1;
            if number.is_some() {
                Rc::make_mut(&mut self.entries).remove(&name);
                self.bytes -= freed;
            }
            return;
        }
        self.bytes = bytes;
        let number = number.unwrap_or_else(|| {
            self.last = self.last.wrapping_add(1);
            self.last
        });
        Rc::make_mut(&mut self.entries).insert(name, Entry { number, value, how, at, unfolded });
    }
}

fn weight((_, key): &Name, value: Option<&str>) -> usize {
    key.len() + value.map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn name(scope: Scope, key: &str) -> Name {
        (scope, key.into())
    }

    #[test]
    fn a_deleted_attribute_keeps_its_last_value_until_it_is_cleared() {
        let (mut known, at) = (Known::default(), Stamp::default());
        known.learn(name(Scope::Shared, "limit"), &json!(30), How::Pushed, at);
        known.delete("limit", at);
        known.delete("never seen", at);
        let entry = &known.entries[&name(Scope::Shared, "limit")];
        assert_eq!((entry.value.as_deref(), entry.how), (Some("30"), How::Deleted));
        assert_eq!(known.entries.len(), 2);
        known.clear_gone();
        assert!(known.entries.is_empty());
    }

    #[test]
    fn an_answer_for_all_tells_what_is_gone_in_either_scope() {
        let (mut known, at) = (Known::default(), Stamp::default());
        known.learn(name(Scope::Client, "a"), &json!(1), How::Published, at);
        known.learn(name(Scope::Shared, "a"), &json!(2), How::Pushed, at);
        let response = Response { client: Map::new(), shared: Map::from_iter([("a".to_owned(), json!(2))]) };
        known.miss_all_but(&response, at);
        assert_eq!(known.entries[&name(Scope::Client, "a")].how, How::Missing);
        assert_eq!(known.entries[&name(Scope::Shared, "a")].how, How::Pushed);
    }

    #[test]
    fn the_table_is_bounded_and_counts_what_it_leaves_out() {
        let (mut known, at) = (Known::default(), Stamp::default());
        for number in 0..MAX_KNOWN + 3 {
            known.learn(name(Scope::Shared, &number.to_string()), &json!(number), How::Pushed, at);
        }
        assert_eq!((known.entries.len(), known.left_out), (MAX_KNOWN, 3));
        known.learn(name(Scope::Shared, "0"), &json!("new"), How::Pushed, at);
        assert_eq!(known.entries[&name(Scope::Shared, "0")].value.as_deref(), Some("\"new\""));
    }

    #[test]
    fn long_keys_and_values_are_bounded_by_bytes() {
        let (mut known, at) = (Known::default(), Stamp::default());
        let long = "x".repeat(60_000);
        for number in 0..100 {
            known.learn(name(Scope::Shared, &format!("{number}{long}")), &json!(number), How::Pushed, at);
        }
        let kept = known.entries.len();
        assert!(known.bytes() <= MAX_BYTES && kept > 20);
        assert_eq!(kept + known.left_out, 100);
        for key in ["a", "a", "b"] {
            known.learn(name(Scope::Shared, key), &json!(1), How::Pushed, at);
        }
        assert_eq!(known.entries.len(), kept + 2, "there is room for short ones still");
        let before = known.bytes();
        known.learn(name(Scope::Shared, "a"), &json!(long), How::Pushed, at);
        assert_eq!(known.entries.get(&name(Scope::Shared, "a")), None, "its last value is not known");
        assert_eq!(known.bytes(), before - 2);
        known.delete("b", at);
        known.clear_gone();
        assert_eq!(known.bytes(), before - 4);
    }
}
