//! Keys and values of a device with a bound, which ThingsBoard does not have: an emulator that strangers
//! may use must not grow without end.

use crate::budget::{Budget, Held};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Bytes of memory that keys and values take.
const MOST_BYTES: usize = 256 * 1024;

/// Keys.
const MOST_KEYS: usize = 1000;

/// Of an entry besides the text of its key and what its value points to: the two themselves in a tree's node
/// that may be half empty.
const ENTRY_BYTES: usize = 160;

/// Of one node of an object's tree, which has room for eleven members.
const NODE_BYTES: usize = 11 * (size_of::<String>() + size_of::<Value>()) + 16;

/// Members that each node but one has at least, less one for the nodes above.
const FEWEST_IN_NODE: usize = 4;

/// Nothing more can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Values by key, each with something kept beside it.
#[derive(Debug)]
pub(crate) struct Store<T> {
    values: BTreeMap<String, (Value, T)>,
    held: Held,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), held: Held::default() }
    }
}

impl<T> Store<T> {
    /// Its bytes are also bounded by `budget`.
    pub(crate) fn within(budget: &Arc<Budget>) -> Self {
        Self { values: BTreeMap::new(), held: Held::of(budget) }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&(Value, T)> {
        self.values.get(key)
    }

    pub(crate) fn insert(&mut self, key: String, value: Value, beside: T) -> Result<(), Full> {
        self.remove(&key);
        let bytes = weight(&key, &value);
        let fits = self.values.len() < MOST_KEYS && self.held.bytes() + bytes <= MOST_BYTES;
        if !fits || !self.held.grow(bytes) {
            return Err(Full);
        }
        self.values.insert(key, (value, beside));
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if let Some((key, (value, _))) = self.values.remove_entry(key) {
            self.held.shrink(weight(&key, &value));
        }
    }

    /// Sorted by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value, &T)> {
        self.values.iter().map(|(key, (value, beside))| (key, value, beside))
    }
}

fn weight(key: &String, value: &Value) -> usize {
    ENTRY_BYTES + key.capacity() + pointed_to(value)
}

/// The bytes of memory that a value takes besides itself; of a tree, the most that it can take.
fn pointed_to(value: &Value) -> usize {
    match value {
        Value::String(text) => text.capacity(),
        Value::Array(items) => {
            items.capacity() * size_of::<Value>() + items.iter().map(pointed_to).sum::<usize>()
        }
        Value::Object(members) if members.is_empty() => 0,
        Value::Object(members) => {
            let nodes = 1 + members.len() / FEWEST_IN_NODE;
            let texts = members.iter().map(|(key, value)| key.capacity() + pointed_to(value));
            nodes * NODE_BYTES + texts.sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn there_is_a_bound_on_keys_and_on_bytes() {
        let mut store = Store::default();
        for key in 0..MOST_KEYS {
            store.insert(key.to_string(), json!(1), ()).unwrap();
        }
        assert_eq!(store.insert("more".to_owned(), json!(1), ()), Err(Full));
        assert_eq!(store.insert("0".to_owned(), json!(2), ()), Ok(()));

        let mut store = Store::default();
        let large = json!(["x".repeat(60_000)]);
        let taken = (0..10).filter(|key| store.insert(key.to_string(), large.clone(), ()).is_ok());
        assert_eq!(taken.count(), 4);
    }

    #[test]
    fn an_object_weighs_what_its_tree_takes() {
        // 400 small objects, each a node of a tree: 256 KiB are full before they are all kept.
        let small = json!({"a": 1});
        let mut store = Store::default();
        let value = Value::Array(vec![small; 400]);
        assert!(pointed_to(&value) > 400 * 11 * (size_of::<String>() + size_of::<Value>()));
        assert_eq!(store.insert("k".to_owned(), value, ()), Err(Full));
        let wide: Value = (0..100).map(|key| (key.to_string(), json!(1))).collect();
        assert!(pointed_to(&wide) > 100 * (size_of::<String>() + size_of::<Value>()));
        assert_eq!(pointed_to(&json!({})), 0);
    }

    #[test]
    fn stores_of_one_owner_share_a_budget() {
        let budget = Arc::new(Budget::new(300_000));
        let (mut one, mut other) = (Store::within(&budget), Store::within(&budget));
        let large = || json!("x".repeat(200_000));
        assert_eq!(one.insert("k".to_owned(), large(), ()), Ok(()));
        assert_eq!(other.insert("k".to_owned(), large(), ()), Err(Full));
        one.remove("k");
        assert_eq!(other.insert("k".to_owned(), large(), ()), Ok(()));
        drop(other);
        assert_eq!(one.insert("k".to_owned(), large(), ()), Ok(()));
    }

    #[test]
    fn what_is_removed_makes_room() {
        let mut store = Store::default();
        for round in 0..100 {
            store.insert(format!("key{round}"), json!("x".repeat(200_000)), ()).unwrap();
            store.remove(&format!("key{round}"));
        }
        assert_eq!(store.held.bytes(), 0);
    }
}
