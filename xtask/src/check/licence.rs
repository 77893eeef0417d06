//! Whether a licence expression can be satisfied with a list of accepted licences.
//!
//! Understands SPDX expressions with `AND`, `OR`, `WITH` and brackets, and the slash that older
//! manifests use for `OR`.

/// False also for an expression that cannot be read.
pub(super) fn is_accepted(expression: &str, accepted: &[&str]) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut parser = Parser { words: text.split_whitespace().collect(), position: 0, accepted };
    parser.alternatives() == Some(true) && parser.position == parser.words.len()
}

struct Parser<'t> {
    words: Vec<&'t str>,
    position: usize,
    accepted: &'t [&'t str],
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Option<bool> {
        let mut result = self.together()?;
        while self.skip("OR") {
            result |= self.together()?;
        }
        Some(result)
    }

    fn together(&mut self) -> Option<bool> {
        let mut result = self.single()?;
        while self.skip("AND") {
            result &= self.single()?;
        }
        Some(result)
    }

    fn single(&mut self) -> Option<bool> {
        if self.skip("(") {
            let result = self.alternatives()?;
            return self.skip(")").then_some(result);
        }
        let mut licence = (*self.words.get(self.position)?).to_owned();
        self.position += 1;
        if self.skip("WITH") {
            let exception = self.words.get(self.position)?;
            licence = format!("{licence} WITH {exception}");
            self.position += 1;
        }
        Some(self.accepted.contains(&licence.as_str()))
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.words.get(self.position).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.position += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(expression: &str) -> bool {
        let list = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
        is_accepted(expression, &list)
    }

    #[test]
    fn one_acceptable_alternative_is_enough() {
        for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "Zlib OR (GPL-3.0 OR MIT)"] {
            assert!(accepted(good), "{good}");
        }
        assert!(accepted("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(accepted("Apache-2.0 WITH LLVM-exception OR Zlib"));
    }

    #[test]
    fn what_is_required_together_must_all_be_acceptable() {
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "MIT AND (GPL-3.0 OR Zlib)", "MIT WITH LLVM-exception"] {
            assert!(!accepted(bad), "{bad}");
        }
    }

    #[test]
    fn unreadable_expressions_are_refused() {
        for broken in ["", "MIT OR", "(MIT", "MIT)", "MIT Apache-2.0"] {
            assert!(!accepted(broken), "{broken}");
        }
    }
}
