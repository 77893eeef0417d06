//! What a console for many tells its visitors: which servers it reaches, when it ends a session, and what became of
//! the demo.

use super::*;

#[test]
fn a_demo_that_was_started_again_is_named_as_such() {
    let mut page = Page::new();
    page.act(Action::UseDemoDevice);
    page.act(Action::DemoDevice(Ok(demo_device())));
    let refused = |page: &mut Page| {
        page.act(Action::Connect);
        page.fail(Step::Mqtt, Failure::CredentialsRefused { return_code: 5 });
        let Phase::Failed(failed) = &page.state.phase else { panic!("{:?}", page.state.phase) };
        failed.what_to_do()
    };
    assert!(refused(&mut page)[0].starts_with("Press Use the demo device"));
    page.act(Action::Form(FormAction::Typed(Field::Token, "MISTYPED".into())));
    assert!(refused(&mut page)[0].starts_with("Copy the token again"));
    page.act(Action::Form(FormAction::Typed(Field::Host, "tb.example".into())));
    assert!(refused(&mut page)[0].starts_with("Copy the token again"));
}

#[test]
fn a_demo_with_a_new_authority_is_the_same_story() {
    let mut page = Page::new();
    page.act(Action::UseDemoDevice);
    page.act(Action::DemoDevice(Ok(demo_device())));
    page.act(Action::Connect);
    page.fail(Step::Tls, Failure::SignatureMismatch { issuer: None });
    assert_eq!(page.reason().code(), "demo-device-gone");
    page.act(Action::UseDemoDevice);
    page.act(Action::DemoDevice(Ok(demo_device())));
    assert_eq!(page.state.phase, Phase::default(), "what failed was another device");
}

#[test]
fn a_session_that_ends_by_the_rules_is_no_failure() {
    let mut page = Page::connected();
    page.hear(ToBrowser::Ending(wire::Ending { in_s: 60, reason: wire::EndingReason::Idle }));
    let end = page.state.phase.session().unwrap().ending.unwrap();
    assert_eq!(end.at.unix_ms, page.now.unix_ms() + 60_000);
    page.act(Action::Publish(PublishAction::Submit));
    assert_eq!(page.state.phase.session().unwrap().ending, None, "it goes on");
    let failure = Failure::SessionIdle { after_s: 90 };
    page.hear(ToBrowser::Disconnected(Disconnected { id: None, failure: Some(failure.clone()) }));
    assert!(failure.advice().cause.contains("for 90 s"), "{}", failure.advice().cause);
    assert_eq!(page.state.phase, Phase::Disconnected { why: Some(Farewell::Over(failure)) });
}

#[test]
fn a_page_that_reconnects_too_often_waits_as_long_as_it_is_told() {
    let mut page = Page::connected();
    page.closed(true, 1001);
    page.act(Action::ReconnectNow);
    page.hear(ToBrowser::Disconnected(Disconnected {
        id: None,
        failure: Some(Failure::TooManyAttempts { after_s: 40 }),
    }));
    match &page.state.phase {
        Phase::Reconnecting(retry) => {
            assert_eq!(
                retry.progress,
                Progress::Waiting { until_ms: page.now.unix_ms() + 40_000, seconds_left: 40 }
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_form_that_nobody_touched_says_a_server_that_may_be_reached() {
    let offered = |page: &mut Page, host: &str| {
        let target = Endpoint { host: shared::endpoint::Host::parse(host).unwrap(), port: 8884 };
        page.act(Action::Offer(Ok(wire::ProxyOffer {
            version: "0".into(),
            mqtt_versions: vec![MqttVersion::V5],
            demo: false,
            targets: vec![target],
        })));
        (page.state.form.host.clone(), page.state.form.port.clone())
    };
    let mut page = Page::new();
    assert_eq!(offered(&mut page, "tb.example"), ("tb.example".to_owned(), "8884".to_owned()));
    page.act(Action::Form(FormAction::Typed(Field::Host, "mine".into())));
    assert_eq!(offered(&mut page, "other.example").0, "mine");
}
