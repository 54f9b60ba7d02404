//! Both services as processes, and clients of them.

use tandem_proto::chat::chat_service_client::ChatServiceClient;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_test_support::process::{Process, program};
use tandem_test_support::{
    AUDIENCE, AuthenticatedChannel, Bearer, DELEGATED_AUDIENCE, Issuer, free_port,
};
use tempfile::TempDir;
use tokio::join;
use tonic::transport::{Channel, Endpoint};

/// Part of the log line that reports readiness.
const READY: &str = "\"serving\"";

/// The service to kill.
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
    services: Clients,
    chat_port: u16,
    /// Holds the key.
    _folder: TempDir,
}

/// Clients of both services, which reconnect after restarts.
#[derive(Clone)]
pub(crate) struct Clients {
    chat: Channel,
    task: Channel,
    bearer: Bearer,
}

impl Clients {
    /// A client of the chat service.
    pub(crate) fn chat(&self) -> ChatServiceClient<AuthenticatedChannel> {
        ChatServiceClient::with_interceptor(self.chat.clone(), self.bearer.clone())
    }

    /// The token of the user.
    pub(crate) fn bearer(&self) -> Bearer {
        self.bearer.clone()
    }

    /// A client of the task service.
    pub(crate) fn tasks(&self) -> TaskServiceClient<AuthenticatedChannel> {
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
            // Short, so that another process takes over quickly.
            ("AGENT__LEASE_DURATION", "1s".to_owned()),
            // No call is given up while the task service restarts on a busy machine.
            ("TASKS__CALLS__RETRY_TIMEOUT", "60s".to_owned()),
            ("TASKS__CALLS__BREAKER_FAILURES", "1000000".to_owned()),
            ("TASKS__CALLS__RETRY_BUDGET_PERCENT", "100".to_owned()),
        ];
        let more = more.map(|(key, value)| (format!("TANDEM_CHAT__{key}"), value));
        chat_settings.extend(more);

        let bearer = Bearer::new(&issuer.token("alice"));
        let services = Clients { chat: channel(chat_port), task: channel(task_port), bearer };
        let (chat, task) = (None, None);
        let mut system =
            Self { chat, task, chat_settings, task_settings, services, chat_port, _folder: folder };
        system.start_stopped().await;
        system
    }

    /// Clients of the services.
    pub(crate) fn services(&self) -> Clients {
        self.services.clone()
    }

    /// The address of the chat service.
    pub(crate) fn chat_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.chat_port)
    }

    /// Kills a service, or both, and starts it again.
    pub(crate) async fn kill(&mut self, victim: Victim) {
        let chat = self.chat.take_if(|_| matches!(victim, Victim::Chat | Victim::Both));
        let task = self.task.take_if(|_| matches!(victim, Victim::Task | Victim::Both));
        join!(kill_if_running(chat), kill_if_running(task));
        self.start_stopped().await;
    }

    /// Starts the services that do not run.
    async fn start_stopped(&mut self) {
        let (chat, task) = join!(
            start_if_stopped(self.chat.take(), "chat", &self.chat_settings),
            start_if_stopped(self.task.take(), "task", &self.task_settings),
        );
        (self.chat, self.task) = (Some(chat), Some(task));
    }
}

async fn kill_if_running(process: Option<Process>) {
    if let Some(process) = process {
        process.kill().await;
    }
}

async fn start_if_stopped(
    process: Option<Process>,
    name: &str,
    settings: &[(String, String)],
) -> Process {
    match process {
        Some(process) => process,
        None => start(name, settings).await,
    }
}

async fn start(service: &str, settings: &[(String, String)]) -> Process {
    let mut command = program(env!("CARGO_BIN_EXE_tandem-fault-service"));
    command.arg("serve").env("FAULT_SERVICE", service);
    command.envs(settings.iter().map(|(key, value)| (key, value)));
    let process = Process::start(&mut command, READY).await;
    process.unwrap_or_else(|log| panic!("{service} does not start:\n{log}"))
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

/// Connects at first use, and again after a restart.
fn channel(port: u16) -> Channel {
    Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("a URL").connect_lazy()
}
