//! The page's own drawings. They only repeat what a text beside them says, so they are hidden from
//! screen readers.

use yew::{Html, classes, html};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Check,
    Cross,
    Ring,
    Dash,
    Busy,
    Up,
    Down,
}

pub fn icon(shape: Shape) -> Html {
    let path = match shape {
        Shape::Check => "M3.5 8.5l3 3 6-7",
        Shape::Cross => "M4 4l8 8M12 4l-8 8",
        Shape::Ring => "M8 3.5a4.5 4.5 0 1 0 .01 0",
        Shape::Dash => "M4 8h8",
        Shape::Busy => "M8 3a5 5 0 0 1 5 5",
        Shape::Up => "M8 13V3.5M4 7l4-4 4 4",
        Shape::Down => "M8 3v9.5M4 9l4 4 4-4",
    };
    let busy = (shape == Shape::Busy).then_some("icon--busy");
    html! {
        <svg class={classes!("icon", busy)} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}

/// The product's own: a device with its pins, and a console's prompt on it.
pub fn product_icon() -> Html {
    html! {
        <svg class="product-icon" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
            <path
                class="product-icon__pins"
                d="M22 6v8M32 6v8M42 6v8M22 50v8M32 50v8M42 50v8M6 22h8M6 32h8M6 42h8M50 22h8M50 32h8M50 42h8"
            />
            <rect class="product-icon__body" x="12" y="12" width="40" height="40" rx="8" />
            <path class="product-icon__prompt" d="M21 25l8 7-8 7M34 41h10" />
        </svg>
    }
}
