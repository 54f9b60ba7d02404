//! Creates the models that the settings name.

use std::sync::Arc;

use tandem_config::ValidateConfig as _;

use crate::fallback::{Fallback, Member};
use crate::providers::OpenContext;
use crate::retry::{Retry, RetryPolicy};
use crate::{Model, Settings};

/// The models that callers may select, the default one first. `builtin` is used for providers of that
/// kind.
///
/// # Errors
/// The settings are invalid (see their [`validate`](tandem_config::ValidateConfig::validate)), or the TLS library cannot be initialized.
pub fn open_models(
    settings: &Settings,
    builtin: &Arc<dyn Model>,
) -> Result<Vec<Arc<dyn Model>>, String> {
    let errors = settings.validate();
    if !errors.is_empty() {
        return Err(errors.join("; "));
    }
    let order = &settings.fallback_order;
    let open = |name: &String| open_provider(name, settings, builtin).map(Member::new);
    // Opened once: a member's cooldown holds for all lists that contain it.
    let members = order.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let mut models: Vec<Arc<dyn Model>> = Vec::new();
    for name in selectable_names(settings) {
        if models.iter().any(|model| model.name() == name) {
            continue;
        }
        let list = match order.iter().position(|it| it == name) {
            Some(position) => members[position..].to_vec(),
            None => vec![open(name)?],
        };
        models.push(Arc::new(Fallback::new(name, &list)));
    }
    Ok(models)
}

/// The default provider, and those that messages may name. May contain duplicates.
fn selectable_names(settings: &Settings) -> impl Iterator<Item = &String> {
    let order = &settings.fallback_order;
    let selectable = if settings.selectable.is_empty() { order } else { &settings.selectable };
    order.first().into_iter().chain(selectable)
}

/// The model of one provider, with retries if it is remote.
fn open_provider(
    name: &str,
    settings: &Settings,
    builtin: &Arc<dyn Model>,
) -> Result<Arc<dyn Model>, String> {
    let provider = &settings.providers[name];
    let kind = provider.kind.implementation();
    let model = kind.open(&OpenContext { name, settings: provider, builtin })?;
    if !kind.is_remote() {
        return Ok(model);
    }
    let policy = RetryPolicy {
        max_retries: settings.retries,
        initial_backoff: settings.retry_initial_backoff.get(),
        max_backoff: settings.retry_max_backoff.get(),
    };
    Ok(Arc::new(Retry::new(model, policy)))
}
