//! Where strangers may connect to: what the operator lists, at public addresses, judged at each look-up.

use ::proxy::config::{AllowedTarget, Hosted, Policy};
use shared::{
    failure::{Failure, Step},
    hint::Hint,
    wire::Trust,
};
use std::{num::NonZeroU32, time::Duration};
use tests::{
    broker::Broker,
    canary::Canary,
    names::Names,
    page::{Attempt, Page, endpoint_named},
    proxy::Proxy,
};

const NAME: &str = "broker.example";
const PUBLIC: &str = "8.8.8.8";

fn target(host: &str, port: u16, internal: bool) -> AllowedTarget {
    AllowedTarget { endpoint: endpoint_named(host, port), internal }
}

async fn hosted(names: &Names, hosted: Hosted) -> Proxy {
    let resolver = names.resolver();
    Proxy::with(|config| {
        config.targets = Policy::Hosted(hosted);
        config.resolver = resolver;
        config.opening.tcp = Duration::from_millis(200);
    })
    .await
}

fn listing(target: AllowedTarget) -> Hosted {
    Hosted { targets: vec![target], ..Hosted::default() }
}

async fn try_host(proxy: &Proxy, host: &str, port: u16) -> Attempt {
    Page::open(proxy).await.try_connect(&endpoint_named(host, port), &Trust::PublicAuthorities, "T").await
}

#[track_caller]
fn assert_not_allowed(attempt: &Attempt, host: &str, port: u16) {
    let expected = Failure::TargetNotAllowed { endpoint: endpoint_named(host, port) };
    assert_eq!(attempt.failure(), (Step::Name, &expected));
    assert_eq!(attempt.passed(), []);
    let failed = attempt.outcome.as_ref().unwrap_err();
    assert_eq!(failed.hints, Vec::<Hint>::new(), "a refusal is not looked into");
}

#[tokio::test]
async fn nothing_is_reached_that_is_not_listed() {
    let canary = Canary::new().await;
    let names = Names::answering(&[&["127.0.0.1"]]);
    let proxy = hosted(&names, listing(target(NAME, 1, true))).await;
    for host in [NAME, "localhost", "127.0.0.1", "10.0.0.1", "other.example", "::1"] {
        assert_not_allowed(&try_host(&proxy, host, canary.port()).await, host, canary.port());
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_listed_name_that_leads_inside_is_refused_whatever_else_it_answers() {
    let canary = Canary::new().await;
    let port = canary.port();
    let answers: [&[&str]; 6] = [
        &["127.0.0.1"],
        &[PUBLIC, "127.0.0.1"],
        &["127.0.0.1", PUBLIC],
        &["::ffff:127.0.0.1"],
        &["::1"],
        &["64:ff9b::7f00:1"],
    ];
    let names = Names::answering(&answers);
    let proxy = hosted(&names, listing(target(NAME, port, false))).await;
    for _ in answers {
        assert_not_allowed(&try_host(&proxy, NAME, port).await, NAME, port);
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_what_was_judged_is_dialled() {
    let canary = Canary::new().await;
    let port = canary.port();
    // A second look-up would lead to the canary. Nobody answers at the first address within the time.
    let names = Names::answering(&[&[PUBLIC], &["127.0.0.1"]]);
    let proxy = hosted(&names, listing(target(NAME, port, false))).await;
    let attempt = try_host(&proxy, NAME, port).await;
    assert_eq!(attempt.failure().0, Step::Tcp);
    canary.saw_nobody().await;
}

#[tokio::test]
async fn this_machine_is_not_reached_by_the_address_it_has_outside() {
    let canary = Canary::new().await;
    let port = canary.port();
    let names = Names::answering(&[&["203.0.113.9"]]);
    let own_addresses = vec!["8.8.4.4".parse().unwrap()];
    let policy =
        Hosted { any_public_host: true, public_ports: vec![port], own_addresses, ..Hosted::default() };
    let proxy = hosted(&names, policy).await;
    for host in ["8.8.4.4", "::ffff:8.8.4.4", "127.0.0.1", "localhost"] {
        assert_not_allowed(&try_host(&proxy, host, port).await, host, port);
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_name_that_changes_between_connect_and_reconnect_is_judged_again() {
    let (broker, canary) = (Broker::start().await, Canary::new().await);
    let port = broker.address().port();
    let names = Names::answering(&[&["127.0.0.1"], &["169.254.169.254"], &["0.0.0.0"]]);
    let host = "localhost";
    let policy = listing(target(host, port, true));
    let proxy = hosted(&names, policy).await;
    let mut page = Page::open(&proxy).await;
    let endpoint = endpoint_named(host, port);
    let (attempt, _connection) =
        tokio::join!(page.try_connect(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    let connected = attempt.outcome.unwrap();
    assert_eq!(connected.address, format!("{host}:{port}"), "an internal address is not shown");
    let shown = attempt.steps.iter().any(|step| step.detail.contains("127.0.0.1"));
    assert!(!shown, "{:?}", attempt.steps);
    for _ in 0..2 {
        assert_not_allowed(&try_host(&proxy, host, port).await, host, port);
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_name_that_is_none_and_one_that_leads_inside_are_refused_in_the_same_words() {
    let names = Names::answering(&[&[], &["10.11.12.13"]]);
    let proxy = hosted(&names, Hosted { any_public_host: true, ..Hosted::default() }).await;
    for host in ["no-such-name.example", "database.internal"] {
        assert_not_allowed(&try_host(&proxy, host, 8883).await, host, 8883);
    }
}

#[tokio::test]
async fn many_names_of_one_server_share_what_one_server_may_be_asked() {
    let names = Names::answering(&[&[PUBLIC]]);
    let resolver = names.resolver();
    let proxy = Proxy::with(|config| {
        config.targets = Policy::Hosted(Hosted { any_public_host: true, ..Hosted::default() });
        config.resolver = resolver;
        config.opening.tcp = Duration::from_millis(100);
        config.each_target.attempts_per_minute = NonZeroU32::new(3);
    })
    .await;
    for number in 0..3 {
        let attempt = try_host(&proxy, &format!("name-{number}.example"), 8883).await;
        assert!(!matches!(attempt.failure().1, Failure::TooManyAttempts { .. }));
    }
    let attempt = try_host(&proxy, "name-4.example", 8883).await;
    assert!(
        matches!(attempt.failure(), (Step::Tcp, Failure::TooManyAttempts { .. })),
        "{:?}",
        attempt.failure()
    );
}

#[tokio::test]
async fn a_refusal_names_no_address() {
    let names = Names::answering(&[&["10.11.12.13"]]);
    let proxy = hosted(&names, listing(target(NAME, 8883, false))).await;
    let mut page = Page::open(&proxy).await;
    let attempt = page.try_connect(&endpoint_named(NAME, 8883), &Trust::PublicAuthorities, "T").await;
    assert_not_allowed(&attempt, NAME, 8883);
    let frames = page.frames().concat();
    assert!(!frames.contains("10.11.12.13"), "{frames}");
}
