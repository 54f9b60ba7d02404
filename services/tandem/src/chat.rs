//! `tandem chat`: a conversation at the prompt.

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use tandem_error::Cause;
use tandem_proto::chat::{Role, TurnEvent};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tonic::Streaming;

use crate::arguments::User;
use crate::client::{Client, explain};
use crate::settings::System;
use crate::terminal;

/// What can be typed beside messages.
const HELP: &str = "Ctrl-C cancels an answer, Ctrl-D ends; /history shows the conversation";

/// The line editor, with the lines typed so far.
type Prompt = Editor<(), FileHistory>;

/// Talks until the input ends.
pub(crate) async fn chat(
    system: &System,
    user: &User,
    conversation: Option<String>,
) -> Result<(), Cause> {
    let mut client = Client::connect(system, &user.sub).await?;
    let conversation = match conversation {
        Some(id) => id,
        None => client.start_conversation().await?,
    };
    terminal::note(&format!("conversation {conversation} · {HELP}"));
    let mut prompt = Prompt::with_config(Config::default())?;
    loop {
        let (line, editor) = read_line(prompt).await?;
        prompt = editor;
        let outcome = match line.as_deref().map(str::trim) {
            None => return Ok(()),
            Some("") => continue,
            Some("/history") => show_history(&mut client, &conversation).await,
            Some(message) => say(&mut client, &conversation, message.to_owned()).await,
        };
        // A message that is refused does not end the conversation.
        if let Err(error) = outcome {
            terminal::note(&format!("error: {error}"));
        }
    }
}

/// The next line; `None` at the end of the input. The editor blocks, so it is lent to a thread.
async fn read_line(mut prompt: Prompt) -> Result<(Option<String>, Prompt), Cause> {
    let read = tokio::task::spawn_blocking(move || {
        let line = match prompt.readline("> ") {
            Ok(line) => {
                prompt.add_history_entry(&line)?;
                Some(line)
            }
            // Ctrl-C at the prompt drops what was typed.
            Err(ReadlineError::Interrupted) => Some(String::new()),
            Err(ReadlineError::Eof) => None,
            Err(error) => return Err(error),
        };
        Ok((line, prompt))
    });
    Ok(read.await??)
}

async fn say(client: &mut Client, conversation: &str, message: String) -> Result<(), Cause> {
    // Before the message goes out: from here on Ctrl-C is about its answer, however early it comes.
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut events = client.post(conversation, message).await?;
    let mut turn_id = String::new();
    while let Some(event) = next(client, &mut events, &mut interrupts, &turn_id).await? {
        turn_id.clone_from(&event.turn_id);
        if terminal::show(event)?.is_some() {
            return Ok(());
        }
    }
    Err("the answer broke off".into())
}

/// The next event; Ctrl-C meanwhile cancels the turn, which then ends with an event of its own.
async fn next(
    client: &mut Client,
    events: &mut Streaming<TurnEvent>,
    interrupts: &mut Signal,
    turn_id: &str,
) -> Result<Option<TurnEvent>, Cause> {
    loop {
        tokio::select! {
            event = events.message() => return event.map_err(explain),
            // One that came before the turn had an id has waited for it.
            Some(()) = interrupts.recv(), if !turn_id.is_empty() => client.cancel(turn_id).await?,
        }
    }
}

async fn show_history(client: &mut Client, conversation: &str) -> Result<(), Cause> {
    for message in client.history(conversation).await? {
        let who = if message.role() == Role::User { ">" } else { "·" };
        terminal::print(&format!("{who} {}\n", message.content))?;
    }
    Ok(())
}
