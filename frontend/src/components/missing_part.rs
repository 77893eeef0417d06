//! Said in place of a part of the program that could not be fetched.

use crate::services::location;
use yew::{Callback, Html, html};

/// `on_again`: to ask for it once more.
pub fn missing_part(on_again: &Callback<()>) -> Html {
    html! {
        <div class="notice notice--bad" role="alert">
            <p>
                { "A part of this page could not be fetched: its server cannot be reached, or has a newer version of the page. \
                   Nothing you typed is lost; try again, or reload the page, which keeps host and port only." }
            </p>
            <button type="button" class="button button--small" onclick={on_again.reform(|_| ())}>
                { "Try again" }
            </button>
            { " " }
            <button type="button" class="button button--small" onclick={Callback::from(|_| location::reload())}>
                { "Reload" }
            </button>
        </div>
    }
}
