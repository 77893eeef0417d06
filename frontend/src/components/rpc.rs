//! The tab `RPC`: calls in both directions.

mod asks;
mod inbox;
mod reply;
mod rules;

use super::dialect::dialect;
use crate::hooks::SessionHandle;
use asks::asks;
use inbox::inbox;
use reply::reply;
use rules::rules;
use yew::{Html, html};

pub fn rpc(session: &SessionHandle) -> Html {
    let (state, act) = (&session.state.rpc, &session.verbs.rpc);
    html! {
        <div class="stack rpc">
            { dialect(session, "rpc") }
            { inbox(session) }
            <div class="rpc__columns">
                { reply(&state.inbox, act) }
                { rules(&state.rules, act) }
            </div>
            { asks(session) }
        </div>
    }
}
