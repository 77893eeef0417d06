//! The rules that answer calls by themselves, and the form for one more.

use crate::{
    components::field::{Kind, TextField},
    state::rpc::{
        RpcAction, RulesAction,
        rules::{ANY, DELAY_ID, METHOD_ID, REPLY_ID, Rule, RuleForm, Rules, spoken},
    },
    text::{visible_line, visible_name},
};
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn rules(rules: &Rules, act: &Callback<RpcAction>) -> Html {
    let act = act.reform(RpcAction::Rules);
    html! {
        <section class="group" aria-labelledby="rpc-rules">
            <h2 class="group__heading" id="rpc-rules">{ "Rules" }</h2>
            { form(&rules.form, &act) }
            if rules.list.is_empty() {
                <p class="empty">{ "No rules. A rule answers calls by itself, whichever tab is shown." }</p>
            } else {
                { table(&rules.list, &act) }
            }
        </section>
    }
}

fn form(form: &RuleForm, act: &Callback<RulesAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        RulesAction::Submit
    });
    html! {
        <form class="form rpc__form" aria-label="Rule" onsubmit={on_submit} novalidate={true}>
            <div class="rpc__pair">
                { TextField {
                    id: METHOD_ID,
                    label: "Method",
                    hint: Some("a name, or * for all others"),
                    value: &form.method,
                    problem: form.method_problem.as_deref(),
                    on_input: act.reform(RulesAction::MethodTyped),
                    ..TextField::default()
                }.view() }
                { TextField {
                    id: DELAY_ID,
                    label: "Delay",
                    kind: Kind::Number,
                    hint: Some("milliseconds"),
                    value: &form.delay,
                    problem: form.delay_problem.as_deref(),
                    on_input: act.reform(RulesAction::DelayTyped),
                    ..TextField::default()
                }.view() }
            </div>
            { TextField {
                id: REPLY_ID,
                label: "Reply",
                kind: Kind::Lines(2),
                hint: Some("JSON with {{params}}, {{params.key}}, {{method}} and {{id}} filled in"),
                value: &form.reply,
                problem: form.reply_problem.as_deref(),
                on_input: act.reform(RulesAction::ReplyTyped),
                ..TextField::default()
            }.view() }
            <div class="form__buttons">
                if form.editing.is_some() {
                    <button type="submit" class="button button--strong">{ "Save rule" }</button>
                    <button type="button" class="button" onclick={act.reform(|_| RulesAction::Leave)}>
                        { "Leave as it was" }
                    </button>
                } else {
                    <button type="submit" class="button">{ "Add rule" }</button>
                }
            </div>
            <p class="form__notice" aria-live="polite">{ form.notice.as_deref().map(visible_line) }</p>
        </form>
    }
}

fn table(rules: &[Rule], act: &Callback<RulesAction>) -> Html {
    html! {
        <div class="table-frame">
            <table class="table table--cards" role="table">
                <caption class="sr-only">{ "Rules" }</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{ "Method" }</th>
                        <th role="columnheader" scope="col">{ "On" }</th>
                        <th role="columnheader" scope="col">{ "Reply" }</th>
                        <th role="columnheader" scope="col">{ "Delay" }</th>
                        <th role="columnheader" scope="col"><span class="sr-only">{ "Action" }</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for rule in rules {
                        { row(rule, act) }
                    }
                </tbody>
            </table>
        </div>
    }
}

fn row(rule: &Rule, act: &Callback<RulesAction>) -> Html {
    let number = rule.number;
    let name = visible_name(spoken(&rule.method));
    let method = if rule.method == ANY { "* (all others)".to_owned() } else { visible_name(&rule.method) };
    html! {
        <tr role="row" key={number}>
            <td role="cell" class="table__code">{ method }</td>
            <td role="cell" data-label="On">
                <label class="check">
                    <input
                        type="checkbox"
                        aria-label={format!("Rule for {name} is on")}
                        checked={rule.on}
                        onchange={act.reform(move |_| RulesAction::Toggle(number))}
                    />
                    <span aria-hidden="true">{ if rule.on { "on" } else { "off" } }</span>
                </label>
            </td>
            <td role="cell" class="table__code" data-label="Reply">{ visible_line(&rule.reply) }</td>
            <td role="cell" data-label="Delay">{ format!("{} ms", rule.delay_ms) }</td>
            <td role="cell" class="table__action">
                <span class="rpc__actions">
                    <button
                        type="button"
                        class="button button--small"
                        aria-label={format!("Edit rule for {name}")}
                        onclick={act.reform(move |_| RulesAction::Edit(number))}
                    >
                        { "Edit" }
                    </button>
                    <button
                        type="button"
                        class="button button--small"
                        aria-label={format!("Remove rule for {name}")}
                        onclick={act.reform(move |_| RulesAction::Remove(number))}
                    >
                        { "Remove" }
                    </button>
                </span>
            </td>
        </tr>
    }
}
