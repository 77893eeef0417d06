//! The tab `Provision & claim`: get credentials for a device, and let somebody own it.

mod answer;
mod claim;
mod request;
mod secret_field;

use crate::hooks::SessionHandle;
use answer::answer;
use claim::claim;
use request::request;
use yew::{Html, html};

pub fn provision(SessionHandle { state, verbs }: &SessionHandle) -> Html {
    let act = &verbs.provision;
    html! {
        <div class="stack">
            <div class="platform__columns">
                <section class="group package" aria-labelledby="provision-heading">
                    <h2 class="group__heading" id="provision-heading">{ "Provision a new device" }</h2>
                    <p class="field__hint">
                        { "Goes to the server of the connection form, over a second connection with the user name provision. \
                           The session of the device that is connected goes on." }
                    </p>
                    { request(state, act) }
                    { answer(&state.provision, act) }
                </section>
                { claim(state, act) }
            </div>
        </div>
    }
}
