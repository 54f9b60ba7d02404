//! From a bearer token to a [`Caller`].

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

/// The longest time that a verified token is remembered; after it, the signature is checked again.
const LONGEST_REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Verifies tokens, and remembers those it verified until they expire.
pub struct Verifier {
    trust: Vec<Trusted>,
    leeway: Duration,
    clock: Clock,
    cache: Cache<Box<str>, Arc<Caller>>,
}

impl Verifier {
    /// A verifier on the machine's clock.
    ///
    /// # Errors
    ///
    /// [`Settings::validate`], if there are any.
    pub fn new(settings: &Settings) -> Result<Self, Vec<String>> {
        Self::with_clock(settings, Clock::system())
    }

    /// A verifier with a clock of its own.
    ///
    /// # Errors
    ///
    /// [`Settings::validate`], if there are any.
    pub fn with_clock(settings: &Settings, clock: Clock) -> Result<Self, Vec<String>> {
        let trust = trust::resolve(settings)?;
        let leeway = settings.leeway.get();
        let cache = Cache::builder()
            .max_capacity(settings.cache_entries)
            .expire_after(Remembered { leeway, clock: clock.clone() })
            .build();
        Ok(Self { trust, leeway, clock, cache })
    }

    /// The caller that `token` proves.
    ///
    /// # Errors
    ///
    /// Expired only for a token that was good but for its age; Invalid for all else, with one of the
    /// kinds `too_long`, `malformed`, `issuer`, `audience`, `key`, `algorithm`, `signature`, `expiry`,
    /// `not_yet_valid`, `subject`, `delegation`.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>, Unauthenticated> {
        if token::too_long(token) {
            return Err(Unauthenticated::Invalid("too_long"));
        }
        let at = Moment::new(self.clock.now(), self.leeway);
        match self.cache.get(token) {
            Some(caller) if at.expired(caller.expires_at()) => {
                self.cache.invalidate(token);
                Err(Unauthenticated::Expired)
            }
            Some(caller) => Ok(caller),
            None => self.check(token, at),
        }
    }

    /// Checks a token that is not remembered. The signature comes before all that believes the token.
    fn check(&self, text: &str, at: Moment) -> Result<Arc<Caller>, Unauthenticated> {
        let token = Token::parse(text).map_err(Unauthenticated::Invalid)?;
        let entry = trust::prove(&self.trust, &token).map_err(Unauthenticated::Invalid)?;
        let caller = Arc::new(entry.caller(token.claims, at)?);
        self.cache.insert(Box::from(text), Arc::clone(&caller));
        Ok(caller)
    }
}

/// Frees a remembered token when it has expired. What is answered does not rest on it: the verifier
/// compares the times itself.
struct Remembered {
    leeway: Duration,
    clock: Clock,
}

impl Expiry<Box<str>, Arc<Caller>> for Remembered {
    fn expire_after_create(
        &self,
        _: &Box<str>,
        caller: &Arc<Caller>,
        _: Instant,
    ) -> Option<Duration> {
        let end = caller.expires_at() + self.leeway;
        let rest = end.saturating_duration_since(self.clock.now());
        Some(rest.min(LONGEST_REMEMBERED))
    }
}
