//! What the platform was told to do, and what came of it.

use crate::{
    state::{
        action::PlatformReply,
        platform::{Command, outcome_words},
    },
    text::visible_line,
};
use shared::platform::RpcOutcome;
use std::collections::VecDeque;
use yew::{Html, html};

/// Newest first.
pub(super) fn commands(commands: &VecDeque<Command>) -> Html {
    if commands.is_empty() {
        return Html::default();
    }
    html! {
        <section class="group" aria-labelledby="platform-commands">
            <h2 class="group__heading" id="platform-commands">{ "Commands" }</h2>
            <ol class="commands">
                for command in commands {
                    <li key={command.ticket} class="command">
                        <span class="command__what">{ visible_line(&command.what) }</span>
                        <span class={format!("delivery delivery--{}", tone(command))}>
                            { visible_line(&outcome_words(command.outcome.as_ref())) }
                        </span>
                    </li>
                }
            </ol>
        </section>
    }
}

/// What came of the newest command from a form, for under its button.
pub(super) fn outcome(command: Option<&Command>) -> Html {
    let Some(command) = command else { return Html::default() };
    html! {
        <p class={format!("delivery delivery--{}", tone(command))}>
            { visible_line(&outcome_words(command.outcome.as_ref())) }
        </p>
    }
}

fn tone(command: &Command) -> &'static str {
    match &command.outcome {
        None => "pending",
        Some(Err(_)) => "bad",
        Some(Ok(PlatformReply::Rpc(RpcOutcome::TimedOut))) => "warn",
        Some(Ok(_)) => "good",
    }
}
