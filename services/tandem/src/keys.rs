//! The keys of the embedded system: made at the first start, kept in the data folder.
//!
//! `users` signs the tokens of people, which both services accept; `chat` signs the delegated tokens
//! of the chat service, which the task service accepts.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tandem_auth::{Grant, KeySource, Scope, Signer, TrustEntry, generate_ed25519};
use tandem_error::Cause;

/// `iss` of people's tokens.
const ISSUER: &str = "tandem";

/// `aud` of people's tokens: the whole system.
const AUDIENCE: &str = "tandem";

/// Where the keys are.
pub(crate) struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// The keys in the data folder, which are made where they are missing.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, Cause> {
        let keys = Self { folder: data_dir.join("keys") };
        fs::create_dir_all(&keys.folder).map_err(|error| unwritable(data_dir, &error))?;
        keys.make_all().map_err(|error| unwritable(data_dir, &error))?;
        Ok(keys)
    }

    /// The private key with which the chat service signs.
    pub(crate) fn chat_private(&self) -> PathBuf {
        self.folder.join("chat.pem")
    }

    /// Trust in people's tokens.
    pub(crate) fn trust_users(&self) -> TrustEntry {
        TrustEntry::new(ISSUER, AUDIENCE, self.public("users"))
    }

    /// Trust in the chat service, speaking for people.
    pub(crate) fn trust_chat(&self) -> TrustEntry {
        let entry = TrustEntry::new("tandem-chat", "tandem-task", self.public("chat"));
        TrustEntry { delegated: true, ..entry }
    }

    /// A token for the user `subject`.
    pub(crate) fn token(&self, subject: &str, hours: u64) -> Result<String, Cause> {
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

    fn public(&self, name: &str) -> KeySource {
        KeySource::Ed25519PublicKeyFile(self.folder.join(format!("{name}.public.pem")))
    }

    /// Makes what is missing. Of several processes that start at once, one does.
    fn make_all(&self) -> std::io::Result<()> {
        let lock = fs::File::create(self.folder.join("lock"))?;
        lock.lock()?;
        ["users", "chat"].into_iter().try_for_each(|name| self.make(name))
    }

    /// Makes a pair of keys. The private one is written last: where it is, both are.
    fn make(&self, name: &str) -> std::io::Result<()> {
        let private = self.folder.join(format!("{name}.pem"));
        if private.exists() {
            return Ok(());
        }
        let pair = generate_ed25519().map_err(std::io::Error::other)?;
        write(&self.folder.join(format!("{name}.public.pem")), &pair.public_pem, 0o644)?;
        write(&private, &pair.private_pem, 0o600)
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

fn unwritable(data_dir: &Path, error: &std::io::Error) -> Cause {
    format!("the data folder {} cannot be written: {error}", data_dir.display()).into()
}
