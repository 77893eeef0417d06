//! Starts the page in the browser.

fn main() {
    #[cfg(target_arch = "wasm32")]
    start();
}

/// In the element that index.html keeps for it, in place of the words that it is loading.
#[cfg(target_arch = "wasm32")]
fn start() {
    use frontend::app::App;

    match gloo::utils::document().get_element_by_id("app") {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}
