//! Keeps a scrolling region at its end until the person scrolls away from there.

use crate::services::resize::ResizeWatch;
use std::cell::Cell;
use web_sys::{Element, WheelEvent};
use yew::{Callback, Event, NodeRef, hook, use_callback, use_effect_with, use_memo, use_node_ref, use_state};

/// Pixels from the end that still count as the end: fractions of a pixel, and a bit of the padding.
const SLACK_PX: i32 = 24;

/// See [`use_follow`].
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    /// For the scrolling element.
    pub node: NodeRef,
    pub on_scroll: Callback<Event>,
    pub on_wheel: Callback<WheelEvent>,
    pub following: bool,
    /// What `newest` was when the person scrolled away.
    pub left_at: u64,
    pub jump: Callback<()>,
}

/// Follows the end of a region whose content is as new as `newest` says.
#[hook]
pub fn use_follow(newest: u64) -> Follow {
    let node = use_node_ref();
    let left_at = use_state(|| None::<u64>);
    let following = left_at.is_none();
    let end = use_memo((), |()| End::default());
    {
        let (node, end) = (node.clone(), end.clone());
        use_effect_with((newest, following), move |(_, following)| {
            if *following {
                end.go(&node);
            }
        });
    }
    {
        let (node, end) = (node.clone(), end.clone());
        use_effect_with(following, move |following| {
            let watched = node.cast::<Element>().filter(|_| *following);
            let watch = watched.and_then(|element| ResizeWatch::new(&element, move || end.go(&node)));
            move || drop(watch)
        });
    }
    let on_scroll = use_callback(
        (node.clone(), left_at.clone(), newest, end.clone()),
        |_: Event, (node, left_at, newest, end)| {
            let Some(element) = node.cast::<Element>() else { return };
            match **left_at {
                Some(_) if is_at_end(&element) => left_at.set(None),
                Some(_) => {}
                // It grew or shrank, by new content or by measuring what came into sight, and has thereby
                // moved by itself.
                None if end.has_moved(&element) => end.go(node),
                None if !is_at_end(&element) => left_at.set(Some(*newest)),
                None => {}
            }
        },
    );
    // The wheel is the person's whatever the region does at the same moment.
    let on_wheel = use_callback(
        (node.clone(), left_at.clone(), newest),
        |event: WheelEvent, (node, left_at, newest)| {
            let scrolls = node
                .cast::<Element>()
                .is_some_and(|element| element.scroll_height() > element.client_height());
            if left_at.is_none() && scrolls && event.delta_y() < 0.0 {
                left_at.set(Some(*newest));
            }
        },
    );
    let jump = use_callback((node.clone(), left_at.clone(), end), |(), (node, left_at, end)| {
        left_at.set(None);
        end.go(node);
    });
    Follow { node, on_scroll, on_wheel, following, left_at: left_at.unwrap_or(newest), jump }
}

fn is_at_end(element: &Element) -> bool {
    // A hidden element has no height; it has not been scrolled away from.
    element.client_height() == 0
        || element.scroll_height() - element.scroll_top() - element.client_height() <= SLACK_PX
}

/// How high the region was when its end was last gone to.
#[derive(Clone, Debug, Default, PartialEq)]
struct End {
    height: Cell<i32>,
}

impl End {
    fn go(&self, node: &NodeRef) {
        let Some(element) = node.cast::<Element>() else { return };
        element.set_scroll_top(element.scroll_height());
        self.height.set(element.scroll_height());
    }

    fn has_moved(&self, element: &Element) -> bool {
        element.scroll_height() != self.height.get()
    }
}
