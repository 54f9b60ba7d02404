//! The system under test: both services as they are in production, on sockets and databases of their
//! own.

use std::path::Path;
use std::sync::Arc;

use tandem_chat::agent::Models;
use tandem_clock::Clock;
use tandem_llm::Model;
use tandem_llm_builtin::Builtin;
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_test_support::{AUDIENCE, DELEGATED_AUDIENCE, Issuer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::harness::Database;
use crate::support::fault_proxy::Line;

/// A system that runs; it ends when this is dropped.
pub(crate) struct App {
    /// Issues the tokens of users.
    pub(crate) issuer: Issuer,
    /// A channel to the task service.
    pub(crate) task: Channel,
    /// A channel to the chat service.
    pub(crate) chat: Channel,
    servers: Vec<JoinHandle<()>>,
    chat_config: tandem_chat::Config,
    shutdown: CancellationToken,
    /// Holds the databases.
    _folder: TempDir,
}

/// A replica of the chat service; it ends with the system.
pub(crate) struct Replica {
    channel: Channel,
    shutdown: CancellationToken,
    server: JoinHandle<()>,
}

impl Replica {
    /// Stops the replica in good order.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.server.await.expect("a server ends without a panic");
    }
}

/// How a system is started.
pub(crate) struct Start {
    /// The time that both services go by.
    pub(crate) clock: Clock,
    /// The model that answers.
    pub(crate) model: Arc<dyn Model>,
    /// The settings that name the models instead, if any.
    pub(crate) models: Option<tandem_llm::Settings>,
    /// Changes to the chat service's settings.
    pub(crate) chat: fn(&mut tandem_chat::Settings),
    /// Changes to the task service's settings.
    pub(crate) task: fn(&mut tandem_task::Settings),
    /// What lies between the chat service and the task service.
    pub(crate) line: Option<Line>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            model: Arc::new(Builtin),
            models: None,
            chat: |_| {},
            task: |_| {},
            line: None,
        }
    }
}

/// A client that sends a token with every call.
pub(crate) type As<C> = InterceptedService<C, Bearer>;

/// Sends a token with every call.
#[derive(Clone)]
pub(crate) struct Bearer(String);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let bearer = format!("Bearer {}", self.0).parse().expect("a token is a header value");
        request.metadata_mut().insert("authorization", bearer);
        Ok(request)
    }
}

impl App {
    /// The system as it comes.
    pub(crate) async fn start() -> Self {
        Self::start_with(Start::default()).await
    }

    /// The system with some parts chosen.
    pub(crate) async fn start_with(start: Start) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let issuer = Issuer::new();
        let shutdown = CancellationToken::new();
        let (task_listener, task_url) = listen().await;
        let (chat_listener, chat_url) = listen().await;
        let keys = tandem_auth::generate_ed25519().expect("a key pair");
        let key_file = folder.path().join("chat.pem");
        std::fs::write(&key_file, &keys.private_pem).expect("a file for the key");

        let mut settings = task_settings(folder.path(), &issuer, keys.public_pem);
        (start.task)(&mut settings);
        let task = tandem_task::Config { settings, clock: start.clock.clone() };
        let mut settings = chat_settings(folder.path(), &issuer, &task_url);
        if let Some(line) = start.line {
            line.lead_to(task_listener.local_addr().expect("a bound port"));
            settings.tasks.endpoint = line.url();
        }
        settings.delegation.private_key_file = key_file;
        (start.chat)(&mut settings);
        let models = match start.models {
            Some(settings) => Models::open(&settings).expect("good settings"),
            None => Models::new(start.model, Vec::new()),
        };
        let chat = tandem_chat::Config { settings, clock: start.clock, models };
        let (stop_task, stop_chat) = (shutdown.clone(), shutdown.clone());
        let chat_config = chat.clone();
        let servers = vec![
            tokio::spawn(async move {
                tandem_task::serve(task, task_listener, stop_task).await.expect("task serves");
            }),
            tokio::spawn(async move {
                tandem_chat::serve(chat, chat_listener, stop_chat).await.expect("chat serves");
            }),
        ];
        let (task, chat) = (connect(&task_url).await, connect(&chat_url).await);
        Self { issuer, task, chat, servers, chat_config, shutdown, _folder: folder }
    }

    /// A client of the chat service that speaks for a user.
    pub(crate) fn chat_as(&self, user: &str) -> ChatServiceClient<As<Channel>> {
        let bearer = Bearer(self.issuer.token(user));
        ChatServiceClient::with_interceptor(self.chat.clone(), bearer)
    }

    /// Another replica of the chat service, on the same database.
    pub(crate) async fn chat_replica(&self) -> Replica {
        let (listener, url) = listen().await;
        let (config, shutdown) = (self.chat_config.clone(), self.shutdown.child_token());
        let stop = shutdown.clone();
        let server = tokio::spawn(async move {
            tandem_chat::serve(config, listener, stop).await.expect("a replica serves");
        });
        Replica { channel: connect(&url).await, shutdown, server }
    }

    /// A client of a replica of the chat service that speaks for a user.
    pub(crate) fn replica_as(
        &self,
        replica: &Replica,
        user: &str,
    ) -> ChatServiceClient<As<Channel>> {
        let bearer = Bearer(self.issuer.token(user));
        ChatServiceClient::with_interceptor(replica.channel.clone(), bearer)
    }

    /// A client of the task service that speaks for a user.
    pub(crate) fn tasks_as(&self, user: &str) -> TaskServiceClient<As<Channel>> {
        self.tasks_by(self.issuer.token(user))
    }

    /// A client of the task service that sends a token of the test's own.
    pub(crate) fn tasks_by(&self, token: String) -> TaskServiceClient<As<Channel>> {
        TaskServiceClient::with_interceptor(self.task.clone(), Bearer(token))
    }

    /// Stops the system in good order.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        for server in std::mem::take(&mut self.servers) {
            server.await.expect("a server ends without a panic");
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn task_settings(folder: &Path, issuer: &Issuer, chat_key: String) -> tandem_task::Settings {
    let key = tandem_auth::KeySource::Ed25519PublicKey(chat_key);
    let chat = tandem_auth::TrustEntry::new("tandem-chat", DELEGATED_AUDIENCE, key);
    let mut settings = tandem_task::Settings::default();
    settings.auth.trust =
        vec![issuer.trust(AUDIENCE), tandem_auth::TrustEntry { delegated: true, ..chat }];
    settings.database = Database::current().create(folder, "task");
    settings
}

fn chat_settings(folder: &Path, issuer: &Issuer, task_url: &str) -> tandem_chat::Settings {
    let mut settings = tandem_chat::Settings::default();
    settings.auth.trust = vec![issuer.trust(AUDIENCE)];
    settings.database = Database::current().create(folder, "chat");
    task_url.clone_into(&mut settings.tasks.endpoint);
    settings
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound port"));
    (listener, url)
}

async fn connect(url: &str) -> Channel {
    Endpoint::from_shared(url.to_owned()).expect("a URL").connect().await.expect("a server")
}
