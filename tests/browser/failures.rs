//! Connections that fail, tried as a person tries them: where it failed, why, and what to do.

use crate::{
    parts::{fill, status, steps},
    server::Server,
};
use shared::endpoint::Endpoint;
use tests::{
    broker::listener,
    browser::{Browser, Demo, Spot, story},
    certs::{Authority, Leaf},
    page,
    proxy::Proxy,
};

/// What the page must say.
struct Finding {
    step: &'static str,
    cause: &'static str,
    fix: &'static str,
}

async fn try_it(endpoint: &Endpoint, pem: &str, token: &str, finding: Finding) {
    let proxy = Proxy::start().await;
    story(async |browser| {
        browser.go(&proxy.origin()).await;
        fill(browser, endpoint, token, pem).await;
        browser.press(&Spot::button("Connect")).await;
        finds(browser, &finding).await;
    })
    .await;
}

async fn finds(browser: &Browser, Finding { step, cause, fix }: &Finding) {
    let status = browser.reads(&status(), |text| text.starts_with("Connection failed")).await;
    assert!(status.contains(cause), "{cause:?} is not in: {status}");
    let steps = browser.read(&steps()).await;
    let outcome = steps.split(step).nth(1).expect("every step is listed").trim_start();
    assert!(outcome.starts_with("failed after"), "the step {step} did not fail: {steps}");
    assert_eq!(steps.matches("failed after").count(), 1, "{steps}");
    let advice = browser.read(&Spot::new("region", "What to do")).await;
    assert!(advice.contains(fix), "{fix:?} is not in: {advice}");
    let session = browser.read(&Spot::new("region", "Session")).await;
    assert!(session.contains("between the proxy and the server"), "the hop is not in: {session}");
}

#[tokio::test]
async fn a_ca_that_did_not_issue_the_servers_certificate_is_named_as_the_cause() {
    let issued = Authority::new("The real authority").issue(&Leaf::default());
    let server = Server::tls(issued.server()).await;
    let finding = Finding {
        step: "TLS",
        cause: "was not issued by the file you gave",
        fix: "Give the certificate of that issuer",
    };
    let pem = Authority::new("Another authority").pem().to_owned();
    try_it(&page::endpoint(server.address), &pem, "TOKEN", finding).await;
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named_as_the_cause() {
    let authority = Authority::new("authority");
    let leaf = Leaf { names: vec!["other.example".to_owned()], ..Leaf::default() };
    let server = Server::tls(authority.issue(&leaf).server()).await;
    let finding =
        Finding { step: "TLS", cause: "is not for 127.0.0.1", fix: "Connect by one of the names it is for" };
    try_it(&page::endpoint(server.address), authority.pem(), "TOKEN", finding).await;
}

#[tokio::test]
async fn an_expired_certificate_is_named_as_the_cause() {
    let authority = Authority::new("authority");
    let leaf = Leaf { years: (2010, 2015), ..Leaf::default() };
    let server = Server::tls(authority.issue(&leaf).server()).await;
    let finding = Finding { step: "TLS", cause: "certificate has expired", fix: "Renew it on the server" };
    try_it(&page::endpoint(server.address), authority.pem(), "TOKEN", finding).await;
}

#[tokio::test]
async fn a_port_without_tls_is_named_as_the_cause() {
    let server = Server::plain().await;
    let finding = Finding {
        step: "TLS",
        cause: "closed the connection during the TLS handshake",
        fix: "Use the port for MQTT over TLS, usually 8883",
    };
    let authority = Authority::new("authority");
    try_it(&page::endpoint(server.address), authority.pem(), "TOKEN", finding).await;
}

#[tokio::test]
async fn a_closed_port_is_named_as_the_cause() {
    // Bound and dropped again, so that nothing listens there.
    let address = listener().await.local_addr().unwrap();
    let finding = Finding { step: "TCP", cause: "the connection was refused", fix: "Check the port" };
    let authority = Authority::new("authority");
    try_it(&page::endpoint(address), authority.pem(), "TOKEN", finding).await;
}

#[tokio::test]
async fn a_token_that_the_server_does_not_know_is_named_as_the_cause() {
    let demo = Demo::start().await;
    story(async |browser| {
        crate::parts::use_demo(browser, &demo).await;
        browser.write(&Spot::text_box("Access token"), "NOT_THE_TOKEN").await;
        browser.press(&Spot::button("Connect")).await;
        let finding = Finding {
            step: "MQTT",
            cause: "does not accept this access token",
            fix: "Copy the token again from the device's page",
        };
        finds(browser, &finding).await;
        let all = browser.all_text().await;
        assert!(!all.contains("NOT_THE_TOKEN"), "the token is shown: {all}");
    })
    .await;
}
