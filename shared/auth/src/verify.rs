//! Verification of bearer tokens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;
use tandem_error::Unauthenticated;

use crate::caller::Caller;
use crate::clock::{self, Clock};
use crate::settings::Settings;
use crate::token::{self, Token};
use crate::trust::{self, Moment, Trusted};

/// The longest time that a verified token is cached.
const MAX_CACHE_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Verifies tokens and caches the verified ones until they expire.
pub struct Verifier {
    trust: Vec<Trusted>,
    leeway: u64,
    clock: Clock,
    cache: Cache<Box<str>, Arc<Caller>>,
}

impl Verifier {
    /// A verifier with the system clock.
    ///
    /// # Errors
    ///
    /// The violations in the settings.
    pub fn new(settings: &Settings) -> Result<Self, Vec<String>> {
        Self::build(settings, clock::system_clock())
    }

    /// A verifier with `clock`, which returns unix seconds.
    ///
    /// # Errors
    ///
    /// The violations in the settings.
    pub fn with_clock(
        settings: &Settings,
        clock: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<Self, Vec<String>> {
        Self::build(settings, Arc::new(clock))
    }

    fn build(settings: &Settings, clock: Clock) -> Result<Self, Vec<String>> {
        let trust = trust::resolve(settings)?;
        let leeway = settings.leeway_seconds;
        let cache = Cache::builder()
            .max_capacity(settings.cache_entries)
            .expire_after(CacheExpiry { leeway, clock: Arc::clone(&clock) })
            .build();
        Ok(Self { trust, leeway, clock, cache })
    }

    /// Verifies a token.
    ///
    /// # Errors
    ///
    /// `Expired` only if everything else about the token is valid; otherwise `Invalid`, with one of the kinds
    /// `too_long`, `malformed`, `issuer`, `audience`, `key`, `algorithm`, `signature`, `expiry`,
    /// `not_yet_valid`, `subject`, `delegation`.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>, Unauthenticated> {
        if token::is_too_long(token) {
            return Err(Unauthenticated::Invalid("too_long"));
        }
        let at = Moment { now: (self.clock)(), leeway: self.leeway };
        match self.cache.get(token) {
            Some(caller) if at.is_expired(caller.expires_at()) => {
                self.cache.invalidate(token);
                Err(Unauthenticated::Expired)
            }
            Some(caller) => Ok(caller),
            None => self.verify_uncached(token, at),
        }
    }

    /// Verifies a token that is not cached. The signature is checked before any other claim is used.
    fn verify_uncached(&self, text: &str, at: Moment) -> Result<Arc<Caller>, Unauthenticated> {
        let token = Token::parse(text).map_err(Unauthenticated::Invalid)?;
        let entry =
            trust::verify_signature(&self.trust, &token).map_err(Unauthenticated::Invalid)?;
        let caller = Arc::new(entry.to_caller(token.claims, at)?);
        self.cache.insert(Box::from(text), Arc::clone(&caller));
        Ok(caller)
    }
}

/// Removes expired tokens from the cache, only to free memory: the verifier compares the times itself.
struct CacheExpiry {
    leeway: u64,
    clock: Clock,
}

impl Expiry<Box<str>, Arc<Caller>> for CacheExpiry {
    fn expire_after_create(
        &self,
        _: &Box<str>,
        caller: &Arc<Caller>,
        _: Instant,
    ) -> Option<Duration> {
        let end = caller.expires_at().saturating_add(self.leeway);
        let rest = Duration::from_secs(end.saturating_sub((self.clock)()));
        Some(rest.min(MAX_CACHE_TIME))
    }
}
