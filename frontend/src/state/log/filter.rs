//! Which entries are shown: what is typed, and the rule it makes.
//!
//! A regular expression is only checked and run by the browser, which has one; here it is a text.

use super::{Content, Entry, json_path::JsonPath, search};
use shared::topic::{check_filter, matches};

/// Which way a message went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    All,
    Received,
    Sent,
    Notes,
}

impl Direction {
    pub const ALL: [Self; 4] = [Self::All, Self::Received, Self::Sent, Self::Notes];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Notes => "notes",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Received => "Received",
            Self::Sent => "Sent",
            Self::Notes => "Notes",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.key() == key)
    }

    fn takes(self, content: &Content) -> bool {
        match self {
            Self::All => true,
            Self::Received => matches!(content, Content::Received(_)),
            Self::Sent => matches!(content, Content::Sent(_)),
            Self::Notes => matches!(content, Content::Note(_) | Content::Problem(_)),
        }
    }
}

/// What is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    pub direction: Direction,
    pub topic: String,
    pub text: String,
    pub expression: String,
    pub path: String,
}

/// A text box of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Topic,
    Text,
    Expression,
    Path,
}

impl Typed {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn set(&mut self, field: Field, text: String) {
        *match field {
            Field::Topic => &mut self.topic,
            Field::Text => &mut self.text,
            Field::Expression => &mut self.expression,
            Field::Path => &mut self.path,
        } = text;
    }

    /// What the topic's text box says of what is typed there.
    #[must_use]
    pub fn topic_problem(&self) -> Option<String> {
        let topic = self.topic.trim();
        has_wildcard(topic).then(|| check_filter(topic).err()).flatten().map(|problem| problem.to_string())
    }

    /// The same of the path.
    #[must_use]
    pub fn path_problem(&self) -> Option<&'static str> {
        let path = self.path.trim();
        if path.is_empty() { None } else { JsonPath::read(path).err() }
    }

    /// The rule. What cannot be read filters nothing, and is said at its field.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let topic = given(&self.topic).filter(|_| self.topic_problem().is_none());
        Rule {
            direction: self.direction,
            topic: topic
                .map(|topic| if has_wildcard(&topic) { Topic::Filter(topic) } else { Topic::Part(topic) }),
            text: Some(self.text.clone()).filter(|text| !text.is_empty()),
            path: given(&self.path).and_then(|path| JsonPath::read(&path).ok()),
        }
    }
}

fn has_wildcard(topic: &str) -> bool {
    topic.contains(['+', '#'])
}

/// What passes, but for the regular expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    direction: Direction,
    topic: Option<Topic>,
    text: Option<String>,
    path: Option<JsonPath>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Topic {
    /// With wildcards (MQTT section 4.7).
    Filter(String),
    Part(String),
}

impl Rule {
    /// Whether everything passes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    #[must_use]
    pub fn passes(&self, entry: &Entry) -> bool {
        let content = &entry.content;
        let topic = |wanted: &Topic| {
            content.message().is_some_and(|(topic, _)| match wanted {
                Topic::Filter(filter) => matches(filter, topic),
                Topic::Part(part) => topic.contains(part.as_str()),
            })
        };
        self.direction.takes(content)
            && self.topic.as_ref().is_none_or(topic)
            && self.text.as_deref().is_none_or(|text| has_text(entry, text))
            && self.path.as_ref().is_none_or(|path| {
                content
                    .message()
                    .and_then(|(_, payload)| payload.as_text())
                    .is_some_and(|text| path.matches(text))
            })
    }
}

/// Whether a text stands in an entry's topic, payload or words.
#[must_use]
pub fn has_text(entry: &Entry, text: &str) -> bool {
    let content = &entry.content;
    content.text().is_some_and(|words| search::contains(words, text))
        || content.message().is_some_and(|(topic, _)| search::contains(topic, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        state::log::{Delivery, Received, Sent},
        text::Stamp,
    };
    use shared::{payload::Payload, wire::QoS};

    fn entry(content: Content) -> Entry {
        Entry { number: 1, at: Stamp::default(), content }
    }

    fn received(topic: &str, text: &str) -> Entry {
        entry(Content::Received(Received {
            topic: topic.into(),
            qos: QoS::AtMostOnce,
            retain: false,
            duplicate: false,
            payload: Payload::from_text(text),
        }))
    }

    fn sent(topic: &str, text: &str) -> Entry {
        entry(Content::Sent(Sent {
            topic: topic.into(),
            qos: QoS::AtMostOnce,
            payload: Payload::from_text(text),
            delivery: Delivery::Pending,
        }))
    }

    fn typed(field: Field, text: &str) -> Typed {
        let mut typed = Typed::default();
        typed.set(field, text.to_owned());
        typed
    }

    #[test]
    fn nothing_typed_lets_everything_pass() {
        let rule = Typed::default().rule();
        assert!(rule.is_open() && rule.passes(&entry(Content::Note("x".into()))));
        assert!(typed(Field::Topic, "  ").rule().is_open());
    }

    #[test]
    fn directions_are_told_apart() {
        let passes = |direction| {
            let rule = Typed { direction, ..Typed::default() }.rule();
            [
                received("a", ""),
                sent("a", ""),
                entry(Content::Note("n".into())),
                entry(Content::Problem("p".into())),
            ]
            .map(|entry| rule.passes(&entry))
        };
        assert_eq!(passes(Direction::Received), [true, false, false, false]);
        assert_eq!(passes(Direction::Sent), [false, true, false, false]);
        assert_eq!(passes(Direction::Notes), [false, false, true, true]);
        assert_eq!(passes(Direction::All), [true; 4]);
    }

    #[test]
    fn a_topic_is_a_filter_with_wildcards_and_else_a_part() {
        let rule = typed(Field::Topic, "v1/+/me/#").rule();
        assert!(
            rule.passes(&received("v1/devices/me/attributes", "")) && !rule.passes(&received("v2/a", ""))
        );
        let rule = typed(Field::Topic, "attrib").rule();
        assert!(
            rule.passes(&sent("v1/devices/me/attributes", "")) && !rule.passes(&sent("v1/telemetry", ""))
        );
        assert!(!rule.passes(&entry(Content::Note("attrib".into()))));
        let wrong = typed(Field::Topic, "a+b");
        assert!(wrong.topic_problem().is_some() && wrong.rule().is_open());
    }

    #[test]
    fn text_is_looked_for_in_topics_payloads_and_notes() {
        let rule = typed(Field::Text, "Temp").rule();
        assert!(rule.passes(&received("temp", "")) && rule.passes(&sent("a", "{\"temperature\":1}")));
        assert!(
            rule.passes(&entry(Content::Problem("TEMPORARY".into()))) && !rule.passes(&received("a", "b"))
        );
    }

    #[test]
    fn a_path_asks_for_json() {
        let rule = typed(Field::Path, "$.t > 20").rule();
        assert!(rule.passes(&received("a", "{\"t\":21}")) && !rule.passes(&received("a", "{\"t\":19}")));
        assert!(
            !rule.passes(&received("a", "t")) && !rule.passes(&entry(Content::Note("{\"t\":21}".into())))
        );
        let wrong = typed(Field::Path, "t > 20");
        assert!(wrong.path_problem().is_some() && wrong.rule().is_open());
    }
}
