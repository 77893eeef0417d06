//! What devices sent, kept for tests and for comparing the order on the wire with what a real ThingsBoard
//! saw. Bounded, and never holds a token.

use crate::{ending::Ending, packet::Qos, sync::lock};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::sync::watch;

/// Entries that are kept; the oldest go first.
const MOST_ENTRIES: usize = 10_000;

/// Bytes of payloads, topics and other texts that are kept.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub at: SystemTime,
    /// Counts connections from 1, so that two of one device can be told apart.
    pub connection: u64,
    /// The device's name; `None` before CONNECT was accepted.
    pub device: Option<Arc<str>>,
    pub kind: Kind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Connect {
        /// 4 or 5.
        level: u8,
        clean: bool,
        /// Seconds.
        keep_alive: u16,
        /// `***` when the device used its token as client id.
        client_id: String,
        has_password: bool,
    },
    Subscribe {
        id: u16,
        /// Filters and the QoS asked for.
        filters: Vec<(String, u8)>,
    },
    Unsubscribe {
        id: u16,
        filters: Vec<String>,
    },
    Publish {
        /// Zero at QoS 0.
        id: u16,
        topic: String,
        qos: u8,
        retain: bool,
        payload: Bytes,
    },
    PubAck {
        id: u16,
    },
    PingReq,
    Disconnect,
    /// What ThingsBoard reads and ignores.
    Ignored,
    Closed {
        how: Ending,
    },
}

impl Recorded {
    /// The name counts in every entry: it may be all that is left of its device.
    fn bytes(&self) -> usize {
        self.device.as_ref().map_or(0, |name| name.len()) + self.kind.bytes()
    }
}

impl Kind {
    /// What the device decides the size of.
    fn bytes(&self) -> usize {
        match self {
            Self::Connect { client_id, .. } => client_id.len(),
            Self::Subscribe { filters, .. } => filters.iter().map(|(filter, _)| filter.len() + 32).sum(),
            Self::Unsubscribe { filters, .. } => filters.iter().map(|filter| filter.len() + 24).sum(),
            Self::Publish { topic, payload, .. } => topic.len() + payload.len(),
            Self::PubAck { .. } | Self::PingReq | Self::Disconnect | Self::Ignored | Self::Closed { .. } => 0,
        }
    }
}

impl From<Qos> for u8 {
    fn from(qos: Qos) -> Self {
        qos as Self
    }
}

/// The record; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    entries: Arc<Mutex<Entries>>,
    /// Changes with every entry.
    changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Entries {
    list: VecDeque<Recorded>,
    bytes: usize,
}

impl Record {
    pub(crate) fn new() -> Self {
        Self { entries: Arc::default(), changes: watch::Sender::new(()) }
    }

    pub(crate) fn add(&self, connection: u64, device: Option<&Arc<str>>, kind: Kind) {
        let recorded = Recorded { at: SystemTime::now(), connection, device: device.cloned(), kind };
        lock(&self.entries).add(recorded);
        self.changes.send_replace(());
    }

    /// A copy of all entries, oldest first. Payloads are shared, not copied.
    pub(crate) fn all(&self) -> Vec<Recorded> {
        lock(&self.entries).list.iter().cloned().collect()
    }

    /// Waits until `wanted` holds for the entries. `false` when it did not within `limit`.
    pub(crate) async fn wait_until(&self, wanted: impl Fn(&[Recorded]) -> bool, limit: Duration) -> bool {
        let mut changes = self.changes.subscribe();
        let holds = async {
            // The sender lives as long as this record, so that changes cannot end.
            while !wanted(lock(&self.entries).list.make_contiguous()) && changes.changed().await.is_ok() {}
        };
        tokio::time::timeout(limit, holds).await.is_ok()
    }
}

impl Entries {
    fn add(&mut self, recorded: Recorded) {
        self.bytes += recorded.bytes();
        self.list.push_back(recorded);
        while self.list.len() > MOST_ENTRIES || self.bytes > MOST_BYTES {
            let Some(oldest) = self.list.pop_front() else { return };
            self.bytes -= oldest.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(payload: usize) -> Kind {
        Kind::Publish { id: 0, topic: String::new(), qos: 0, retain: false, payload: vec![0; payload].into() }
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let record = Record::new();
        for connection in 0..=MOST_ENTRIES as u64 {
            record.add(connection, None, Kind::PingReq);
        }
        let all = record.all();
        assert_eq!(all.len(), MOST_ENTRIES);
        assert_eq!(all[0].connection, 1);
    }

    #[test]
    fn bytes_have_a_bound_of_their_own() {
        let record = Record::new();
        for connection in 0..300 {
            record.add(connection, None, publish(65_536));
        }
        assert_eq!(record.all().len(), MOST_BYTES / 65_536);
    }

    #[test]
    fn the_devices_name_counts_and_is_not_copied() {
        let record = Record::new();
        let name: Arc<str> = "x".repeat(60_000).into();
        for connection in 0..1_000 {
            record.add(connection, Some(&name), Kind::PingReq);
        }
        let all = record.all();
        assert_eq!(all.len(), MOST_BYTES / 60_000);
        assert!(all.iter().all(|entry| entry.device.as_ref().is_some_and(|own| Arc::ptr_eq(own, &name))));
    }

    #[tokio::test]
    async fn waiting_ends_with_the_entry_that_was_waited_for() {
        let record = Record::new();
        let pinged = |entries: &[Recorded]| entries.iter().any(|entry| entry.kind == Kind::PingReq);
        assert!(!record.wait_until(pinged, Duration::ZERO).await);
        let (waited, ()) = tokio::join!(record.wait_until(pinged, Duration::from_secs(5)), async {
            record.add(1, None, Kind::Disconnect);
            record.add(1, None, Kind::PingReq);
        });
        assert!(waited);
    }
}
