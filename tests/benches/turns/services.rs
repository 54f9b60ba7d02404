//! Both services, each in a process of its own as in production, and a user who talks to them.

use serde_json::json;
use tandem_auth::{KeySource, TrustEntry};
use tandem_llm as llm;
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{CreateConversationRequest, StreamMessageRequest};
use tandem_test_support::{AUDIENCE, DELEGATED_AUDIENCE, Issuer};
use tempfile::TempDir;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::measure::cpu::Cpu;
use crate::measure::database::Place;
use crate::measure::load::{Bearer, connect};
use crate::measure::process::{self, Server};
use crate::measure::task_service;
use crate::model;

/// The role of a process that serves conversations.
pub(crate) const CHAT: &str = "chat";

/// Both services and their model.
pub(crate) struct Pair {
    name: &'static str,
    issuer: Issuer,
    chat: Server,
    task: Server,
    model: Server,
    /// Holds the key.
    _folder: TempDir,
}

impl Pair {
    /// Starts all three, on databases of their own.
    pub(crate) fn start(chat: &Place, task: &Place) -> Self {
        let (issuer, folder) = (Issuer::new(), tempfile::tempdir().expect("a folder"));
        let keys = tandem_auth::generate_ed25519().expect("a key pair");
        let key_file = folder.path().join("chat.pem");
        std::fs::write(&key_file, &keys.private_pem).expect("a file for the key");
        let key = KeySource::Ed25519PublicKey(keys.public_pem);
        let entry = TrustEntry::new("tandem-chat", DELEGATED_AUDIENCE, key);
        let trust = [issuer.trust(AUDIENCE), TrustEntry { delegated: true, ..entry }];

        let model = Server::start(model::ROLE, &[]);
        let task_trust = serde_json::to_string(&trust).expect("JSON");
        let task = Server::start(task_service::ROLE, &[task.settings.url.expose(), &task_trust]);
        let users = serde_json::to_string(&trust[..1]).expect("JSON");
        let key_file = key_file.to_str().expect("a path in UTF-8");
        let url = chat.settings.url.expose();
        let name = chat.name;
        let chat = Server::start(CHAT, &[url, &users, &task.url, key_file, &model.url]);
        Self { name, issuer, chat, task, model, _folder: folder }
    }

    /// Where the conversations and tasks are.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The base URL of the model.
    pub(crate) fn model(&self) -> &str {
        &self.model.url
    }

    /// The CPU time of the services.
    pub(crate) fn services(&self) -> [Cpu; 2] {
        [self.chat.cpu(), self.task.cpu()]
    }
}

/// Serves conversations, in the process that [`Pair::start`] started.
pub(crate) fn serve_chat(arguments: &[String]) {
    let [url, trust, tasks, key_file, model] = arguments else { panic!("what chat needs") };
    let mut settings = tandem_chat::Settings::default();
    settings.database.url = url.as_str().into();
    settings.auth.trust = serde_json::from_str(trust).expect("JSON");
    tasks.clone_into(&mut settings.tasks.endpoint);
    settings.delegation.private_key_file = key_file.into();
    settings.models = models(model);
    process::serve(async |listener, shutdown| {
        let config = tandem_chat::Config::new(settings).expect("good settings");
        tandem_chat::serve(config, listener, shutdown).await.expect("it serves");
    });
}

/// Settings whose only model is behind this URL.
pub(crate) fn models(url: &str) -> llm::Settings {
    let mut settings =
        llm::Settings { fallback_order: vec!["fast".to_owned()], ..Default::default() };
    let provider = json!({"kind": "openai", "model": "fast", "base_url": url});
    let provider = serde_json::from_value(provider).expect("a provider");
    settings.providers.insert("fast".to_owned(), provider);
    settings
}

/// A user in a conversation.
pub(crate) struct Talk {
    chat: ChatServiceClient<InterceptedService<Channel, Bearer>>,
    conversation_id: String,
}

impl Talk {
    /// A new conversation.
    pub(crate) async fn begin(pair: &Pair) -> Self {
        let bearer = Bearer(pair.issuer.token("alice"));
        let mut chat = ChatServiceClient::with_interceptor(connect(&pair.chat.url).await, bearer);
        let request = CreateConversationRequest::default();
        let new = chat.create_conversation(request).await.expect("a conversation");
        Self { chat, conversation_id: new.into_inner().id }
    }

    /// One turn; `first` is called at its first word.
    pub(crate) async fn turn(&mut self, message: &str, mut first: impl FnMut()) {
        let request = StreamMessageRequest {
            conversation_id: self.conversation_id.clone(),
            content: message.to_owned(),
            ..StreamMessageRequest::default()
        };
        let mut events = self.chat.stream_message(request).await.expect("a turn").into_inner();
        let mut is_first = true;
        while let Some(event) = events.message().await.expect("no error") {
            match event.event {
                Some(Event::TextDelta(_)) if is_first => {
                    is_first = false;
                    first();
                }
                Some(Event::Failed(failed)) => panic!("{failed:?}"),
                _ => {}
            }
        }
    }
}
