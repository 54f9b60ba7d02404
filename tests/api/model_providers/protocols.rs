//! What every protocol has in common: the histories that a provider accepts after responses of other providers.

use serde_json::json;
use tandem_llm::{Kind, Provider};
use tandem_proto::task::TaskFilter;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::{WORDS, answered, conversation, provider, settings, unanswered};
use crate::support::tasks::numbers;

pub(super) const PROTOCOLS: [Kind; 3] = [Kind::OPENAI, Kind::ANTHROPIC, Kind::GEMINI];

fn add(title: &str) -> Answer {
    Answer::default().call("add_task", &json!({"title": title}))
}

fn refused() -> Reply {
    Reply::status(400, WORDS)
}

fn text(text: &str) -> Reply {
    Answer::text(text).into()
}

async fn fallback_within_a_turn_and_back() {
    for first in PROTOCOLS {
        for second in PROTOCOLS {
            // The second provider continues after a signed call of the first, which then sees calls of both.
            let milk = add("milk").id("milk-call-1").thinking("Milk comes first.");
            let eggs = add("eggs").id("eggs-call-1").thinking("Eggs are left.");
            let one = ModelServer::play([milk.into(), refused(), text("Both added.")]).await;
            let two = ModelServer::play([eggs.into()]).await;
            let providers = [("one", provider(first, &one)), ("two", provider(second, &two))];
            let conversation = conversation(settings(providers)).await;
            let message = answered(&conversation, "milk and eggs").await;
            assert_eq!(message.content, "Both added.", "{first:?} {second:?}");
            let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
            assert_eq!(tasks, [1, 2], "{first:?} {second:?}");
            assert_eq!((one.requests().len(), two.requests().len()), (3, 1));
        }
    }
}

async fn builtin_may_finish_the_turn() {
    for kind in PROTOCOLS {
        let server = ModelServer::play([add("milk").thinking("Milk.").into(), refused()]).await;
        let builtin = Provider::new(Kind::BUILTIN);
        let settings = settings([("one", provider(kind, &server)), ("builtin", builtin)]);
        let conversation = conversation(settings).await;
        let message = answered(&conversation, "add milk").await;
        assert!(message.content.contains("milk"), "{kind:?}: {message:?}");
        let tasks = numbers(&conversation.app.tasks_as("alice"), TaskFilter::default()).await;
        assert_eq!(tasks, [1], "{kind:?}");
    }
}

async fn own_signatures_are_returned() {
    for kind in PROTOCOLS {
        // Both calls of one id, as some servers number them anew in each answer.
        let call = |title| Reply::from(add(title).id("call-1").thinking("One more."));
        let server = ModelServer::play([call("milk"), call("eggs"), text("Done.")]).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        assert_eq!(answered(&conversation, "milk, eggs").await.content, "Done.", "{kind:?}");
        let body = server.requests()[1].body.to_string();
        assert!(body.contains("call-1"), "{kind:?} gets its own id back: {body}");
    }
}

async fn blank_text_is_not_sent_back() {
    for kind in PROTOCOLS {
        let blank = Answer::text("\n").and_text("\n").call("add_task", &json!({"title": "milk"}));
        let replies = [blank.into(), text("Added."), text("Welcome.")];
        let server = ModelServer::play(replies).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        assert_eq!(answered(&conversation, "add milk").await.content, "Added.", "{kind:?}");
        assert_eq!(answered(&conversation, "thanks").await.content, "Welcome.", "{kind:?}");
    }
}

async fn invented_tools_are_not_sent_back() {
    for kind in PROTOCOLS {
        let invented = Answer::default().call("functions.add task", &json!({"title": "milk"}));
        let server = ModelServer::play([invented.into(), text("Sorry."), text("Hello.")]).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        let message = answered(&conversation, "add milk").await;
        assert_eq!(message.content, "Sorry.", "{kind:?}");
        assert_eq!(message.tool_calls[0].name, "functions.add task", "but shown: {kind:?}");
        assert_eq!(answered(&conversation, "hello").await.content, "Hello.", "{kind:?}");
    }
}

async fn failed_turns_do_not_lock_the_conversation() {
    for kind in PROTOCOLS {
        // A message without an answer, and one with a call but without a text.
        let replies = [refused(), add("milk").into(), refused(), text("Here I am.")];
        let server = ModelServer::play(replies).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        assert_eq!(unanswered(&conversation, "hello").await, None);
        let kept = unanswered(&conversation, "add milk").await.expect("the call");
        assert_eq!((kept.content.as_str(), kept.tool_calls.len()), ("", 1));
        assert_eq!(answered(&conversation, "hello?").await.content, "Here I am.", "{kind:?}");
    }
}

database_tests! {
    tests:
        fallback_within_a_turn_and_back,
        builtin_may_finish_the_turn,
        own_signatures_are_returned,
        blank_text_is_not_sent_back,
        invented_tools_are_not_sent_back,
        failed_turns_do_not_lock_the_conversation;
}
