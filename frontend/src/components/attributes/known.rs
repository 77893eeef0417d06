//! The table of the device's attributes, and the strip that says whether changes are heard.

use crate::{
    components::{elsewhere::elsewhere, folded::folded_text, listen::listen},
    hooks::SessionHandle,
    state::attributes::{
        AttributesAction,
        known::{Entry, How, Known, Name},
    },
    text::{counted, visible_name},
};
use shared::thingsboard::{attributes::Scope, topic::filter};
use yew::{Callback, Html, html};

const WHAT: &str = "shared attribute changes";

/// The name that ThingsBoard lists deleted keys under.
const DELETED: &str = "deleted";

pub(super) fn known(session: &SessionHandle) -> Html {
    let (state, act) = (&session.state, &session.verbs.attributes);
    let known = &state.attributes.known;
    html! {
        <section class="group" aria-labelledby="attributes-known">
            <h2 class="group__heading" id="attributes-known">{ "Attributes of this device" }</h2>
            { listen(session, filter::attributes(state.dialect.flavour), WHAT) }
            { elsewhere(state, filter::attributes, WHAT) }
            if known.entries().is_empty() {
                <p class="empty">
                    { "None seen yet. ThingsBoard sends no values when a device subscribes: press Request all for those that are there." }
                </p>
            } else {
                { table(known, act) }
            }
            { notes(known, act) }
        </section>
    }
}

fn table(known: &Known, act: &Callback<AttributesAction>) -> Html {
    html! {
        <div class="table-frame">
            <table class="table table--cards" role="table">
                <caption class="sr-only">{ "Attributes of this device" }</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{ "Key" }</th>
                        <th role="columnheader" scope="col">{ "Value" }</th>
                        <th role="columnheader" scope="col">{ "Scope" }</th>
                        <th role="columnheader" scope="col">{ "How it came" }</th>
                        <th role="columnheader" scope="col">{ "When" }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for (name, entry) in known.entries() {
                        { row(name, entry, act) }
                    }
                </tbody>
            </table>
        </div>
    }
}

fn row(name: &Name, entry: &Entry, act: &Callback<AttributesAction>) -> Html {
    let (scope, key) = name;
    let tone = match entry.how {
        How::Deleted | How::Missing => "bad",
        How::Pushed => "good",
        How::Published | How::Answered => "pending",
    };
    let at = entry.at.time_of_day();
    html! {
        <tr role="row" key={entry.number}>
            <td role="cell" class="table__code">{ struck(entry, html! { { visible_name(key) } }) }</td>
            <td role="cell" class="table__code" data-label="Value">{ value(name, entry, act) }</td>
            <td role="cell" data-label="Scope">{ scope.to_string() }</td>
            <td role="cell" data-label="How it came">
                <span class={format!("delivery delivery--{tone}")}>{ entry.how.words() }</span>
            </td>
            // Drawn anew with each change, so that its colour fades again.
            <td role="cell" data-label="When" class="attributes__time"><span key={at.clone()} class="fresh">{ at }</span></td>
        </tr>
    }
}

fn value(name: &Name, entry: &Entry, act: &Callback<AttributesAction>) -> Html {
    let Some(value) = &entry.value else { return html! { <span class="empty">{ "not seen" }</span> } };
    let toggled = name.clone();
    let toggle = act.reform(move |()| AttributesAction::Unfold(toggled.clone()));
    let whose = format!("the value of {}", visible_name(&name.1));
    struck(entry, folded_text(value, entry.unfolded, &whose, &toggle))
}

/// The words beside it say the same for those who do not see the line.
fn struck(entry: &Entry, inner: Html) -> Html {
    if entry.how.is_gone() {
        html! { <del>{ inner }</del> }
    } else {
        inner
    }
}

fn notes(known: &Known, act: &Callback<AttributesAction>) -> Html {
    let gone = known.entries().values().filter(|entry| entry.how.is_gone()).count();
    let ambiguous = known.deletions || known.entries().contains_key(&(Scope::Shared, DELETED.into()));
    html! {
        <>
            if gone > 0 {
                <div class="attributes__gone">
                    <span>{ format!("{} kept in sight.", counted(gone, "deleted attribute is", "deleted attributes are")) }</span>
                    <button
                        type="button"
                        class="button button--small"
                        onclick={act.reform(|_| AttributesAction::ClearDeleted)}
                    >
                        { "Clear deleted" }
                    </button>
                </div>
            }
            if ambiguous {
                <p class="field__hint">
                    { "ThingsBoard tells of deletions as {\"deleted\": [keys]}: a shared attribute with the name deleted and a list of texts as its value cannot be told from that." }
                </p>
            }
            if known.left_out > 0 {
                <p class="field__hint">
                    { format!("{} left out of this table; the console has them.", counted(known.left_out, "attribute was", "attributes were")) }
                </p>
            }
        </>
    }
}
