//! The system under test: both services as in production, on sockets and databases of their own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tandem_chat::agent::Models;
use tandem_clock::Clock;
use tandem_llm::Model;
use tandem_llm_builtin::Builtin;
use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_test_support::fault_proxy::FaultProxy;
use tandem_test_support::model_server::ModelServer;
use tandem_test_support::{AUDIENCE, AuthenticatedChannel, Bearer, DELEGATED_AUDIENCE, Issuer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::harness::{self, Database};
use crate::support::wire_model::over_wire;

/// A running system; it stops when this is dropped.
pub(crate) struct App {
    /// Issues the tokens of users.
    pub(crate) issuer: Issuer,
    /// A channel to the task service.
    pub(crate) task: Channel,
    /// A channel to the chat service.
    pub(crate) chat: Channel,
    /// The address of the chat service.
    pub(crate) chat_url: String,
    /// The address of the task service.
    pub(crate) task_address: SocketAddr,
    /// The address of the chat service.
    pub(crate) chat_address: SocketAddr,
    servers: Vec<JoinHandle<()>>,
    chat_config: tandem_chat::Config,
    task_database: tandem_database::Settings,
    shutdown: CancellationToken,
    /// Between the chat service and its model, if the test runs over a provider's protocol.
    model_server: Option<ModelServer>,
    /// Holds the databases.
    _folder: TempDir,
}

/// A replica of the chat service; it stops with the system.
pub(crate) struct Replica {
    channel: Channel,
    /// The address of the replica.
    pub(crate) url: String,
    shutdown: CancellationToken,
    server: JoinHandle<()>,
}

impl Replica {
    /// Stops the replica gracefully.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.server.await.expect("a server ends without a panic");
    }
}

/// Options of a system.
pub(crate) struct Start {
    /// The clock of both services.
    pub(crate) clock: Clock,
    /// The model that answers.
    pub(crate) model: Arc<dyn Model>,
    /// Settings of models to use instead of `model`.
    pub(crate) models: Option<tandem_llm::Settings>,
    /// Changes to the chat service's settings.
    pub(crate) chat: fn(&mut tandem_chat::Settings),
    /// Changes to the task service's settings.
    pub(crate) task: fn(&mut tandem_task::Settings),
    /// A proxy between the chat service and the task service.
    pub(crate) proxy: Option<FaultProxy>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            model: Arc::new(Builtin),
            models: None,
            chat: |_| {},
            task: |_| {},
            proxy: None,
        }
    }
}

impl App {
    /// Starts a system with the default options.
    pub(crate) async fn start() -> Self {
        Self::start_with(Start::default()).await
    }

    /// Starts a system with these options.
    pub(crate) async fn start_with(start: Start) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let issuer = Issuer::new();
        let shutdown = CancellationToken::new();
        let (task_listener, task_url) = listen().await;
        let (chat_listener, chat_url) = listen().await;
        let (task_address, chat_address) = (address(&task_listener), address(&chat_listener));
        let keys = tandem_auth::generate_ed25519().expect("a key pair");
        let key_file = folder.path().join("chat.pem");
        std::fs::write(&key_file, &keys.private_pem).expect("a file for the key");

        let mut settings = task_settings(folder.path(), &issuer, keys.public_pem);
        (start.task)(&mut settings);
        let task_database = settings.database.clone();
        let task = tandem_task::Config { settings, clock: start.clock.clone() };
        let mut settings = chat_settings(folder.path(), &issuer, &task_url);
        if let Some(proxy) = start.proxy {
            proxy.forward_to(task_address);
            settings.tasks.endpoint = proxy.url();
        }
        settings.delegation.private_key_file = key_file;
        (start.chat)(&mut settings);
        let mut model_server = None;
        let models = match (start.models, harness::protocol()) {
            (Some(settings), _) => Models::open(&settings).expect("good settings"),
            (None, None) => Models::new(start.model, Vec::new()),
            (None, Some(kind)) => {
                let (model, server) = over_wire(start.model, kind).await;
                model_server = Some(server);
                Models::new(model, Vec::new())
            }
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
        Self {
            issuer,
            task,
            chat,
            chat_url,
            task_address,
            chat_address,
            servers,
            chat_config,
            task_database,
            shutdown,
            model_server,
            _folder: folder,
        }
    }

    /// A client of the chat service with a token of `user`.
    pub(crate) fn chat_as(&self, user: &str) -> ChatServiceClient<AuthenticatedChannel> {
        let bearer = Bearer::new(&self.issuer.token(user));
        ChatServiceClient::with_interceptor(self.chat.clone(), bearer)
    }

    /// The settings of the chat service's database.
    pub(crate) fn chat_database(&self) -> &tandem_database::Settings {
        &self.chat_config.settings.database
    }

    /// The settings of the task service's database.
    pub(crate) fn task_database(&self) -> &tandem_database::Settings {
        &self.task_database
    }

    /// A client of the chat service, or of a proxy of it, at `url` with a token of `user`.
    pub(crate) async fn chat_at(
        &self,
        url: &str,
        user: &str,
    ) -> ChatServiceClient<AuthenticatedChannel> {
        let bearer = Bearer::new(&self.issuer.token(user));
        ChatServiceClient::with_interceptor(connect(url).await, bearer)
    }

    /// Another replica of the chat service, on the same database.
    pub(crate) async fn chat_replica(&self) -> Replica {
        let (listener, url) = listen().await;
        let (config, shutdown) = (self.chat_config.clone(), self.shutdown.child_token());
        let stop = shutdown.clone();
        let server = tokio::spawn(async move {
            tandem_chat::serve(config, listener, stop).await.expect("a replica serves");
        });
        Replica { channel: connect(&url).await, url, shutdown, server }
    }

    /// A client of a replica of the chat service with a token of `user`.
    pub(crate) fn replica_as(
        &self,
        replica: &Replica,
        user: &str,
    ) -> ChatServiceClient<AuthenticatedChannel> {
        let bearer = Bearer::new(&self.issuer.token(user));
        ChatServiceClient::with_interceptor(replica.channel.clone(), bearer)
    }

    /// A client of the task service with a token of `user`.
    pub(crate) fn tasks_as(&self, user: &str) -> TaskServiceClient<AuthenticatedChannel> {
        self.tasks_by(self.issuer.token(user))
    }

    /// A client of the task service with this token.
    pub(crate) fn tasks_by(&self, token: String) -> TaskServiceClient<AuthenticatedChannel> {
        TaskServiceClient::with_interceptor(self.task.clone(), Bearer::new(&token))
    }

    /// Begins to stop the system, without waiting for its end.
    pub(crate) fn begin_stop(&self) {
        self.shutdown.cancel();
    }

    /// Stops the system gracefully.
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
        // Here, where a panic fails the test.
        drop(self.model_server.take());
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
    let url = format!("http://{}", address(&listener));
    (listener, url)
}

fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound port")
}

async fn connect(url: &str) -> Channel {
    Endpoint::from_shared(url.to_owned()).expect("a URL").connect().await.expect("a server")
}
