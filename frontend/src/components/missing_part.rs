//! Said in place of a part of the program that could not be fetched.

use crate::{services::location, state::form::Form};
use yew::{Callback, Html, html};

/// `on_again`: to ask for it once more.
pub fn missing_part(form: &Form, on_again: &Callback<()>) -> Html {
    let reload = {
        let (host, port) = (form.host.clone(), form.port.clone());
        Callback::from(move |_| location::reload(&host, &port))
    };
    html! {
        <div class="notice notice--bad" role="alert">
            <p>
                { "A part of this page could not be fetched: its server cannot be reached, or has a newer version of the page. \
                   Nothing typed is lost: try again, or reload the page, which keeps host and port only." }
            </p>
            <button type="button" class="button button--small" onclick={on_again.reform(|_| ())}>{ "Try again" }</button>
            { " " }
            <button type="button" class="button button--small" onclick={reload}>{ "Reload" }</button>
        </div>
    }
}
