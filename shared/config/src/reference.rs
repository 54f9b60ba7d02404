//! The reference of the settings: Markdown, generated from the types, their documentation and defaults.

use std::fmt::Write as _;

use figment::value::{Dict, Value};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{ValidateConfig, known, tree};

/// A table of every setting of `service`, a heading for each section: the name in the file, the
/// environment variable, the type, the default of `defaults`, and the documentation.
#[must_use]
pub fn settings_reference<T>(service: &str, defaults: &T) -> String
where
    T: JsonSchema + Serialize + ValidateConfig,
{
    let generator = SchemaSettings::draft2020_12().with(|it| it.inline_subschemas = true);
    let schema = generator.into_generator().into_root_schema_for::<T>();
    let reference = Reference { service, defaults: known(defaults), aliases: T::aliases() };
    let mut out = format!("## {service}\n");
    for (name, section) in properties(schema.as_value()) {
        let description = description(section);
        let _ = write!(out, "\n### [{service}.{name}]\n\n{description}\n\n{HEADER}");
        let mut rows = Vec::new();
        reference.push_rows(section, std::slice::from_ref(name), &mut rows);
        rows.iter().for_each(|row| out.push_str(row));
    }
    out
}

const HEADER: &str =
    "| Setting | Environment variable | Type | Default | Description |\n|---|---|---|---|---|\n";

/// What a row needs beyond its schema.
struct Reference<'a> {
    service: &'a str,
    defaults: Dict,
    aliases: Vec<(&'static str, String)>,
}

impl Reference<'_> {
    /// Adds a row for each setting in `schema`. Entries of a list have `[]` in their path, those of a
    /// table with free names `<name>`; before them come the entries that the table has by default.
    fn push_rows(&self, schema: &Json, path: &[String], rows: &mut Vec<String>) {
        let schema = not_null(schema);
        let fields = fields(schema);
        for (name, field) in &fields {
            self.push_rows(field, &[path, std::slice::from_ref(name)].concat(), rows);
        }
        if let Some(entry) = schema.get("additionalProperties").filter(|it| it.is_object()) {
            let names = tree::get(&self.defaults, path).and_then(Value::as_dict);
            for name in names.into_iter().flat_map(Dict::keys) {
                self.push_default_entry(entry, path, name, rows);
            }
            self.push_rows(entry, &[path, &["<name>".to_owned()]].concat(), rows);
        } else if let Some(entry) = schema.get("items").filter(|it| is_table(it)) {
            rows.push(self.format_row(schema, path));
            let (last, parents) = path.split_last().expect("a setting has a name");
            self.push_rows(entry, &[parents, &[format!("{last}[]")]].concat(), rows);
        } else if fields.is_empty() {
            rows.push(self.format_row(schema, path));
        }
    }

    /// Adds the settings of an entry that have a default or a variable of their own.
    fn push_default_entry(
        &self,
        entry: &Json,
        path: &[String],
        name: &str,
        rows: &mut Vec<String>,
    ) {
        for (field, mut schema) in fields(not_null(entry)) {
            let own = [path, &[name.to_owned(), field.clone()]].concat();
            let has_alias = self.aliases.iter().any(|(_, target)| *target == own.join("."));
            if has_alias || tree::get(&self.defaults, &own).is_some() {
                let described = format!("See `{}.<name>.{field}`.", path.join("."));
                schema["description"] = described.into();
                rows.push(self.format_row(&schema, &own));
            }
        }
    }

    fn format_row(&self, schema: &Json, path: &[String]) -> String {
        let name = path.join(".");
        let default = match tree::get(&self.defaults, path) {
            Some(value) => {
                toml::Value::try_from(value).map_or_else(|_| String::new(), format_default)
            }
            None => String::new(),
        };
        let (kind, description) = (type_name(schema), description(schema).replace('|', "\\|"));
        format!(
            "| `{name}` | {} | {kind} | {default} | {description} |\n",
            self.format_variables(path, &name)
        )
    }

    /// The variables that set a path. An entry of a list has none.
    fn format_variables(&self, path: &[String], name: &str) -> String {
        if name.contains("[]") {
            return String::new();
        }
        let own = [&[self.service.to_owned()], path].concat().join("__").to_uppercase();
        let aliases = self.aliases.iter().filter(|(_, target)| target == name);
        let names = std::iter::once(format!("`TANDEM_{own}`"))
            .chain(aliases.map(|(alias, _)| format!("`{alias}`")));
        names.collect::<Vec<_>>().join(" or ")
    }
}

fn format_default(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) if text.is_empty() => String::new(),
        value => format!("`{value}`"),
    }
}

/// The properties of a table, in the order of their names.
fn properties(schema: &Json) -> Vec<(&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten().collect()
}

/// The fields of a table; of an enum with values, one for each variant.
fn fields(schema: &Json) -> Vec<(String, Json)> {
    let variants = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    let own = properties(schema).into_iter().map(|(name, field)| (name.clone(), field.clone()));
    own.chain(variants.flat_map(variant_fields)).collect()
}

/// The field of a variant. Its documentation is that of the variant.
fn variant_fields(variant: &Json) -> Vec<(String, Json)> {
    let described = |(name, field): (&String, &Json)| {
        let mut field = field.clone();
        field["description"] = variant.get("description").cloned().unwrap_or_default();
        (name.clone(), field)
    };
    properties(variant).into_iter().map(described).collect()
}

fn is_table(schema: &Json) -> bool {
    !fields(not_null(schema)).is_empty()
}

/// The schema of an optional value without `null`.
fn not_null(schema: &Json) -> &Json {
    let is_null = |it: &&Json| it.get("type").and_then(Json::as_str) == Some("null");
    let choices = schema.get("anyOf").and_then(Json::as_array);
    choices.and_then(|all| all.iter().find(|it| !is_null(it))).unwrap_or(schema)
}

fn description(schema: &Json) -> String {
    let text = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The type of a setting, in the words of the reference.
fn type_name(schema: &Json) -> String {
    if let Some(values) = enum_values(schema) {
        return values.join(", ");
    }
    if schema.get("format").and_then(Json::as_str) == Some("duration") {
        return "duration".to_owned();
    }
    let kinds = match schema.get("type") {
        Some(Json::String(kind)) => vec![kind.as_str()],
        Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    match kinds.into_iter().find(|kind| *kind != "null") {
        Some("array") => match schema.get("items").map(type_name) {
            Some(entry) if entry == "table" => "list of tables".to_owned(),
            Some(entry) => format!("list of {entry}"),
            None => "list".to_owned(),
        },
        Some("object") | None => "table".to_owned(),
        Some(kind) => kind.to_owned(),
    }
}

/// The values of an enum without fields.
fn enum_values(schema: &Json) -> Option<Vec<String>> {
    let text = |value: &Json| value.as_str().map(|text| format!("`{text}`"));
    if let Some(values) = schema.get("enum").and_then(Json::as_array) {
        return Some(values.iter().filter_map(text).collect());
    }
    let variants = schema.get("oneOf")?.as_array()?.iter();
    let values = variants.map(|it| match it.get("const") {
        Some(value) => text(value).map(|text| vec![text]),
        None => enum_values(it),
    });
    Some(values.collect::<Option<Vec<_>>>()?.concat())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::HumanDuration;

    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    struct Settings {
        server: Server,
    }

    /// The server.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Server {
        /// The deadline. At most
        /// 1h.
        deadline: HumanDuration,
        /// The level.
        level: Level,
        key: Option<String>,
        /// The peers.
        peers: Vec<Peer>,
        named: BTreeMap<String, Peer>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Level {
        /// A few lines.
        Low,
        /// Everything.
        High,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Peer {
        port: u16,
    }

    impl Default for Server {
        fn default() -> Self {
            let deadline = HumanDuration::from_secs(5);
            let (peers, named) =
                (Vec::new(), BTreeMap::from([("main".to_owned(), Peer { port: 7 })]));
            Self { deadline, level: Level::High, key: None, peers, named }
        }
    }

    impl ValidateConfig for Settings {
        fn validate(&self) -> Vec<String> {
            Vec::new()
        }

        fn aliases() -> Vec<(&'static str, String)> {
            vec![
                ("API_KEY", "server.key".to_owned()),
                ("MAIN_PORT", "server.named.main.port".to_owned()),
            ]
        }
    }

    #[test]
    fn every_setting_has_a_row() {
        let reference = settings_reference("chat", &Settings::default());
        let expected = [
            "## chat",
            "",
            "### [chat.server]",
            "",
            "The server.",
            "",
            "| Setting | Environment variable | Type | Default | Description |",
            "|---|---|---|---|---|",
            "| `server.deadline` | `TANDEM_CHAT__SERVER__DEADLINE` | duration | `\"5s\"` | The deadline. At most 1h. |",
            "| `server.key` | `TANDEM_CHAT__SERVER__KEY` or `API_KEY` | string |  |  |",
            "| `server.level` | `TANDEM_CHAT__SERVER__LEVEL` | `low`, `high` | `\"high\"` | The level. |",
            "| `server.named.main.port` | `TANDEM_CHAT__SERVER__NAMED__MAIN__PORT` or `MAIN_PORT` | integer | `7` | See `server.named.<name>.port`. |",
            "| `server.named.<name>.port` | `TANDEM_CHAT__SERVER__NAMED__<NAME>__PORT` | integer |  |  |",
            "| `server.peers` | `TANDEM_CHAT__SERVER__PEERS` | list of tables | `[]` | The peers. |",
            "| `server.peers[].port` |  | integer |  |  |",
        ];
        assert_eq!(reference.lines().collect::<Vec<_>>(), expected);
    }
}
