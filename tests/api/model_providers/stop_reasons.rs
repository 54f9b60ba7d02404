//! Answers that end before they are complete, and those with nothing in them.

use serde_json::json;
use tandem_proto::chat::TurnState;
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use super::protocols::PROTOCOLS;
use super::{answered, conversation, openai, provider, settings, unanswered};

fn add() -> Answer {
    Answer::default().call("add_task", &json!({"title": "milk"}))
}

async fn cut_answer_is_incomplete() {
    for kind in PROTOCOLS {
        let server = ModelServer::play([Answer::text("Once upon a").cut().into()]).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        let message = answered(&conversation, "a story").await;
        let seen = (message.content.as_str(), message.incomplete);
        assert_eq!(seen, ("Once upon a", true), "{kind:?}");
        let turn = conversation.turn(&message.turn_id).await;
        assert_eq!(turn.state(), TurnState::Completed, "{kind:?}");
    }
}

async fn cut_call_is_not_executed() {
    for kind in PROTOCOLS {
        let cut = Answer::text("I will add").call_with("add_task", "{\"title\": \"mil").cut();
        let server = ModelServer::play([cut.into()]).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        let message = answered(&conversation, "add milk").await;
        let seen = (message.content.as_str(), message.incomplete, message.tool_calls.len());
        assert_eq!(seen, ("I will add", true, 0), "{kind:?}");
    }
}

async fn filtered_answer_goes_to_the_next_provider() {
    for kind in PROTOCOLS {
        let first = ModelServer::start(|_| Answer::default().filtered().into()).await;
        let second = ModelServer::start(|_| Answer::text("Yes.").into()).await;
        let providers = [("first", provider(kind, &first)), ("second", openai(&second))];
        let conversation = conversation(settings(providers)).await;
        assert_eq!(answered(&conversation, "hello").await.content, "Yes.", "{kind:?}");
        assert_eq!(first.requests().len(), 1, "not asked again: {kind:?}");
    }
}

async fn filtered_text_is_kept() {
    for kind in PROTOCOLS {
        let server = ModelServer::start(|_| Answer::text("Well, ").filtered().into()).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        let message = answered(&conversation, "hello").await;
        assert_eq!((message.content.as_str(), message.incomplete), ("Well, ", true), "{kind:?}");
    }
}

async fn refusal_is_shown() {
    for kind in PROTOCOLS {
        let refusal = || Reply::from(Answer::default().refusal("I cannot help with that."));
        let server = ModelServer::start(move |_| refusal()).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        let message = answered(&conversation, "hello").await;
        assert_eq!(message.content, "I cannot help with that.", "{kind:?}");
    }
}

async fn empty_answer_is_retried() {
    for kind in PROTOCOLS {
        let blank = || Reply::from(Answer::text(" \n"));
        let replies =
            [add().into(), blank(), Answer::default().into(), Answer::text("Added.").into()];
        let server = ModelServer::play(replies).await;
        let conversation = conversation(settings([("test", provider(kind, &server))])).await;
        assert_eq!(answered(&conversation, "add milk").await.content, "Added.", "{kind:?}");
        assert_eq!(server.requests().len(), 4, "{kind:?}");
    }
}

async fn empty_answer_goes_to_the_next_provider() {
    let first = ModelServer::start(|_| Answer::text("\n").into()).await;
    let second = ModelServer::start(|_| Answer::text("Yes.").into()).await;
    let providers = [("first", openai(&first)), ("second", openai(&second))];
    let conversation = conversation(settings(providers)).await;
    assert_eq!(answered(&conversation, "hello").await.content, "Yes.");
    assert_eq!(first.requests().len(), 3);
}

async fn results_stand_for_an_empty_answer() {
    for kind in PROTOCOLS {
        let preamble =
            || Answer::text("Let me add that.").call("add_task", &json!({"title": "milk"}));
        for first in [add(), preamble()] {
            let blank = || Reply::from(Answer::default());
            let server = ModelServer::play([first.into(), blank(), blank(), blank()]).await;
            let conversation = conversation(settings([("test", provider(kind, &server))])).await;
            let message = answered(&conversation, "add milk").await;
            let expected = "created: 1 \"milk\"";
            assert!(message.content.contains(expected), "{kind:?}: {}", message.content);
            assert_eq!((server.requests().len(), message.incomplete), (4, false), "{kind:?}");
        }
    }
}

async fn empty_answer_without_results_fails() {
    let server = ModelServer::start(|_| Answer::default().usage(5, 0).into()).await;
    let conversation = conversation(settings([("test", openai(&server))])).await;
    assert_eq!(unanswered(&conversation, "hello").await, None);
    let turn = conversation.turn(&conversation.newest_turn().await).await;
    let tokens = turn.usage.expect("usage").input_token_count;
    assert_eq!((server.requests().len(), tokens), (3, 15), "each attempt counts");
}

database_tests! {
    tests:
        cut_answer_is_incomplete,
        cut_call_is_not_executed,
        filtered_answer_goes_to_the_next_provider,
        filtered_text_is_kept,
        refusal_is_shown,
        empty_answer_is_retried,
        empty_answer_goes_to_the_next_provider,
        results_stand_for_an_empty_answer,
        empty_answer_without_results_fails;
}
