//! The models that the settings name.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use tandem_config::ValidateConfig as _;

use crate::fallback::{Fallback, Member};
use crate::http::{Endpoint, Http, Protocol};
use crate::providers::anthropic::{self, Anthropic};
use crate::providers::gemini::Gemini;
use crate::providers::openai::{self, OpenAi};
use crate::providers::scripted::Scripted;
use crate::retry::{Patience, Retry};
use crate::{Kind, Model, Provider, Settings};

/// The models that callers may choose, the default first. `builtin` is the model of that kind.
///
/// # Errors
/// What is wrong with the settings, as [`Settings::validate`] says, or a TLS library that does not start.
pub fn open(settings: &Settings, builtin: &Arc<dyn Model>) -> Result<Vec<Arc<dyn Model>>, String> {
    let faults = settings.validate();
    if !faults.is_empty() {
        return Err(faults.join("; "));
    }
    let named =
        |name: &String| one(name, &settings.providers[name], settings, builtin).map(Member::new);
    let used = settings.order.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    let mut models: Vec<Arc<dyn Model>> = Vec::new();
    let choose = if settings.choose.is_empty() { &settings.order } else { &settings.choose };
    for name in settings.order.first().into_iter().chain(choose) {
        if models.iter().any(|model| model.name() == name) {
            continue;
        }
        let list = match settings.order.iter().position(|used| used == name) {
            Some(at) => used[at..].to_vec(),
            None => vec![named(name)?],
        };
        models.push(Arc::new(Fallback::new(name, &list)));
    }
    Ok(models)
}

/// The model of one provider, asked again where it fails.
fn one(
    name: &str,
    provider: &Provider,
    settings: &Settings,
    builtin: &Arc<dyn Model>,
) -> Result<Arc<dyn Model>, String> {
    let model: Arc<dyn Model> = match provider.kind {
        // Neither fails.
        Kind::Builtin => return Ok(Arc::clone(builtin)),
        Kind::Scripted => return Ok(Arc::new(Scripted::new(name, provider.script()?))),
        _ => Arc::new(http(name, provider)?),
    };
    let patience = Patience {
        retries: settings.retries,
        pause: Duration::from_millis(settings.retry_pause_ms),
        longest: Duration::from_millis(settings.longest_pause_ms),
    };
    Ok(Arc::new(Retry::new(model, patience)))
}

fn http(name: &str, provider: &Provider) -> Result<Http, String> {
    let (base, model) = (provider.url()?, provider.model()?);
    let (url, protocol): (_, Box<dyn Protocol>) = match provider.kind {
        Kind::Gemini => (
            // Google names models in both ways.
            format!(
                "{base}/v1beta/models/{}:streamGenerateContent?alt=sse",
                model.trim_start_matches("models/")
            ),
            Box::new(Gemini),
        ),
        Kind::Anthropic => (format!("{base}/v1/messages"), Box::new(Anthropic { model })),
        _ => {
            let url = Url::parse(&base).map_err(|error| error.to_string())?;
            let limit = openai::limit(url.host_str().unwrap_or_default());
            (format!("{base}/chat/completions"), Box::new(OpenAi { model, limit }))
        }
    };
    let key = provider.key()?;
    let endpoint = Endpoint {
        name: name.to_owned(),
        url,
        headers: headers(provider.kind, key.as_ref())?,
        key: key.map(|(key, _)| key),
        connect: provider.connect(),
        silence: provider.silence(),
    };
    Http::new(endpoint, protocol)
}

/// The headers that prove who calls, and what the protocol wants besides.
fn headers(kind: Kind, key: Option<&(SecretString, HeaderValue)>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    if kind == Kind::Anthropic {
        let version = HeaderName::from_static("anthropic-version");
        headers.insert(version, HeaderValue::from_static(anthropic::VERSION));
    }
    let Some((key, value)) = key else { return Ok(headers) };
    match kind {
        Kind::Gemini => headers.insert(HeaderName::from_static("x-goog-api-key"), value.clone()),
        Kind::Anthropic => headers.insert(HeaderName::from_static("x-api-key"), value.clone()),
        _ => {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()));
            let mut bearer = bearer.map_err(|_| "a key is no header value".to_owned())?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer)
        }
    };
    Ok(headers)
}
