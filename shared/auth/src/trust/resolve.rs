//! From settings to trust entries ready for use, or to everything that is wrong with them.

use tandem_config::HumanDuration;

use super::Trusted;
use crate::keys::{self, Key};
use crate::settings::{Algorithm, Settings, TrustEntry};

/// A larger leeway would accept expired tokens.
const MAX_LEEWAY: HumanDuration = HumanDuration::from_mins(5);

/// Loads every entry, or says everything that is wrong with them.
pub(crate) fn resolve(settings: &Settings) -> Result<Vec<Trusted>, Vec<String>> {
    let mut faults = Vec::new();
    if settings.trust.is_empty() {
        faults.push("trust: must have an entry, or no caller could be authenticated".to_owned());
    }
    if settings.leeway > MAX_LEEWAY {
        faults.push(format!("leeway: must be at most {MAX_LEEWAY}"));
    }
    let mut entries = Vec::new();
    for (index, entry) in settings.trust.iter().enumerate() {
        let mut fault = |text: String| faults.push(format!("trust.{index}.{text}"));
        names(entry, &mut fault);
        roles(entry, &settings.trust, &mut fault);
        match load(entry) {
            Ok(keys) => entries.push(Trusted::new(entry, keys)),
            Err(text) => fault(text),
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// An entry names issuer and audience, unless it says that it may not.
fn names(entry: &TrustEntry, fault: &mut impl FnMut(String)) {
    let shared = "hs256_secret";
    let excused = entry.allow_hs256_without_issuer_and_audience;
    for (name, value) in [("issuer", &entry.issuer), ("audience", &entry.audience)] {
        if value.trim().is_empty() && !excused {
            fault(format!("{name}: must be set"));
        }
    }
    if excused && (entry.delegated || !entry.keys.name().starts_with(shared)) {
        let text = "is only for users' tokens signed with an HS256 secret";
        fault(format!("allow_hs256_without_issuer_and_audience: {text}"));
    }
}

/// An issuer mints either users' tokens or delegated ones: else the looser entry would undo the other.
fn roles(entry: &TrustEntry, all: &[TrustEntry], fault: &mut impl FnMut(String)) {
    let other = |other: &TrustEntry| other.issuer == entry.issuer && !other.delegated;
    if entry.delegated && all.iter().any(other) {
        fault("delegated: the issuer has another entry that is not delegated".to_owned());
    }
    if entry.delegated && !entry.default_scopes.is_empty() {
        fault("default_scopes: must be empty, a delegated token carries exactly tasks".to_owned());
    }
}

/// The keys of an entry that its algorithms let through.
fn load(entry: &TrustEntry) -> Result<Vec<Key>, String> {
    let allowed = |key: &Algorithm| entry.algorithms.is_empty() || entry.algorithms.contains(key);
    let mut keys = keys::load(&entry.keys).map_err(|fault| format!("keys.{fault}"))?;
    keys.retain(|key| allowed(&key.algorithm));
    if keys.is_empty() {
        return Err("algorithms: leave none of the entry's keys usable".to_owned());
    }
    Ok(keys)
}
