//! The shell of an open session: carries out what [`super::machine`] decides. No decisions here.
//!
//! One loop reads whatever comes first and hands it to the machine with the time; then the machine's
//! effects are carried out to the end before anything more is read.

use super::{
    Context, End,
    browser::{Browser, Heard, Receipt},
    machine::{Effect, Input, Machine},
    queue::Share,
};
use crate::{
    broker::{
        connection::{Connection, ConnectionError},
        packet::Outgoing,
    },
    metrics::{Direction, Metrics, Refused},
    opening::Opened,
};
use shared::{failure::Failure, wire::ToBrowser};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until},
};

/// Packets that may share a frame: enough to save most of the cost of a frame, few enough not to delay.
const MAX_PACKETS_PER_FRAME: usize = 64;

/// Runs the session to its end; the broker side is closed in order when it still can be.
pub(super) async fn run<S>(opened: Opened<S>, browser: &mut Browser, context: &Context) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut machine = Machine::new(
        &context.means.session,
        opened.connected.mqtt_version,
        opened.limits,
        opened.keep_alive,
        now(),
    );
    let mut broker = opened.connection;
    let counted = context.metrics.connected(&opened.connected.tls);
    machine.announce(ToBrowser::Connected(Box::new(opened.connected)), now());
    let end = exchange(&mut machine, &mut broker, browser, context).await;
    drop(counted);
    let end = machine.explain(end, now());
    let answers = machine.abandon();
    if !answers.is_empty() {
        // A browser that is gone cannot be told.
        let _: Result<(), End> = browser.outbox.send(&answers, None);
    }
    if !is_broker_lost(&end) {
        let lost = opened.has_will && !is_orderly(&end);
        let last = if lost { Outgoing::DisconnectWithWill } else { Outgoing::Disconnect };
        broker.close(last, context.means.session.close).await;
    }
    end
}

async fn exchange<S>(
    machine: &mut Machine,
    broker: &mut Connection<S>,
    browser: &mut Browser,
    context: &Context,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut underway = Underway::new(&context.metrics);
    let alarm = sleep_until(Instant::from_std(machine.deadline()));
    tokio::pin!(alarm);
    let mut waits = [false; 2];
    loop {
        let wait_now = [machine.is_throttled(), machine.is_server_throttled()];
        for (at, limit) in [Refused::Messages, Refused::ServerMessages].into_iter().enumerate() {
            if wait_now[at] && !waits[at] {
                context.metrics.refused(limit);
            }
        }
        waits = wait_now;
        if let Err(end) = carry_out(machine, broker, browser, &mut underway).await {
            return end;
        }
        let deadline = Instant::from_std(machine.deadline());
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        let input = tokio::select! {
            biased;
            () = context.stopping.cancelled() => return End::Failed(Failure::ProxyStopping),
            receipt = browser.receipts.recv() => match receipt {
                Some(Receipt { share, acknowledge }) => {
                    underway.taken(share);
                    Input::FrameTaken { share, acknowledge }
                }
                None => return End::BrowserGone,
            },
            () = &mut alarm => Input::Tick,
            heard = browser.inbox.next(), if machine.takes_requests() => match heard {
                Ok(Heard::Frame { requests, bytes }) => {
                    machine.handle(Input::Frame { requests: requests.len(), bytes }, now());
                    requests.into_iter().for_each(|request| machine.handle(Input::Request(request), now()));
                    continue;
                }
                Ok(Heard::Alive) => Input::BrowserHeard,
                Err(end) => return end,
            },
            packet = broker.next(), if machine.takes_packets() => match packet {
                Ok(packet) => Input::Packet(packet),
                Err(error) => return lost(&error),
            },
        };
        let more_packets = matches!(input, Input::Packet(_));
        machine.handle(input, now());
        if more_packets && let Err(error) = take_ready_packets(machine, broker) {
            // What was read before still reaches the page.
            return carry_out(machine, broker, browser, &mut underway)
                .await
                .err()
                .unwrap_or_else(|| lost(&error));
        }
    }
}

/// Takes what has arrived already, so that messages which come together share a frame. Never waits.
fn take_ready_packets<S>(machine: &mut Machine, broker: &mut Connection<S>) -> Result<(), ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for _ in 1..MAX_PACKETS_PER_FRAME {
        if !machine.takes_packets() {
            break;
        }
        match broker.next_ready()? {
            Some(packet) => machine.handle(Input::Packet(packet), now()),
            None => break,
        }
    }
    Ok(())
}

/// Carries out all effects: the messages go out as one frame, then the packets are flushed.
async fn carry_out<S>(
    machine: &mut Machine,
    broker: &mut Connection<S>,
    browser: &Browser,
    underway: &mut Underway<'_>,
) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let effects = machine.take_effects();
        if effects.is_empty() {
            return Ok(());
        }
        let mut messages = Vec::new();
        let mut receipt = Receipt::default();
        let mut ended = None;
        let mut fed = false;
        for effect in effects {
            match effect {
                Effect::ToBroker(packet) => {
                    if let Outgoing::Publish { payload, .. } = &packet {
                        underway.metrics.publish(Direction::ToServer, payload.len());
                    }
                    feed(broker, packet)?;
                    fed = true;
                }
                Effect::ToBrowser { message, share, acknowledge } => {
                    if let ToBrowser::Message(message) = &message {
                        underway.metrics.publish(Direction::ToBrowser, message.payload.len());
                    }
                    messages.push(message);
                    receipt.share.add(share);
                    receipt.acknowledge.extend(acknowledge);
                }
                Effect::PingBrowser => browser.outbox.ping()?,
                Effect::End(end) => {
                    ended = Some(end);
                    break;
                }
            }
        }
        if !messages.is_empty() {
            underway.given(receipt.share);
            browser.outbox.send(&messages, Some(receipt))?;
        }
        if fed {
            broker.flush().await.map_err(|error| lost(&error))?;
            machine.handle(Input::Flushed, now());
        }
        if let Some(end) = ended {
            return Err(end);
        }
    }
}

/// Counts what is on its way to the browser, until the session ends.
struct Underway<'a> {
    metrics: &'a Metrics,
    share: Share,
}

impl<'a> Underway<'a> {
    fn new(metrics: &'a Metrics) -> Self {
        Self { metrics, share: Share::default() }
    }

    fn given(&mut self, share: Share) {
        self.share.add(share);
        self.metrics.queued(signed(share.messages), signed(share.bytes));
    }

    fn taken(&mut self, share: Share) {
        self.share.messages = self.share.messages.saturating_sub(share.messages);
        self.share.bytes = self.share.bytes.saturating_sub(share.bytes);
        self.metrics.queued(-signed(share.messages), -signed(share.bytes));
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.metrics.queued(-signed(self.share.messages), -signed(self.share.bytes));
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn feed<S>(broker: &mut Connection<S>, packet: Outgoing) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // Every packet was checked by the machine, so a refusal here is a defect.
    broker.feed(packet).map_err(|_| End::Failed(Failure::ProxyFault))
}

fn lost(error: &ConnectionError) -> End {
    End::Failed(error.into())
}

/// Whether the server is the one that is gone, so that there is nobody to say goodbye to.
fn is_broker_lost(end: &End) -> bool {
    matches!(
        end,
        End::Failed(
            Failure::ServerClosed
                | Failure::ServerClosedAfterPublish { .. }
                | Failure::ServerDisconnected { .. }
                | Failure::ConnectionReset
                | Failure::ServerStalled { .. }
                | Failure::ClientCertificateRequired
                | Failure::TlsFailed { .. }
        )
    )
}

/// Whether the device leaves on purpose, so that its last will is not to be published.
fn is_orderly(end: &End) -> bool {
    matches!(end, End::Asked { .. } | End::Failed(Failure::ProxyStopping))
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}
