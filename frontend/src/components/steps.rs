//! The five steps of a connection attempt, each with outcome and time.

use super::icon::{Shape, icon};
use crate::{
    state::connection::{StepState, Steps},
    text::{duration, visible_line},
};
use shared::failure::Step;
use yew::{Html, classes, html};

/// `None` before any attempt. `over`: what did not begin will not.
pub fn step_list(steps: Option<&Steps>, over: bool) -> Html {
    let state = |step| steps.map_or(&StepState::Waiting, |steps| steps.get(step));
    let done = Step::ALL
        .into_iter()
        .all(|step| matches!(state(step), StepState::Passed { .. } | StepState::NotNeeded));
    html! {
        <ol class={classes!("steps", done.then_some("steps--done"))} aria-label="Connection steps">
            for step in Step::ALL {
                { item(step, state(step), over) }
            }
        </ol>
    }
}

fn item(step: Step, state: &StepState, over: bool) -> Html {
    let (tone, shape, outcome, detail) = match state {
        StepState::Waiting if over => ("waiting", Shape::Ring, "not tried".to_owned(), ""),
        StepState::Waiting => ("waiting", Shape::Ring, "not yet".to_owned(), ""),
        StepState::Running => ("running", Shape::Busy, "under way".to_owned(), ""),
        StepState::Passed { elapsed_us, detail } => {
            ("passed", Shape::Check, duration(*elapsed_us), detail.as_str())
        }
        // The session is as good as before.
        StepState::Failed { detail, .. } if step == Step::Subscriptions => {
            ("refused", Shape::Cross, detail.clone(), "")
        }
        StepState::Failed { elapsed_us, detail } => {
            ("failed", Shape::Cross, format!("failed after {}", duration(*elapsed_us)), detail.as_str())
        }
        StepState::NotNeeded => ("waiting", Shape::Dash, "none yet".to_owned(), ""),
    };
    html! {
        <li key={step.label()} class={format!("step step--{tone}")}>
            <span class="step__icon">{ icon(shape) }</span>
            <span class="step__name">{ step.label() }</span>
            <span class="step__outcome">
                if let StepState::Passed { .. } = state {
                    <span class="sr-only">{ "passed in " }</span>
                }
                { outcome }
            </span>
            if !detail.is_empty() {
                <span class="step__detail">{ visible_line(detail) }</span>
            }
        </li>
    }
}
