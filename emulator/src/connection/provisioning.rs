//! The shell around a [`ProvisionSession`], which belongs to no device.

use super::{Shared, Wire, record_packet};
use crate::{ending::Ending, packet::CodecError, provision::session::ProvisionSession};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep_until};

/// Up to the reason for the end. ThingsBoard lets a session without a request last for ever; here it is idle
/// like any other.
pub(super) async fn converse(wire: &mut Wire, connection: u64, shared: &Shared) -> Ending {
    let mut session = ProvisionSession::new(wire.version, shared.timers.provisioned);
    let mut last_heard = Instant::now();
    loop {
        let idle = last_heard + shared.timers.idle;
        let wake = session.end().map_or(idle, |end| idle.min(end.into()));
        let effects = tokio::select! {
            biased;
            () = shared.stopping.cancelled() => return Ending::Stopping,
            // Before packets: a device that goes on asking does not stay longer.
            () = sleep_until(wake) => {
                return if Instant::now() >= idle { Ending::Idle } else { Ending::Provisioned };
            }
            packet = wire.framed.next() => {
                last_heard = Instant::now();
                match packet {
                    Some(Ok(packet)) => {
                        record_packet(&packet, wire.level, connection, None, shared);
                        session.on_packet(packet, last_heard.into_std(), |request| shared.hub.provision(request))
                    }
                    Some(Err(CodecError::Undecodable)) => return Ending::Undecodable,
                    Some(Err(CodecError::Io)) | None => return Ending::Lost,
                }
            }
        };
        if let Err(how) = wire.carry_out(effects).await {
            return how;
        }
    }
}
