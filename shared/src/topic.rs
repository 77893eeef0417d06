//! MQTT's rules for topic names and filters (MQTT 3.1.1 and 5, section 4.7).
//!
//! Checked before the packet encoder sees a string: it writes a wrapped length for anything over
//! 65,535 bytes. Knows nothing of ThingsBoard's topics.

use crate::limits::MAX_TOPIC_BYTES;
use thiserror::Error;

/// Why a topic name or filter cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TopicProblem {
    #[error("The topic is empty: type one, for example v1/devices/me/telemetry.")]
    Empty,
    #[error("The filter is empty: type one, for example v1/devices/me/attributes.")]
    EmptyFilter,
    #[error("The topic is longer than {MAX_TOPIC_BYTES} bytes: shorten it.")]
    TooLong,
    #[error("A publish goes to one topic: + and # are wildcards, for subscriptions only.")]
    Wildcard,
    #[error("The topic holds a control character: remove it (it may have come along with a copy).")]
    ControlCharacter,
    #[error("# may stand only alone at the end of a filter, as in a/#.")]
    MultiLevelWildcard,
    #[error("+ must fill a whole level of a filter, as in a/+/b.")]
    SingleLevelWildcard,
}

/// Checks the topic name of a publish.
///
/// # Errors
/// The first rule of MQTT section 4.7 that `topic` breaks, or our length limit.
pub fn check_name(topic: &str) -> Result<(), TopicProblem> {
    check_text(topic)?;
    if topic.contains(['+', '#']) { Err(TopicProblem::Wildcard) } else { Ok(()) }
}

/// Checks the filter of a subscription.
///
/// # Errors
/// The first rule of MQTT section 4.7 that `filter` breaks, or our length limit.
pub fn check_filter(filter: &str) -> Result<(), TopicProblem> {
    if filter.is_empty() {
        return Err(TopicProblem::EmptyFilter);
    }
    check_text(filter)?;
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err(TopicProblem::MultiLevelWildcard);
        }
        if level.contains('+') && level != "+" {
            return Err(TopicProblem::SingleLevelWildcard);
        }
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), TopicProblem> {
    if text.is_empty() {
        Err(TopicProblem::Empty)
    } else if text.len() > MAX_TOPIC_BYTES {
        Err(TopicProblem::TooLong)
    } else if text.contains(char::is_control) {
        Err(TopicProblem::ControlCharacter)
    } else {
        Ok(())
    }
}

/// Whether a valid topic name falls under a valid filter (MQTT section 4.7; names that begin with `$`
/// are not matched by a leading wildcard, section 4.7.2).
#[must_use]
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut names = topic.split('/');
    for level in filter.split('/') {
        match (level, names.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (level, Some(name)) if level == name => {}
            _ => return false,
        }
    }
    names.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publish_topic_is_one_plain_name() {
        assert_eq!(check_name("v1/devices/me/telemetry"), Ok(()));
        assert_eq!(check_name("/provision/request"), Ok(()));
        assert_eq!(check_name("日本"), Ok(()));
        assert_eq!(check_name(""), Err(TopicProblem::Empty));
        assert_eq!(check_name("a/+/b"), Err(TopicProblem::Wildcard));
        assert_eq!(check_name("a/#"), Err(TopicProblem::Wildcard));
        assert_eq!(check_name("a\0b"), Err(TopicProblem::ControlCharacter));
        assert_eq!(check_name("a\nb"), Err(TopicProblem::ControlCharacter));
        assert_eq!(check_name(&"a".repeat(MAX_TOPIC_BYTES)), Ok(()));
        assert_eq!(check_name(&"a".repeat(MAX_TOPIC_BYTES + 1)), Err(TopicProblem::TooLong));
    }

    #[test]
    fn wildcards_stand_alone_in_their_level() {
        for good in ["#", "+", "a/#", "+/+/#", "a//b", "v1/devices/me/rpc/request/+", "/"] {
            assert_eq!(check_filter(good), Ok(()), "{good}");
        }
        assert_eq!(check_filter(""), Err(TopicProblem::EmptyFilter));
        for bad in ["a#", "#/a", "a/#/b", "##"] {
            assert_eq!(check_filter(bad), Err(TopicProblem::MultiLevelWildcard), "{bad}");
        }
        for bad in ["a+", "a/+b", "++"] {
            assert_eq!(check_filter(bad), Err(TopicProblem::SingleLevelWildcard), "{bad}");
        }
    }

    #[test]
    fn filters_match_as_the_standard_says() {
        let yes =
            [("a/b", "a/b"), ("a/+", "a/b"), ("a/#", "a"), ("a/#", "a/b/c"), ("#", "é/b"), ("+/+", "/f")];
        let no = [
            ("a/b", "a/b/c"),
            ("a/+", "a"),
            ("a/+", "a/b/c"),
            ("#", "$SYS/x"),
            ("+/x", "$SYS/x"),
            ("+", "/f"),
        ];
        for (filter, topic) in yes {
            assert!(matches(filter, topic), "{filter} {topic}");
        }
        for (filter, topic) in no {
            assert!(!matches(filter, topic), "{filter} {topic}");
        }
    }
}
