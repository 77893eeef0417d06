//! A polite live region that only screen readers notice.

use crate::state::Announcement;
use yew::{Html, Properties, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub announcement: Announcement,
}

#[component]
pub fn Announcer(Props { announcement }: &Props) -> Html {
    // A new key makes a new node, so that the same sentence is read out again.
    html! {
        <div class="sr-only" aria-live="polite">
            <p key={announcement.number}>{ &announcement.text }</p>
        </div>
    }
}
