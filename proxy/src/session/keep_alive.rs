//! When to ping the server, and when to give it up. Pure: the caller hands over the time.

use std::time::{Duration, Instant};

/// Keeps the server from dropping us (MQTT 3.1.1 section 3.1.2.10) and notices when it is gone.
#[derive(Debug)]
pub(super) struct KeepAlive {
    /// Quiet time after which we ping: three quarters of the keep-alive, so that a late timer does no harm.
    interval: Duration,
    /// How long the server may stay silent after a ping.
    patience: Duration,
    sent: Instant,
    heard: Instant,
    pinged: Option<Instant>,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Ping,
    GiveUp,
}

impl KeepAlive {
    pub(super) fn new(keep_alive: Duration, patience: Duration, now: Instant) -> Self {
        Self { interval: keep_alive * 3 / 4, patience, sent: now, heard: now, pinged: None }
    }

    /// A packet went out.
    pub(super) fn sent(&mut self, now: Instant) {
        self.sent = now;
    }

    /// Any packet came in: it answers a ping as well as a PINGRESP does.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
    }

    /// We stopped listening until now, so the silence so far proves nothing.
    pub(super) fn excuse(&mut self, now: Instant) {
        self.heard(now);
    }

    /// What is due at `now`. After `Ping` the caller sends one and calls this again.
    pub(super) fn poll(&mut self, now: Instant, listening: bool) -> Option<Due> {
        if listening && self.pinged.is_some_and(|at| now >= at + self.patience) {
            return Some(Due::GiveUp);
        }
        if now >= self.next_ping() {
            self.pinged.get_or_insert(now);
            self.sent = now;
            return Some(Due::Ping);
        }
        None
    }

    /// The next moment [`Self::poll`] has something to say.
    pub(super) fn deadline(&self, listening: bool) -> Instant {
        match self.pinged {
            Some(at) if listening => self.next_ping().min(at + self.patience),
            _ => self.next_ping(),
        }
    }

    /// Silence in either direction calls for a ping; while one waits, only our own silence does.
    fn next_ping(&self) -> Instant {
        let since = if self.pinged.is_some() { self.sent } else { self.sent.min(self.heard) };
        since + self.interval
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn start() -> (KeepAlive, Instant) {
        let now = Instant::now();
        (KeepAlive::new(60 * SECOND, 10 * SECOND, now), now)
    }

    #[test]
    fn pings_after_three_quarters_of_silence() {
        let (mut keep_alive, now) = start();
        assert_eq!(keep_alive.deadline(true), now + 45 * SECOND);
        assert_eq!(keep_alive.poll(now + 44 * SECOND, true), None);
        assert_eq!(keep_alive.poll(now + 45 * SECOND, true), Some(Due::Ping));
        assert_eq!(keep_alive.poll(now + 45 * SECOND, true), None);
    }

    #[test]
    fn gives_up_on_a_server_that_stays_silent_after_a_ping() {
        let (mut keep_alive, now) = start();
        keep_alive.poll(now + 45 * SECOND, true);
        assert_eq!(keep_alive.deadline(true), now + 55 * SECOND);
        assert_eq!(keep_alive.poll(now + 55 * SECOND, true), Some(Due::GiveUp));
    }

    #[test]
    fn any_packet_answers_a_ping() {
        let (mut keep_alive, now) = start();
        keep_alive.poll(now + 45 * SECOND, true);
        keep_alive.heard(now + 50 * SECOND);
        assert_eq!(keep_alive.poll(now + 56 * SECOND, true), None);
        assert_eq!(keep_alive.deadline(true), now + 90 * SECOND);
    }

    #[test]
    fn a_server_that_only_receives_is_pinged_too() {
        let (mut keep_alive, now) = start();
        keep_alive.sent(now + 40 * SECOND);
        assert_eq!(keep_alive.poll(now + 45 * SECOND, true), Some(Due::Ping), "nothing was heard for 45 s");
    }

    #[test]
    fn goes_on_pinging_but_does_not_give_up_while_not_listening() {
        let (mut keep_alive, now) = start();
        keep_alive.poll(now + 45 * SECOND, false);
        assert_eq!(keep_alive.poll(now + 60 * SECOND, false), None);
        assert_eq!(keep_alive.poll(now + 90 * SECOND, false), Some(Due::Ping));
        keep_alive.excuse(now + 90 * SECOND);
        assert_eq!(keep_alive.poll(now + 91 * SECOND, true), None);
    }
}
