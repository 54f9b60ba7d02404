//! The gate: who gets in, in every method that there is or ever will be.

use prost_reflect::{DescriptorPool, MethodDescriptor};
use tandem_auth::Scope;
use tandem_test_support::{ISSUER, Issuer};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1 as reflection;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_types::StatusExt as _;

use crate::support::app::App;
use crate::support::{refusal, rpc};

/// Methods that are not served yet, all of them.
const NOT_SERVED: [&str; 0] = [];

/// Every method of the contract.
pub(crate) fn methods() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(tandem_proto::DESCRIPTOR_SET).expect("a descriptor set");
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let methods = methods.collect::<Vec<_>>();
    assert!(methods.len() >= 28, "only {} methods are walked", methods.len());
    methods
}

/// Who serves a method, and the scope that it needs.
fn server<'a>(app: &'a App, method: &MethodDescriptor) -> (&'a Channel, Scope) {
    match method.parent_service().full_name() {
        "tandem.task.v1.TaskService" => (&app.task, Scope::Tasks),
        "tandem.chat.v1.ChatService" => (&app.chat, Scope::Chat),
        other => panic!("{other} is served by nobody here"),
    }
}

/// Calls a method with an empty message.
async fn call(
    app: &App,
    method: &MethodDescriptor,
    authorization: Option<&str>,
) -> Result<(), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    rpc::call(server(app, method).0, &path, authorization, ()).await
}

/// Fails unless a call was refused with this code, reason and metadata.
fn assert_refused(
    answer: Result<(), Status>,
    (code, reason, metadata): (Code, &str, &[(&str, &str)]),
    what: &str,
) {
    let status = answer.expect_err(what);
    let said = status.get_details_error_info().map(|info| info.metadata).unwrap_or_default();
    let expected = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    assert_eq!(refusal::reason(&status), (code, reason.to_owned()), "{what}");
    assert_eq!(said, expected.collect(), "{what}");
}

/// What is no token, by name, with the reason for the refusal.
fn no_tokens(issuer: &Issuer) -> Vec<(&'static str, Option<String>, &'static str)> {
    let good = issuer.token("alice");
    let (body, signature) = good.rsplit_once('.').expect("a token has three parts");
    let flipped = signature.chars().rev().collect::<String>();
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    vec![
        ("nothing", None, "TOKEN_MISSING"),
        ("another scheme", Some("Basic YWxpY2U6c2VjcmV0".to_owned()), "TOKEN_MISSING"),
        ("no scheme", Some(good.clone()), "TOKEN_MISSING"),
        ("garbage", bearer("garbage"), "TOKEN_INVALID"),
        ("another signature", bearer(&format!("{body}.{flipped}")), "TOKEN_INVALID"),
        ("another key", bearer(&Issuer::new().token("alice")), "TOKEN_INVALID"),
        ("alg none", bearer(&issuer.unsigned("alice")), "TOKEN_INVALID"),
        ("HS256 with the public key", bearer(&issuer.hs256_confused("alice")), "TOKEN_INVALID"),
        ("another audience", bearer(&issuer.for_audience("alice", "other")), "TOKEN_INVALID"),
        ("no user", bearer(&issuer.token("")), "TOKEN_INVALID"),
        ("an expired token", bearer(&issuer.expired("alice")), "TOKEN_EXPIRED"),
    ]
}

async fn without_a_good_token_every_method_says_what_is_wrong_with_it() {
    let app = App::start().await;
    for (name, authorization, reason) in no_tokens(&app.issuer) {
        for method in methods() {
            let answer = call(&app, &method, authorization.as_deref()).await;
            let what = format!("{} with {name}", method.full_name());
            assert_refused(answer, (Code::Unauthenticated, reason, &[]), &what);
        }
    }
}

async fn a_token_is_good_only_for_the_scopes_that_it_names() {
    let app = App::start().await;
    let all = [Scope::Chat, Scope::Tasks, Scope::Admin];
    for method in methods() {
        let needed = server(&app, &method).1;
        let others = all.into_iter().filter(|scope| *scope != needed).collect::<Vec<_>>();
        for scopes in [others.as_slice(), &[]] {
            let token = format!("Bearer {}", app.issuer.with_scopes("alice", scopes));
            let answer = call(&app, &method, Some(&token)).await;
            let metadata = [("scope", needed.as_str())];
            let expected = (Code::PermissionDenied, "SCOPE_MISSING", metadata.as_slice());
            assert_refused(answer, expected, method.full_name());
        }
    }
}

async fn nobody_but_the_chat_service_speaks_for_a_user() {
    let app = App::start().await;
    for issuer in [ISSUER, "tandem-chat"] {
        let token = format!("Bearer {}", app.issuer.delegated(issuer, "alice"));
        for method in methods() {
            let answer = call(&app, &method, Some(&token)).await;
            let what = format!("{} as {issuer}", method.full_name());
            assert_refused(answer, (Code::Unauthenticated, "TOKEN_INVALID", &[]), &what);
        }
    }
}

async fn a_good_token_opens_every_method_and_only_those_not_served_yet_say_so() {
    let app = App::start().await;
    let token = format!("Bearer {}", app.issuer.token("alice"));
    for method in methods() {
        let answer = call(&app, &method, Some(&token)).await;
        let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
        assert_ne!(code, Code::Unauthenticated, "{}", method.full_name());
        let is_served = !NOT_SERVED.contains(&method.name());
        assert_eq!(code != Code::Unimplemented, is_served, "{}", method.full_name());
        if !is_served {
            let expected = (Code::Unimplemented, "NOT_IMPLEMENTED", [].as_slice());
            assert_refused(answer, expected, method.full_name());
        }
    }
}

async fn a_method_that_nobody_knows_is_not_open_either() {
    let app = App::start().await;
    let unknown = ["/tandem.task.v1.TaskService/Dump", "/tandem.admin.v1.AdminService/Dump", "/"];
    for path in unknown {
        for channel in [&app.task, &app.chat] {
            let answer = rpc::call(channel, path, None, ()).await;
            assert_refused(answer, (Code::Unauthenticated, "TOKEN_MISSING", &[]), path);
        }
    }
}

async fn health_and_reflection_answer_everybody() {
    let app = App::start().await;
    for (channel, service) in
        [(&app.task, "tandem.task.v1.TaskService"), (&app.chat, "tandem.chat.v1.ChatService")]
    {
        for service in ["", service] {
            let request = HealthCheckRequest { service: service.to_owned() };
            HealthClient::new(channel.clone()).check(request).await.expect("an answer");
        }
        assert!(listed(channel).await.iter().any(|name| name == service), "{service}");
    }
}

/// The services that reflection lists.
async fn listed(channel: &Channel) -> Vec<String> {
    use reflection::server_reflection_request::MessageRequest;
    use reflection::server_reflection_response::MessageResponse;
    let message_request = Some(MessageRequest::ListServices(String::new()));
    let request = reflection::ServerReflectionRequest { message_request, ..Default::default() };
    let requests = tokio_stream::iter([request]);
    let mut client = ServerReflectionClient::new(channel.clone());
    let answers = client.server_reflection_info(requests).await.expect("a stream");
    let answer = answers.into_inner().message().await.expect("no error").expect("an answer");
    match answer.message_response {
        Some(MessageResponse::ListServicesResponse(list)) => {
            list.service.into_iter().map(|service| service.name).collect()
        }
        other => panic!("a list of services: {other:?}"),
    }
}

database_tests! {
    tests:
        without_a_good_token_every_method_says_what_is_wrong_with_it,
        a_token_is_good_only_for_the_scopes_that_it_names,
        nobody_but_the_chat_service_speaks_for_a_user,
        a_good_token_opens_every_method_and_only_those_not_served_yet_say_so,
        a_method_that_nobody_knows_is_not_open_either,
        health_and_reflection_answer_everybody;
}
