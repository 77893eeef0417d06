//! What a server can make the page hold, and what one key press costs then.

use super::{
    super::{
        attributes::{AttributesAction, known},
        gateway::{GatewayAction, Input, calls, children},
        rows::RowEdit,
        rpc::{
            InboxAction, RpcAction,
            inbox::{self, Question},
        },
    },
    *,
};
use std::{
    rc::Rc,
    time::{Duration, Instant},
};

/// Bytes of a long key, name or value: most of what fits into one packet.
const LONG: usize = 60_000;

/// A page that a server has sent as much to as it could.
fn full() -> Page {
    let mut page = Page::connected();
    let long = "k".repeat(LONG);
    for number in 0..300 {
        page.message("v1/devices/me/attributes", &format!(r#"{{"{number}{long}":{number}}}"#));
    }
    for number in 0..60 {
        let call = format!(r#"{{"method":"{number}{long}","params":[{{"a":1}}]}}"#);
        page.message(&format!("v1/devices/me/rpc/request/{number}"), &call);
        let data = format!(r#"{{"id":{number},"method":"m","params":"{long}"}}"#);
        page.message("v1/gateway/rpc", &format!(r#"{{"device":"{number}","data":{data}}}"#));
        let push = format!(r#"{{"device":"{number}{long}","data":{{"a":1}}}}"#);
        page.message("v1/gateway/attributes", &push);
    }
    page
}

#[test]
fn what_a_server_sends_is_bounded_in_bytes_and_what_is_let_go_is_counted() {
    let page = full();
    let State { attributes, rpc, gateway, .. } = &page.state;
    let known = &attributes.known;
    assert!(known.bytes() <= known::MAX_BYTES && known.bytes() > known::MAX_BYTES / 2);
    assert_eq!(known.entries().len() + known.left_out, 300);
    assert!(rpc.inbox.bytes() <= inbox::MAX_BYTES && rpc.inbox.bytes() > inbox::MAX_BYTES / 2);
    assert_eq!(rpc.inbox.calls.len() + rpc.inbox.left_out, 60);
    assert!(gateway.calls.bytes() <= calls::MAX_BYTES);
    assert_eq!(gateway.calls.list.len() + gateway.calls.left_out, 60);
    assert!(gateway.children.bytes() <= children::MAX_BYTES);
    assert_eq!(gateway.children.list.len() + gateway.children.left_out, 120);
    assert!(page.state.announcement.text.len() < 400, "{}", page.state.announcement.text);
}

#[test]
fn pushes_for_devices_are_bounded_and_each_costs_the_same() {
    let mut page = Page::connected();
    let long = "v".repeat(LONG);
    for number in 0..1_000 {
        let device = number % 10;
        let push = format!(r#"{{"device":"{device}","data":{{"key{number}":"{long}"}}}}"#);
        page.message("v1/gateway/attributes", &push);
    }
    let children = &page.state.gateway.children;
    let kept: usize = children.list.iter().map(|child| child.pushed.len()).sum();
    assert!(children.bytes() <= children::MAX_BYTES && children.bytes() > children::MAX_BYTES / 2);
    assert_eq!(kept + children.attributes_left_out, 1_000);
    let before = page.state.clone();
    page.message("v1/gateway/attributes", r#"{"device":"0","data":{"small":1}}"#);
    let after = &page.state.gateway.children;
    for (before, after) in before.gateway.children.list.iter().zip(&after.list).skip(1) {
        assert!(Rc::ptr_eq(&before.pushed, &after.pushed), "a push copies nothing of other devices");
    }
    let small = after.list[0].pushed.get("small").map(|value| &**value);
    assert_eq!(small, Some("1"), "there is room for short ones still");
}

#[test]
fn a_key_press_copies_none_of_what_a_server_sent() {
    let mut page = full();
    let before = page.state.clone();
    let begun = Instant::now();
    for number in 0..100 {
        // The page draws one copy while the next one is changed.
        let _drawn = page.state.clone();
        page.act(Action::Attributes(AttributesAction::Rows(RowEdit::Value(0, number.to_string()))));
        page.act(Action::Gateway(GatewayAction::Typed(Input::Device, number.to_string())));
        page.act(Action::Rpc(RpcAction::Inbox(InboxAction::ReplyTyped(number.to_string()))));
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(500), "3 ms each would be 900 ms, and this took {took:?}");

    let State { attributes, rpc, gateway, .. } = &page.state;
    assert!(std::ptr::eq(before.attributes.known.entries(), attributes.known.entries()));
    let method = |state: &Rpc| match &state.inbox.calls[0].question {
        Question::Read { method, .. } => method.clone(),
        Question::Unread { .. } => panic!("the call is readable"),
    };
    assert!(Rc::ptr_eq(&method(&before.rpc), &method(rpc)));
    assert!(Rc::ptr_eq(&before.gateway.children.list[0].name, &gateway.children.list[0].name));
    assert!(Rc::ptr_eq(&before.gateway.children.list[0].pushed, &gateway.children.list[0].pushed));
    assert!(Rc::ptr_eq(&before.gateway.calls.list[0].params, &gateway.calls.list[0].params));
}

#[test]
fn what_screen_readers_are_told_is_short_and_has_no_hidden_characters() {
    let mut page = Page::connected();
    let hidden = format!("a\u{202e}b{}", "x".repeat(LONG));
    page.message("v1/devices/me/attributes", &format!(r#"{{"{hidden}":"{hidden}"}}"#));
    let said = &page.state.announcement.text;
    assert!(said.starts_with("Shared attributes: a[U+202E]bxxx") && said.contains(" is "), "{said}");
    assert!(said.chars().count() < 230, "{said}");
    page.message("v1/devices/me/attributes", &format!(r#"{{"deleted":["{hidden}","b","c","d"]}}"#));
    let said = &page.state.announcement.text;
    assert!(said.starts_with("Shared attributes deleted: a[U+202E]b"), "{said}");
    assert!(said.ends_with(", b, c and 1 more."), "{said}");
    page.message(
        "v1/gateway/rpc",
        &format!(r#"{{"device":"{hidden}","data":{{"id":1,"method":"\u202em"}}}}"#),
    );
    let said = &page.state.announcement.text;
    assert!(said.starts_with("RPC [U+202E]m for a[U+202E]b"), "{said}");
}

#[test]
fn long_reasons_are_cut_where_they_come_in() {
    let mut page = Page::connected();
    page.act(Action::Attributes(AttributesAction::Publish));
    let Some(ToProxy::Publish(publish)) = page.sent.last() else { panic!("{:?}", page.sent) };
    let reason = format!("no\u{202e}{}", "x".repeat(LONG));
    let outcome = PublishOutcome::Refused { reason };
    page.hear(ToBrowser::Published(Published { id: publish.id, outcome }));
    assert!(page.state.announcement.text.starts_with("Publish refused: no[U+202E]xxx"));
    match &page.state.attributes.upload.sent[0].outcome {
        Some(PublishOutcome::Refused { reason }) => assert!(reason.len() < 300, "{reason}"),
        other => panic!("{other:?}"),
    }
}
