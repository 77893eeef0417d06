//! Plays the page: a real WebSocket that speaks the typed protocol, or breaks it on purpose.
//!
//! Answers are found by their request id; what arrives meanwhile is kept in order, so that a test may ask
//! for it later. Nothing is thrown away.

use crate::{
    eventually::{soon, within},
    proxy::Proxy,
};
use futures_util::{SinkExt, StreamExt};
use shared::{
    SUBPROTOCOL, WEBSOCKET_PATH,
    credentials::{AccessToken, Credentials},
    endpoint::{Endpoint, Host},
    failure::{Failure, Step},
    payload::Payload,
    wire::{
        Connect, ConnectFailed, Connected, Disconnect, Disconnected, Message, MqttVersion, Publish,
        PublishOutcome, QoS, RequestId, SessionOptions, StepPassed, Subscribe, SubscribeOutcome,
        SubscribeResult, Subscription, ToBrowser, ToProxy, Trust, Unsubscribe, decode_frame, encode_frame,
    },
};
use std::{collections::VecDeque, net::SocketAddr, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self,
        client::IntoClientRequest,
        handshake::client::{Request, Response},
        protocol::frame::coding::CloseCode,
    },
};

/// A page with its WebSocket.
#[derive(Debug)]
pub struct Page {
    socket: WebSocketStream<TcpStream>,
    next_id: RequestId,
    /// Arrived and not yet asked for.
    kept: VecDeque<ToBrowser>,
    /// Every text frame so far, as it came.
    frames: Vec<String>,
    pings: usize,
}

/// How one connection attempt went.
#[derive(Debug)]
pub struct Attempt {
    pub steps: Vec<StepPassed>,
    pub outcome: Result<Connected, ConnectFailed>,
}

impl Attempt {
    /// # Panics
    /// The attempt did not fail.
    #[must_use]
    pub fn failure(&self) -> (Step, &Failure) {
        match &self.outcome {
            Ok(connected) => panic!("connected instead: {connected:?}"),
            Err(failed) => (failed.step, &failed.failure),
        }
    }

    /// The steps that passed, in the order reported.
    #[must_use]
    pub fn passed(&self) -> Vec<Step> {
        self.steps.iter().map(|passed| passed.step).collect()
    }
}

/// How a WebSocket ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// By a close frame with this code.
    Code(u16),
    /// Without one.
    Cut,
}

/// An endpoint at an address.
///
/// # Panics
/// The address cannot be written as a host.
#[must_use]
pub fn endpoint(address: SocketAddr) -> Endpoint {
    endpoint_named(&address.ip().to_string(), address.port())
}

/// # Panics
/// `host` is no host.
#[must_use]
pub fn endpoint_named(host: &str, port: u16) -> Endpoint {
    Endpoint { host: Host::parse(host).expect("a test's host is a host"), port }
}

/// Trust in exactly this PEM.
#[must_use]
pub fn trust(pem: &str) -> Trust {
    Trust::UploadedCertificate { pem: pem.to_owned() }
}

/// A `connect` as the page sends it.
///
/// # Panics
/// `token` is no token.
#[must_use]
pub fn connect_message(id: RequestId, endpoint: &Endpoint, trust: &Trust, token: &str) -> Connect {
    Connect {
        id,
        endpoint: endpoint.clone(),
        trust: trust.clone(),
        credentials: Credentials::AccessToken(AccessToken::parse(token).expect("a test's token is a token")),
        mqtt_version: MqttVersion::V3_1_1,
        options: SessionOptions::default(),
    }
}

impl Page {
    /// Opens the page's WebSocket as the page of this proxy does.
    ///
    /// # Panics
    /// The proxy refuses it.
    pub async fn open(proxy: &Proxy) -> Self {
        Self::open_at(proxy.address()).await
    }

    /// # Panics
    /// Nobody listens there, or the WebSocket is refused.
    pub async fn open_at(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the proxy listens")).await
    }

    /// A page whose system takes little on its behalf, so that it soon matters whether it reads.
    ///
    /// # Panics
    /// The proxy refuses it.
    pub async fn open_narrow(proxy: &Proxy) -> Self {
        Self::open_narrow_at(proxy.address()).await
    }

    /// # Panics
    /// Nobody listens there, or the WebSocket is refused.
    pub async fn open_narrow_at(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a TCP option");
        Self::over(socket.connect(address).await.expect("the proxy listens")).await
    }

    async fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a TCP option");
        let address = stream.peer_addr().expect("a connected stream has a peer");
        let (socket, response) =
            soon("the WebSocket opens", client_async(handshake(address), stream)).await.expect("a WebSocket");
        assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
        Self { socket, next_id: 1, kept: VecDeque::new(), frames: Vec::new(), pings: 0 }
    }

    /// An id that no request of this page has had.
    pub fn new_id(&mut self) -> RequestId {
        self.next_id += 1;
        self.next_id
    }

    /// Sends messages in one frame.
    ///
    /// # Panics
    /// The connection is gone.
    pub async fn send(&mut self, messages: &[ToProxy]) {
        self.send_text(&encode_frame(messages)).await;
    }

    /// # Panics
    /// The connection is gone.
    pub async fn send_text(&mut self, text: &str) {
        self.send_raw(tungstenite::Message::text(text)).await;
    }

    /// # Panics
    /// The connection is gone.
    pub async fn send_raw(&mut self, message: tungstenite::Message) {
        soon("the proxy takes a frame", self.socket.send(message)).await.expect("the proxy is there");
    }

    /// Like [`Self::send_raw`], for what the proxy may refuse in the middle.
    pub async fn try_send_raw(&mut self, message: tungstenite::Message) {
        // Whether all of it went out shows in what comes back.
        let _: tungstenite::Result<()> = soon("a frame goes out or fails", self.socket.send(message)).await;
    }

    /// The next message, whatever it is.
    ///
    /// # Panics
    /// None comes in time, or the WebSocket ends.
    pub async fn next(&mut self) -> ToBrowser {
        if let Some(kept) = self.kept.pop_front() {
            return kept;
        }
        soon("a message for the page", self.read()).await
    }

    /// The next message from the server; other messages are kept.
    ///
    /// # Panics
    /// None comes in time, or the WebSocket ends.
    pub async fn next_message(&mut self) -> Message {
        self.find(|message| match message {
            ToBrowser::Message(message) => Ok(message),
            other => Err(other),
        })
        .await
    }

    /// Waits for the first message that `pick` takes; others are kept in order.
    ///
    /// # Panics
    /// None comes in time, or the WebSocket ends.
    pub async fn find<T>(&mut self, mut pick: impl FnMut(ToBrowser) -> Result<T, ToBrowser>) -> T {
        let mut passed = VecDeque::new();
        let search = async {
            loop {
                let next = match self.kept.pop_front() {
                    Some(kept) => kept,
                    None => self.read().await,
                };
                match pick(next) {
                    Ok(found) => return found,
                    Err(other) => passed.push_back(other),
                }
            }
        };
        let found = soon("the answer for the page", search).await;
        passed.append(&mut self.kept);
        self.kept = passed;
        found
    }

    /// Connects; the test goes on only when that works.
    ///
    /// # Panics
    /// The attempt fails.
    pub async fn connect_to(&mut self, endpoint: &Endpoint, trust: &Trust, token: &str) -> Connected {
        let attempt = self.try_connect(endpoint, trust, token).await;
        attempt.outcome.unwrap_or_else(|failed| panic!("the attempt failed: {failed:?}"))
    }

    /// Connects, and tells how it went.
    pub async fn try_connect(&mut self, endpoint: &Endpoint, trust: &Trust, token: &str) -> Attempt {
        let id = self.new_id();
        self.attempt(connect_message(id, endpoint, trust, token)).await
    }

    /// Sends `connect` and waits for its outcome.
    ///
    /// # Panics
    /// Anything else comes, or an answer bears another id.
    pub async fn attempt(&mut self, connect: Connect) -> Attempt {
        let id = connect.id;
        self.send(&[ToProxy::Connect(Box::new(connect))]).await;
        let mut steps = Vec::new();
        loop {
            match within(Duration::from_secs(30), "the attempt ends", self.read()).await {
                ToBrowser::StepPassed(step) => {
                    assert_eq!(step.id, id);
                    steps.push(step);
                }
                ToBrowser::Connected(connected) => {
                    assert_eq!(connected.id, id);
                    return Attempt { steps, outcome: Ok(*connected) };
                }
                ToBrowser::ConnectFailed(failed) => {
                    assert_eq!(failed.id, id);
                    return Attempt { steps, outcome: Err(*failed) };
                }
                other => panic!("instead of an attempt's end: {other:?}"),
            }
        }
    }

    /// Publishes and waits for the outcome.
    pub async fn publish(&mut self, topic: &str, qos: QoS, payload: &[u8]) -> PublishOutcome {
        let id = self.send_publish(topic, qos, payload).await;
        self.outcome_of(id).await
    }

    /// Publishes without waiting.
    pub async fn send_publish(&mut self, topic: &str, qos: QoS, payload: &[u8]) -> RequestId {
        let id = self.new_id();
        let payload = Payload::from_bytes(payload);
        let publish = Publish { id, topic: topic.to_owned(), qos, retain: false, payload };
        self.send(&[ToProxy::Publish(publish)]).await;
        id
    }

    /// What became of an earlier publish.
    pub async fn outcome_of(&mut self, id: RequestId) -> PublishOutcome {
        self.find(|message| match message {
            ToBrowser::Published(published) if published.id == id => Ok(published.outcome),
            other => Err(other),
        })
        .await
    }

    /// Subscribes and waits for the results.
    pub async fn subscribe(&mut self, filters: &[&str], qos: QoS) -> Vec<SubscribeResult> {
        let id = self.new_id();
        let filters =
            filters.iter().map(|filter| Subscription { filter: (*filter).to_owned(), qos }).collect();
        self.send(&[ToProxy::Subscribe(Subscribe { id, filters })]).await;
        self.find(|message| match message {
            ToBrowser::Subscribed(subscribed) if subscribed.id == id => Ok(subscribed.results),
            other => Err(other),
        })
        .await
    }

    /// Subscribes to one filter that the server must grant at this QoS.
    ///
    /// # Panics
    /// The server does not.
    pub async fn subscribe_granted(&mut self, filter: &str, qos: QoS) {
        let results = self.subscribe(&[filter], qos).await;
        assert_eq!(results[0].outcome, SubscribeOutcome::Granted { qos }, "{filter}");
    }

    /// Unsubscribes and waits for the confirmation.
    pub async fn unsubscribe(&mut self, filter: &str) -> Vec<String> {
        let id = self.new_id();
        self.send(&[ToProxy::Unsubscribe(Unsubscribe { id, filters: vec![filter.to_owned()] })]).await;
        self.find(|message| match message {
            ToBrowser::Unsubscribed(unsubscribed) if unsubscribed.id == id => Ok(unsubscribed.filters),
            other => Err(other),
        })
        .await
    }

    /// The reason why a request that is no publish was refused.
    pub async fn refusal_of(&mut self, id: RequestId) -> String {
        self.find(|message| match message {
            ToBrowser::RequestRefused(refused) if refused.id == id => Ok(refused.reason),
            other => Err(other),
        })
        .await
    }

    /// Ends the session as the page does.
    ///
    /// # Panics
    /// The answer is not the one to this request, or the close is not an ordinary one.
    pub async fn disconnect(&mut self) {
        let id = self.new_id();
        self.send(&[ToProxy::Disconnect(Disconnect { id })]).await;
        let last = self.last_word().await;
        assert_eq!(last, Disconnected { id: Some(id), failure: None });
        assert_eq!(self.closed().await, Closed::Code(1000));
    }

    /// The `disconnected` that ends the session; messages before it are kept.
    pub async fn last_word(&mut self) -> Disconnected {
        self.find(|message| match message {
            ToBrowser::Disconnected(disconnected) => Ok(disconnected),
            other => Err(other),
        })
        .await
    }

    /// Why the session ended, when the page did not ask for it.
    ///
    /// # Panics
    /// The page asked for it.
    pub async fn failure(&mut self) -> Failure {
        let last = self.last_word().await;
        assert_eq!(last.id, None, "nobody asked for the end");
        last.failure.expect("an end that nobody asked for has a reason")
    }

    /// Like [`Self::failure`], for an end that takes longer to come; the caller sets the limit.
    ///
    /// # Panics
    /// Something else comes, or the page asked for the end.
    pub async fn wait_for_end(&mut self) -> Failure {
        match self.read().await {
            ToBrowser::Disconnected(Disconnected { id: None, failure: Some(failure) }) => failure,
            other => panic!("instead of the end: {other:?}"),
        }
    }

    /// Like [`Self::next_message`], for one that takes longer to come; the caller sets the limit.
    ///
    /// # Panics
    /// Something else comes.
    pub async fn wait_for_message(&mut self) -> Message {
        match self.read().await {
            ToBrowser::Message(message) => message,
            other => panic!("instead of a message: {other:?}"),
        }
    }

    /// Waits for the WebSocket's end.
    ///
    /// # Panics
    /// It does not end, or something else comes.
    pub async fn closed(&mut self) -> Closed {
        loop {
            match soon("the WebSocket ends", self.socket.next()).await {
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    return Closed::Code(frame.map_or(CloseCode::Status.into(), |frame| frame.code.into()));
                }
                Some(Ok(tungstenite::Message::Text(text))) => panic!("after the last word: {text}"),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Closed::Cut,
            }
        }
    }

    /// Reads whatever still comes until the connection's end, however that comes.
    ///
    /// # Panics
    /// A whole frame holds unknown messages, or the connection does not end.
    pub async fn leftovers(mut self) -> Vec<ToBrowser> {
        let mut all = Vec::from(self.kept);
        let rest = async {
            while let Some(Ok(frame)) = self.socket.next().await {
                if let tungstenite::Message::Text(text) = frame {
                    all.extend(decode_frame::<ToBrowser>(&text).expect("frames hold known messages"));
                }
            }
        };
        soon("the connection ends", rest).await;
        all
    }

    /// Messages that arrived while the test waited for others.
    #[must_use]
    pub fn kept(&self) -> &VecDeque<ToBrowser> {
        &self.kept
    }

    /// How often the proxy asked for a sign of life so far; reading answers.
    #[must_use]
    pub fn pings(&self) -> usize {
        self.pings
    }

    /// Every text frame so far, as it came.
    #[must_use]
    pub fn frames(&self) -> &[String] {
        &self.frames
    }

    /// Closes the WebSocket as a browser does that leaves the page.
    pub async fn close(mut self) {
        soon("the close goes out", self.socket.close(None)).await.expect("the proxy is there");
    }

    /// Resets the connection, as when a browser is killed.
    ///
    /// # Panics
    /// The system refuses the option.
    pub fn reset(self) {
        let stream = self.socket.get_ref();
        stream.set_zero_linger().expect("a TCP option");
    }

    /// Says that nothing more will come, and goes on reading, as no browser does.
    ///
    /// # Panics
    /// The connection is gone.
    pub async fn half_close(&mut self) {
        self.socket.get_mut().shutdown().await.expect("the proxy is there");
    }

    async fn read(&mut self) -> ToBrowser {
        loop {
            if let Some(kept) = self.kept.pop_front() {
                return kept;
            }
            match self.socket.next().await {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    self.frames.push(text.to_string());
                    self.kept.extend(decode_frame::<ToBrowser>(&text).expect("frames hold known messages"));
                }
                Some(Ok(tungstenite::Message::Binary(_))) => panic!("frames are text"),
                Some(Ok(tungstenite::Message::Close(frame))) => panic!("closed with {frame:?}"),
                Some(Ok(tungstenite::Message::Ping(_))) => self.pings += 1,
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the WebSocket broke: {error}"),
                None => panic!("the WebSocket ended"),
            }
        }
    }
}

/// The handshake of this proxy's own page.
fn handshake(address: SocketAddr) -> Request {
    let origin = format!("http://{address}");
    request(address, &[("origin", &origin), ("sec-websocket-protocol", SUBPROTOCOL)])
}

/// A WebSocket handshake with exactly these headers besides the necessary ones.
///
/// # Panics
/// A header is none.
#[must_use]
pub fn request(address: SocketAddr, headers: &[(&'static str, &str)]) -> Request {
    let mut request =
        format!("ws://{address}{WEBSOCKET_PATH}").into_client_request().expect("an address makes a URL");
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().expect("a header's value"));
    }
    request
}

/// Tries a WebSocket handshake: the answer when it is taken, else the status.
///
/// # Panics
/// The proxy cannot be reached, or does not answer with HTTP.
pub async fn try_open(address: SocketAddr, request: Request) -> Result<Response, u16> {
    let stream = TcpStream::connect(address).await.expect("the proxy listens");
    match soon("an answer to the handshake", client_async(request, stream)).await {
        Ok((_socket, response)) => Ok(response),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("no answer to the handshake: {error}"),
    }
}
