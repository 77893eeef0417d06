//! A polite live region that only screen readers notice.

use crate::state::Announcement;
use yew::{Html, html};

pub fn announcer(announcement: &Announcement) -> Html {
    // A new key makes a new node, so that the same sentence is read out again.
    html! {
        <div class="sr-only" aria-live="polite">
            <p key={announcement.number}>{ &announcement.text }</p>
        </div>
    }
}
