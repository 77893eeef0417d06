//! A connection attempt, step by step, and each way in which a server can disappoint it before CONNACK.

use shared::{
    failure::{Failure, Step},
    wire::{MqttVersion, PublishOutcome, QoS, ToBrowser, ToProxy, Trust, Verification},
};
use std::{net::SocketAddr, time::Duration};
use tests::{
    broker::{self, Broker, listener},
    eventually::{soon, within},
    page::{Closed, Page, connect_message, endpoint, endpoint_named},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Fits into an attempt that must end by a time limit.
const SHORT: Duration = Duration::from_millis(200);

async fn attempt_at(proxy: &Proxy, address: SocketAddr) -> (Step, Failure) {
    let mut page = Page::open(proxy).await;
    let attempt = page.try_connect(&endpoint(address), &Trust::PublicAuthorities, "TOKEN").await;
    let (step, failure) = attempt.failure();
    assert_eq!(page.closed().await, Closed::Code(1000));
    (step, failure.clone())
}

#[tokio::test]
async fn the_steps_are_reported_in_order_with_their_time_and_what_they_found() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let (endpoint, address) = (broker.endpoint(), broker.address().to_string());
    let (attempt, _connection) =
        tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    assert_eq!(attempt.passed(), [Step::Name, Step::Tcp, Step::Tls, Step::Mqtt]);
    let details: Vec<&str> = attempt.steps.iter().map(|step| step.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "127.0.0.1",
            address.as_str(),
            "TLS 1.3, TLS13_AES_256_GCM_SHA384; verified by certificate authority",
            "accepted"
        ]
    );
    assert!(attempt.steps[2].elapsed_us > 0, "a handshake takes time");
    let connected = attempt.outcome.unwrap();
    assert_eq!((connected.return_code, connected.session_present), (0, false));
    assert_eq!((connected.mqtt_version, connected.address), (MqttVersion::V3_1_1, address));
    assert_eq!(
        (connected.tls.version.as_str(), connected.tls.cipher_suite.as_str(), connected.tls.verification),
        ("TLS 1.3", "TLS13_AES_256_GCM_SHA384", Verification::Strict)
    );
}

#[tokio::test]
async fn connect_is_sent_as_thingsboards_script_sends_it() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(7, &broker.endpoint(), broker.trust(), "A1_TEST_TOKEN");
    connect.options.client_id = "pump".to_owned();
    connect.options.keep_alive_s = 30;
    let serve = async {
        let mut connection = broker.accept().await.unwrap();
        let packet = connection.read().await;
        connection.write(&broker::ACCEPTED).await;
        packet
    };
    let (attempt, packet) = tokio::join!(page.attempt(connect), serve);
    attempt.outcome.unwrap();
    assert_eq!(packet.kind, broker::CONNECT);
    // Level 4, user name and clean session, 30 s, client id, the token as user name; no password.
    assert_eq!(packet.body, b"\0\x04MQTT\x04\x82\0\x1e\0\x04pump\0\x0dA1_TEST_TOKEN");
}

#[tokio::test]
async fn each_refusal_in_connack_is_told_apart() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    for return_code in 1..=5 {
        let mut page = Page::open(&proxy).await;
        let serve = async {
            let mut connection = broker.accept().await.unwrap();
            connection.read().await;
            connection.write(&[0x20, 2, 0, return_code]).await;
            connection
        };
        let endpoint = broker.endpoint();
        let (attempt, _connection) =
            tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), serve);
        let expected = match return_code {
            1 => Failure::MqttVersionRefused { return_code },
            2 => Failure::ClientIdRefused { return_code },
            3 => Failure::ServerUnavailable { return_code },
            _ => Failure::CredentialsRefused { return_code },
        };
        assert_eq!(attempt.failure(), (Step::Mqtt, &expected));
        assert_eq!(page.closed().await, Closed::Code(1000));
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_at_tcp() {
    let proxy = Proxy::start().await;
    // Bound and dropped again, so that nothing listens there.
    let address = listener().await.local_addr().unwrap();
    let (step, failure) = attempt_at(&proxy, address).await;
    assert_eq!((step, failure), (Step::Tcp, Failure::TcpRefused { endpoint: endpoint(address) }));
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_found() {
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    // RFC 6761: `invalid` never exists.
    let endpoint = endpoint_named("mqtt.thingsboard.invalid", 8883);
    let attempt = page.try_connect(&endpoint, &Trust::PublicAuthorities, "TOKEN").await;
    let (step, failure) = attempt.failure();
    assert_eq!(step, Step::Name);
    // Without any resolver the lookup itself fails, which is as good an answer.
    let host = "mqtt.thingsboard.invalid".to_owned();
    let expected = [Failure::NameNotFound { host: host.clone() }, Failure::NameLookupFailed { host }];
    assert!(expected.contains(failure), "{failure:?}");
}

#[tokio::test]
async fn the_name_localhost_is_looked_up_and_reached() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = endpoint_named("localhost", broker.address().port());
    let (attempt, _connection) =
        tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    assert_eq!(attempt.outcome.unwrap().address, broker.address().to_string());
}

#[tokio::test]
async fn forbidden_targets_are_refused_before_any_connection() {
    let proxy = Proxy::start().await;
    let canary = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    // 0.0.0.0 and its embedded forms reach this machine on Linux, so the canary would see them.
    for host in
        ["169.254.169.254", "0.0.0.0", "::", "::ffff:0.0.0.0", "fe80::1", "224.0.0.1", "255.255.255.255"]
    {
        let mut page = Page::open(&proxy).await;
        let endpoint = endpoint_named(host, port);
        let attempt = page.try_connect(&endpoint, &Trust::PublicAuthorities, "TOKEN").await;
        let expected = Failure::TargetNotAllowed { endpoint: endpoint.clone() };
        assert_eq!(attempt.failure(), (Step::Name, &expected), "{host}");
        assert_eq!(attempt.passed(), [], "{host}");
    }
    tokio::select! {
        biased;
        seen = canary.accept() => panic!("a forbidden target was dialled: {seen:?}"),
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn a_port_that_says_nothing_times_out_at_tls() {
    let proxy = Proxy::with(|config| config.opening.tls = SHORT).await;
    let silent = listener().await;
    let address = silent.local_addr().unwrap();
    let (failed, _open) = tokio::join!(attempt_at(&proxy, address), silent.accept());
    let expected = Failure::TlsTimedOut { endpoint: endpoint(address), after_s: 0 };
    assert_eq!(failed, (Step::Tls, expected));
}

#[tokio::test]
async fn a_server_that_closes_on_tls_is_named_so() {
    let proxy = Proxy::start().await;
    // What a plain MQTT listener does with a ClientHello.
    let plain = listener().await;
    let address = plain.local_addr().unwrap();
    let close = async {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.read_u8().await.unwrap();
    };
    let (failed, ()) = tokio::join!(attempt_at(&proxy, address), close);
    assert_eq!(failed, (Step::Tls, Failure::TlsClosed { endpoint: endpoint(address) }));
}

#[tokio::test]
async fn a_server_that_answers_in_plain_text_does_not_speak_tls() {
    let proxy = Proxy::start().await;
    let plain = listener().await;
    let address = plain.local_addr().unwrap();
    let answer = async {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await.unwrap();
        stream
    };
    let (failed, _stream) = tokio::join!(attempt_at(&proxy, address), answer);
    assert_eq!(failed, (Step::Tls, Failure::TlsNotSpoken { endpoint: endpoint(address) }));
}

/// A page's attempt against a server that accepts TLS and then does `serve`.
async fn attempt_with<F, T>(proxy: &Proxy, broker: &Broker, serve: F) -> (Step, Failure)
where
    F: AsyncFnOnce(broker::Connection) -> T,
{
    let mut page = Page::open(proxy).await;
    let endpoint = broker.endpoint();
    let (attempt, _kept) = tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), async {
        serve(broker.accept().await.unwrap()).await
    });
    let (step, failure) = attempt.failure();
    (step, failure.clone())
}

#[tokio::test]
async fn a_server_without_connack_times_out_at_mqtt() {
    let proxy = Proxy::with(|config| config.opening.connack = SHORT).await;
    let broker = Broker::start().await;
    let failed = attempt_with(&proxy, &broker, async |connection| connection).await;
    assert_eq!(failed, (Step::Mqtt, Failure::MqttTimedOut { after_s: 0 }));
}

#[tokio::test]
async fn the_whole_attempt_has_a_limit_of_its_own() {
    let proxy = Proxy::with(|config| config.opening.all = SHORT).await;
    let broker = Broker::start().await;
    let attempt = attempt_with(&proxy, &broker, async |connection| connection);
    let failed = within(5 * SHORT, "the attempt's own limit", attempt).await;
    assert_eq!(failed, (Step::Mqtt, Failure::MqttTimedOut { after_s: 0 }));
}

#[tokio::test]
async fn a_web_server_is_not_taken_for_mqtt() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let failed = attempt_with(&proxy, &broker, async |mut connection| {
        connection.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        connection
    })
    .await;
    assert_eq!(failed, (Step::Mqtt, Failure::MqttNotSpoken));
}

#[tokio::test]
async fn a_server_that_ends_before_connack_is_named_so() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let closed = attempt_with(&proxy, &broker, async |mut connection| {
        connection.read().await;
        connection.0.shutdown().await.unwrap();
        connection
    })
    .await;
    assert_eq!(closed, (Step::Mqtt, Failure::MqttClosed));
    let reset = attempt_with(&proxy, &broker, async |mut connection| {
        connection.read().await;
        connection.reset();
    })
    .await;
    assert_eq!(reset, (Step::Mqtt, Failure::MqttClosed));
}

#[tokio::test]
async fn requests_before_the_session_is_open_are_refused_and_the_attempt_goes_on() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let mut connection = broker.accept().await.unwrap();
    connection.read().await;
    let early = page.send_publish("t", QoS::AtMostOnce, b"x").await;
    let reason = "The session is not open yet.".to_owned();
    assert_eq!(page.outcome_of(early).await, PublishOutcome::Refused { reason });
    connection.write(&broker::ACCEPTED).await;
    page.find(|message| match message {
        ToBrowser::Connected(connected) => Ok(connected),
        other => Err(other),
    })
    .await;
}

#[tokio::test]
async fn a_page_that_changes_its_mind_ends_the_attempt() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let mut connection = broker.accept().await.unwrap();
    connection.read().await;
    page.disconnect().await;
    soon("the server is let go", async { while connection.try_read().await.is_ok() {} }).await;
}

#[tokio::test]
async fn a_page_that_leaves_during_the_attempt_leaves_nothing_behind() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let mut connection = broker.accept().await.unwrap();
    connection.read().await;
    page.reset();
    soon("the server is let go", async { while connection.try_read().await.is_ok() {} }).await;
}

#[tokio::test]
async fn options_out_of_range_are_refused_before_anything_is_dialled() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let good = || connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    let mut short_keep_alive = good();
    short_keep_alive.options.keep_alive_s = 9;
    let mut long_keep_alive = good();
    long_keep_alive.options.keep_alive_s = 301;
    let mut long_client_id = good();
    long_client_id.options.client_id = "x".repeat(129);
    let mut odd_client_id = good();
    odd_client_id.options.client_id = "a\nb".to_owned();
    for connect in [short_keep_alive, long_keep_alive, long_client_id, odd_client_id] {
        let mut page = Page::open(&proxy).await;
        page.send(&[ToProxy::Connect(Box::new(connect))]).await;
        let failure = page.failure().await;
        assert!(matches!(failure, Failure::FrameInvalid { .. }), "{failure:?}");
        assert_eq!(page.closed().await, Closed::Code(1008));
    }
}
