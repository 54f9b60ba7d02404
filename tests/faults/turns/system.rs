//! Both services, and the line to them.

use std::net::TcpListener;

use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_test_support::{AUDIENCE, DELEGATED_AUDIENCE, Issuer};
use tempfile::TempDir;
use tokio::join;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::process::Process;

/// Who is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Victim {
    Chat,
    Task,
    Both,
}

/// Both services as processes, on ports that stay the same.
pub(crate) struct System {
    chat: Option<Process>,
    task: Option<Process>,
    chat_settings: Vec<(String, String)>,
    task_settings: Vec<(String, String)>,
    line: Line,
    /// Holds the key.
    _folder: TempDir,
}

/// The way to the services, which come and go.
#[derive(Clone)]
pub(crate) struct Line {
    chat: Channel,
    task: Channel,
    bearer: Bearer,
}

/// Sends a token with every call.
#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A channel that sends the user's token.
pub(crate) type AsUser = InterceptedService<Channel, Bearer>;

impl Line {
    /// A client of the chat service.
    pub(crate) fn chat(&self) -> ChatServiceClient<AsUser> {
        ChatServiceClient::with_interceptor(self.chat.clone(), self.bearer.clone())
    }

    /// A client of the task service.
    pub(crate) fn tasks(&self) -> TaskServiceClient<AsUser> {
        TaskServiceClient::with_interceptor(self.task.clone(), self.bearer.clone())
    }
}

impl System {
    /// Starts both services on the databases at `chat` and `task`.
    pub(crate) async fn start(chat: String, task: String) -> Self {
        let (issuer, folder) = (Issuer::new(), tempfile::tempdir().expect("a folder"));
        let keys = tandem_auth::generate_ed25519().expect("a key pair");
        let key_file = folder.path().join("chat.pem");
        std::fs::write(&key_file, &keys.private_pem).expect("a file for the key");
        let (chat_port, task_port) = (free_port(), free_port());

        let key = tandem_auth::KeySource::Ed25519PublicKey(keys.public_pem);
        let delegated = tandem_auth::TrustEntry {
            delegated: true,
            ..tandem_auth::TrustEntry::new("tandem-chat", DELEGATED_AUDIENCE, key)
        };
        let users = issuer.trust(AUDIENCE);
        let json = |trust| serde_json::to_string(trust).expect("it can be written");
        let both = [delegated, users.clone()];
        let task_settings = settings("TASK", task, json(&both[..]), task_port);
        let mut chat_settings = settings("CHAT", chat, json(&[users][..]), chat_port);
        let more = [
            ("TASKS__ENDPOINT", format!("http://127.0.0.1:{task_port}")),
            ("DELEGATION__PRIVATE_KEY_FILE", key_file.display().to_string()),
            // A process that is gone is replaced sooner than in real life.
            ("AGENT__LEASE_DURATION", "1s".to_owned()),
            // No call is given up while the task service starts on a busy machine.
            ("TASKS__CALLS__RETRY_TIMEOUT", "60s".to_owned()),
            ("TASKS__CALLS__BREAKER_FAILURES", "1000000".to_owned()),
            ("TASKS__CALLS__RETRY_PERCENT", "100".to_owned()),
        ];
        let more = more.map(|(key, value)| (format!("TANDEM_CHAT__{key}"), value));
        chat_settings.extend(more);

        let bearer = format!("Bearer {}", issuer.token("alice"));
        let bearer = Bearer(bearer.parse().expect("a token is a header value"));
        let line = Line { chat: channel(chat_port), task: channel(task_port), bearer };
        let (chat, task) = (None, None);
        let mut system = Self { chat, task, chat_settings, task_settings, line, _folder: folder };
        system.revive().await;
        system
    }

    /// The way to the services.
    pub(crate) fn line(&self) -> Line {
        self.line.clone()
    }

    /// Kills a service, or both, and starts it again.
    pub(crate) async fn kill(&mut self, victim: Victim) {
        let chat = self.chat.take_if(|_| matches!(victim, Victim::Chat | Victim::Both));
        let task = self.task.take_if(|_| matches!(victim, Victim::Task | Victim::Both));
        join!(end(chat), end(task));
        self.revive().await;
    }

    /// Starts what does not run.
    async fn revive(&mut self) {
        let (chat, task) = join!(
            go_on(self.chat.take(), "chat", &self.chat_settings),
            go_on(self.task.take(), "task", &self.task_settings),
        );
        (self.chat, self.task) = (Some(chat), Some(task));
    }
}

async fn end(process: Option<Process>) {
    if let Some(process) = process {
        process.kill().await;
    }
}

async fn go_on(process: Option<Process>, name: &str, settings: &[(String, String)]) -> Process {
    match process {
        Some(process) => process,
        None => Process::start(name, settings).await,
    }
}

fn settings(service: &str, url: String, trust: String, port: u16) -> Vec<(String, String)> {
    let settings = [
        ("DATABASE__URL", url),
        ("AUTH__TRUST", trust),
        ("SERVER__LISTEN", format!("127.0.0.1:{port}")),
        ("LOG__FORMAT", "json".to_owned()),
        ("LOG__FILTER", "warn,tandem_server::health=info".to_owned()),
    ];
    settings.map(|(key, value)| (format!("TANDEM_{service}__{key}"), value)).to_vec()
}

/// Connects when it is used, and again when the service is back.
fn channel(port: u16) -> Channel {
    Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("a URL").connect_lazy()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
