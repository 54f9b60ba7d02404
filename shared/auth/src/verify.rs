//! Verification of bearer tokens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;
use tandem_clock::Clock;
use tandem_error::Unauthenticated;

use crate::caller::Caller;
use crate::settings::Settings;
use crate::token::{self, Token};
use crate::trust::{self, Moment, Trusted};

/// The longest time that a verified token is cached.
const MAX_CACHE_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Verifies tokens and caches the verified ones until they expire.
pub struct Verifier {
    trust: Vec<Trusted>,
    leeway: Duration,
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
        Self::with_clock(settings, Clock::system())
    }

    /// A verifier with a clock of its own.
    ///
    /// # Errors
    ///
    /// The violations in the settings.
    pub fn with_clock(settings: &Settings, clock: Clock) -> Result<Self, Vec<String>> {
        let trust = trust::resolve(settings)?;
        let leeway = settings.leeway.get();
        let cache = Cache::builder()
            .max_capacity(settings.cache_entries)
            .expire_after(CacheExpiry { leeway, clock: clock.clone() })
            .build();
        Ok(Self { trust, leeway, clock, cache })
    }

    /// Verifies a token.
    ///
    /// # Errors
    ///
    /// `Expired` only if everything else about the token is valid; otherwise `Invalid`, with one of the kinds
    /// `too_long`, `malformed`, `type`, `issuer`, `audience`, `key`, `algorithm`, `signature`, `expiry`,
    /// `not_yet_valid`, `subject`, `delegation`.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>, Unauthenticated> {
        if token::is_too_long(token) {
            return Err(Unauthenticated::Invalid("too_long"));
        }
        let at = Moment::new(self.clock.now(), self.leeway);
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
    leeway: Duration,
    clock: Clock,
}

impl Expiry<Box<str>, Arc<Caller>> for CacheExpiry {
    fn expire_after_create(
        &self,
        _: &Box<str>,
        caller: &Arc<Caller>,
        _: Instant,
    ) -> Option<Duration> {
        let end = caller.expires_at() + self.leeway;
        let rest = end.saturating_duration_since(self.clock.now());
        Some(rest.min(MAX_CACHE_TIME))
    }
}
