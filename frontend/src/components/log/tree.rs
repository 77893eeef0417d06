//! JSON as a tree that unfolds where it is asked to. Every value is shown as it was spelled.

use super::{details::Shared, row::marked};
use crate::{
    inspect::json::{Document, Kind, Node},
    text::{counted, visible_start},
};
use std::rc::Rc;
use yew::{Callback, Html, MouseEvent, Properties, UseStateHandle, component, html, use_memo, use_state};

/// Values of one container drawn unasked, and more at each press.
const STEP: usize = 100;

/// Values up to which two levels are unfolded from the start.
const SMALL: usize = 200;

/// Characters shown of a text or a number.
const CHARACTERS: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) entry: Shared,
    pub(super) search: String,
}

/// How many values are drawn of those containers that were touched; 0 is folded.
type Touched = Vec<(usize, usize)>;

#[component]
pub(super) fn Tree(Props { entry, search }: &Props) -> Html {
    let touched = use_state(Touched::new);
    let text = entry.0.content.text().unwrap_or_default();
    let nodes = use_memo(entry.clone(), |entry| {
        let text = entry.0.content.text().unwrap_or_default();
        Document::read(text).map(|document| document.nodes).unwrap_or_default()
    });
    let document = Document { text, nodes: Rc::clone(&nodes) };
    let levels = if document.nodes.len() <= SMALL { 2 } else { 1 };
    let drawing = Drawing { document, touched, search, levels };
    html! { <ul class="tree" aria-label="JSON">{ drawing.node(0, 0, None) }</ul> }
}

struct Drawing<'d> {
    document: Document<'d>,
    touched: UseStateHandle<Touched>,
    search: &'d str,
    /// How many levels are unfolded until touched.
    levels: usize,
}

impl Drawing<'_> {
    fn drawn(&self, at: usize, depth: usize) -> usize {
        let touched = self.touched.iter().find(|(node, _)| *node == at);
        touched.map_or(if depth < self.levels { STEP } else { 0 }, |(_, drawn)| *drawn)
    }

    fn set(&self, at: usize, drawn: usize) -> Callback<MouseEvent> {
        let touched = self.touched.clone();
        Callback::from(move |_| {
            let mut next = (*touched).clone();
            next.retain(|(node, _)| *node != at);
            next.push((at, drawn));
            touched.set(next);
        })
    }

    fn node(&self, at: usize, depth: usize, index: Option<usize>) -> Html {
        let Some(node) = self.document.nodes.get(at) else { return Html::default() };
        let name = self.name(node, index);
        if !node.kind.is_container() || node.children == 0 {
            let value = visible_start(self.document.spelled(node), CHARACTERS);
            let class = match node.kind {
                Kind::String => "tree__value tree__value--text",
                _ => "tree__value",
            };
            return html! { <li>{ name }<span {class}>{ marked(&value, self.search) }</span></li> };
        }
        let drawn = self.drawn(at, depth);
        let open = drawn > 0;
        let (begin, end) = if node.kind == Kind::Object { ("{", "}") } else { ("[", "]") };
        html! {
            <li>
                <button
                    type="button"
                    class="tree__fold"
                    aria-expanded={if open { "true" } else { "false" }}
                    onclick={self.set(at, if open { 0 } else { STEP })}
                >
                    { name }
                    { begin }{ counted(node.children, "value", "values") }{ end }
                </button>
                if open {
                    <ul class="tree__inner">
                        { self.children(at, node, depth, drawn) }
                    </ul>
                }
            </li>
        }
    }

    fn children(&self, at: usize, node: &Node, depth: usize, drawn: usize) -> Html {
        let is_array = node.kind == Kind::Array;
        let children = self.document.children(at).take(drawn).enumerate();
        let left = node.children.saturating_sub(drawn);
        html! {
            <>
                for (index, child) in children {
                    { self.node(child, depth + 1, is_array.then_some(index)) }
                }
                if left > 0 {
                    <li>
                        { counted(left, "more value", "more values") }{ " " }
                        <button type="button" class="button button--small" onclick={self.set(at, drawn + STEP)}>
                            { "Show more" }
                        </button>
                    </li>
                }
            </>
        }
    }

    fn name(&self, node: &Node, index: Option<usize>) -> Html {
        match (self.document.name(node), index) {
            (Some(name), _) => {
                let name = visible_start(name.trim_matches('"'), CHARACTERS);
                html! { <span class="tree__name">{ marked(&name, self.search) }{ ": " }</span> }
            }
            (None, Some(index)) => html! { <span class="tree__index">{ index }{ ": " }</span> },
            (None, None) => Html::default(),
        }
    }
}
