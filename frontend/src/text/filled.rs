//! Texts with gaps. A call with one template is a good deal smaller in the program than one that lists all pieces.

/// What marks a gap.
const GAP: char = '¤';

/// The template with its gaps filled in order. Values are taken as they are; gaps without one stay empty.
#[must_use]
pub fn filled(template: &str, values: &[&str]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    for (index, piece) in template.split(GAP).enumerate() {
        if index > 0 {
            out.push_str(values.next().unwrap_or(&""));
        }
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_order_and_values_are_taken_as_they_are() {
        assert_eq!(filled("a ¤ b ¤", &["¤", "2"]), "a ¤ b 2");
        assert_eq!(filled("¤¤", &["1"]), "1");
        assert_eq!(filled("plain", &[]), "plain");
    }
}
