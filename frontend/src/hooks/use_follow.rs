//! Keeps a scrolling region at its end until the person scrolls away from there.

use crate::services::resize::ResizeWatch;
use std::{cell::Cell, rc::Rc};
use web_sys::Element;
use yew::{Callback, Event, NodeRef, hook, use_callback, use_effect_with, use_memo, use_node_ref, use_state};

/// Pixels from the end that still count as the end: fractions of a pixel, and a bit of the padding.
const SLACK_PX: i32 = 24;

/// See [`use_follow`].
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    /// For the scrolling element.
    pub node: NodeRef,
    pub on_scroll: Callback<Event>,
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
                None if end.was_left(&element) => left_at.set(Some(*newest)),
                _ => {}
            }
        },
    );
    let jump = use_callback((node.clone(), left_at.clone(), end), |(), (node, left_at, end)| {
        left_at.set(None);
        end.go(node);
    });
    Follow { node, on_scroll, following, left_at: left_at.unwrap_or(newest), jump }
}

fn is_at_end(element: &Element) -> bool {
    // A hidden element has no height; it has not been scrolled away from.
    element.client_height() == 0
        || element.scroll_height() - element.scroll_top() - element.client_height() <= SLACK_PX
}

/// Where the end was when it was last gone to.
#[derive(Clone, Debug, Default, PartialEq)]
struct End {
    top: Rc<Cell<i32>>,
    height: Rc<Cell<i32>>,
}

impl End {
    fn go(&self, node: &NodeRef) {
        let Some(element) = node.cast::<Element>() else { return };
        element.set_scroll_top(element.scroll_height());
        self.top.set(element.scroll_top());
        self.height.set(element.scroll_height());
    }

    /// Whether the person moved away from it. A region that grew or shrank since then moved by itself,
    /// and is about to be brought to its end again.
    fn was_left(&self, element: &Element) -> bool {
        element.scroll_height() == self.height.get()
            && element.scroll_top() < self.top.get()
            && !is_at_end(element)
    }
}
