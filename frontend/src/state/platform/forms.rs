//! What is typed for a command and for a shared attribute.

/// The form for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcForm {
    pub method: String,
    pub params: String,
    pub one_way: bool,
    pub method_problem: Option<String>,
    pub params_problem: Option<String>,
    /// Why the last press of the button came to nothing.
    pub notice: Option<&'static str>,
}

impl Default for RpcForm {
    fn default() -> Self {
        Self {
            method: "setValue".to_owned(),
            params: r#"{"value": true}"#.to_owned(),
            one_way: false,
            method_problem: None,
            params_problem: None,
            notice: None,
        }
    }
}

/// The form for a shared attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeForm {
    pub key: String,
    pub value: String,
    pub key_problem: Option<String>,
    pub value_problem: Option<String>,
}
