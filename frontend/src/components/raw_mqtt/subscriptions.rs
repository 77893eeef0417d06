//! The form for a subscription, and the list of them.

use super::qos_select;
use crate::{
    components::field::TextField,
    state::{
        action::SubscriptionAction,
        subscriptions::{FILTER_ID, Standing, Subscription, Subscriptions},
    },
    text::{grouped, refused_words, visible_line},
};
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn form(subscriptions: &Subscriptions, act: &Callback<SubscriptionAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        SubscriptionAction::Submit
    });
    html! {
        <form class="form subscribe" aria-label="Subscribe" onsubmit={on_submit} novalidate={true}>
            { TextField {
                id: FILTER_ID,
                label: "Filter",
                value: &subscriptions.filter,
                problem: subscriptions.problem.as_deref(),
                on_input: act.reform(SubscriptionAction::FilterTyped),
                ..TextField::default()
            }.view() }
            { qos_select("subscription-qos", subscriptions.qos, &act.reform(SubscriptionAction::QosChosen)) }
            <button type="submit" class="button">{ "Subscribe" }</button>
            <p class="form__warning subscribe__notice" aria-live="polite">{ subscriptions.hint() }</p>
            <p class="form__notice subscribe__notice" aria-live="polite">{ subscriptions.notice.clone() }</p>
        </form>
    }
}

pub(super) fn list(subscriptions: &Subscriptions, act: &Callback<SubscriptionAction>) -> Html {
    if subscriptions.list.is_empty() {
        return html! { <p class="empty">{ "No subscriptions. A device hears nothing until it subscribes." }</p> };
    }
    html! {
        <div class="table-frame">
            <table class="table table--wide-first table--stack" role="table">
                <caption class="sr-only">{ "Subscriptions" }</caption>
                // The roles stay where the styles make other boxes of it.
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{ "Filter" }</th>
                        <th role="columnheader" scope="col">{ "Standing" }</th>
                        <th role="columnheader" scope="col" class="table__number">{ "Messages" }</th>
                        <th role="columnheader" scope="col"><span class="sr-only">{ "Action" }</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for subscription in &subscriptions.list {
                        { row(subscription, act) }
                    }
                </tbody>
            </table>
        </div>
    }
}

fn row(subscription: &Subscription, act: &Callback<SubscriptionAction>) -> Html {
    let filter = subscription.filter.clone();
    let (tone, standing) = standing(subscription);
    let verb = match subscription.standing {
        Standing::Asked | Standing::Granted(_) | Standing::Leaving => "Unsubscribe",
        Standing::Refused { .. } | Standing::Ended => "Remove",
    };
    html! {
        <tr role="row" key={filter.clone()}>
            <td role="cell" class="table__code">
                { visible_line(&filter) }
                if let Some(last) = subscription.last_topic.as_ref().filter(|last| **last != filter) {
                    <div class="table__more">{ format!("last: {}", visible_line(last)) }</div>
                }
            </td>
            <td role="cell"><span class={format!("delivery delivery--{tone}")}>{ standing }</span></td>
            <td role="cell" class="table__number">{ grouped(usize::try_from(subscription.messages).unwrap_or(usize::MAX)) }</td>
            <td role="cell" class="table__action">
                <button
                    type="button"
                    class="button button--small"
                    aria-label={format!("{verb} {filter}")}
                    onclick={act.reform(move |_| SubscriptionAction::Remove(filter.clone()))}
                >
                    { verb }
                </button>
            </td>
        </tr>
    }
}

fn standing(subscription: &Subscription) -> (&'static str, String) {
    match &subscription.standing {
        Standing::Asked => ("pending", "asked".to_owned()),
        Standing::Granted(qos) if *qos < subscription.wanted => {
            ("warn", format!("granted with QoS {} only", u8::from(*qos)))
        }
        Standing::Granted(qos) => ("good", format!("granted, QoS {}", u8::from(*qos))),
        Standing::Refused { reason } => ("bad", refused_words(reason)),
        Standing::Leaving => ("pending", "unsubscribing".to_owned()),
        Standing::Ended => ("pending", "ended with the session".to_owned()),
    }
}
