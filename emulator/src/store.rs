//! Keys and values of a device with a bound, which ThingsBoard does not have: an emulator that strangers
//! may use must not grow without end.

use serde_json::Value;
use std::collections::BTreeMap;

/// Bytes of keys and of values as JSON, about.
const MOST_BYTES: usize = 256 * 1024;

/// Keys.
const MOST_KEYS: usize = 1000;

/// Nothing more can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Values by key, each with something kept beside it.
#[derive(Debug)]
pub(crate) struct Store<T> {
    values: BTreeMap<String, (Value, T)>,
    bytes: usize,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), bytes: 0 }
    }
}

impl<T> Store<T> {
    pub(crate) fn get(&self, key: &str) -> Option<&(Value, T)> {
        self.values.get(key)
    }

    pub(crate) fn insert(&mut self, key: String, value: Value, beside: T) -> Result<(), Full> {
        self.remove(&key);
        let bytes = weight(&key, &value);
        if self.values.len() >= MOST_KEYS || self.bytes + bytes > MOST_BYTES {
            return Err(Full);
        }
        self.bytes += bytes;
        self.values.insert(key, (value, beside));
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if let Some((value, _)) = self.values.remove(key) {
            self.bytes -= weight(key, &value);
        }
    }

    /// Sorted by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value, &T)> {
        self.values.iter().map(|(key, (value, beside))| (key, value, beside))
    }
}

/// About what a value takes, plus a little for every entry.
fn weight(key: &str, value: &Value) -> usize {
    let value = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| weight("", item)).sum(),
        Value::Object(members) => members.iter().map(|(key, value)| weight(key, value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    key.len() + value + 32
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
    fn what_is_removed_makes_room() {
        let mut store = Store::default();
        for round in 0..100 {
            store.insert(format!("key{round}"), json!("x".repeat(200_000)), ()).unwrap();
            store.remove(&format!("key{round}"));
        }
        assert_eq!(store.bytes, 0);
    }
}
