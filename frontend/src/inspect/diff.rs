//! What changed from one text to the next, line by line, with bounded work.

/// Products of line counts beyond which lines are not compared one by one.
const MOST_CELLS: usize = 1_000_000;

/// A line and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'t> {
    Same(&'t str),
    /// Only in the text before.
    Removed(&'t str),
    /// Only in the text now.
    Added(&'t str),
}

/// The lines of both texts in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff<'t> {
    pub lines: Vec<Line<'t>>,
    /// What differs was too long to be compared line by line, and stands as a whole.
    pub coarse: bool,
}

impl Diff<'_> {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.lines.iter().all(|line| matches!(line, Line::Same(_)))
    }
}

/// Compares two texts by a longest common subsequence of their lines, after what they begin and end alike with.
#[must_use]
pub fn diff<'t>(before: &'t str, now: &'t str) -> Diff<'t> {
    let (before, now): (Vec<&str>, Vec<&str>) = (before.lines().collect(), now.lines().collect());
    let alike = before.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[alike..], &now[alike..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let mut lines: Vec<Line<'t>> = before[..alike].iter().copied().map(Line::Same).collect();
    let coarse = old.len().saturating_mul(new.len()) > MOST_CELLS;
    if coarse {
        lines.extend(old.iter().copied().map(Line::Removed));
        lines.extend(new.iter().copied().map(Line::Added));
    } else {
        middle(old, new, &mut lines);
    }
    lines.extend(before[before.len() - tail..].iter().copied().map(Line::Same));
    Diff { lines, coarse }
}

fn middle<'t>(old: &[&'t str], new: &[&'t str], lines: &mut Vec<Line<'t>>) {
    // The length of the longest common subsequence of what is left from each pair of places on.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a * width + b] = if old[a] == new[b] {
                common[(a + 1) * width + b + 1] + 1
            } else {
                common[(a + 1) * width + b].max(common[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push(Line::Same(old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len()
            || (a < old.len() && common[(a + 1) * width + b] >= common[a * width + b + 1])
        {
            lines.push(Line::Removed(old[a]));
            a += 1;
        } else {
            lines.push(Line::Added(new[b]));
            b += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Line::{Added, Removed, Same};

    #[test]
    fn changed_lines_stand_between_those_that_stayed() {
        let diff = diff("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"a\": 3,\n  \"b\": 2\n}");
        assert_eq!(
            diff.lines,
            [Same("{"), Removed("  \"a\": 1,"), Added("  \"a\": 3,"), Same("  \"b\": 2"), Same("}")]
        );
        assert!(!diff.coarse && !diff.is_same());
    }

    #[test]
    fn inserted_and_removed_lines_are_found() {
        assert_eq!(diff("a\nc", "a\nb\nc").lines, [Same("a"), Added("b"), Same("c")]);
        assert_eq!(diff("a\nb\nc", "a\nc").lines, [Same("a"), Removed("b"), Same("c")]);
        assert_eq!(
            diff("x\na\ny\nb", "a\nz\nb\nw").lines,
            [Removed("x"), Same("a"), Removed("y"), Added("z"), Same("b"), Added("w")]
        );
        assert!(diff("a\nb", "a\nb").is_same() && diff("", "").is_same());
        assert_eq!(diff("a\na", "a").lines, [Same("a"), Removed("a")]);
    }

    #[test]
    fn long_differences_are_told_as_a_whole() {
        let lines = |mark: &str| (0..2_000).map(|line| format!("{mark}{line}\n")).collect::<String>();
        let (old, new) = (format!("same\n{}", lines("a")), format!("same\n{}", lines("b")));
        let diff = diff(&old, &new);
        assert!(diff.coarse && diff.lines.len() == 4_001 && diff.lines[0] == Same("same"));
    }
}
