//! Who may have how much: sessions and connection attempts, by client and by target.
//!
//! What is granted is a pass that counts until it is dropped. Knows neither HTTP nor MQTT.

mod attempts;
pub(crate) mod client;
mod tally;

use crate::{
    config::{ClientLimits, TargetLimits},
    metrics::Refused,
};
pub(crate) use attempts::Attempts;
use client::Client;
use shared::{endpoint::Endpoint, failure::Failure};
pub(crate) use tally::{Pass, Tally};

/// The books.
#[derive(Debug)]
pub(crate) struct Admission {
    clients: ClientLimits,
    targets: TargetLimits,
    connections: Tally<Client>,
    sessions: Tally<Client>,
    uploads: Tally<Client>,
    attempting: Tally<Client>,
    towards: Tally<Endpoint>,
    openings: Option<Attempts<Client>>,
    by_client: Option<Attempts<Client>>,
    by_target: Option<Attempts<Endpoint>>,
    demo_devices: Option<Attempts<Client>>,
    demo_calls: Option<Attempts<Client>>,
}

/// Of an attempt, and of the session to its target.
type Passes = (Pass<Client>, Option<Pass<Endpoint>>);

/// Waiting for an attempt that is under way: a page asks again only when the last one is answered, so this is
/// another page of the same client.
const BUSY_S: u64 = 5;

impl Admission {
    pub(crate) fn new(clients: &ClientLimits, targets: &TargetLimits) -> Self {
        Self {
            openings: clients.openings_per_minute.map(Attempts::new),
            by_client: clients.attempts_per_minute.map(Attempts::new),
            by_target: targets.attempts_per_minute.map(Attempts::new),
            demo_devices: clients.demo_devices_per_minute.map(Attempts::new),
            demo_calls: clients.demo_calls_per_minute.map(Attempts::new),
            clients: clients.clone(),
            targets: targets.clone(),
            connections: Tally::default(),
            sessions: Tally::default(),
            uploads: Tally::default(),
            attempting: Tally::default(),
            towards: Tally::default(),
        }
    }

    /// One more connection of a client; `None` when it has as many as it may.
    pub(crate) fn connection(&self, client: Client) -> Option<Pass<Client>> {
        self.connections.take(client, self.clients.connections)
    }

    /// One more WebSocket that a client opens.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(crate) fn opening(&self, client: Client) -> Result<(), u64> {
        self.openings.as_ref().map_or(Ok(()), |openings| openings.take(&client))
    }

    /// One more session of a client; `None` when it has as many as it may.
    pub(crate) fn session(&self, client: Client) -> Option<Pass<Client>> {
        self.sessions.take(client, self.clients.sessions)
    }

    /// The one firmware that a client may be uploading; `None` when there is one already.
    pub(crate) fn upload(&self, client: Client) -> Option<Pass<Client>> {
        self.uploads.take(client, 1)
    }

    /// One more call to the demo; `device`: for a device to try.
    ///
    /// # Errors
    /// Which limit, and the seconds to wait.
    pub(crate) fn demo_call(&self, client: Client, device: bool) -> Result<(), (Refused, u64)> {
        let take = |attempts: &Option<Attempts<Client>>, limit| match attempts {
            Some(attempts) => attempts.take(&client).map_err(|after_s| (limit, after_s)),
            None => Ok(()),
        };
        if device {
            take(&self.demo_devices, Refused::ClientDemoDevices)?;
        }
        take(&self.demo_calls, Refused::ClientDemoCalls)
    }

    /// One more connection attempt. The first pass counts the attempt, the second the session to the target, which
    /// is counted by its name when it `has_shares`: what leads nowhere takes nothing from others, and what nobody
    /// listed is counted by address once that is known.
    ///
    /// # Errors
    /// Which limit, and what to say.
    pub(crate) fn attempt(
        &self,
        client: Client,
        endpoint: &Endpoint,
        has_shares: bool,
    ) -> Result<Passes, (Refused, Failure)> {
        let too_many = |refused, after_s| (refused, Failure::TooManyAttempts { after_s });
        let attempting = self
            .attempting
            .take(client, self.clients.attempts_at_once)
            .ok_or_else(|| too_many(Refused::ClientAttemptsAtOnce, BUSY_S))?;
        if let Some(by_client) = &self.by_client {
            by_client.take(&client).map_err(|after_s| too_many(Refused::ClientAttempts, after_s))?;
        }
        if !has_shares {
            return Ok((attempting, None));
        }
        let towards = self
            .towards
            .take(endpoint.clone(), self.targets.sessions)
            .ok_or_else(|| (Refused::TargetSessions, Failure::TargetBusy { endpoint: endpoint.clone() }))?;
        if let Some(by_target) = &self.by_target {
            by_target.take(endpoint).map_err(|after_s| too_many(Refused::TargetAttempts, after_s))?;
        }
        Ok((attempting, Some(towards)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::endpoint::Host;
    use std::num::NonZeroU32;

    fn client(address: &str) -> Client {
        Client::of(address.parse().unwrap())
    }

    fn endpoint(host: &str) -> Endpoint {
        Endpoint { host: Host::parse(host).unwrap(), port: 8883 }
    }

    fn admission(adjust: impl FnOnce(&mut ClientLimits, &mut TargetLimits)) -> Admission {
        let (mut clients, mut targets) = (ClientLimits::default(), TargetLimits::default());
        adjust(&mut clients, &mut targets);
        Admission::new(&clients, &targets)
    }

    #[test]
    fn a_client_has_its_sessions_and_no_more_until_one_ends() {
        let admission = admission(|clients, _| clients.sessions = 2);
        let first = admission.session(client("192.0.2.1")).unwrap();
        let _second = admission.session(client("192.0.2.1")).unwrap();
        assert!(admission.session(client("192.0.2.1")).is_none());
        assert!(admission.session(client("192.0.2.2")).is_some());
        drop(first);
        assert!(admission.session(client("192.0.2.1")).is_some());
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        let admission = admission(|clients, _| clients.sessions = 1);
        let _pass = admission.session(client("2001:db8:1:2::1")).unwrap();
        assert!(admission.session(client("2001:db8:1:2:ffff::9")).is_none());
        assert!(admission.session(client("2001:db8:1:3::1")).is_some());
    }

    #[test]
    fn attempts_are_bounded_in_number_and_in_pace() {
        let admission = admission(|clients, targets| {
            clients.attempts_at_once = 1;
            clients.attempts_per_minute = NonZeroU32::new(2);
            targets.sessions = 2;
        });
        let (one, two) = (client("192.0.2.1"), client("192.0.2.2"));
        let (attempt, target) = admission.attempt(one, &endpoint("a"), true).unwrap();
        assert!(matches!(
            admission.attempt(one, &endpoint("a"), true),
            Err((Refused::ClientAttemptsAtOnce, _))
        ));
        drop(attempt);
        let (_attempt, _target) = admission.attempt(one, &endpoint("a"), true).unwrap();
        assert_eq!(
            admission.attempt(two, &endpoint("a"), true).unwrap_err(),
            (Refused::TargetSessions, Failure::TargetBusy { endpoint: endpoint("a") })
        );
        drop(target);
        assert!(admission.attempt(two, &endpoint("a"), true).is_ok());
        drop((_attempt, _target));
        match admission.attempt(one, &endpoint("b"), true) {
            Err((Refused::ClientAttempts, Failure::TooManyAttempts { after_s })) => {
                assert!((1..=60).contains(&after_s), "{after_s}");
            }
            other => panic!("{other:?}"),
        }
    }
}
