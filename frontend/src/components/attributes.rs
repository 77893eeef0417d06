//! The tab `Attributes`: publishing, asking, and what is known.

mod known;
mod preview;
mod request;
mod rows;
mod upload;

use super::dialect::dialect;
use crate::hooks::SessionHandle;
use known::known;
use request::request;
use upload::upload;
use yew::{Html, html};

pub fn attributes(session: &SessionHandle) -> Html {
    let (state, act) = (&session.state, &session.verbs.attributes);
    html! {
        <div class="stack attributes">
            { dialect(session, "attributes") }
            { known(session) }
            <div class="attributes__columns">
                { upload(&state.attributes.upload, state.dialect.format(), act) }
                { request(session) }
            </div>
        </div>
    }
}
