//! Requests that wait for the server's answer, by packet identifier. Pure.
//!
//! Publishes take identifiers from `1..=window`, so that no identifier is used twice while it is in
//! flight; subscribe and unsubscribe take theirs from above.

use crate::broker::packet::PacketId;
use shared::wire::RequestId;
use std::collections::{BTreeMap, VecDeque};

/// A subscribe or unsubscribe that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    Subscribe { request: RequestId, filters: Vec<String> },
    Unsubscribe { request: RequestId, filters: Vec<String> },
}

/// Everything that waits for an acknowledgement.
#[derive(Debug)]
pub(super) struct Outstanding {
    window: u16,
    free: VecDeque<PacketId>,
    publishes: BTreeMap<PacketId, RequestId>,
    pending: BTreeMap<PacketId, Pending>,
    last: PacketId,
}

impl Outstanding {
    /// `window`: identifiers set aside for publishes; `in_flight`: how many of them the server allows at one
    /// time, at least one.
    pub(super) fn new(window: u16, in_flight: u16) -> Self {
        Self {
            window,
            free: (1..=window.min(in_flight.max(1))).collect(),
            publishes: BTreeMap::new(),
            pending: BTreeMap::new(),
            last: window,
        }
    }

    /// An identifier for one more publish; `None` while the window is full.
    pub(super) fn publish(&mut self, request: RequestId) -> Option<PacketId> {
        let id = self.free.pop_front()?;
        self.publishes.insert(id, request);
        Some(id)
    }

    /// The publish that PUBACK `id` answers.
    pub(super) fn published(&mut self, id: PacketId) -> Option<RequestId> {
        let request = self.publishes.remove(&id)?;
        self.free.push_back(id);
        Some(request)
    }

    /// An identifier for a subscribe or unsubscribe. The caller bounds how many wait, far below the
    /// identifiers there are.
    pub(super) fn request(&mut self, pending: Pending) -> PacketId {
        loop {
            self.last = self.last.checked_add(1).unwrap_or(self.window + 1);
            if !self.pending.contains_key(&self.last) {
                self.pending.insert(self.last, pending);
                return self.last;
            }
        }
    }

    /// The request that SUBACK or UNSUBACK `id` answers.
    pub(super) fn answered(&mut self, id: PacketId) -> Option<Pending> {
        self.pending.remove(&id)
    }

    /// Subscribe and unsubscribe requests that wait.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.pending.values()
    }

    /// Everything that never got its answer, publishes first.
    pub(super) fn abandon(&mut self) -> (Vec<RequestId>, Vec<Pending>) {
        let publishes = std::mem::take(&mut self.publishes).into_values().collect();
        let pending = std::mem::take(&mut self.pending).into_values().collect();
        (publishes, pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_free_again_only_after_its_answer() {
        let mut outstanding = Outstanding::new(2, 2);
        assert_eq!(outstanding.publish(10), Some(1));
        assert_eq!(outstanding.publish(11), Some(2));
        assert_eq!(outstanding.publish(12), None);
        assert_eq!(outstanding.published(2), Some(11));
        assert_eq!(outstanding.published(2), None);
        assert_eq!(outstanding.publish(12), Some(2));
    }

    #[test]
    fn the_server_may_allow_fewer_in_flight() {
        let mut outstanding = Outstanding::new(20, 1);
        assert_eq!(outstanding.publish(10), Some(1));
        assert_eq!(outstanding.publish(11), None);
        let pending = Pending::Unsubscribe { request: 1, filters: vec![] };
        assert_eq!(outstanding.request(pending), 21);
    }

    #[test]
    fn requests_wrap_above_the_window_and_skip_what_waits() {
        let mut outstanding = Outstanding::new(2, 2);
        let pending = Pending::Unsubscribe { request: 1, filters: vec![] };
        assert_eq!(outstanding.request(pending.clone()), 3);
        outstanding.last = PacketId::MAX;
        assert_eq!(outstanding.request(pending.clone()), 4);
        assert_eq!(outstanding.answered(3), Some(pending));
        assert_eq!(outstanding.answered(3), None);
    }
}
