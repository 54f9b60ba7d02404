//! Secrets that a service makes at its first start and keeps in its own database, so that replicas share
//! them and a restart does not change them.

use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret as _;
use tandem_aip::page::PageTokenKey;
use tandem_error::Error;

use crate::{Database, Db as _, SqlMigration};

/// The table that a service's migrator has to create.
pub const MIGRATION: SqlMigration = SqlMigration {
    name: "0000_secrets",
    sqlite: include_str!("../migrations/secrets.sqlite.sql"),
    postgres: include_str!("../migrations/secrets.postgres.sql"),
};

/// The name of the secret behind page tokens.
const PAGE_TOKENS: &str = "page_tokens";

impl Database {
    /// The key of page tokens: from the setting `page_token_key`, or else from a secret that the first
    /// start stored in this database.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; [`Error::Internal`] if [`MIGRATION`] is missing.
    pub async fn page_token_key(&self) -> Result<PageTokenKey, Error> {
        if let Some(key) = self.page_token_key_setting() {
            return Ok(key);
        }
        let secret = match find_secret(self.reader(), PAGE_TOKENS).await? {
            Some(secret) => secret,
            None => {
                store_secret(self, PAGE_TOKENS.to_owned(), PageTokenKey::random_secret()?).await?
            }
        };
        Ok(PageTokenKey::new(&secret))
    }

    fn page_token_key_setting(&self) -> Option<PageTokenKey> {
        let secret = self.settings.page_token_key.as_ref()?;
        Some(PageTokenKey::new(secret.expose_secret().as_bytes()))
    }
}

/// Stores a new secret unless another replica was faster; returns the one that is stored.
async fn store_secret(db: &Database, name: String, new: [u8; 32]) -> Result<Vec<u8>, Error> {
    db.write(async move |tx| {
        let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let values = [name.as_str().into(), new.to_vec().into()];
        let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        tx.execute_raw(insert).await.db()?;
        let stored = find_secret(tx, &name).await?;
        stored.ok_or_else(|| Error::internal("a stored secret is missing"))
    })
    .await
}

async fn find_secret(db: &impl ConnectionTrait, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT value FROM secrets WHERE name = $1";
    let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into()]);
    let row = db.query_one_raw(select).await.db()?;
    row.map(|row| row.try_get("", "value").db()).transpose()
}
