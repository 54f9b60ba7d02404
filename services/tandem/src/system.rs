//! All services in one process, connected over loopback sockets.

use tandem_error::Cause;
use tandem_server::{bind, logs, shutdown_on_signal};
use tokio_util::sync::CancellationToken;

use crate::banner;
use crate::settings::{System, embedded_endpoint};

/// Serves everything until SIGTERM or Ctrl-C.
pub(crate) async fn serve(system: System) -> Result<(), Cause> {
    let (task, mut chat) = (system.task.settings, system.chat.settings);
    logs::init(&chat.log);
    let task_listener = bind(task.server.listen).await.map_err(|fault| format!("task: {fault}"))?;
    let chat_listener = bind(chat.server.listen).await.map_err(|fault| format!("chat: {fault}"))?;
    let (task_address, chat_address) = (task_listener.local_addr()?, chat_listener.local_addr()?);
    // The task service of this process, if the settings name no other: its port may have been 0.
    if chat.tasks.endpoint == embedded_endpoint(task.server.listen) {
        chat.tasks.endpoint = embedded_endpoint(task_address);
    }
    let models = banner::describe_models(&chat.models);
    let chat = tandem_chat::Config::new(chat)?;

    // The task service stops last: turns that are ending need it.
    let (shutdown, stop_tasks) = (shutdown_on_signal(), CancellationToken::new());
    let chat = async {
        let served = tandem_chat::serve(chat, chat_listener, shutdown.clone()).await;
        stop_tasks.cancel();
        served
    };
    let task = async {
        let served =
            tandem_task::serve(tandem_task::Config::new(task), task_listener, stop_tasks.clone())
                .await;
        shutdown.cancel();
        served
    };
    let greeting =
        banner::print_banner(&system.keys, &models, chat_address, task_address, &shutdown);
    let (chat, task, greeting) = tokio::join!(chat, task, greeting);
    chat.and(task).and(greeting)
}
