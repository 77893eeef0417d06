//! What each unanswered request was, by its id.

use super::purpose::Purpose;
use shared::wire::RequestId;
use std::collections::BTreeMap;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Connect,
    /// The publish shown as this log entry.
    Publish {
        entry: u64,
        purpose: Purpose,
    },
    Subscribe {
        filters: Vec<String>,
    },
    Unsubscribe {
        filter: String,
    },
    Disconnect,
}

/// The unanswered requests of the current session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    open: BTreeMap<RequestId, Request>,
    last: RequestId,
}

impl Requests {
    /// An id for a new request.
    pub fn add(&mut self, request: Request) -> RequestId {
        self.last = self.last.wrapping_add(1);
        self.open.insert(self.last, request);
        self.last
    }

    /// The request that was answered.
    pub fn take(&mut self, id: RequestId) -> Option<Request> {
        self.open.remove(&id)
    }

    /// The session is over: all that is left, oldest first.
    pub fn take_all(&mut self) -> impl Iterator<Item = Request> + use<> {
        std::mem::take(&mut self.open).into_values()
    }

    /// Whether answers to subscribe requests are still waited for.
    #[must_use]
    pub fn subscribing(&self) -> bool {
        self.open.values().any(|request| matches!(request, Request::Subscribe { .. }))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once() {
        let mut requests = Requests::default();
        let first = requests.add(Request::Publish { entry: 7, purpose: Purpose::Bar });
        let second = requests.add(Request::Subscribe { filters: vec!["#".into()] });
        assert_ne!(first, second);
        assert!(requests.subscribing());
        assert_eq!(requests.take(first), Some(Request::Publish { entry: 7, purpose: Purpose::Bar }));
        assert_eq!(requests.take(first), None);
        assert_eq!(requests.take_all().count(), 1);
        assert!(requests.is_empty());
    }
}
