//! A second look after a failed attempt: tries what would explain it, within a few seconds, never before a
//! failure.
//!
//! Goes the same way out as an attempt, so every address is judged again. Sends no credentials.

use crate::{
    egress::{Dialled, Egress},
    refusal::Refusal,
};
use shared::{endpoint::Endpoint, failure::Failure, hint::Hint, limits::DEFAULT_MQTTS_PORT};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// The whole second look.
const LIMIT: Duration = Duration::from_secs(4);

/// One connection of it.
const CONNECT_LIMIT: Duration = Duration::from_millis(1500);

/// Waiting for the first bytes of an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// MQTT's ports with and without TLS (IANA `secure-mqtt` and `mqtt`).
const USUAL_PORTS: [u16; 2] = [DEFAULT_MQTTS_PORT, 1883];

/// CONNECT of MQTT 3.1.1 with a clean session, no client id and no credentials: any MQTT server answers it,
/// if only with a refusal.
const ANONYMOUS_CONNECT: &[u8] = b"\x10\x0c\0\x04MQTT\x04\x02\0\x0a\0\0";

/// What can be found out beyond the refusal itself.
pub(crate) async fn hints(refusal: &Refusal, endpoint: &Endpoint, egress: &Egress) -> Vec<Hint> {
    let mut hints = refusal.hints.clone();
    let found = match &refusal.failure {
        Failure::TlsNotSpoken { .. } | Failure::TlsClosed { .. } | Failure::TlsTimedOut { .. } => {
            timeout(LIMIT, behind_the_port(endpoint, egress)).await
        }
        Failure::TcpRefused { .. } | Failure::TcpTimedOut { .. } => {
            timeout(LIMIT, other_ports(endpoint, USUAL_PORTS, egress)).await
        }
        _ => return hints,
    };
    hints.extend(found.unwrap_or_default());
    hints
}

async fn behind_the_port(endpoint: &Endpoint, egress: &Egress) -> Vec<Hint> {
    let port = endpoint.port;
    let answer = match connect(endpoint, port, egress).await {
        Some(mut stream) => timeout(ANSWER_LIMIT, first_bytes(&mut stream)).await.ok().flatten(),
        None => None,
    };
    let mut hints = Vec::new();
    match answer {
        Some([0x20, ..]) => hints.push(Hint::SpeaksPlainMqtt { port }),
        Some([b'H', b'T', b'T', b'P']) => hints.push(Hint::SpeaksHttp { port }),
        _ => {}
    }
    if port != DEFAULT_MQTTS_PORT && connect(endpoint, DEFAULT_MQTTS_PORT, egress).await.is_some() {
        hints.push(Hint::OtherPortOpen { port: DEFAULT_MQTTS_PORT });
    }
    hints
}

async fn other_ports(endpoint: &Endpoint, ports: [u16; 2], egress: &Egress) -> Vec<Hint> {
    for port in ports {
        if port != endpoint.port && connect(endpoint, port, egress).await.is_some() {
            return vec![Hint::OtherPortOpen { port }];
        }
    }
    Vec::new()
}

async fn connect(endpoint: &Endpoint, port: u16, egress: &Egress) -> Option<Dialled> {
    let endpoint = Endpoint { host: endpoint.host.clone(), port };
    let target = egress.resolve(&endpoint, CONNECT_LIMIT).await.ok()?;
    Some(egress.dial(&target, CONNECT_LIMIT).await.ok()?.0)
}

async fn first_bytes(stream: &mut Dialled) -> Option<[u8; 4]> {
    stream.write_all(ANONYMOUS_CONNECT).await.ok()?;
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::endpoint::Host;
    use tokio::net::TcpListener;

    async fn listener() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    #[tokio::test]
    async fn the_first_usual_port_that_is_open_is_named() {
        let (_open, open) = listener().await;
        let (closed_listener, closed) = listener().await;
        drop(closed_listener);
        let (other_listener, dialled) = listener().await;
        drop(other_listener);
        let endpoint = Endpoint { host: Host::parse("127.0.0.1").unwrap(), port: dialled };
        let found = |ports| async move { other_ports(&endpoint, ports, &Egress::default()).await };
        assert_eq!(found.clone()([closed, open]).await, [Hint::OtherPortOpen { port: open }]);
        assert_eq!(found([closed, closed]).await, []);
    }
}
