//! The settings of the services, with defaults for one self-contained process.

use std::env::vars;

use tandem_config::{Loaded, load_over};
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
        let task = load_over(&task_defaults(arguments, &keys), "task", file, vars());
        let chat = load_over(&chat_defaults(arguments, &keys), "chat", file, vars());
        match (task, chat) {
            (Ok(task), Ok(chat)) => Ok(Self { task, chat, keys }),
            (task, chat) => {
                let faults = [task.err(), chat.err()].into_iter().flatten();
                let lines = faults.map(|it| it.to_string()).collect::<Vec<_>>();
                Err(format!("invalid settings:\n{}", lines.join("\n")).into())
            }
        }
    }

    /// The effective settings as a loadable file.
    pub(crate) fn render(&self) -> String {
        format!("{}\n{}", self.task.render(), self.chat.render())
    }
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
