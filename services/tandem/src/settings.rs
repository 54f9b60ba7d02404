//! The settings of the services, with defaults for one self-contained process.

use std::collections::HashSet;
use std::env::vars_os;
use std::net::SocketAddr;

use tandem_config::{ConfigErrors, Loaded, load_over};
use tandem_database::Settings as DatabaseSettings;
use tandem_error::Cause;

use crate::arguments::Arguments;
use crate::keys::Keys;

/// The settings and keys of the whole system.
pub(crate) struct System {
    pub(crate) task: Loaded<tandem_task::Settings>,
    pub(crate) chat: Loaded<tandem_chat::Settings>,
    pub(crate) keys: Keys,
}

impl System {
    /// Loads the settings of every service; all faults are reported at once. The process has one log, set
    /// by the chat service's settings.
    pub(crate) fn load(arguments: &Arguments) -> Result<Self, Cause> {
        let keys = Keys::open(&arguments.data_dir)?;
        let file = arguments.config.as_deref();
        let task = load_over(&task_defaults(arguments, &keys), "task", file, vars_os());
        let mut defaults = chat_defaults(arguments, &keys);
        if let Ok(task) = &task {
            defaults.tasks.endpoint = embedded_endpoint(task.settings.server.listen);
        }
        let chat = load_over(&defaults, "chat", file, vars_os());
        match (task, chat) {
            (Ok(task), Ok(chat)) => {
                check_databases(&task.settings.database, &chat.settings.database)?;
                Ok(Self { task, chat, keys })
            }
            (task, chat) => {
                let errors = [task.err(), chat.err()];
                let mut seen = HashSet::new();
                let lines = errors.iter().flatten().flat_map(ConfigErrors::lines);
                // Both services report what is wrong with the file or the environment as a whole.
                let lines: Vec<_> = lines.filter(|line| seen.insert(*line)).cloned().collect();
                Err(format!("invalid settings:\n{}", lines.join("\n")).into())
            }
        }
    }

    /// The settings in force, as a file that can be loaded.
    pub(crate) fn render(&self) -> String {
        format!("{}\n{}", self.task.render(), self.chat.render())
    }
}

/// The address of the task service of this process for the chat service.
pub(crate) fn embedded_endpoint(listen: SocketAddr) -> String {
    format!("http://{listen}")
}

/// Two services on one database would each find the other's migrations.
fn check_databases(task: &DatabaseSettings, chat: &DatabaseSettings) -> Result<(), Cause> {
    if task.url.expose() == chat.url.expose() {
        return Err(
            "invalid settings:\ntask.database.url, chat.database.url: must differ, because each \
                    service has a database of its own (is DATABASE_URL set?)"
                .into(),
        );
    }
    Ok(())
}

fn task_defaults(arguments: &Arguments, keys: &Keys) -> tandem_task::Settings {
    let mut defaults = tandem_task::Settings::default();
    defaults.auth.trust = vec![keys.trust_users(), keys.trust_chat()];
    defaults.database.url =
        tandem_database::Settings::sqlite(arguments.data_dir.join("task.db")).url;
    defaults
}

fn chat_defaults(arguments: &Arguments, keys: &Keys) -> tandem_chat::Settings {
    let mut defaults = tandem_chat::Settings::default();
    defaults.auth.trust = vec![keys.trust_users()];
    defaults.database.url =
        tandem_database::Settings::sqlite(arguments.data_dir.join("chat.db")).url;
    defaults.delegation.private_key_file = keys.chat_private_key();
    defaults
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tandem_config::settings_reference;

    /// Every setting of every service, generated from the code.
    fn reference() -> String {
        let task = settings_reference("task", &tandem_task::Settings::default());
        let chat = settings_reference("chat", &tandem_chat::Settings::default());
        format!("{INTRODUCTION}\n{task}\n{chat}")
    }

    const INTRODUCTION: &str = "\
# Settings

<!-- Generated from the code: TANDEM_UPDATE=1 cargo test -p tandem settings_reference -->

Every service reads its table of the file (`--config` or `TANDEM_CONFIG`) and its environment variables,
which take precedence; `config` prints the values in force and their sources. Durations are a whole
number with a unit: `500ms`, `12s`, `10m`, `6h`, `30d`. A variable whose name ends in `_FILE` names a
file with the value. `cargo run` starts all services with the defaults below, except for the tokens it
trusts, the key it signs with and the place of the databases, which are in `--data-dir`.
";

    #[test]
    fn settings_reference_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
        let reference = reference();
        if std::env::var_os("TANDEM_UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &reference).expect("the reference can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == reference,
            "docs/settings.md is stale: run TANDEM_UPDATE=1 cargo test -p tandem settings_reference"
        );
    }
}
