//! The dialog `Copy as`.

use super::*;
use crate::{
    copy_as::Language,
    state::copy_as::{CopyAsAction, DIALOG_ID, PROGRAM_ID, What},
};

fn publish(page: &mut Page, topic: &str, payload: &str) {
    page.act(Action::Publish(PublishAction::TopicTyped(topic.into())));
    page.act(Action::Publish(PublishAction::PayloadTyped(payload.into())));
    page.act(Action::Publish(PublishAction::Submit));
}

fn act(page: &mut Page, action: CopyAsAction) {
    page.act(Action::CopyAs(action));
}

fn program(page: &Page) -> &str {
    page.state.copy_as.program.expose()
}

#[test]
fn the_last_publish_is_what_was_published_last() {
    let mut page = Page::connected();
    publish(&mut page, "v1/devices/me/telemetry", r#"{"first":1}"#);
    publish(&mut page, "v1/devices/me/attributes", r#"{"second":2}"#);
    act(&mut page, CopyAsAction::Open(What::LastPublish));
    assert_eq!(page.effects, [Effect::ShowDialog(DIALOG_ID)]);
    assert!(
        program(&page).contains(r#"-t 'v1/devices/me/attributes' -m '{"second":2}'"#),
        "{}",
        program(&page)
    );
    assert!(!program(&page).contains("first") && !program(&page).contains("mosquitto_sub"));

    act(&mut page, CopyAsAction::WhatChosen(What::WholeSession));
    let text = program(&page);
    assert!(text.find("\"first\"").unwrap() < text.find("\"second\"").unwrap(), "in order");
    act(&mut page, CopyAsAction::LanguageChosen(Language::Paho));
    assert!(program(&page).contains("import paho"));
}

#[test]
fn the_whole_session_has_the_subscriptions() {
    let mut page = Page::connected();
    page.act(Action::Subscriptions(SubscriptionAction::Add("v1/devices/me/rpc/request/+")));
    page.grant_all();
    act(&mut page, CopyAsAction::Open(What::WholeSession));
    assert!(program(&page).contains(" -v -q "), "{}", program(&page));
    assert!(program(&page).contains("'v1/devices/me/rpc/request/+'"));
}

#[test]
fn the_token_is_there_only_while_it_is_wanted() {
    let mut page = Page::connected();
    publish(&mut page, "a", "1");
    act(&mut page, CopyAsAction::Open(What::LastPublish));
    assert!(program(&page).contains("TB_TOKEN") && !program(&page).contains("A1_TEST_TOKEN"));
    act(&mut page, CopyAsAction::WithTokenChosen(true));
    assert!(program(&page).contains("'A1_TEST_TOKEN'") && !program(&page).contains("TB_TOKEN"));
    assert!(!format!("{:?}", page.state).contains("A1_TEST_TOKEN"));
    act(&mut page, CopyAsAction::Copy);
    assert!(!format!("{:?}", page.effects).contains("A1_TEST_TOKEN"));

    act(&mut page, CopyAsAction::LanguageChosen(Language::Rust));
    act(&mut page, CopyAsAction::Closed);
    assert_eq!(program(&page), "");
    act(&mut page, CopyAsAction::Open(What::LastPublish));
    assert!(!page.state.copy_as.with_token);
    assert!(program(&page).contains("std::env::var(\"TB_TOKEN\")?"), "the language is kept");
}

#[test]
fn without_a_publish_it_says_what_to_do() {
    let mut page = Page::new();
    act(&mut page, CopyAsAction::Open(What::LastPublish));
    assert_eq!(program(&page), "");
    assert!(page.state.copy_as.notice.as_deref().unwrap().starts_with("Nothing was published yet"));
    act(&mut page, CopyAsAction::Save);
    act(&mut page, CopyAsAction::WhatChosen(What::WholeSession));
    assert!(program(&page).contains("device()"));
    assert_eq!(page.state.copy_as.notice, None);
}

#[test]
fn copy_and_save_hand_the_program_over() {
    let mut page = Page::connected();
    publish(&mut page, "a", "1");
    act(&mut page, CopyAsAction::Open(What::LastPublish));
    act(&mut page, CopyAsAction::Copy);
    assert_eq!(page.effects, [Effect::CopyProgram(page.state.copy_as.program.clone())]);
    act(&mut page, CopyAsAction::Copied(true));
    assert_eq!(page.state.copy_as.notice.as_deref(), Some("Copied."));
    act(&mut page, CopyAsAction::Copied(false));
    assert_eq!(page.effects, [Effect::Focus(PROGRAM_ID)]);
    assert!(page.state.copy_as.notice.as_deref().unwrap().contains("Ctrl+C"));
    act(&mut page, CopyAsAction::Save);
    let bytes = program(&page).as_bytes().to_vec();
    assert_eq!(page.effects, [Effect::Save { name: "device.sh".into(), bytes }]);
    act(&mut page, CopyAsAction::Close);
    assert_eq!(page.effects, [Effect::CloseDialog(DIALOG_ID)]);
}

#[test]
fn what_never_left_the_page_is_not_copied() {
    let mut page = Page::connected();
    publish(&mut page, "a", "sent");
    page.now.unsent_bytes = u32::MAX;
    publish(&mut page, "a", "kept");
    act(&mut page, CopyAsAction::Open(What::WholeSession));
    assert!(program(&page).contains("sent") && !program(&page).contains("kept"));
}
