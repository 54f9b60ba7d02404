//! All services in one process, over real loopback sockets.

use tandem_error::Cause;
use tandem_server::{bind, logs, shutdown_on_signal};
use tokio_util::sync::CancellationToken;

use crate::banner;
use crate::settings::System;

/// Serves everything until the process is asked to stop.
pub(crate) async fn serve(system: System) -> Result<(), Cause> {
    let (task, mut chat) = (system.task.settings, system.chat.settings);
    logs::init(&chat.log);
    let task_listener = bind(task.server.listen).await.map_err(|fault| format!("task: {fault}"))?;
    let chat_listener = bind(chat.server.listen).await.map_err(|fault| format!("chat: {fault}"))?;
    let (task_address, chat_address) = (task_listener.local_addr()?, chat_listener.local_addr()?);
    // In this process the task service is the one beside it, wherever that listens.
    chat.tasks.endpoint = format!("http://{task_address}");
    let models = banner::models(&chat.models);
    let chat = tandem_chat::Config::new(chat)?;

    // The task service stops last: turns that end need it.
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
    let greeting = banner::greet(&system.keys, &models, chat_address, task_address, &shutdown);
    let (chat, task, greeting) = tokio::join!(chat, task, greeting);
    chat.and(task).and(greeting)
}
