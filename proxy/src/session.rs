//! One browser's MQTT session, from the WebSocket's opening to its close.
//!
//! The life is a straight line: wait for `connect`, open the broker side ([`opening`]), let packets and
//! messages flow ([`live`], which asks [`machine`] what to do), close both sides in order. Each part
//! returns an [`End`] that says why it is over.

mod browser;
mod keep_alive;
mod live;
mod machine;
mod outstanding;
mod queue;

use crate::{
    admission::{Admission, client::Client},
    metrics::Metrics,
    opening::{Attempt, Means, Opened, steps::Failed},
    second_look,
    tls::Stream,
};
use axum::extract::ws::WebSocket;
use browser::{Browser, Heard, Outbox};
use shared::{
    endpoint::Endpoint,
    failure::Failure,
    limits::MAX_MESSAGES_PER_FRAME,
    trust_file,
    wire::{Connect, ConnectFailed, RequestId, ToBrowser, ToProxy},
};
use std::sync::Arc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, info, info_span};

/// What every session of this proxy shares.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) means: Means,
    pub(crate) admission: Admission,
    pub(crate) metrics: Arc<Metrics>,
    /// Cancelled when the proxy is being shut down.
    pub(crate) stopping: CancellationToken,
}

/// Why a session, or one part of it, is over.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// The page asked for it.
    Asked { id: RequestId },
    /// The page is gone: closed, reloaded, or its network broke.
    BrowserGone,
    /// The page, the proxy or the server cannot go on.
    Failed(Failure),
    /// The session was never opened; the page has been told.
    NotOpened,
}

impl End {
    /// The outcome as one word for the log.
    fn code(&self) -> String {
        match self {
            Self::Asked { .. } => "asked".to_owned(),
            Self::BrowserGone => "browser-gone".to_owned(),
            Self::Failed(failure) => failure.code(),
            Self::NotOpened => "not-opened".to_owned(),
        }
    }
}

/// Serves one WebSocket to its end.
pub(crate) async fn run(socket: WebSocket, number: u64, client: Client, context: Arc<Context>) {
    let span = info_span!("session", session = number);
    async {
        let mut browser = Browser::new(socket, &context.means.session);
        let counted = context.metrics.session();
        debug!("session opened");
        let mut tried = false;
        let end = converse(&mut browser, client, &context, &mut tried).await;
        if tried {
            info!(code = end.code(), "session closed");
        } else {
            debug!(code = end.code(), "session closed");
        }
        context.metrics.ended(end.code());
        drop(counted);
        browser.close(&end, context.means.session.close).await;
    }
    .instrument(span)
    .await;
}

/// `tried`: set once the page was let try to connect.
async fn converse(browser: &mut Browser, client: Client, context: &Context, tried: &mut bool) -> End {
    let connect = match first_message(browser, context).await {
        Ok(connect) => connect,
        Err(end) => return end,
    };
    let has_shares = context.means.egress.has_shares_by_name(&connect.endpoint);
    // The target's pass lasts as long as the session, the attempt's until it is open.
    let (attempt, _target) = match context.admission.attempt(client, &connect.endpoint, has_shares) {
        Ok(passes) => passes,
        Err((limit, failure)) => {
            context.metrics.refused(limit);
            return End::Failed(failure);
        }
    };
    *tried = true;
    let opened = open(*connect, browser, context).await;
    drop(attempt);
    if opened.is_ok() {
        info!("connected");
    }
    match opened {
        Ok(opened) => live::run(opened, browser, context).await,
        Err(end) => end,
    }
}

/// The first message must be `connect`, and come soon.
async fn first_message(browser: &mut Browser, context: &Context) -> Result<Box<Connect>, End> {
    let limit = context.means.session.first_message;
    let wait = async {
        for _ in 0..MAX_MESSAGES_PER_FRAME {
            if let Heard::Frame { requests, .. } = browser.inbox.next().await? {
                return Ok(requests);
            }
        }
        Err(invalid("too many pings before the first message"))
    };
    let mut messages = tokio::select! {
        () = context.stopping.cancelled() => return Err(End::Failed(Failure::ProxyStopping)),
        heard = timeout(limit, wait) => match heard {
            Ok(messages) => messages?.into_iter(),
            Err(_) => return Err(End::Failed(Failure::BrowserSilent { after_s: limit.as_secs() })),
        },
    };
    match (messages.next(), messages.next()) {
        (Some(ToProxy::Connect(connect)), None) => Ok(connect),
        _ => Err(invalid("the first frame must hold one connect message and nothing else")),
    }
}

/// Opens the broker side while listening to the page, which may change its mind or go away.
async fn open(connect: Connect, browser: &mut Browser, context: &Context) -> Result<Opened<Stream>, End> {
    let (id, endpoint) = (connect.id, connect.endpoint.clone());
    let attempt = Attempt::new(connect, &context.means).map_err(|problem| invalid(&problem.to_string()))?;
    let outbox = browser.outbox.clone();
    let opening = async {
        let opened = attempt.run(|passed| {
            context.metrics.step(passed.step, passed.elapsed_us);
            // A browser that is gone is noticed by whoever reads from it.
            let _: Result<(), End> = outbox.send(&[ToBrowser::StepPassed(passed)], None);
        });
        match opened.await {
            Ok(opened) => Ok(opened),
            Err(failed) => Err(tell(failed, id, &endpoint, &outbox, context).await),
        }
    };
    tokio::pin!(opening);
    let mut early = 0;
    loop {
        tokio::select! {
            () = context.stopping.cancelled() => return Err(End::Failed(Failure::ProxyStopping)),
            heard = browser.inbox.next() => match heard? {
                Heard::Alive => early += 1,
                Heard::Frame { requests, .. } => {
                    early += requests.len();
                    refuse(requests, browser)?;
                }
            },
            opened = &mut opening => return opened,
        }
        if early > MAX_MESSAGES_PER_FRAME {
            return Err(invalid("too many requests before the session was open"));
        }
    }
}

/// Answers what comes before the session is open.
fn refuse(requests: Vec<ToProxy>, browser: &Browser) -> Result<(), End> {
    let reason = "The session is not open yet.";
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(match request {
            ToProxy::Disconnect(disconnect) => return Err(End::Asked { id: disconnect.id }),
            ToProxy::Publish(publish) => machine::refused_publish(publish.id, reason),
            ToProxy::Connect(connect) => machine::refused(connect.id, reason),
            ToProxy::Subscribe(subscribe) => machine::refused(subscribe.id, reason),
            ToProxy::Unsubscribe(unsubscribe) => machine::refused(unsubscribe.id, reason),
        });
    }
    browser.outbox.send(&answers, None)
}

/// Reports a failed attempt; nothing else is to be said after it.
async fn tell(failed: Failed, id: RequestId, endpoint: &Endpoint, outbox: &Outbox, context: &Context) -> End {
    let Failed { step, elapsed_us, refusal } = failed;
    info!(step = step.label(), code = refusal.failure.code(), "connect failed");
    context.metrics.connect_failed(&refusal.failure);
    let hints = second_look::hints(&refusal, endpoint, &context.means.egress).await;
    let message = ConnectFailed {
        id,
        step,
        elapsed_us,
        failure: refusal.failure,
        hints,
        chain_pem: refusal.chain.iter().map(|der| trust_file::pem(der)).collect(),
    };
    outbox.send(&[ToBrowser::ConnectFailed(Box::new(message))], None).err().unwrap_or(End::NotOpened)
}

fn invalid(reason: &str) -> End {
    End::Failed(Failure::FrameInvalid { reason: reason.to_owned() })
}
