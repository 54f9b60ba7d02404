//! The registry is complete, and keeps keys apart.

use std::sync::Arc;

use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::fallback::Fallback;
use crate::{Chunk, Model, Prompt, Provider, Settings, open_models};

/// The header of each remote kind that carries its key.
const KEY_HEADERS: [(&str, &str); 3] =
    [("openai", "authorization"), ("gemini", "x-goog-api-key"), ("anthropic", "x-api-key")];

fn provider_folders() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers");
    let entries = std::fs::read_dir(path).expect("the folder").map(|it| it.expect("an entry"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect()
}

/// Folders without a kind, and kinds without a folder.
fn mismatches(folders: &[String]) -> Vec<String> {
    let has_no_kind = |folder: &&String| Kind::find_by_name(folder).is_none();
    let has_no_folder = |kind: &Kind| !folders.iter().any(|folder| folder == kind.name());
    let kinds = Kind::all().filter(has_no_folder).map(|kind| kind.name().to_owned());
    folders.iter().filter(has_no_kind).cloned().chain(kinds).collect()
}

#[test]
fn every_provider_folder_is_registered() {
    assert_eq!(mismatches(&provider_folders()), [""; 0]);
}

#[test]
fn an_unregistered_folder_is_found() {
    let planted = [provider_folders(), vec!["planted_kind".to_owned()]].concat();
    assert_eq!(mismatches(&planted), ["planted_kind"]);
    let removed: Vec<_> = provider_folders().into_iter().filter(|it| it != "gemini").collect();
    assert_eq!(mismatches(&removed), ["gemini"]);
}

#[test]
fn names_and_variables_are_unique() {
    let mut names: Vec<_> = Kind::all().map(Kind::name).collect();
    names.extend(environment_aliases().map(|(variable, _)| variable));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
}

fn builtin() -> Arc<dyn Model> {
    Arc::new(Fallback::new("builtin", &[]))
}

fn key_of(kind: Kind) -> String {
    format!("key-of-{}", kind.name())
}

/// Settings with one provider of each of these kinds, named like it.
fn settings_with(providers: impl IntoIterator<Item = Provider>) -> Settings {
    let providers = providers.into_iter().map(|it| (it.kind.name().to_owned(), it));
    let mut settings = Settings { providers: providers.collect(), ..Settings::default() };
    settings.providers.insert("builtin".to_owned(), Provider::new(Kind::BUILTIN));
    settings.selectable = settings.providers.keys().cloned().collect();
    settings
}

#[test]
fn every_kind_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script.toml");
    std::fs::write(&script, "[[reply]]\nsteps = [{ text = [\"Hi\"] }]").expect("a file");
    let providers = Kind::all().map(|kind| Provider {
        api_key: Some(key_of(kind).into()),
        script: Some(script.clone()),
        ..Provider::new(kind)
    });
    let models = open_models(&settings_with(providers), &builtin()).expect("valid settings");
    for kind in Kind::all() {
        assert!(models.iter().any(|model| model.name() == kind.name()), "{kind:?}");
    }
}

/// A server that rejects its first request. Returns its URL and the text of that request.
async fn serve_one_request() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let request = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let mut bytes = Vec::new();
        while !is_complete(&bytes) {
            assert_ne!(socket.read_buf(&mut bytes).await.expect("bytes"), 0, "cut off");
        }
        let response = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
        socket.write_all(response).await.expect("sent");
        String::from_utf8(bytes).expect("UTF-8")
    });
    (url, request)
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.expect("a length").parse().expect("a number")
}

/// The lines of a request with a key other than that of `kind`, or in another place than its header.
fn leaked_keys(kind: Kind, request: &str) -> Vec<&str> {
    let header = KEY_HEADERS.iter().find(|(name, _)| *name == kind.name());
    let (_, header) = header.unwrap_or_else(|| panic!("no header of {kind:?} in KEY_HEADERS"));
    let own = [format!("{header}: {}", key_of(kind)), format!("{header}: Bearer {}", key_of(kind))];
    let lines = request.lines().filter(|line| line.contains("key-of-"));
    lines.filter(|line| !own.iter().any(|it| it == line)).collect()
}

#[tokio::test]
async fn keys_go_to_their_own_endpoint_only() {
    let mut requests = Vec::new();
    let mut providers = Vec::new();
    for kind in Kind::all().filter(|kind| kind.implementation().is_remote()) {
        let (url, request) = serve_one_request().await;
        requests.push((kind, request));
        providers.push(Provider {
            model: Some("test".to_owned()),
            base_url: Some(url),
            api_key: Some(key_of(kind).into()),
            ..Provider::new(kind)
        });
    }
    let models = open_models(&settings_with(providers), &builtin()).expect("valid settings");
    for (kind, request) in requests {
        let model = models.iter().find(|it| it.name() == kind.name()).expect("a model");
        let chunks = model.respond(prompt()).collect::<Vec<_>>().await;
        let [Ok(Chunk::Source(name)), Err(error)] = &chunks[..] else { panic!("{chunks:?}") };
        assert!(name == kind.name() && error.is_rejected(), "{chunks:?}");
        let request = request.await.expect("a request");
        assert_eq!(request.matches(&key_of(kind)).count(), 1, "{request}");
        assert_eq!(leaked_keys(kind, &request), [""; 0]);
    }
}

#[test]
fn a_leaked_key_is_found() {
    let good = "POST / HTTP/1.1\r\nx-api-key: key-of-anthropic\r\n\r\n";
    assert_eq!(leaked_keys(Kind::ANTHROPIC, good), [""; 0]);
    for bad in [
        "POST /?key=key-of-anthropic HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nauthorization: Bearer key-of-anthropic\r\n\r\n",
        "POST / HTTP/1.1\r\nx-api-key: key-of-openai\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n{\"key\": \"key-of-anthropic\"}",
    ] {
        assert_eq!(leaked_keys(Kind::ANTHROPIC, bad).len(), 1, "{bad}");
    }
}

fn prompt() -> Prompt {
    Prompt {
        system: String::new(),
        entries: Vec::new(),
        tools: Vec::new(),
        now: tandem_clock::Clock::system().now().to_datetime().with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    }
}
