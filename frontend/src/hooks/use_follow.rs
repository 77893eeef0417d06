//! Keeps a scrolling region at its end until the person scrolls away from there.

use crate::services::{resize::ResizeWatch, scroll};
use std::{cell::Cell, rc::Rc};
use web_sys::{Element, WheelEvent};
use yew::{
    Callback, Event, MouseEvent, NodeRef, UseStateHandle, hook, use_effect_with, use_memo, use_node_ref,
    use_state,
};

/// Pixels from the end that still count as the end: fractions of a pixel, and a bit of the padding.
const SLACK_PX: i32 = 24;

/// See [`use_follow`].
#[derive(Clone, Debug)]
pub struct Follow {
    /// For the scrolling element. Its first child holds the content.
    pub node: NodeRef,
    pub on_scroll: Callback<Event>,
    pub on_wheel: Callback<WheelEvent>,
    /// Where the person reads who left the end; `None` while the end is followed.
    pub stand: Option<Stand>,
    pub jump: Callback<MouseEvent>,
    end: Rc<End>,
    stands: UseStateHandle<Option<Stand>>,
}

/// Where the person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// What `newest` was when they left the end.
    pub left_at: u64,
    /// Chunks they have gone back by buttons since, or on when below zero.
    pub earlier: isize,
    /// Brought into sight once drawn.
    pub seam: Option<Seam>,
}

/// The first entry of a chunk, where a page was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seam {
    pub first: u64,
    /// Whether it is to be read, rather than what stands before it.
    pub is_next: bool,
}

impl Follow {
    /// Says whether the region's last line is the newest: only then does reaching it mean to follow again.
    pub fn ends_with_newest(&self, yes: bool) {
        self.end.is_short.set(!yes);
    }

    /// Leaves the end, wherever it goes, or reads elsewhere.
    pub fn read_at(&self, stand: Stand) {
        self.end.left.set(true);
        self.stands.set(Some(stand));
    }
}

/// Follows the end of a region whose content is as new as `newest` says.
#[hook]
pub fn use_follow(newest: u64) -> Follow {
    let node = use_node_ref();
    let stands = use_state(|| None::<Stand>);
    let following = stands.is_none();
    let end = use_memo((), |()| End::default());
    {
        let (node, end) = (node.clone(), end.clone());
        let seam = stands.and_then(|stand| stand.seam);
        use_effect_with((following.then_some(newest), seam), move |(following, seam)| match seam {
            _ if following.is_some() => end.go(&node),
            Some(seam) => scroll::to(&node, &seam_id(seam.first), seam.is_next),
            None => {}
        });
    }
    {
        // The region may change its size, and so may its content, by what is unfolded in it.
        let (node, end) = (node.clone(), end.clone());
        use_effect_with(following, move |following| {
            let region = node.cast::<Element>().filter(|_| *following);
            let content = region.as_ref().and_then(Element::first_element_child);
            let watch = region
                .zip(content)
                .and_then(|watched| ResizeWatch::new(&[&watched.0, &watched.1], move || end.go(&node)));
            move || drop(watch)
        });
    }
    let leave = Stand { left_at: newest, ..Stand::default() };
    let on_scroll = {
        let (node, stands, end) = (node.clone(), stands.clone(), end.clone());
        Callback::from(move |_: Event| {
            let Some(element) = node.cast::<Element>() else { return };
            let at_end = is_at_end(&element);
            if stands.is_some() {
                if at_end && !end.is_short.get() {
                    end.rejoin(&stands, &node);
                }
            } else if end.was_left_upwards(&element) {
                end.left.set(true);
                stands.set(Some(leave));
            } else if !at_end {
                end.go(&node);
            }
        })
    };
    // The wheel is the person's whatever the region does at the same moment.
    let on_wheel = {
        let (node, stands, end) = (node.clone(), stands.clone(), end.clone());
        Callback::from(move |event: WheelEvent| {
            let scrolls = node
                .cast::<Element>()
                .is_some_and(|element| element.scroll_height() > element.client_height());
            if stands.is_none() && scrolls && event.delta_y() < 0.0 {
                end.left.set(true);
                stands.set(Some(leave));
            }
        })
    };
    let jump = {
        let (node, stands, end) = (node.clone(), stands.clone(), end.clone());
        Callback::from(move |_: MouseEvent| end.rejoin(&stands, &node))
    };
    Follow { node, on_scroll, on_wheel, stand: *stands, jump, end, stands }
}

/// The id of the element that a chunk is drawn as.
#[must_use]
pub fn seam_id(first: u64) -> String {
    format!("log-{first}")
}

fn is_at_end(element: &Element) -> bool {
    // A hidden element has no height; it has not been scrolled away from.
    element.client_height() == 0
        || element.scroll_height() - element.scroll_top() - element.client_height() <= SLACK_PX
}

/// Where the region's end was last gone to.
#[derive(Clone, Debug, Default, PartialEq)]
struct End {
    height: Cell<i32>,
    top: Cell<i32>,
    /// The person has left, though that may not be drawn yet.
    left: Cell<bool>,
    is_short: Cell<bool>,
}

impl End {
    fn go(&self, node: &NodeRef) {
        let Some(element) = node.cast::<Element>().filter(|_| !self.left.get()) else { return };
        element.set_scroll_top(element.scroll_height());
        self.height.set(element.scroll_height());
        self.top.set(element.scroll_top());
    }

    fn rejoin(&self, stands: &UseStateHandle<Option<Stand>>, node: &NodeRef) {
        self.left.set(false);
        stands.set(None);
        self.go(node);
    }

    /// Whether the person went up. Content that grows does not do that, and content that shrinks is lower.
    fn was_left_upwards(&self, element: &Element) -> bool {
        element.scroll_top() < self.top.get() - SLACK_PX && element.scroll_height() >= self.height.get()
    }
}
