//! A server that sends as many messages as it is told to, as fast as it is told to, over real TLS, and loses none:
//! what TCP does not take yet is waited for.

use crate::broker::{
    ACCEPTED, Broker, CONNECT, PINGREQ, PINGRESP, PUBACK, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, acknowledge,
    publish, read_packet, suback,
};
use shared::{endpoint::Endpoint, wire::Trust};
use std::time::{Duration, SystemTime};
use tokio::{
    io::AsyncWriteExt,
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};

/// Between two bursts of messages.
const STEP: Duration = Duration::from_millis(10);

/// UNSUBACK (MQTT 3.1.1 table 2.1).
const UNSUBACK: u8 = 11;

/// A server for one client.
#[derive(Debug)]
pub struct Feeder {
    endpoint: Endpoint,
    trust: Trust,
    out: mpsc::Sender<Out>,
    serving: JoinHandle<()>,
}

/// Bytes to be written, and who waits until they are.
type Out = (Vec<u8>, Option<oneshot::Sender<SystemTime>>);

impl Feeder {
    /// On a free port.
    pub async fn start() -> Self {
        let broker = Broker::start().await;
        let (endpoint, trust) = (broker.endpoint(), broker.trust().clone());
        let (out, queue) = mpsc::channel(16);
        let serving = tokio::spawn(serve(broker, out.clone(), queue));
        Self { endpoint, trust, out, serving }
    }

    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Sends messages of QoS 0, so many a second or as fast as they are taken. Returns when the last one was.
    ///
    /// # Panics
    /// The client is gone.
    pub async fn feed(
        &self,
        count: usize,
        per_second: Option<usize>,
        message: impl Fn(usize) -> (String, Vec<u8>),
    ) -> SystemTime {
        let begun = Instant::now();
        let mut sent = 0;
        while sent < count {
            let due = match per_second {
                None => count.min(sent + 200),
                Some(rate) => {
                    let due = begun.elapsed().as_micros() * rate as u128 / 1_000_000;
                    count.min(usize::try_from(due).unwrap_or(count))
                }
            };
            if due == sent {
                tokio::time::sleep(STEP).await;
                continue;
            }
            let bytes = (sent..due).flat_map(|number| {
                let (topic, payload) = message(number);
                publish(&topic, None, &payload)
            });
            self.out.send((bytes.collect(), None)).await.expect("the client is there");
            sent = due;
        }
        let (done, when) = oneshot::channel();
        self.out.send((Vec::new(), Some(done))).await.expect("the client is there");
        when.await.expect("the client is there")
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(broker: Broker, out: mpsc::Sender<Out>, mut queue: mpsc::Receiver<Out>) {
    let Ok(connection) = broker.accept().await else { return };
    let (mut reader, mut writer) = tokio::io::split(connection.0);
    let write = async move {
        while let Some((bytes, done)) = queue.recv().await {
            if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
                return;
            }
            if let Some(done) = done {
                // Who waited may be gone.
                let _ = done.send(SystemTime::now());
            }
        }
    };
    let read = async move {
        while let Ok(packet) = read_packet(&mut reader).await {
            let answer = match packet.kind {
                CONNECT => ACCEPTED.to_vec(),
                SUBSCRIBE => suback(packet.id(), &[0]),
                UNSUBSCRIBE => acknowledge(UNSUBACK, packet.id()),
                PINGREQ => PINGRESP.to_vec(),
                PUBLISH => match packet.publish() {
                    (_, Some(id), _) => acknowledge(PUBACK, id),
                    (_, None, _) => continue,
                },
                _ => continue,
            };
            if out.send((answer, None)).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(write, read);
}
