//! Sessions that the server ends right after their start, again and again: the mark of a second client with
//! the same access token. ThingsBoard keeps one session a device and ends the older one, so two clients that
//! both reconnect push each other out for ever.

use shared::failure::Failure;

/// Milliseconds that a session must last not to count as ended right after its start.
pub const LASTING_MS: i64 = 10_000;
/// Milliseconds within which the ends must come.
const WITHIN_MS: i64 = 60_000;
/// Ends that are no accident any more.
const MANY: usize = 3;
/// MQTT 5's reason code `session taken over`.
const TAKEN_OVER: u8 = 0x8e;

/// The ends that may be a contest's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contest {
    ends_ms: Vec<i64>,
}

impl Contest {
    /// Takes note of a session's end. Returns whether it shows that another client wants the same session.
    pub fn ended(&mut self, failure: &Failure, lasted_ms: i64, now_ms: i64) -> bool {
        let fits = matches!(
            failure,
            Failure::ServerClosed
                | Failure::ConnectionReset
                | Failure::ServerDisconnected { reason_code: TAKEN_OVER, .. }
        );
        if !fits || lasted_ms >= LASTING_MS {
            return false;
        }
        self.ends_ms.retain(|end| now_ms - end < WITHIN_MS);
        self.ends_ms.push(now_ms);
        self.ends_ms.len() >= MANY
    }

    /// The person begins anew.
    pub fn forget(&mut self) {
        self.ends_ms.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_early_ends_within_a_minute_are_a_contest() {
        let mut contest = Contest::default();
        let taken = Failure::ServerDisconnected { reason_code: 0x8e, text: None };
        assert!(!contest.ended(&Failure::ServerClosed, 100, 0));
        assert!(!contest.ended(&taken, 9_999, 20_000));
        assert!(contest.ended(&Failure::ConnectionReset, 0, 59_999));
    }

    #[test]
    fn ends_that_are_late_rare_or_of_another_kind_are_none() {
        let mut contest = Contest::default();
        for second in 0..9 {
            assert!(!contest.ended(&Failure::ServerClosed, 10_000, second * 1_000), "sessions that lasted");
            assert!(!contest.ended(&Failure::ServerClosed, 0, second * 30_000 + 100_000), "one in 30 s");
            let limit = Failure::ServerDisconnected { reason_code: 0x97, text: None };
            assert!(!contest.ended(&limit, 0, second), "another reason");
            assert!(!contest.ended(&Failure::ProxyLost, 0, second), "another hop");
        }
    }

    #[test]
    fn a_new_beginning_counts_anew() {
        let mut contest = Contest::default();
        contest.ended(&Failure::ServerClosed, 0, 0);
        contest.ended(&Failure::ServerClosed, 0, 1);
        contest.forget();
        assert!(!contest.ended(&Failure::ServerClosed, 0, 2));
    }
}
