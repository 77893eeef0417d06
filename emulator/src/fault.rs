//! Faults on demand: what a server or the network between may do wrong, for tests and for people who want
//! to see what their device makes of it. Pure; [`crate::connection`] carries them out.

use crate::packet::Refusal;
use shared::platform::{self, RefusedConnect};
use std::time::Duration;

/// The longest wait before a packet.
const LONGEST_DELAY: Duration = Duration::from_millis(platform::MAX_FAULT_DELAY_MS);

/// What goes wrong for one device, from now on until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// CONNECT is refused, with this reason. An open session goes on.
    RefuseConnect(Refusal),
    /// Everything is read and nothing is said, from CONNACK on.
    Silent,
    /// So many packets of the device are still answered; at the next, the socket is dropped without a word.
    DropAfter(u32),
    /// Each packet to the device waits so long, at most a minute.
    Delay(Duration),
    /// The next packet to the device is replaced by bytes that are none. Happens once.
    Malformed,
}

impl From<platform::Fault> for Fault {
    fn from(fault: platform::Fault) -> Self {
        match fault {
            platform::Fault::RefuseConnect { because } => Self::RefuseConnect(because.into()),
            platform::Fault::Silent => Self::Silent,
            platform::Fault::DropAfter { packets } => Self::DropAfter(packets),
            platform::Fault::Delay { ms } => Self::Delay(Duration::from_millis(ms)),
            platform::Fault::Malformed => Self::Malformed,
        }
    }
}

impl From<Fault> for platform::Fault {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::RefuseConnect(refusal) => Self::RefuseConnect { because: refusal.into() },
            Fault::Silent => Self::Silent,
            Fault::DropAfter(packets) => Self::DropAfter { packets },
            Fault::Delay(delay) => Self::Delay { ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX) },
            Fault::Malformed => Self::Malformed,
        }
    }
}

impl From<RefusedConnect> for Refusal {
    fn from(because: RefusedConnect) -> Self {
        match because {
            RefusedConnect::UnknownCredentials => Self::UnknownCredentials,
            RefusedConnect::NoCredentials => Self::NoCredentials,
            RefusedConnect::NotAuthorized => Self::Nothing,
            RefusedConnect::TooOften => Self::TooOften,
            RefusedConnect::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Refusal> for RefusedConnect {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownCredentials => Self::UnknownCredentials,
            Refusal::NoCredentials => Self::NoCredentials,
            Refusal::Nothing => Self::NotAuthorized,
            Refusal::TooOften => Self::TooOften,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

/// The bytes that are no packet in any version: MQTT has no type 0.
pub(crate) const NO_PACKET: &[u8] = b"\0\0";

/// What is to be done with a packet to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    Now,
    After(Duration),
    Never,
    /// [`NO_PACKET`] instead.
    Broken,
}

/// Asked for each packet to the device.
pub(crate) fn on_sending(fault: &mut Option<Fault>) -> Sending {
    match fault {
        Some(Fault::Silent) => Sending::Never,
        Some(Fault::Delay(delay)) => Sending::After((*delay).min(LONGEST_DELAY)),
        Some(Fault::Malformed) => {
            *fault = None;
            Sending::Broken
        }
        None | Some(Fault::RefuseConnect(_) | Fault::DropAfter(_)) => Sending::Now,
    }
}

/// Asked for each packet from the device after CONNECT: whether to drop the socket instead.
pub(crate) fn drops(fault: &mut Option<Fault>) -> bool {
    match fault {
        Some(Fault::DropAfter(0)) => true,
        Some(Fault::DropAfter(left)) => {
            *left -= 1;
            false
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_the_same_over_http() {
        let refusals = RefusedConnect::ALL.map(|because| platform::Fault::RefuseConnect { because });
        let others = [
            platform::Fault::Silent,
            platform::Fault::DropAfter { packets: 3 },
            platform::Fault::Delay { ms: 250 },
            platform::Fault::Malformed,
        ];
        for fault in refusals.into_iter().chain(others) {
            assert_eq!(platform::Fault::from(Fault::from(fault)), fault);
        }
    }

    #[test]
    fn each_fault_does_one_thing() {
        let sending = |fault| on_sending(&mut Some(fault));
        assert_eq!(on_sending(&mut None), Sending::Now);
        assert_eq!(sending(Fault::Silent), Sending::Never);
        assert_eq!(sending(Fault::Delay(Duration::from_secs(5))), Sending::After(Duration::from_secs(5)));
        assert_eq!(sending(Fault::Delay(Duration::MAX)), Sending::After(LONGEST_DELAY));
        assert_eq!(sending(Fault::RefuseConnect(Refusal::Unavailable)), Sending::Now);
        let mut once = Some(Fault::Malformed);
        assert_eq!((on_sending(&mut once), on_sending(&mut once)), (Sending::Broken, Sending::Now));
        let mut twice = Some(Fault::DropAfter(2));
        assert_eq!([(); 4].map(|()| drops(&mut twice)), [false, false, true, true]);
        assert!(!drops(&mut Some(Fault::Silent)));
    }
}
