//! `tandem chat`: an interactive conversation.

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use tandem_error::Cause;
use tandem_proto::chat::{Role, TurnEvent};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tonic::Streaming;

use crate::arguments::User;
use crate::client::{Client, status_message};
use crate::settings::System;
use crate::terminal;

/// Key bindings and commands, shown at the start.
const HELP: &str = "Ctrl-C cancels an answer, Ctrl-D ends; /history shows the conversation";

/// The line editor with its history.
type Prompt = Editor<(), FileHistory>;

/// Sends each line as a message until the input ends.
pub(crate) async fn run_prompt(
    system: &System,
    user: &User,
    conversation: Option<String>,
) -> Result<(), Cause> {
    let mut client = Client::connect(system, &user.sub).await?;
    let conversation = match conversation {
        Some(id) => id,
        None => client.start_conversation().await?,
    };
    terminal::print_note(&format!("conversation {conversation} · {HELP}"));
    let mut prompt = Prompt::with_config(Config::default())?;
    loop {
        let (line, editor) = read_line(prompt).await?;
        prompt = editor;
        let outcome = match line.as_deref().map(str::trim) {
            None => return Ok(()),
            Some("") => continue,
            Some("/history") => show_history(&mut client, &conversation).await,
            Some(message) => send_and_print(&mut client, &conversation, message.to_owned()).await,
        };
        // A rejected message does not end the conversation.
        if let Err(error) = outcome {
            terminal::print_note(&format!("error: {error}"));
        }
    }
}

/// Reads the next line; `None` at the end of the input. The editor blocks, so it runs on its own thread.
async fn read_line(mut prompt: Prompt) -> Result<(Option<String>, Prompt), Cause> {
    let read = tokio::task::spawn_blocking(move || {
        let line = match prompt.readline("> ") {
            Ok(line) => {
                prompt.add_history_entry(&line)?;
                Some(line)
            }
            // Ctrl-C at the prompt discards the line.
            Err(ReadlineError::Interrupted) => Some(String::new()),
            Err(ReadlineError::Eof) => None,
            Err(error) => return Err(error),
        };
        Ok((line, prompt))
    });
    Ok(read.await??)
}

async fn send_and_print(
    client: &mut Client,
    conversation: &str,
    message: String,
) -> Result<(), Cause> {
    // Before the message is sent: from here on Ctrl-C cancels its answer.
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut events = client.post_message(conversation, message).await?;
    let mut turn_id = String::new();
    while let Some(event) = next_event(client, &mut events, &mut interrupts, &turn_id).await? {
        turn_id.clone_from(&event.turn_id);
        if terminal::print_event(event)?.is_some() {
            return Ok(());
        }
    }
    Err("the event stream ended before the answer was complete".into())
}

/// Waits for the next event. Ctrl-C cancels the turn, which then ends with an event of its own.
async fn next_event(
    client: &mut Client,
    events: &mut Streaming<TurnEvent>,
    interrupts: &mut Signal,
    turn_id: &str,
) -> Result<Option<TurnEvent>, Cause> {
    loop {
        tokio::select! {
            event = events.message() => return event.map_err(status_message),
            // An interrupt before the turn id is known stays queued until it is.
            Some(()) = interrupts.recv(), if !turn_id.is_empty() => client.cancel_turn(turn_id).await?,
        }
    }
}

async fn show_history(client: &mut Client, conversation: &str) -> Result<(), Cause> {
    for message in client.list_messages(conversation).await? {
        let who = if message.role() == Role::User { ">" } else { "·" };
        terminal::print_text(&format!("{who} {}\n", message.content))?;
    }
    Ok(())
}
