//! `SearchMessages`.

mod pages;

use tandem_proto::chat::{
    ChatRequest, DeleteConversationRequest, MessageMatch, Role, SearchMessagesRequest,
    SearchMessagesResponse, UndeleteConversationRequest,
};
use tonic::Code;
use uuid::Uuid;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{controlled_model, newest, scripted, text};
use crate::support::refusal::{fields, refused};
use crate::support::rpc::Refusal;
use crate::support::test_conversation::{Chat, TestConversation, next, rest};

/// A system whose model answers "Understood.", or repeats the rest of a message that begins with "echo ".
async fn start_echo_app() -> App {
    let model = scripted(|prompt| match newest(prompt).strip_prefix("echo ") {
        Some(words) => vec![text(words)],
        None => vec![text("Understood.")],
    });
    App::start_with(Start { model, ..Start::default() }).await
}

/// Sends a message, in a new conversation if the id is empty; returns the conversation's id.
async fn send(chat: &Chat, conversation_id: &str, message: &str) -> String {
    let (conversation_id, message) = (conversation_id.to_owned(), message.to_owned());
    let request = ChatRequest { conversation_id, message, ..Default::default() };
    chat.clone().chat(request).await.expect("an answer").into_inner().conversation_id
}

fn request(query: &str, conversation_id: &str) -> SearchMessagesRequest {
    let (query, conversation_id) = (query.to_owned(), conversation_id.to_owned());
    SearchMessagesRequest { query, conversation_id, ..Default::default() }
}

async fn page(chat: &Chat, request: SearchMessagesRequest) -> SearchMessagesResponse {
    chat.clone().search_messages(request).await.expect("a page").into_inner()
}

async fn matches(chat: &Chat, query: &str) -> Vec<MessageMatch> {
    page(chat, request(query, "")).await.matches
}

fn content(found: &MessageMatch) -> &str {
    found.message.as_ref().map(|message| message.content.as_str()).expect("a message")
}

/// The contents of the messages that a query finds, in order.
async fn found(chat: &Chat, query: &str) -> Vec<String> {
    matches(chat, query).await.iter().map(|found| content(found).to_owned()).collect()
}

/// The highlighted parts of a snippet.
fn highlighted(found: &MessageMatch) -> Vec<String> {
    let chars = found.snippet.chars().collect::<Vec<_>>();
    let place = |at: i32| usize::try_from(at).expect("a place");
    let part = |span: &tandem_proto::chat::Span| {
        chars[place(span.start)..place(span.end)].iter().collect::<String>()
    };
    found.highlights.iter().map(part).collect()
}

async fn prefixes_match_in_any_script() {
    let app = start_echo_app().await;
    let chat = app.chat_as("alice");
    let messages = [
        "Buy Café beans from Zoë's shop",
        "Send my RÉSUMÉ to the cafeteria",
        "牛乳を買う",
        "Straße fegen before 12:30 – today!",
        "Позвонить маме в 18 часов",
        "اشتر الحليب 🥛 לקנות חלב",
        "the ﬁle №5 of 👩‍👩‍👧‍👦",
    ];
    for message in messages {
        send(&chat, "", message).await;
    }
    let cases: [(&str, &[usize]); 24] = [
        ("café", &[1, 0]),
        ("CAFE", &[1, 0]),
        ("cafe\u{301}", &[1, 0]),
        ("cafet", &[1]),
        ("af", &[]),
        ("resume", &[1]),
        ("bean caf", &[0]),
        ("buy zoe", &[0]),
        ("send beans", &[]),
        ("牛乳", &[2]),
        ("買", &[2]),
        ("犬", &[]),
        ("straß", &[3]),
        ("12 30", &[3]),
        ("ПОЗВ", &[4]),
        ("الحل", &[5]),
        ("חלב", &[5]),
        ("file no5", &[6]),
        // Search operators are matched as plain words.
        ("buy OR send", &[]),
        ("buy* \"beans\"", &[0]),
        ("-beans", &[0]),
        ("words:buy", &[]),
        ("_0", &[]),
        ("buy') --", &[0]),
    ];
    for (query, expected) in cases {
        let expected = expected.iter().map(|at| messages[*at].to_owned()).collect::<Vec<_>>();
        assert_eq!(found(&chat, query).await, expected, "{query}");
    }
}

async fn snippets_highlight_the_matches() {
    let app = start_echo_app().await;
    let chat = app.chat_as("alice");
    let long = format!("echo {} Needle, NEEDLEWORK {}", "hay ".repeat(200), "straw ".repeat(200));
    let id = send(&chat, "", &long).await;
    let results = matches(&chat, "needle").await;
    let [answer, question] = &results[..] else { panic!("two results: {results:?}") };
    let message = |found: &MessageMatch| found.message.clone().expect("a message");
    assert_eq!(
        [message(answer), message(question)].map(|it| it.role()),
        [Role::Assistant, Role::User]
    );
    assert!([answer, question].iter().all(|it| message(it).conversation_id == id));
    for result in [answer, question] {
        assert_eq!(highlighted(result), ["Needle", "NEEDLEWORK"]);
        let length = result.snippet.chars().count();
        assert!((100..=200).contains(&length), "{length}: {}", result.snippet);
        assert!(content(result).contains(&result.snippet));
        assert!(result.snippet.starts_with("hay") && result.snippet.ends_with("straw"));
    }
    send(&chat, "", "👩‍👩‍👧‍👦 ask for ﬁle №5").await;
    let results = matches(&chat, "file no").await;
    assert_eq!(results[0].snippet, "👩‍👩‍👧‍👦 ask for ﬁle №5");
    assert_eq!(highlighted(&results[0]), ["ﬁle", "№5"]);
}

async fn incomplete_answers_are_found() {
    let (model, mut model_calls) = controlled_model();
    let conversation = TestConversation::start(Start { model, ..Start::default() }).await;
    let mut events = conversation.stream("hello").await;
    next(&mut events).await;
    let model_call = model_calls.next().await;
    model_call.text("The plumber will");
    next(&mut events).await;
    model_call.fail("gone");
    rest(events).await;
    let results = matches(&conversation.chat, "plumber").await;
    assert!(results[0].message.as_ref().is_some_and(|message| message.incomplete), "{results:?}");
}

async fn search_is_limited_to_the_owner() {
    let app = start_echo_app().await;
    let (alice, bob) = (app.chat_as("alice"), app.chat_as("bob"));
    let alices = send(&alice, "", "the secret of alice").await;
    let bobs = send(&bob, "", "a secret of bob").await;
    assert_eq!(found(&alice, "secret").await, ["the secret of alice"]);
    assert_eq!(found(&bob, "secret").await, ["a secret of bob"]);
    assert!(found(&app.chat_as("carol"), "secret").await.is_empty());

    let own = page(&bob, request("secret", &bobs)).await;
    assert_eq!(own.matches.iter().map(content).collect::<Vec<_>>(), ["a secret of bob"]);
    let denied = async |id: &str| refused(bob.clone().search_messages(request("secret", id)).await);
    let (not_his, not_there) = (denied(&alices).await, denied(&Uuid::now_v7().to_string()).await);
    assert_eq!(not_his.code(), Code::PermissionDenied);
    assert_eq!(Refusal::of(&not_his), Refusal::of(&not_there));
}

async fn conversation_id_narrows_the_search() {
    let app = start_echo_app().await;
    let mut chat = app.chat_as("alice");
    let one = send(&chat, "", "milk for one").await;
    send(&chat, "", "milk for two").await;
    send(&chat, &one, "more milk for one").await;
    assert_eq!(found(&chat, "milk").await, ["more milk for one", "milk for two", "milk for one"]);
    let narrowed = page(&chat, request("milk", &one)).await;
    let narrowed = narrowed.matches.iter().map(content).collect::<Vec<_>>();
    assert_eq!(narrowed, ["more milk for one", "milk for one"]);

    let delete = DeleteConversationRequest { id: one.clone(), ..Default::default() };
    chat.delete_conversation(delete).await.expect("a deletion");
    assert_eq!(found(&chat, "milk").await, ["milk for two"]);
    assert!(page(&chat, request("milk", &one)).await.matches.is_empty());
    let undelete = UndeleteConversationRequest { id: one, ..Default::default() };
    chat.undelete_conversation(undelete).await.expect("a restored resource");
    assert_eq!(found(&chat, "milk").await.len(), 3);
}

async fn query_without_words_is_refused() {
    let app = start_echo_app().await;
    let mut chat = app.chat_as("alice");
    for query in ["", " ", " – 🥛 ?! ", "_", &"x".repeat(201)] {
        let refusal = refused(chat.search_messages(request(query, "")).await);
        assert_eq!(fields(&refusal), ["query"], "{query:?}");
    }
    let everything = SearchMessagesRequest {
        page_size: -1,
        page_token: "no token".to_owned(),
        ..request("?", "7")
    };
    let refusal = refused(chat.search_messages(everything).await);
    let mut named = fields(&refusal);
    named.sort();
    assert_eq!(named, ["conversation_id", "page_size", "page_token", "query"]);
}

database_tests! {
    modules:
        pages;
    tests:
        prefixes_match_in_any_script,
        snippets_highlight_the_matches,
        incomplete_answers_are_found,
        search_is_limited_to_the_owner,
        conversation_id_narrows_the_search,
        query_without_words_is_refused;
}
