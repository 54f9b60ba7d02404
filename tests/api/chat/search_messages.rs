//! `SearchMessages`.

mod pages;

use tandem_proto::chat::{
    ChatRequest, DeleteConversationRequest, MessageMatch, Role, SearchMessagesRequest,
    SearchMessagesResponse, UndeleteConversationRequest,
};
use tonic::Code;
use uuid::Uuid;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{newest, puppet, scripted, text};
use crate::support::refusal::{fields, refused};
use crate::support::rpc::Refusal;
use crate::support::test_conversation::{Chat, Talk, next, rest};

/// A system whose model answers every message with "Understood.", but for those that ask for an echo.
async fn listening() -> App {
    let model = scripted(|prompt| match newest(prompt).strip_prefix("echo ") {
        Some(words) => vec![text(words)],
        None => vec![text("Understood.")],
    });
    App::start_with(Start { model, ..Start::default() }).await
}

/// Says something in a conversation, a new one where none is named; which one it was.
async fn say(chat: &Chat, conversation_id: &str, message: &str) -> String {
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

/// What the messages say that a query finds, in order.
async fn found(chat: &Chat, query: &str) -> Vec<String> {
    matches(chat, query).await.iter().map(|found| content(found).to_owned()).collect()
}

/// What is highlighted in a snippet.
fn marked(found: &MessageMatch) -> Vec<String> {
    let chars = found.snippet.chars().collect::<Vec<_>>();
    let place = |at: i32| usize::try_from(at).expect("a place");
    let part = |span: &tandem_proto::chat::Span| {
        chars[place(span.start)..place(span.end)].iter().collect::<String>()
    };
    found.highlights.iter().map(part).collect()
}

async fn words_are_found_by_their_beginning_without_case_and_accents_in_any_script() {
    let app = listening().await;
    let chat = app.chat_as("alice");
    let said = [
        "Buy Café beans from Zoë's shop",
        "Send my RÉSUMÉ to the cafeteria",
        "牛乳を買う",
        "Straße fegen before 12:30 – today!",
        "Позвонить маме в 18 часов",
        "اشتر الحليب 🥛 לקנות חלב",
        "the ﬁle №5 of 👩‍👩‍👧‍👦",
    ];
    for message in said {
        say(&chat, "", message).await;
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
        // Words, never the language of an index.
        ("buy OR send", &[]),
        ("buy* \"beans\"", &[0]),
        ("-beans", &[0]),
        ("words:buy", &[]),
        ("_0", &[]),
        ("buy') --", &[0]),
    ];
    for (query, expected) in cases {
        let expected = expected.iter().map(|at| said[*at].to_owned()).collect::<Vec<_>>();
        assert_eq!(found(&chat, query).await, expected, "{query}");
    }
}

async fn questions_and_answers_are_found_with_the_part_that_shows_it() {
    let app = listening().await;
    let chat = app.chat_as("alice");
    let long = format!("echo {} Needle, NEEDLEWORK {}", "hay ".repeat(200), "straw ".repeat(200));
    let id = say(&chat, "", &long).await;
    let results = matches(&chat, "needle").await;
    let [answer, question] = &results[..] else { panic!("both sides: {results:?}") };
    let message = |found: &MessageMatch| found.message.clone().expect("a message");
    assert_eq!(
        [message(answer), message(question)].map(|it| it.role()),
        [Role::Assistant, Role::User]
    );
    assert!([answer, question].iter().all(|it| message(it).conversation_id == id));
    for result in [answer, question] {
        assert_eq!(marked(result), ["Needle", "NEEDLEWORK"]);
        let length = result.snippet.chars().count();
        assert!((100..=200).contains(&length), "{length}: {}", result.snippet);
        assert!(content(result).contains(&result.snippet));
        assert!(result.snippet.starts_with("hay") && result.snippet.ends_with("straw"));
    }
    say(&chat, "", "👩‍👩‍👧‍👦 ask for ﬁle №5").await;
    let results = matches(&chat, "file no").await;
    assert_eq!(results[0].snippet, "👩‍👩‍👧‍👦 ask for ﬁle №5");
    assert_eq!(marked(&results[0]), ["ﬁle", "№5"]);
}

async fn what_was_written_of_an_answer_is_found_too() {
    let (model, mut asks) = puppet();
    let talk = Talk::start(Start { model, ..Start::default() }).await;
    let mut events = talk.stream("hello").await;
    next(&mut events).await;
    let ask = asks.next().await;
    ask.text("The plumber will");
    next(&mut events).await;
    ask.fail("gone");
    rest(events).await;
    let results = matches(&talk.chat, "plumber").await;
    assert!(results[0].message.as_ref().is_some_and(|message| message.incomplete), "{results:?}");
}

async fn only_ones_own_messages_are_found_and_others_conversations_are_denied() {
    let app = listening().await;
    let (alice, bob) = (app.chat_as("alice"), app.chat_as("bob"));
    let alices = say(&alice, "", "the secret of alice").await;
    let bobs = say(&bob, "", "a secret of bob").await;
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

async fn a_conversation_narrows_the_search_and_a_deleted_one_is_not_found() {
    let app = listening().await;
    let mut chat = app.chat_as("alice");
    let one = say(&chat, "", "milk for one").await;
    say(&chat, "", "milk for two").await;
    say(&chat, &one, "more milk for one").await;
    assert_eq!(found(&chat, "milk").await, ["more milk for one", "milk for two", "milk for one"]);
    let narrowed = page(&chat, request("milk", &one)).await;
    let narrowed = narrowed.matches.iter().map(content).collect::<Vec<_>>();
    assert_eq!(narrowed, ["more milk for one", "milk for one"]);

    let delete = DeleteConversationRequest { id: one.clone(), ..Default::default() };
    chat.delete_conversation(delete).await.expect("a deletion");
    assert_eq!(found(&chat, "milk").await, ["milk for two"]);
    assert!(page(&chat, request("milk", &one)).await.matches.is_empty());
    let undelete = UndeleteConversationRequest { id: one, ..Default::default() };
    chat.undelete_conversation(undelete).await.expect("a return");
    assert_eq!(found(&chat, "milk").await.len(), 3);
}

async fn a_query_without_words_is_refused() {
    let app = listening().await;
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
        words_are_found_by_their_beginning_without_case_and_accents_in_any_script,
        questions_and_answers_are_found_with_the_part_that_shows_it,
        what_was_written_of_an_answer_is_found_too,
        only_ones_own_messages_are_found_and_others_conversations_are_denied,
        a_conversation_narrows_the_search_and_a_deleted_one_is_not_found,
        a_query_without_words_is_refused;
}
