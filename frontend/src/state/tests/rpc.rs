//! The tab `RPC`: calls come, are answered by hand or by rule, and are given up; the device calls the server.

use super::{
    super::rpc::{
        AsksAction, InboxAction, RpcAction, RulesAction,
        asks::{AnswerKind, AskStanding},
        inbox::{By, Call, Question, REPLY_ID, Standing},
    },
    *,
};
use crate::state::dialect::{DialectAction, PayloadFormat};
use shared::thingsboard::{protobuf, topic::Flavour};
use std::ops::{Deref, DerefMut};

/// A page with words of its own for this tab.
struct Desk(Page);

impl Deref for Desk {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.0
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Page {
        &mut self.0
    }
}

impl Desk {
    fn connected() -> Self {
        Self(Page::connected())
    }

    fn inbox(&mut self, action: InboxAction) {
        self.act(Action::Rpc(RpcAction::Inbox(action)));
    }

    fn rule(&mut self, action: RulesAction) {
        self.act(Action::Rpc(RpcAction::Rules(action)));
    }

    fn ask(&mut self, action: AsksAction) {
        self.act(Action::Rpc(RpcAction::Asks(action)));
    }

    fn add_rule(&mut self, method: &str, reply: &str, delay: &str) {
        self.rule(RulesAction::MethodTyped(method.into()));
        self.rule(RulesAction::ReplyTyped(reply.into()));
        self.rule(RulesAction::DelayTyped(delay.into()));
        self.rule(RulesAction::Submit);
        assert_eq!(self.state.rpc.rules.form.method, "", "{:?}", self.state.rpc.rules.form);
    }

    fn call(&mut self, id: i32, payload: &str) {
        self.message(&format!("v1/devices/me/rpc/request/{id}"), payload);
    }

    fn newest(&self) -> &Call {
        &self.state.rpc.inbox.calls[0]
    }

    fn tick(&mut self, ms: i64) {
        self.pass_ms(ms);
        self.act(Action::Tick);
    }

    fn bytes(&mut self, topic: &str, bytes: &[u8]) {
        self.hear(ToBrowser::Message(wire::Message {
            topic: topic.into(),
            qos: QoS::AtMostOnce,
            retain: false,
            duplicate: false,
            payload: Payload::from_bytes(bytes),
        }));
    }

    /// The last publish: its id, topic and payload.
    fn last_publish(&self) -> &wire::Publish {
        let publishes = self.sent.iter().rev();
        let mut publishes = publishes.filter_map(|message| match message {
            ToProxy::Publish(publish) => Some(publish),
            _ => None,
        });
        publishes.next().expect("something was published")
    }

    fn outcome(&mut self, outcome: PublishOutcome) {
        let id = self.last_publish().id;
        self.hear(ToBrowser::Published(Published { id, outcome }));
    }

    fn publishes(&self) -> usize {
        self.sent.iter().filter(|message| matches!(message, ToProxy::Publish(_))).count()
    }
}

fn answered_by(call: &Call) -> Option<(By, bool)> {
    match &call.standing {
        Standing::Answered(answer) => Some((answer.by, answer.late)),
        _ => None,
    }
}

#[test]
fn a_call_is_answered_by_hand_with_what_is_typed() {
    let mut page = Desk::connected();
    page.call(3, r#"{"method":"setValue","params":{"value":9223372036854775807}}"#);
    assert_eq!(page.newest().name(), "setValue, id 3");
    let Question::Read { params, .. } = &page.newest().question else { panic!() };
    assert_eq!(params.to_string(), r#"{"value":9223372036854775807}"#);
    assert!(page.state.wants_ticks());
    assert_eq!(page.state.rpc.inbox.chosen, Some(page.newest().number));
    page.pass_ms(1_200);
    page.inbox(InboxAction::ReplyTyped("[1, 2]".into()));
    page.inbox(InboxAction::Reply);
    assert_eq!(page.wire_order(), ["publish v1/devices/me/rpc/response/3 1 [1, 2]"]);
    page.outcome(PublishOutcome::Delivered);
    let Standing::Answered(answer) = &page.newest().standing else { panic!("{:?}", page.newest()) };
    assert_eq!((answer.by, answer.after_ms, answer.late), (By::Hand, 1_200, false));
    assert_eq!(answer.delivery, Delivery::Known(PublishOutcome::Delivered));
    assert!(!page.state.wants_ticks());

    page.inbox(InboxAction::Reply);
    assert!(page.state.rpc.inbox.problem.as_ref().unwrap().contains("has its answer already"));
    assert_eq!(page.publishes(), 1);
}

#[test]
fn an_answer_that_is_no_json_goes_out_at_the_second_press_only() {
    let mut page = Desk::connected();
    page.call(1, r#"{"method":"m"}"#);
    page.inbox(InboxAction::ReplyTyped(r#"{"success": "#.into()));
    page.inbox(InboxAction::Reply);
    assert_eq!(page.effects, [Effect::Focus(REPLY_ID)]);
    let problem = page.state.rpc.inbox.problem.clone().unwrap();
    assert!(problem.contains("line 1") && problem.contains("Press Reply again"), "{problem}");
    assert_eq!(page.newest().standing, Standing::Waiting);
    page.inbox(InboxAction::ReplyTyped("on".into()));
    page.inbox(InboxAction::Reply);
    assert_eq!(page.newest().standing, Standing::Waiting, "another text is warned of anew");
    page.inbox(InboxAction::Reply);
    assert!(answered_by(page.newest()).is_some());
}

#[test]
fn a_refused_answer_can_be_given_again() {
    let mut page = Desk::connected();
    page.call(1, r#"{"method":"m"}"#);
    page.inbox(InboxAction::Reply);
    page.outcome(PublishOutcome::Refused { reason: "No.".into() });
    assert!(page.newest().takes_answers());
    page.inbox(InboxAction::Reply);
    assert_eq!(page.publishes(), 2);
}

#[test]
fn a_call_times_out_and_a_later_reply_is_said_to_be_too_late() {
    let mut page = Desk::connected();
    page.call(1, r#"{"method":"m"}"#);
    page.tick(9_999);
    assert_eq!(page.newest().standing, Standing::Waiting);
    page.tick(1);
    assert_eq!(page.newest().standing, Standing::TimedOut);
    assert!(page.state.announcement.text.contains("m, id 1: timed out"));
    page.inbox(InboxAction::Reply);
    assert_eq!(answered_by(page.newest()), Some((By::Hand, true)));
    assert!(page.state.rpc.inbox.notice.as_ref().unwrap().contains("too late"));
}

#[test]
fn another_time_out_counts_for_the_calls_that_are_there() {
    let mut page = Desk::connected();
    page.call(1, r#"{"method":"m"}"#);
    page.tick(10_000);
    page.inbox(InboxAction::TimeOutChosen(30));
    assert_eq!(page.newest().standing, Standing::Waiting);
    page.inbox(InboxAction::TimeOutChosen(5));
    assert_eq!(page.newest().standing, Standing::TimedOut);
}

#[test]
fn a_call_that_needs_no_answer_waits_no_longer_and_the_oldest_other_is_next() {
    let mut page = Desk::connected();
    for id in 1..=3 {
        page.call(id, r#"{"method":"m"}"#);
    }
    let first = page.state.rpc.inbox.calls[2].number;
    assert_eq!(page.state.rpc.inbox.chosen, Some(first), "a new call takes nobody's place");
    page.inbox(InboxAction::NeedsNoAnswer(first));
    assert_eq!(page.state.rpc.inbox.find(first).unwrap().standing, Standing::NotNeeded);
    assert_eq!(page.state.rpc.inbox.chosen, Some(page.state.rpc.inbox.calls[1].number));
    page.tick(60_000);
    assert_eq!(page.state.rpc.inbox.find(first).unwrap().standing, Standing::NotNeeded);
}

#[test]
fn a_lost_connection_is_said_at_each_waiting_call_and_nothing_typed_is_lost() {
    let mut page = Desk::connected();
    page.call(1, r#"{"method":"m"}"#);
    page.inbox(InboxAction::ReplyTyped("mine".into()));
    page.lose(Failure::ConnectionReset);
    assert_eq!(page.newest().standing, Standing::Lost);
    page.inbox(InboxAction::Reply);
    assert_eq!(page.effects, [Effect::Focus(REPLY_ID)]);
    assert!(page.state.rpc.inbox.problem.as_ref().unwrap().starts_with("Not connected"));
    assert_eq!(page.state.rpc.inbox.reply, "mine");
    assert!(!page.state.wants_ticks());
}

#[test]
fn a_rule_answers_at_once_with_its_places_filled_in() {
    let mut page = Desk::connected();
    page.add_rule("*", r#"{"{{method}}": {{params.value}}, "id": {{id}}}"#, "0");
    page.call(7, r#"{"method":"set \"x\"","params":{"value":127.0}}"#);
    assert_eq!(
        page.wire_order(),
        [r#"publish v1/devices/me/rpc/response/7 1 {"set \"x\"": 127.0, "id": 7}"#]
    );
    assert_eq!(answered_by(page.newest()), Some((By::Rule, false)));
}

#[test]
fn a_delayed_rule_answers_when_it_is_due_unless_a_person_was_faster() {
    let mut page = Desk::connected();
    page.add_rule("m", "1", "1500");
    page.call(1, r#"{"method":"m"}"#);
    page.call(2, r#"{"method":"m"}"#);
    let second = page.newest().number;
    page.inbox(InboxAction::Choose(second));
    page.inbox(InboxAction::Reply);
    page.tick(1_499);
    assert_eq!(page.publishes(), 1);
    page.tick(1);
    assert_eq!(page.publishes(), 2);
    assert_eq!(page.last_publish().topic, "v1/devices/me/rpc/response/1");
    page.tick(5_000);
    assert_eq!(page.publishes(), 2);
    let by: Vec<_> = page.state.rpc.inbox.calls.iter().map(answered_by).collect();
    assert_eq!(by, [Some((By::Hand, false)), Some((By::Rule, false))]);
}

#[test]
fn a_rule_that_is_off_or_gone_leaves_its_call_to_the_person_and_says_so() {
    let mut page = Desk::connected();
    page.add_rule("m", "1", "1000");
    page.call(1, r#"{"method":"m"}"#);
    let rule = page.state.rpc.rules.list[0].number;
    page.rule(RulesAction::Toggle(rule));
    page.tick(1_000);
    assert_eq!(page.newest().standing, Standing::Waiting);
    assert!(page.newest().problem.as_ref().unwrap().contains("switched off"));
    page.call(2, r#"{"method":"m"}"#);
    assert_eq!(page.newest().standing, Standing::Waiting);
    assert_eq!(page.publishes(), 0);
}

#[test]
fn the_example_answers_and_no_rule_answers_twice() {
    let mut page = Desk::connected();
    page.add_rule("*", "1", "0");
    page.act(Action::RunExample);
    let before = page.publishes();
    page.call(1, r#"{"method":"m"}"#);
    assert_eq!(page.publishes(), before + 1);
    assert_eq!(page.last_publish().payload.as_text(), Some(r#"{"value1":"A", "value2":"B"}"#));
    assert_eq!(answered_by(page.newest()), Some((By::Example, false)));
    page.message("v2/r/req/2", r#"{"method":"m"}"#);
    assert_eq!(page.last_publish().topic, "v2/r/res/2", "the example knows the long topics only");
    assert_eq!(answered_by(page.newest()), Some((By::Rule, false)));
}

#[test]
fn a_call_that_cannot_be_read_can_be_answered_all_the_same() {
    let mut page = Desk::connected();
    page.add_rule("*", "1", "0");
    page.call(4, "{}");
    assert!(
        matches!(&page.newest().question, Question::Unread { problem, .. } if problem.contains("method"))
    );
    assert_eq!(page.publishes(), 0);
    page.inbox(InboxAction::Reply);
    assert_eq!(page.last_publish().topic, "v1/devices/me/rpc/response/4");
}

#[test]
fn the_inbox_is_bounded_and_keeps_what_waits() {
    let mut page = Desk::connected();
    page.call(0, r#"{"method":"first"}"#);
    for id in 1..=80 {
        page.call(id, r#"{"method":"m"}"#);
        page.inbox(InboxAction::NeedsNoAnswer(page.newest().number));
    }
    let inbox = &page.state.rpc.inbox;
    assert_eq!((inbox.calls.len(), inbox.left_out), (50, 31));
    assert_eq!(inbox.calls[49].id, 0, "it waits for an answer");
}

#[test]
fn a_call_to_the_server_subscribes_first_and_takes_its_own_answer_only() {
    let mut page = Desk::connected();
    // The page subscribed when it asked for the server's limits; the person may have left.
    page.state.subscriptions.remove("v1/devices/me/rpc/response/+");
    page.ask(AsksAction::UseSessionLimits);
    page.ask(AsksAction::Submit);
    let [subscribe, publish] = &page.wire_order()[..] else { panic!("{:?}", page.wire_order()) };
    assert_eq!(subscribe, "subscribe v1/devices/me/rpc/response/+");
    let id = page.state.rpc.asks.list[0].id;
    assert_eq!(
        *publish,
        format!(
            "publish v1/devices/me/rpc/request/{id} 1 {{\"method\":\"getSessionLimits\",\"params\":{{}}}}"
        )
    );
    page.message(&format!("v1/devices/me/rpc/response/{}", id + 1), "1");
    assert!(page.state.rpc.asks.list[0].is_waiting());
    page.pass_ms(20);
    page.message(&format!("v1/devices/me/rpc/response/{id}"), r#"{"maxPayloadSize":65536}"#);
    let AskStanding::Answered { kind, after_ms, late, .. } = &page.state.rpc.asks.list[0].standing else {
        panic!("{:?}", page.state.rpc.asks)
    };
    assert_eq!((*kind, *after_ms, *late), (AnswerKind::Value, 20, false));
}

#[test]
fn the_servers_time_out_is_told_from_ours() {
    let mut page = Desk::connected();
    page.ask(AsksAction::MethodTyped("nobodyKnows".into()));
    page.ask(AsksAction::Submit);
    page.ask(AsksAction::Submit);
    let ids: Vec<i32> = page.state.rpc.asks.list.iter().map(|ask| ask.id).collect();
    page.message(&format!("v1/devices/me/rpc/response/{}", ids[0]), r#"{"error":"timeout"}"#);
    let kind = |page: &Desk, index: usize| match &page.state.rpc.asks.list[index].standing {
        AskStanding::Answered { kind, late, .. } => Some((*kind, *late)),
        _ => None,
    };
    assert_eq!(kind(&page, 0), Some((AnswerKind::TimedOut, false)));
    page.tick(64_999);
    assert!(page.state.rpc.asks.list[1].is_waiting());
    page.tick(1);
    assert_eq!(page.state.rpc.asks.list[1].standing, AskStanding::TimedOut);
    page.message(&format!("v1/devices/me/rpc/response/{}", ids[1]), "5");
    assert_eq!(kind(&page, 1), Some((AnswerKind::Value, true)));
}

#[test]
fn a_call_that_cannot_be_sent_says_why_at_its_field() {
    let mut page = Desk::connected();
    page.ask(AsksAction::Submit);
    assert_eq!(page.effects, [Effect::Focus("rpc-call-method")]);
    assert!(page.state.rpc.asks.method_problem.as_ref().unwrap().starts_with("The method is missing"));
    page.ask(AsksAction::MethodTyped("m".into()));
    page.ask(AsksAction::ParamsTyped("{\"a\":\n]".into()));
    page.ask(AsksAction::Submit);
    assert_eq!(page.effects, [Effect::Focus("rpc-call-params")]);
    assert!(page.state.rpc.asks.params_problem.as_ref().unwrap().contains("line 2"));
    assert!(page.sent.is_empty());
    let mut page = Desk(Page::new());
    page.ask(AsksAction::UseSessionLimits);
    page.ask(AsksAction::Submit);
    assert!(page.state.rpc.asks.notice.as_ref().unwrap().starts_with("Not connected"));
    assert!(page.state.rpc.asks.list.is_empty());
}

#[test]
fn protobuf_topics_carry_the_transports_messages() {
    let mut page = Desk::connected();
    page.act(Action::Dialect(DialectAction::FlavourChosen(Flavour::V2Protobuf)));
    let call = protobuf::rpc::encode_server_call(5, "setValue", "\"on\"").unwrap();
    page.bytes("v2/r/req/p/5", &call);
    assert_eq!(page.newest().name(), "setValue, id 5");
    page.inbox(InboxAction::ReplyTyped(r#"{"ok":true}"#.into()));
    page.inbox(InboxAction::Reply);
    assert_eq!(page.last_publish().topic, "v2/r/res/p/5");
    let answer = protobuf::rpc::answer_json(page.last_publish().payload.as_bytes()).unwrap();
    assert_eq!(answer, r#"{"payload":"{\"ok\":true}"}"#);

    page.ask(AsksAction::MethodTyped("getTime".into()));
    page.ask(AsksAction::Submit);
    let call = protobuf::rpc::decode_client_call(page.last_publish().payload.as_bytes()).unwrap();
    assert_eq!(call.0, "getTime");
    let id = page.state.rpc.asks.list[0].id;
    page.bytes(&format!("v2/r/res/p/{id}"), &protobuf::rpc::encode_reply(id, Err("timeout")));
    let standing = &page.state.rpc.asks.list[0].standing;
    assert!(matches!(standing, AskStanding::Answered { kind: AnswerKind::TimedOut, .. }), "{standing:?}");
}

#[test]
fn the_profile_decides_about_topics_that_name_no_format() {
    let mut page = Desk::connected();
    page.act(Action::Dialect(DialectAction::ProfileChosen(PayloadFormat::Protobuf)));
    page.call(1, r#"{"method":"m"}"#);
    assert!(matches!(page.newest().question, Question::Unread { .. }));
    page.message("v2/r/req/j/2", r#"{"method":"m"}"#);
    assert!(matches!(page.newest().question, Question::Read { .. }));
}

#[test]
fn a_session_of_its_own_begins_with_an_empty_inbox_and_keeps_the_rules() {
    let mut page = Desk::connected();
    page.add_rule("m", "1", "0");
    page.call(1, r#"{"method":"x"}"#);
    page.ask(AsksAction::MethodTyped("m".into()));
    page.ask(AsksAction::Submit);
    page.act(Action::Disconnect);
    page.act(Action::Disconnect);
    page.act(Action::Connect);
    assert!(page.state.rpc.inbox.calls.is_empty() && page.state.rpc.asks.list.is_empty());
    assert_eq!(page.state.rpc.inbox.chosen, None);
    assert_eq!(page.state.rpc.rules.list.len(), 1);
}
