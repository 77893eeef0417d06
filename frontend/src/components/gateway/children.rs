//! The devices behind the gateway, and the form for one more.

use super::{
    fields::{notice, text_box},
    on_submit,
};
use crate::{
    state::gateway::{
        FormName, Gateway, GatewayAction, Input,
        children::{Child, LastTelemetry, Standing},
    },
    text::{counted, refused_words, visible_name},
};
use shared::wire::PublishOutcome;
use yew::{Callback, Html, classes, html};

const CAPTION: &str = "Devices behind this gateway";

/// Bytes after which no further attribute is begun in a line.
const MOST_BYTES: usize = 120;

pub(super) fn connect(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    html! {
        <form class="form gateway__connect" aria-label="Connect device" onsubmit={on_submit(act, GatewayAction::Connect)} novalidate={true}>
            { text_box(tab, act, Input::Device, Some(FormName::Connect), None) }
            { text_box(tab, act, Input::Profile, None, Some("empty: default")) }
            <button type="submit" class="button button--main">{ "Connect device" }</button>
            { notice(tab, FormName::Connect) }
        </form>
    }
}

pub(super) fn table(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    if tab.children.list.is_empty() {
        return html! {
            <p class="empty">{ "No devices yet. Connect one; ThingsBoard makes it when it does not exist." }</p>
        };
    }
    let (left_out, attributes_left_out) = (tab.children.left_out, tab.children.attributes_left_out);
    html! {
        <section class="group" aria-labelledby="gateway-devices">
            <h2 class="group__heading" id="gateway-devices">{ CAPTION }</h2>
            <div class="table-frame">
                <table class="table table--stack gateway__table" role="table" aria-labelledby="gateway-devices">
                    // The roles stay where the styles make other boxes of it.
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{ "Device" }</th>
                            <th role="columnheader" scope="col">{ "Standing" }</th>
                            <th role="columnheader" scope="col">{ "Last telemetry" }</th>
                            <th role="columnheader" scope="col">{ "Last RPC" }</th>
                            <th role="columnheader" scope="col">{ "Attributes pushed" }</th>
                            <th role="columnheader" scope="col"><span class="sr-only">{ "Actions" }</span></th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for child in &tab.children.list {
                            { row(child, tab.children.chosen.as_ref() == Some(&child.name), act) }
                        }
                    </tbody>
                </table>
            </div>
            if left_out > 0 {
                <p class="field__hint">{ format!("{} not shown.", counted(left_out, "older device is", "older devices are")) }</p>
            }
            if attributes_left_out > 0 {
                <p class="field__hint">
                    { format!("{} left out of this table; the console has them.", counted(attributes_left_out, "pushed attribute was", "pushed attributes were")) }
                </p>
            }
        </section>
    }
}

fn row(child: &Child, chosen: bool, act: &Callback<GatewayAction>) -> Html {
    let (tone, standing) = standing(&child.standing);
    let (choose, leave) = (child.name.clone(), child.name.clone());
    let name = visible_name(&child.name);
    let choice = if chosen { "Chosen" } else { "Choose" };
    let profile =
        if child.profile.is_empty() { String::new() } else { format!(" ({})", visible_name(&child.profile)) };
    html! {
        <tr role="row" key={child.name.clone()} class={classes!(chosen.then_some("gateway__chosen"))}>
            <td role="cell" class="table__code">{ &name }{ profile }</td>
            <td role="cell"><span class={format!("delivery delivery--{tone}")}>{ standing }</span></td>
            <td role="cell" data-label="Last telemetry: ">{ child.telemetry.as_ref().map_or_else(none, telemetry) }</td>
            <td role="cell" data-label="Last RPC: ">
                { child.call.as_ref().map_or_else(none, |(at, method)| html! {
                    <>{ &at.time_of_day()[..8] }{ " " }<span class="gateway__code">{ visible_name(method) }</span></>
                }) }
            </td>
            <td role="cell" data-label="Attributes pushed: " class="table__code">{ pushed(child) }</td>
            <td role="cell" class="table__action">
                <span class="gateway__actions">
                    <button
                        type="button"
                        class="button button--small"
                        aria-label={format!("{choice} {name}")}
                        onclick={act.reform(move |_| GatewayAction::Choose(choose.clone()))}
                    >
                        { choice }
                    </button>
                    if child.is_here() {
                        <button
                            type="button"
                            class="button button--small"
                            aria-label={format!("Disconnect {name}")}
                            onclick={act.reform(move |_| GatewayAction::Disconnect(leave.clone()))}
                        >
                            { "Disconnect" }
                        </button>
                    }
                </span>
            </td>
        </tr>
    }
}

fn none() -> Html {
    html! { <span class="gateway__none">{ "–" }<span class="sr-only">{ "none" }</span></span> }
}

/// Keys and values as far as there is room for them.
fn pushed(child: &Child) -> Html {
    if child.pushed.is_empty() {
        return none();
    }
    let (mut line, mut shown) = (String::new(), 0);
    for (key, value) in child.pushed.iter() {
        if line.len() >= MOST_BYTES {
            break;
        }
        let comma = if shown == 0 { "" } else { ", " };
        line.push_str(&format!("{comma}{}: {}", visible_name(key), visible_name(value)));
        shown += 1;
    }
    match child.pushed.len() - shown {
        0 => line.into(),
        more => format!("{line} and {more} more").into(),
    }
}

fn telemetry(last: &LastTelemetry) -> Html {
    let (tone, words) = outcome(last.outcome.as_ref());
    html! {
        <>
            { &last.at.time_of_day()[..8] }
            { " " }
            <span class={format!("delivery delivery--{tone}")}>{ words }</span>
            <span class="gateway__code gateway__payload">{ visible_name(&last.text) }</span>
        </>
    }
}

/// What became of a publish, with its tone.
pub(super) fn outcome(outcome: Option<&PublishOutcome>) -> (&'static str, String) {
    match outcome {
        None => ("pending", "on its way".to_owned()),
        Some(PublishOutcome::Delivered) => ("good", "acknowledged".to_owned()),
        Some(PublishOutcome::Sent) => ("good", "sent".to_owned()),
        Some(PublishOutcome::Refused { reason }) => ("bad", refused_words(reason)),
        Some(PublishOutcome::Unknown) => ("warn", "unknown: the connection ended".to_owned()),
    }
}

fn standing(standing: &Standing) -> (&'static str, String) {
    match standing {
        Standing::Asked => ("pending", "connecting".to_owned()),
        Standing::Connected => ("good", "connected by us".to_owned()),
        Standing::Leaving => ("pending", "disconnecting".to_owned()),
        Standing::Left => ("pending", "disconnected by us".to_owned()),
        Standing::GivenUp(why) => ("bad", format!("given up by the server: {why}")),
        Standing::Refused(why) => ("bad", refused_words(why)),
        Standing::Ended => ("pending", "ended with the session".to_owned()),
    }
}
