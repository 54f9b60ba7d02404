//! Loading and validating trust entries.

use tandem_config::HumanDuration;

use super::Trusted;
use crate::keys::{self, Key};
use crate::settings::{Settings, TrustEntry};

/// The largest leeway.
const MAX_LEEWAY: HumanDuration = HumanDuration::from_mins(5);

/// Loads every entry.
///
/// # Errors
///
/// All violations, as `path: description`.
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
        let mut report = |text: String| faults.push(format!("trust.{index}.{text}"));
        check_names(entry, &mut report);
        check_roles(entry, &settings.trust, &mut report);
        match load_entry_keys(entry) {
            Ok(keys) => entries.push(Trusted::new(entry, keys)),
            Err(text) => report(text),
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// Issuer and audience are required, except with `allow_hs256_without_issuer_and_audience`.
fn check_names(entry: &TrustEntry, report: &mut impl FnMut(String)) {
    let may_omit = entry.allow_hs256_without_issuer_and_audience;
    for (name, value) in [("issuer", &entry.issuer), ("audience", &entry.audience)] {
        if value.trim().is_empty() && !may_omit {
            report(format!("{name}: must be set"));
        }
    }
    if may_omit && (entry.delegated || !entry.keys.name().starts_with("hs256_secret")) {
        let text = "is only for users' tokens signed with an HS256 secret";
        report(format!("allow_hs256_without_issuer_and_audience: {text}"));
    }
}

/// An issuer signs either users' tokens or delegated tokens: otherwise the less strict entry would accept
/// both.
fn check_roles(entry: &TrustEntry, all: &[TrustEntry], report: &mut impl FnMut(String)) {
    let signs_users_tokens =
        all.iter().any(|other| other.issuer == entry.issuer && !other.delegated);
    if entry.delegated && signs_users_tokens {
        report("delegated: the issuer has another entry that is not delegated".to_owned());
    }
    if entry.delegated && !entry.default_scopes.is_empty() {
        report("default_scopes: must be empty, a delegated token carries exactly tasks".to_owned());
    }
}

/// The keys of an entry, limited to its algorithms.
fn load_entry_keys(entry: &TrustEntry) -> Result<Vec<Key>, String> {
    let mut keys = keys::load_keys(&entry.keys).map_err(|error| format!("keys.{error}"))?;
    if !entry.algorithms.is_empty() {
        keys.retain(|key| entry.algorithms.contains(&key.algorithm));
    }
    if keys.is_empty() {
        return Err("algorithms: leave none of the entry's keys usable".to_owned());
    }
    Ok(keys)
}
