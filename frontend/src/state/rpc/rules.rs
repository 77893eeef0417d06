//! Rules that answer calls of the server by themselves, and the form for one more.

use super::template::{self, Facts};
use shared::thingsboard::json;

/// Rules at a time.
pub const MAX_RULES: usize = 20;
/// Longest delay, milliseconds.
const MAX_DELAY_MS: u32 = 600_000;
/// Longest method name, characters.
const MAX_METHOD: usize = 200;

/// The method of a rule for all calls that no other rule is for.
pub const ANY: &str = "*";

pub const METHOD_ID: &str = "rpc-rule-method";
pub const REPLY_ID: &str = "rpc-rule-reply";
pub const DELAY_ID: &str = "rpc-rule-delay";

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub number: u32,
    pub on: bool,
    /// The method's exact name, or [`ANY`].
    pub method: String,
    /// JSON with places.
    pub reply: String,
    pub delay_ms: u32,
}

/// The rules and the form for one more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub list: Vec<Rule>,
    pub form: RuleForm,
}

/// The form for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleForm {
    pub method: String,
    pub reply: String,
    pub delay: String,
    pub method_problem: Option<String>,
    pub reply_problem: Option<String>,
    pub delay_problem: Option<String>,
    /// The rule that is changed, when it is no new one.
    pub editing: Option<u32>,
    /// What came of the last press of a button.
    pub notice: Option<String>,
}

impl Default for RuleForm {
    fn default() -> Self {
        Self {
            method: String::new(),
            reply: r#"{"ok": true, "got": {{params}}}"#.to_owned(),
            delay: "0".to_owned(),
            method_problem: None,
            reply_problem: None,
            delay_problem: None,
            editing: None,
            notice: None,
        }
    }
}

impl Rule {
    /// The reply to a call, whose params are JSON.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::state) fn reply_to(&self, method: &str, params: &str, id: i32) -> Result<String, String> {
        let params = json::parse(params).map_err(|problem| problem.to_string())?.into_value();
        template::fill(&self.reply, Facts { method, params: &params, id })
    }
}

impl Rules {
    /// The rule that is on and for this method: one by its name before the one for any.
    #[must_use]
    pub fn for_method(&self, method: &str) -> Option<&Rule> {
        let named = |name: &str| self.list.iter().find(|rule| rule.on && rule.method == name);
        named(method).or_else(|| named(ANY))
    }

    #[must_use]
    pub fn find(&self, number: u32) -> Option<&Rule> {
        self.list.iter().find(|rule| rule.number == number)
    }

    pub(in crate::state) fn toggle(&mut self, number: u32) {
        if let Some(rule) = self.list.iter_mut().find(|rule| rule.number == number) {
            rule.on = !rule.on;
        }
    }

    pub(in crate::state) fn remove(&mut self, number: u32) {
        self.list.retain(|rule| rule.number != number);
        if self.form.editing == Some(number) {
            self.form.editing = None;
        }
        self.form.notice = Some("Rule removed.".to_owned());
    }

    /// Puts a rule into the form.
    pub(in crate::state) fn edit(&mut self, number: u32) {
        let Some(rule) = self.find(number) else { return };
        self.form = RuleForm {
            method: rule.method.clone(),
            reply: rule.reply.clone(),
            delay: rule.delay_ms.to_string(),
            editing: Some(number),
            ..RuleForm::default()
        };
    }

    /// Ends editing without a change.
    pub(in crate::state) fn leave(&mut self) {
        self.form = RuleForm::default();
    }

    /// Takes the rule that the form describes. `number`: for a new one.
    ///
    /// # Errors
    /// The first field with a problem, which says it.
    pub(in crate::state) fn submit(&mut self, number: u32) -> Result<(), &'static str> {
        let rule = self.check(number)?;
        let name = rule.method.clone();
        let editing = self.form.editing;
        let said = match self.list.iter_mut().find(|known| editing == Some(known.number)) {
            Some(known) => {
                *known = Rule { on: known.on, ..rule };
                "changed"
            }
            None => {
                self.list.push(rule);
                "added"
            }
        };
        let reply = std::mem::take(&mut self.form.reply);
        let notice = Some(format!("Rule for {} {said}.", spoken(&name)));
        self.form = RuleForm { reply, notice, ..RuleForm::default() };
        Ok(())
    }

    fn check(&mut self, number: u32) -> Result<Rule, &'static str> {
        let delay = delay(&self.form.delay);
        self.form.method_problem = self.method_problem();
        self.form.reply_problem = template::check(&self.form.reply).err();
        self.form.delay_problem = delay.as_ref().err().cloned();
        self.form.notice = None;
        if self.form.method_problem.is_some() {
            return Err(METHOD_ID);
        }
        if self.form.reply_problem.is_some() {
            return Err(REPLY_ID);
        }
        let delay_ms = delay.map_err(|_| DELAY_ID)?;
        Ok(Rule {
            number: self.form.editing.unwrap_or(number),
            on: true,
            method: self.form.method.trim().to_owned(),
            reply: self.form.reply.clone(),
            delay_ms,
        })
    }

    fn method_problem(&self) -> Option<String> {
        let method = self.form.method.trim();
        if method.is_empty() {
            return Some(format!("The method is missing: type a name, or {ANY} for all other methods."));
        }
        if method.chars().count() > MAX_METHOD {
            return Some(format!("The method is longer than {MAX_METHOD} characters: type a shorter name."));
        }
        if method != ANY && method.contains('*') {
            return Some("A * stands for all methods only alone: type the whole name, or just *.".to_owned());
        }
        let mut others = self.list.iter().filter(|rule| Some(rule.number) != self.form.editing);
        if others.any(|rule| rule.method == method) {
            return Some(format!("There is a rule for {} already: change that one.", spoken(method)));
        }
        (self.form.editing.is_none() && self.list.len() >= MAX_RULES)
            .then(|| format!("There are {MAX_RULES} rules, the most there may be: remove one first."))
    }
}

/// A rule's method in a sentence.
#[must_use]
pub fn spoken(method: &str) -> &str {
    if method == ANY { "all other methods" } else { method }
}

fn delay(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let digits = if text.is_empty() { "0" } else { text };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|ms| plain && *ms <= MAX_DELAY_MS).ok_or_else(|| {
        format!(
            "The delay must be a whole number of milliseconds from 0 to {MAX_DELAY_MS}: type digits only."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(methods: &[&str]) -> Rules {
        let mut rules = Rules::default();
        for (number, method) in (1..).zip(methods) {
            rules.form.method = (*method).to_owned();
            assert_eq!(rules.submit(number), Ok(()), "{method}");
        }
        rules
    }

    #[test]
    fn a_rule_by_name_goes_before_the_one_for_any() {
        let mut rules = rules(&[ANY, "a"]);
        assert_eq!(rules.for_method("a").unwrap().number, 2);
        assert_eq!(rules.for_method("b").unwrap().number, 1);
        rules.toggle(2);
        assert_eq!(rules.for_method("a").unwrap().number, 1);
        rules.toggle(1);
        assert_eq!(rules.for_method("a"), None);
    }

    #[test]
    fn each_wrong_field_has_a_sentence_and_keeps_its_text() {
        let mut rules = rules(&["a"]);
        assert_eq!(rules.submit(2), Err(METHOD_ID), "the method was taken out after adding");
        for method in ["a", "set*", " "] {
            rules.form.method = method.into();
            assert_eq!(rules.submit(2), Err(METHOD_ID), "{method}");
            assert_eq!(rules.form.method, method);
        }
        rules.form.method = "b".into();
        rules.form.reply = "{".into();
        assert_eq!(rules.submit(2), Err(REPLY_ID));
        rules.form.reply = "1".into();
        for delay in ["-1", "1.5", "soon", "+5", "600001"] {
            rules.form.delay = delay.into();
            assert_eq!(rules.submit(2), Err(DELAY_ID), "{delay}");
        }
        rules.form.delay = "600000".into();
        assert_eq!(rules.submit(2), Ok(()));
    }

    #[test]
    fn a_rule_is_changed_in_its_place() {
        let mut rules = rules(&["a", "b"]);
        rules.toggle(1);
        rules.edit(1);
        rules.form.reply = "2".into();
        assert_eq!(rules.submit(9), Ok(()));
        let [first, _] = &rules.list[..] else { panic!("{:?}", rules.list) };
        assert_eq!((first.number, first.on, first.reply.as_str()), (1, false, "2"));
        assert_eq!(rules.form.editing, None);
    }

    #[test]
    fn the_list_is_bounded() {
        let names: Vec<String> = (0..MAX_RULES).map(|number| format!("m{number}")).collect();
        let mut rules = rules(&names.iter().map(String::as_str).collect::<Vec<_>>());
        rules.form.method = "one more".into();
        assert_eq!(rules.submit(99), Err(METHOD_ID));
        rules.edit(1);
        assert_eq!(rules.submit(99), Ok(()));
    }
}
