//! MQTT's greeting: CONNECT, CONNACK, and what a refusal means.

use crate::{
    broker::{
        connection::{Connection, ConnectionError},
        packet::{ConnAck, Connect},
    },
    config::SessionLimits,
    tls::Stream,
};
use shared::{failure::Failure, limits::MAX_IN_FLIGHT, wire::MqttVersion};
use std::time::Duration;
use tokio::time::timeout;

/// What is said first.
pub(crate) struct Greeting {
    pub(crate) version: MqttVersion,
    pub(crate) connect: Connect,
}

impl Greeting {
    /// Says it and waits for the answer, `limit` at the most.
    ///
    /// `certificate_requested`: the server asked for a device certificate during the handshake; then a close
    /// without an answer means that it needs one.
    pub(crate) async fn exchange(
        &self,
        stream: Stream,
        certificate_requested: bool,
        session: &SessionLimits,
        limit: Duration,
    ) -> Result<((Connection<Stream>, ConnAck), String), Failure> {
        let mut connection = Connection::new(
            stream,
            self.version,
            session.max_packet_bytes,
            MAX_IN_FLIGHT,
            session.broker_write,
        );
        let connack = timeout(limit, connection.connect(&self.connect))
            .await
            .map_err(|_| Failure::MqttTimedOut { after_s: limit.as_secs() })?
            .map_err(|error| unanswered(&error, certificate_requested))?;
        accepted(connack.code, self.version)?;
        let detail = "accepted".to_owned();
        Ok(((connection, connack), detail))
    }
}

fn unanswered(error: &ConnectionError, certificate_requested: bool) -> Failure {
    let failure = match error.into() {
        Failure::ServerClosed | Failure::ConnectionReset => Failure::MqttClosed,
        Failure::ServerBrokeProtocol => Failure::MqttNotSpoken,
        Failure::ServerStalled { after_s } => Failure::MqttTimedOut { after_s },
        failure => failure,
    };
    match failure {
        Failure::MqttClosed | Failure::TlsFailed { .. } | Failure::TlsNoCommonCipher
            if certificate_requested =>
        {
            Failure::ClientCertificateRequired
        }
        failure => failure,
    }
}

/// MQTT 3.1.1 table 3.1, MQTT 5 section 3.2.2.2. ThingsBoard sends 4 only up to its version 3.1.1.
fn accepted(return_code: u8, version: MqttVersion) -> Result<(), Failure> {
    match (version, return_code) {
        (_, 0) => Ok(()),
        (MqttVersion::V3_1_1, 1) | (MqttVersion::V5, 0x84) => {
            Err(Failure::MqttVersionRefused { return_code })
        }
        (MqttVersion::V3_1_1, 2) | (MqttVersion::V5, 0x85) => Err(Failure::ClientIdRefused { return_code }),
        (MqttVersion::V3_1_1, 3) | (MqttVersion::V5, 0x88 | 0x89 | 0x97 | 0x9f) => {
            Err(Failure::ServerUnavailable { return_code })
        }
        (MqttVersion::V3_1_1, 4 | 5) | (MqttVersion::V5, 0x86 | 0x87) => {
            Err(Failure::CredentialsRefused { return_code })
        }
        _ => Err(Failure::ConnectRefused { return_code }),
    }
}
