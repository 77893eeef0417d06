//! The tunnel for other people's MQTT clients: bytes through, bounds held, nobody let in who may not.

use ::proxy::config::{Rate, Tunnel};
use futures_util::{SinkExt, StreamExt};
use shared::{
    TUNNEL_PATH,
    endpoint::Endpoint,
    limits::MAX_FRAME_BYTES,
    wire::{PublishOutcome, QoS, Trust},
};
use std::time::{Duration, Instant};
use tests::{
    emulated::Emulated,
    eventually::soon,
    mosquitto::Mosquitto,
    page::{Page, endpoint},
    proxy::Proxy,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message, client::IntoClientRequest, handshake::client::Request,
        protocol::frame::coding::CloseCode,
    },
};

type Socket = WebSocketStream<TcpStream>;

async fn proxy(target: &Endpoint, trust: &Trust) -> Proxy {
    let tunnel = Tunnel { endpoint: target.clone(), trust: trust.clone() };
    Proxy::with(|config| config.tunnel = Some(tunnel)).await
}

fn request(proxy: &Proxy, headers: &[(&'static str, &str)]) -> Request {
    let url = format!("ws://{}{TUNNEL_PATH}", proxy.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

async fn try_open(proxy: &Proxy, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let stream = TcpStream::connect(proxy.address()).await.unwrap();
    match soon("an answer", client_async(request(proxy, headers), stream)).await {
        Ok((socket, response)) => {
            assert_eq!(response.headers()["sec-websocket-protocol"], "mqtt");
            Ok(socket)
        }
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn open(proxy: &Proxy) -> Result<Socket, u16> {
    let origin = proxy.origin();
    try_open(proxy, &[("origin", &origin), ("sec-websocket-protocol", "mqtt")]).await
}

/// Sends bytes as one frame.
async fn send(socket: &mut Socket, bytes: &[u8]) {
    soon("a frame goes out", socket.send(Message::binary(bytes.to_vec()))).await.unwrap();
}

/// The next bytes, however the frames are cut.
async fn read(socket: &mut Socket, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < count {
        match soon("bytes come", socket.next()).await {
            Some(Ok(Message::Binary(more))) => bytes.extend_from_slice(&more),
            Some(Ok(Message::Ping(_))) => {}
            other => panic!("{other:?}"),
        }
    }
    bytes
}

async fn close_code(socket: &mut Socket) -> Option<CloseCode> {
    loop {
        match soon("the tunnel ends", socket.next()).await {
            Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
    }
}

fn connect_packet(user_name: &str) -> Vec<u8> {
    let length = u8::try_from(14 + user_name.len()).unwrap();
    let mut packet = vec![0x10, length];
    packet.extend_from_slice(b"\0\x04MQTT\x04\x82\0\x3c\0\0");
    packet.extend_from_slice(&u16::try_from(user_name.len()).unwrap().to_be_bytes());
    packet.extend_from_slice(user_name.as_bytes());
    packet
}

#[tokio::test]
async fn a_device_of_thingsboard_connects_and_publishes_in_frames_cut_anywhere() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    let mut socket = open(&proxy).await.unwrap();
    let connect = connect_packet(thingsboard.token().expose());
    let (first, rest) = connect.split_at(7);
    send(&mut socket, first).await;
    send(&mut socket, rest).await;
    assert_eq!(read(&mut socket, 4).await, b"\x20\x02\0\0");
    let mut publish = b"\x32\x28\0\x17v1/devices/me/telemetry\0\x01".to_vec();
    publish.extend_from_slice(br#"{"tunnel": 1}"#);
    publish.extend_from_slice(b"\xc0\0");
    send(&mut socket, &publish).await;
    assert_eq!(read(&mut socket, 6).await, b"\x40\x02\0\x01\xd0\0");
    assert_eq!(thingsboard.telemetry("tunnel"), Some(1.into()));
}

#[tokio::test]
async fn large_messages_come_down_whole() {
    let mosquitto = Mosquitto::start().await.unwrap();
    let proxy = proxy(&mosquitto.endpoint(), mosquitto.trust()).await;
    let mut socket = open(&proxy).await.unwrap();
    send(&mut socket, &connect_packet("T")).await;
    read(&mut socket, 4).await;
    send(&mut socket, b"\x82\x06\0\x01\0\x01a\0").await;
    read(&mut socket, 5).await;
    let mut page = Page::open(&proxy).await;
    page.connect_to(&mosquitto.endpoint(), mosquitto.trust(), "U").await;
    let payload: Vec<u8> = (0..60_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    assert_eq!(page.publish("a", QoS::AtLeastOnce, &payload).await, PublishOutcome::Delivered);
    let received = read(&mut socket, 1 + 3 + 3 + payload.len()).await;
    assert!(received.ends_with(&payload));
}

#[tokio::test]
async fn only_our_own_origins_and_the_mqtt_subprotocol_get_in() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    let origin = proxy.origin();
    let protocol = ("sec-websocket-protocol", "mqtt");
    for headers in [&[protocol][..], &[protocol, ("origin", "http://evil.example")]] {
        assert_eq!(try_open(&proxy, headers).await.err(), Some(403));
    }
    let other = [("origin", origin.as_str()), ("sec-websocket-protocol", "mqttv3.1")];
    assert_eq!(try_open(&proxy, &other).await.err(), Some(400));
    assert_eq!(open(&Proxy::start().await).await.err(), Some(404), "there is no tunnel unless one is made");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_or_verified_is_a_bad_gateway() {
    let thingsboard = Emulated::start().await;
    let other = Mosquitto::start().await.unwrap();
    let unverified = proxy(&thingsboard.endpoint(), other.trust()).await;
    assert_eq!(open(&unverified).await.err(), Some(502));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = endpoint(listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(open(&proxy(&nobody, other.trust()).await).await.err(), Some(502));
}

#[tokio::test]
async fn text_ends_the_tunnel_with_a_reason() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    let mut socket = open(&proxy).await.unwrap();
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(close_code(&mut socket).await, Some(CloseCode::Unsupported));
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_tunnel_with_its_own_code() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    let mut socket = open(&proxy).await.unwrap();
    // The other side stops reading at the header, so not all of it may go out.
    let _: Result<(), _> = socket.feed(Message::binary(vec![0; MAX_FRAME_BYTES + 1])).await;
    let _: Result<(), _> = socket.flush().await;
    assert_eq!(close_code(&mut socket).await, Some(CloseCode::Size));
}

#[tokio::test]
async fn frames_are_read_at_the_pace_of_messages() {
    let thingsboard = Emulated::start().await;
    let tunnel = Tunnel { endpoint: thingsboard.endpoint(), trust: thingsboard.trust() };
    let proxy = Proxy::with(|config| {
        config.tunnel = Some(tunnel);
        config.session.message_rate = Some(Rate { per_second: 10, burst: 10 });
    })
    .await;
    let mut socket = open(&proxy).await.unwrap();
    let start = Instant::now();
    let connect = connect_packet(thingsboard.token().expose());
    for byte in &connect {
        send(&mut socket, &[*byte]).await;
    }
    assert_eq!(read(&mut socket, 4).await, b"\x20\x02\0\0");
    let least = Duration::from_millis(100) * u32::try_from(connect.len() - 12).unwrap();
    assert!(start.elapsed() > least, "{:?} for {} frames", start.elapsed(), connect.len());
}

#[tokio::test]
async fn each_side_is_told_when_the_other_is_gone() {
    let mut mosquitto = Mosquitto::start().await.unwrap();
    let proxy = proxy(&mosquitto.endpoint(), mosquitto.trust()).await;
    let mut socket = open(&proxy).await.unwrap();
    send(&mut socket, &connect_packet("T")).await;
    read(&mut socket, 4).await;
    mosquitto.kill();
    assert_eq!(close_code(&mut socket).await, Some(CloseCode::Normal));

    mosquitto.start_again().await.unwrap();
    let mut socket = open(&proxy).await.unwrap();
    send(&mut socket, &connect_packet("T")).await;
    read(&mut socket, 4).await;
    drop(socket);
    mosquitto.logs("closed its connection").await.unwrap();
}

#[tokio::test]
async fn a_tunnel_that_rests_or_stops_is_closed_in_order() {
    let thingsboard = Emulated::start().await;
    let tunnel = Tunnel { endpoint: thingsboard.endpoint(), trust: thingsboard.trust() };
    let resting = Proxy::with(|config| {
        config.tunnel = Some(tunnel.clone());
        config.session.idle = Some(Duration::from_millis(200));
    })
    .await;
    let mut socket = open(&resting).await.unwrap();
    assert_eq!(close_code(&mut socket).await, Some(CloseCode::Policy));

    let stopping = Proxy::with(|config| config.tunnel = Some(tunnel)).await;
    let mut socket = open(&stopping).await.unwrap();
    stopping.stop();
    assert_eq!(close_code(&mut socket).await, Some(CloseCode::Away));
    drop(socket);
    stopping.ended().await;
}
