//! Authentication at the task service on behalf of users: a delegated token for each tool call, because a
//! turn may outlive the token of the user who started it.

use std::path::PathBuf;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_auth::{Delegation, Owner, Signer};
use tandem_config::{Rules, ValidateConfig};
use tandem_error::Error;
use uuid::Uuid;

/// The tokens that the chat service signs for its calls to the task service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The `iss` claim, for which the task service has a delegated trust entry.
    pub issuer: String,
    /// The `aud` claim.
    pub audience: String,
    /// The file of the Ed25519 key (PKCS #8, PEM) that signs the tokens. Required.
    pub private_key_file: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            issuer: "tandem-chat".to_owned(),
            audience: "tandem-task".to_owned(),
            private_key_file: PathBuf::new(),
        }
    }
}

impl Settings {
    fn load_signer(&self) -> Result<Signer, String> {
        let path = self.private_key_file.display();
        if self.private_key_file.as_os_str().is_empty() {
            return Err("is not set".to_owned());
        }
        let pem = std::fs::read_to_string(&self.private_key_file)
            .map_err(|error| format!("{path} cannot be read: {error}"))?;
        Signer::ed25519_from_pem(&pem)
            .map_err(|_| format!("{path} is not an Ed25519 key (PKCS #8, PEM)"))
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        let Self { issuer, audience, private_key_file: _ } = self;
        let key = self.load_signer().err();
        Rules::new()
            .require("issuer", !issuer.is_empty(), "is empty")
            .require("audience", !audience.is_empty(), "is empty")
            .require("private_key_file", key.is_none(), key.as_deref().unwrap_or_default())
            .violations()
    }
}

/// Signs delegated tokens.
#[derive(Clone)]
pub struct Credentials {
    signer: Arc<Signer>,
    settings: Arc<Settings>,
}

impl Credentials {
    /// # Errors
    /// [`Error::Internal`] if the key cannot be loaded, which `Settings::validate` describes.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let signer = settings.load_signer().map_err(Error::internal)?;
        Ok(Self { signer: Arc::new(signer), settings: Arc::new(settings.clone()) })
    }

    /// A token for the owner of a turn, valid for at most a minute.
    ///
    /// # Errors
    /// [`Error::Internal`] if signing fails.
    pub fn mint_token(&self, owner: &Owner, turn_id: Uuid) -> Result<String, Error> {
        self.signer.sign_delegated(&Delegation {
            issuer: &self.settings.issuer,
            audience: &self.settings.audience,
            owner,
            turn_id,
        })
    }
}
