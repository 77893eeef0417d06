//! Whom the proxy believes, and what it says about those it does not.

use rustls::version::{TLS12, TLS13};
use shared::failure::{Failure, Step};
use shared::wire::{ToProxy, Trust};
use tests::{
    broker::Broker,
    certs::{Authority, Identity, Leaf},
    page::{Attempt, Page, connect_message, endpoint_named},
    proxy::Proxy,
};

/// One attempt against `broker`, whose part in it is over with the handshake.
async fn attempt(broker: &Broker, host: &str, trust: &Trust) -> Attempt {
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = endpoint_named(host, broker.address().port());
    let (attempt, _) = tokio::join!(page.try_connect(&endpoint, trust, "TOKEN"), async {
        let mut connection = broker.accept().await?;
        connection.try_read().await.map(|_| connection)
    });
    attempt
}

async fn refused(broker: &Broker, host: &str) -> Failure {
    let attempt = attempt(broker, host, broker.trust()).await;
    let (step, failure) = attempt.failure();
    assert_eq!(step, Step::Tls);
    assert_eq!(attempt.passed(), [Step::Name, Step::Tcp]);
    failure.clone()
}

#[tokio::test]
async fn another_authority_is_refused_with_both_names() {
    let (right, wrong) = (Authority::new("server authority"), Authority::new("uploaded authority"));
    let broker = Broker::with(right.issue(&Leaf::default()).server(), wrong.pem()).await;
    let expected = Failure::UnknownIssuer {
        issuer: Some("CN=server authority".to_owned()),
        trusted: vec!["CN=uploaded authority".to_owned()],
    };
    assert_eq!(refused(&broker, "127.0.0.1").await, expected);
}

#[tokio::test]
async fn a_private_authority_is_unknown_to_the_public_ones() {
    let broker = Broker::start().await;
    let attempt = attempt(&broker, "127.0.0.1", &Trust::PublicAuthorities).await;
    let expected =
        Failure::UnknownIssuer { issuer: Some("CN=broker authority".to_owned()), trusted: Vec::new() };
    assert_eq!(attempt.failure(), (Step::Tls, &expected));
}

#[tokio::test]
async fn an_authority_of_the_same_name_with_another_key_is_an_impostor() {
    let (right, impostor) = (Authority::new("one name"), Authority::new("one name"));
    let broker = Broker::with(impostor.issue(&Leaf::default()).server(), right.pem()).await;
    let expected = Failure::SignatureMismatch { issuer: Some("CN=one name".to_owned()) };
    assert_eq!(refused(&broker, "127.0.0.1").await, expected);
}

#[tokio::test]
async fn a_certificate_for_other_names_is_refused_with_them() {
    let authority = Authority::new("authority");
    let leaf = Leaf { names: vec!["mqtt.example.com".into(), "192.0.2.7".into()], ..Leaf::default() };
    let broker = Broker::with(authority.issue(&leaf).server(), authority.pem()).await;
    for host in ["127.0.0.1", "localhost"] {
        let Failure::NameMismatch { host: dialled, names, .. } = refused(&broker, host).await else {
            panic!("another failure");
        };
        assert_eq!(dialled, host);
        assert_eq!(names, ["mqtt.example.com", "192.0.2.7"]);
    }
}

#[tokio::test]
async fn dates_are_refused_with_the_evidence() {
    let authority = Authority::new("authority");
    let expired = Leaf { years: (2020, 2021), ..Leaf::default() };
    let broker = Broker::with(authority.issue(&expired).server(), authority.pem()).await;
    match refused(&broker, "127.0.0.1").await {
        Failure::CertificateExpired { not_after: Some(not_after), now } => {
            assert_eq!(not_after, 1_609_459_200, "1 January 2021");
            assert!(now > not_after);
        }
        other => panic!("{other:?}"),
    }
    let early = Leaf { years: (2089, 2090), ..Leaf::default() };
    let broker = Broker::with(authority.issue(&early).server(), authority.pem()).await;
    match refused(&broker, "127.0.0.1").await {
        Failure::CertificateNotYetValid { not_before: Some(not_before), now } => assert!(now < not_before),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_self_signed_certificate_that_was_uploaded_itself_is_believed() {
    let identity = Identity::self_signed(&Leaf::default());
    let broker = Broker::with(identity.server(), &identity.pem).await;
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (attempt, _connection) =
        tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    attempt.outcome.unwrap();
}

#[tokio::test]
async fn one_good_certificate_in_a_bundle_is_enough() {
    let (right, other) = (Authority::new("right"), Authority::new("other"));
    let bundle = format!("{}\n{}", other.pem(), right.pem());
    let broker = Broker::with(right.issue(&Leaf::default()).server(), &bundle).await;
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (attempt, _connection) =
        tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    attempt.outcome.unwrap();
}

#[tokio::test]
async fn both_tls_versions_are_spoken_and_reported() {
    let authority = Authority::new("authority");
    let identity = authority.issue(&Leaf::default());
    for (version, name) in [(&TLS12, "TLS 1.2"), (&TLS13, "TLS 1.3")] {
        let broker = Broker::with(identity.server_speaking(&[version]), authority.pem()).await;
        let proxy = Proxy::start().await;
        let mut page = Page::open(&proxy).await;
        let endpoint = broker.endpoint();
        let (attempt, _connection) =
            tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
        assert_eq!(attempt.outcome.unwrap().tls.version, name);
    }
}

#[tokio::test]
async fn a_server_that_demands_a_client_certificate_is_named_so_with_tls_1_3() {
    let authority = Authority::new("authority");
    let identity = authority.issue(&Leaf::default());
    let broker = Broker::with(identity.server_demanding(&authority, &[&TLS13]), authority.pem()).await;
    // With TLS 1.3 the refusal arrives after the client's own handshake is done.
    let attempt = attempt(&broker, "127.0.0.1", broker.trust()).await;
    assert_eq!(attempt.failure(), (Step::Mqtt, &Failure::ClientCertificateRequired));
}

#[tokio::test]
async fn a_server_that_demands_a_client_certificate_is_named_so_with_tls_1_2() {
    let authority = Authority::new("authority");
    let identity = authority.issue(&Leaf::default());
    let broker = Broker::with(identity.server_demanding(&authority, &[&TLS12]), authority.pem()).await;
    assert_eq!(refused(&broker, "127.0.0.1").await, Failure::ClientCertificateRequired);
}

#[tokio::test]
async fn certificates_that_cannot_be_used_end_the_session_before_anything_is_dialled() {
    let broker = Broker::start().await;
    let trust = Trust::UploadedCertificate { pem: "no certificate: MARKER".to_owned() };
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    let connect = connect_message(1, &broker.endpoint(), &trust, "TOKEN");
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let failure = tokio::select! {
        failure = page.failure() => failure,
        _ = broker.accept() => panic!("it was dialled"),
    };
    assert!(
        matches!(&failure, Failure::FrameInvalid { reason } if reason.contains("certificate")),
        "{failure:?}"
    );
    assert!(page.frames().iter().all(|frame| !frame.contains("MARKER")), "{:?}", page.frames());
}
