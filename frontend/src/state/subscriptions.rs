//! The subscriptions of the session, each with what the server said to it, and the form for one more.

use shared::{
    limits::MAX_SUBSCRIPTIONS,
    thingsboard::topic::filter,
    topic::{check_filter, matches},
    wire::{self, QoS, SubscribeOutcome},
};

/// One subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub filter: String,
    /// The highest QoS wanted.
    pub wanted: QoS,
    pub standing: Standing,
    /// Messages received under this filter.
    pub messages: u64,
    /// Where the last of them came.
    pub last_topic: Option<String>,
}

/// Where a subscription stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Asked,
    Granted(QoS),
    Refused {
        reason: String,
    },
    Leaving,
    /// The session is over.
    Ended,
}

/// The subscriptions and the form for one more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub list: Vec<Subscription>,
    pub filter: String,
    pub qos: QoS,
    pub problem: Option<String>,
    /// What is to be said of the last press of the button besides the list.
    pub notice: Option<String>,
}

pub const FILTER_ID: &str = "subscription-filter";

impl Subscriptions {
    /// Why this filter cannot be asked for.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self, filter: &str) -> Result<(), String> {
        check_filter(filter).map_err(|problem| problem.to_string())?;
        if self.find(filter).is_none() && self.list.len() >= MAX_SUBSCRIPTIONS {
            return Err(format!(
                "There are {MAX_SUBSCRIPTIONS} subscriptions, the most one session may have: unsubscribe from one first."
            ));
        }
        Ok(())
    }

    /// What ThingsBoard says to the filter that is typed, when it is to be expected (ThingsBoard
    /// MqttTransportHandler.processSubscribe). Other brokers may grant it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let typed = self.filter.as_str();
        if typed.is_empty() || check_filter(typed).is_err() || filter::ALL.contains(&typed) {
            return None;
        }
        let near = filter::ALL.into_iter().find(|granted| matches(granted, typed) || matches(typed, granted));
        let instead = near.map(|near| format!(": {near}, for example")).unwrap_or_default();
        Some(format!(
            "ThingsBoard grants only the filters of its own list, letter by letter{instead}. It will refuse this one, \
             unless the device profile names it."
        ))
    }

    /// Notes that a filter was asked for.
    pub fn ask(&mut self, filter: &str, wanted: QoS) {
        match self.list.iter_mut().find(|known| known.filter == filter) {
            Some(known) => {
                known.wanted = wanted;
                known.standing = Standing::Asked;
            }
            None => self.list.push(Subscription {
                filter: filter.to_owned(),
                wanted,
                standing: Standing::Asked,
                messages: 0,
                last_topic: None,
            }),
        }
    }

    pub fn set(&mut self, filter: &str, standing: Standing) {
        if let Some(subscription) = self.list.iter_mut().find(|known| known.filter == filter) {
            subscription.standing = standing;
        }
    }

    pub fn settle(&mut self, result: &wire::SubscribeResult) {
        self.set(
            &result.filter,
            match &result.outcome {
                SubscribeOutcome::Granted { qos } => Standing::Granted(*qos),
                SubscribeOutcome::Refused { reason, .. } => Standing::Refused { reason: reason.clone() },
            },
        );
    }

    pub fn remove(&mut self, filter: &str) {
        self.list.retain(|known| known.filter != filter);
    }

    #[must_use]
    pub fn find(&self, filter: &str) -> Option<&Subscription> {
        self.list.iter().find(|known| known.filter == filter)
    }

    /// Counts a message under every filter it falls under.
    pub fn count(&mut self, topic: &str) {
        for subscription in &mut self.list {
            let live = matches!(subscription.standing, Standing::Granted(_) | Standing::Leaving);
            if live && matches(&subscription.filter, topic) {
                subscription.messages += 1;
                subscription.last_topic = Some(topic.to_owned());
            }
        }
    }

    /// The session was lost: what to ask for again on the next one.
    #[must_use]
    pub fn wanted(&self) -> Vec<wire::Subscription> {
        self.list
            .iter()
            .filter(|known| {
                matches!(known.standing, Standing::Asked | Standing::Granted(_) | Standing::Ended)
            })
            .map(|known| wire::Subscription { filter: known.filter.clone(), qos: known.wanted })
            .collect()
    }

    /// The session is over.
    pub fn end_all(&mut self) {
        self.list.retain(|known| known.standing != Standing::Leaving);
        for subscription in &mut self.list {
            if !matches!(subscription.standing, Standing::Refused { .. }) {
                subscription.standing = Standing::Ended;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(filters: &[&str]) -> Subscriptions {
        let mut subscriptions = Subscriptions::default();
        for filter in filters {
            subscriptions.ask(filter, QoS::AtMostOnce);
            subscriptions.set(filter, Standing::Granted(QoS::AtMostOnce));
        }
        subscriptions
    }

    #[test]
    fn a_message_counts_under_every_filter_it_matches() {
        let mut subscriptions = granted(&["a/+", "a/#", "b"]);
        subscriptions.count("a/x");
        let counts: Vec<u64> = subscriptions.list.iter().map(|known| known.messages).collect();
        assert_eq!(counts, [1, 1, 0]);
    }

    #[test]
    fn a_filter_that_thingsboard_does_not_know_is_hinted_at_before_it_is_asked_for() {
        let hint =
            |typed: &str| Subscriptions { filter: typed.to_owned(), ..Subscriptions::default() }.hint();
        for known in filter::ALL.into_iter().chain(["", "a#"]) {
            assert_eq!(hint(known), None, "{known}");
        }
        let near = hint("v1/devices/me/rpc/request/7").unwrap();
        assert!(near.contains("v1/devices/me/rpc/request/+, for example"), "{near}");
        assert!(hint("#").unwrap().contains("v1/devices/me/attributes, for example"));
        assert!(hint("my/topic").unwrap().contains("letter by letter. It will refuse"));
    }

    #[test]
    fn asking_again_keeps_the_count() {
        let mut subscriptions = granted(&["a"]);
        subscriptions.count("a");
        subscriptions.ask("a", QoS::AtLeastOnce);
        assert_eq!(subscriptions.list.len(), 1);
        assert_eq!(subscriptions.list[0].messages, 1);
        assert_eq!(subscriptions.list[0].wanted, QoS::AtLeastOnce);
    }

    #[test]
    fn a_lost_session_asks_again_for_all_but_the_refused_and_the_left() {
        let mut subscriptions = granted(&["a", "b", "c"]);
        subscriptions.set("b", Standing::Refused { reason: "no".into() });
        subscriptions.set("c", Standing::Leaving);
        subscriptions.end_all();
        let wanted: Vec<String> = subscriptions.wanted().into_iter().map(|wanted| wanted.filter).collect();
        assert_eq!(wanted, ["a"]);
        assert_eq!(subscriptions.find("c"), None);
    }

    #[test]
    fn bad_filters_and_too_many_are_refused_in_a_sentence() {
        let names: Vec<String> = (0..MAX_SUBSCRIPTIONS).map(|number| number.to_string()).collect();
        let full = granted(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(full.check("x").unwrap_err().contains("32"));
        assert_eq!(full.check("0"), Ok(()));
        assert!(Subscriptions::default().check("a#").is_err());
    }
}
