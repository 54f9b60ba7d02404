//! The key pairs of the embedded system, generated at the first start and kept in the data folder.
//!
//! `users` signs user tokens, accepted by both services. `chat` signs the delegated tokens of the chat
//! service, accepted by the task service.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tandem_auth::{Grant, KeySource, Scope, Signer, TrustEntry, generate_ed25519};
use tandem_error::Cause;

use crate::terminal::print_note;

/// `iss` of user tokens.
const ISSUER: &str = "tandem";

/// `aud` of user tokens: both services.
const AUDIENCE: &str = "tandem";

/// The key folder.
pub(crate) struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Opens the key folder; generates missing pairs.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, Cause> {
        let keys = Self { folder: data_dir.join("keys") };
        create_private_folder(&keys.folder).map_err(|error| unwritable_folder(data_dir, &error))?;
        keys.generate_missing().map_err(|error| unwritable_folder(data_dir, &error))?;
        Ok(keys)
    }

    /// Path of the private key that signs delegated tokens.
    pub(crate) fn chat_private_key(&self) -> PathBuf {
        self.folder.join("chat.pem")
    }

    /// Trust entry for user tokens.
    pub(crate) fn trust_users(&self) -> TrustEntry {
        TrustEntry::new(ISSUER, AUDIENCE, self.public_key("users"))
    }

    /// Trust entry for delegated tokens of the chat service.
    pub(crate) fn trust_chat(&self) -> TrustEntry {
        let entry = TrustEntry::new("tandem-chat", "tandem-task", self.public_key("chat"));
        TrustEntry { delegated: true, ..entry }
    }

    /// Signs an access token for the user `subject`.
    pub(crate) fn user_token(&self, subject: &str, hours: u64) -> Result<String, Cause> {
        let pem = fs::read_to_string(self.folder.join("users.pem"))?;
        let grant = Grant {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            subject: subject.to_owned(),
            scopes: vec![Scope::Chat, Scope::Tasks],
            lifetime: Duration::from_secs(hours * 60 * 60),
        };
        Ok(Signer::ed25519_from_pem(&pem)?.sign(&grant)?)
    }

    fn public_key(&self, name: &str) -> KeySource {
        KeySource::Ed25519PublicKeyFile(self.folder.join(format!("{name}.public.pem")))
    }

    /// Generates missing pairs. A file lock makes concurrent starts safe.
    fn generate_missing(&self) -> std::io::Result<()> {
        let lock = fs::File::create(self.folder.join("lock"))?;
        lock.lock()?;
        ["users", "chat"].into_iter().try_for_each(|name| self.generate_pair(name))
    }

    /// Generates one pair. The private key is written last: if it exists, so does the public one.
    fn generate_pair(&self, name: &str) -> std::io::Result<()> {
        let private = self.folder.join(format!("{name}.pem"));
        let public = self.folder.join(format!("{name}.public.pem"));
        if private.exists() {
            return Ok(());
        }
        if public.exists() {
            print_note(&format!(
                "warning: {} is missing: a new key pair is made, and tokens of the old one are refused",
                private.display()
            ));
        }
        let pair = generate_ed25519().map_err(std::io::Error::other)?;
        write_atomically(&public, &pair.public_pem)?;
        write_atomically(&private, &pair.private_pem)
    }
}

/// Creates the folder of the keys. Whatever its mode was: who can write here chooses whose tokens are
/// accepted.
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Writes a file atomically, for the own user only.
fn write_atomically(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

fn unwritable_folder(data_dir: &Path, error: &std::io::Error) -> Cause {
    format!("the data folder {} cannot be written: {error}", data_dir.display()).into()
}
