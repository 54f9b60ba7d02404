//! The layer in front of a service: tonic's own router, and a service that says who called.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use serde_json::json;
use tandem_auth::{AuthLayer, Caller, KeyPair, Policy, Scope, Verifier};
use tandem_error::reason;
use tandem_proto::errors::ErrorReason as Reason;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::{NOW, claims, manual_clock, pair, signed, trust, verifier, with};

const GET_TASK: &str = "/tandem.task.v1.TaskService/GetTask";
const HEALTH: &str = "/grpc.health.v1.Health/Check";

struct Door {
    pair: KeyPair,
    layer: AuthLayer,
}

impl Door {
    fn new() -> Self {
        let pair = pair();
        let verifier: Arc<Verifier> = Arc::new(verifier(vec![trust(&pair)], &manual_clock()));
        let policy = Policy::deny_by_default()
            .public("/grpc.health.v1.Health/")
            .require("tandem.task.v1.TaskService", Scope::Tasks)
            .public("/tandem.task.v1.TaskService/Ping");
        Self { pair, layer: AuthLayer::new(verifier, policy) }
    }

    fn bearer(&self, changes: serde_json::Value) -> String {
        format!("Bearer {}", signed(&self.pair, &with(changes)))
    }

    /// Calls a service that answers with the caller's id, or with nothing where there is none.
    async fn call(&self, path: &str, headers: &[&str]) -> Result<Option<String>, Status> {
        let whoami = service_fn(|request: Request<Body>| async move {
            let request = tonic::Request::from_http(request);
            let who = Caller::of(&request).ok().map(|caller| caller.owner().as_str().to_owned());
            let mut response = Response::new(Body::default());
            response.extensions_mut().insert(who);
            Ok::<_, Infallible>(response)
        });
        let response = self.layer.layer(whoami).oneshot(request(path, headers)).await;
        let response = response.expect("an answer");
        match Status::from_header_map(response.headers()) {
            Some(status) => Err(status),
            None => Ok(response.extensions().get::<Option<String>>().cloned().flatten()),
        }
    }
}

fn request(path: &str, headers: &[&str]) -> Request<Body> {
    let start = Request::builder().uri(format!("http://localhost{path}"));
    let all = headers.iter().fold(start, |builder, value| builder.header("authorization", *value));
    all.body(Body::default()).expect("a request")
}

#[tokio::test]
async fn the_caller_reaches_the_handler() {
    let door = Door::new();
    let header = door.bearer(json!({}));
    for header in [header.clone(), header.replacen("Bearer ", "bEARER  ", 1)] {
        let who = door.call(GET_TASK, &[&header]).await.expect("let in");
        assert_eq!(who.as_deref(), Some("ada"));
    }
}

#[tokio::test]
async fn a_call_without_a_good_token_is_refused_with_the_reason() {
    let door = Door::new();
    let good = door.bearer(json!({}));
    let expired = door.bearer(json!({"exp": NOW - 60}));
    let elsewhere = door.bearer(json!({"aud": "elsewhere"}));
    let other_key = format!("Bearer {}", signed(&pair(), &claims()));
    let basic = good.replacen("Bearer", "Basic", 1);
    let table: [(&[&str], Reason); 10] = [
        (&[], Reason::TokenMissing),
        (&[""], Reason::TokenMissing),
        (&["Bearer"], Reason::TokenMissing),
        (&["Bearer  "], Reason::TokenMissing),
        (&[&basic], Reason::TokenMissing),
        (&["Bearer garbage"], Reason::TokenInvalid),
        (&[&elsewhere], Reason::TokenInvalid),
        (&[&other_key], Reason::TokenInvalid),
        (&[&good, &good], Reason::TokenInvalid),
        (&[&expired], Reason::TokenExpired),
    ];
    for (headers, expected) in table {
        let status = door.call(GET_TASK, headers).await.expect_err("refused");
        assert_eq!(status.code(), Code::Unauthenticated, "{headers:?}");
        assert_eq!(reason(&status), Some(expected), "{headers:?}");
    }
}

#[tokio::test]
async fn public_methods_need_no_token_and_have_no_caller() {
    let door = Door::new();
    for path in [HEALTH, "/tandem.task.v1.TaskService/Ping"] {
        assert_eq!(door.call(path, &[]).await.expect("let in"), None);
        assert_eq!(door.call(path, &["Bearer garbage"]).await.expect("let in"), None);
    }
}

#[tokio::test]
async fn what_only_looks_public_is_not() {
    let door = Door::new();
    let paths = [
        "/",
        "/grpc.health.v1.Health",
        "/grpc.health.v1.HealthX/Check",
        "/Grpc.Health.v1.Health/Check",
        "//grpc.health.v1.Health/Check",
        "/tandem.task.v1.TaskService/PingPong",
        "/tandem.task.v1.TaskService/Ping/",
        "/new.v1.Service/Method",
    ];
    for path in paths {
        let status = door.call(path, &[]).await.expect_err(path);
        assert_eq!(status.code(), Code::Unauthenticated, "{path}");
    }
}

#[tokio::test]
async fn a_method_refuses_a_token_without_its_scope() {
    let door = Door::new();
    let header = door.bearer(json!({"scope": "chat admin"}));
    let status = door.call(GET_TASK, &[&header]).await.expect_err("refused");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), Some(Reason::ScopeMissing));
    let elsewhere = door.call("/new.v1.Service/Method", &[&header]).await.expect("let in");
    assert_eq!(elsewhere.as_deref(), Some("ada"));
}

#[tokio::test]
async fn handlers_that_print_the_request_do_not_print_the_token() {
    let door = Door::new();
    let service = service_fn(|request: Request<Body>| async move {
        let mut response = Response::new(Body::default());
        response.extensions_mut().insert(format!("{:?}", request.headers()));
        Ok::<_, Infallible>(response)
    });
    let header = door.bearer(json!({}));
    let response = door.layer.layer(service).oneshot(request(GET_TASK, &[&header])).await;
    let response = response.expect("an answer");
    let printed = response.extensions().get::<String>().expect("the headers");
    assert!(printed.contains("authorization") && !printed.contains(&header[7..]), "{printed}");
}

#[tokio::test]
async fn it_fits_in_front_of_a_tonic_server() {
    let door = Door::new();
    let _server = tonic::transport::Server::builder().layer(door.layer.clone());
    let answer = async |headers: &[&str]| {
        let routes = door.layer.layer(Routes::default());
        let response = routes.oneshot(request(GET_TASK, headers)).await.expect("an answer");
        Status::from_header_map(response.headers()).expect("a status").code()
    };
    assert_eq!(answer(&[]).await, Code::Unauthenticated);
    assert_eq!(answer(&[&door.bearer(json!({}))]).await, Code::Unimplemented);
}

#[tokio::test]
async fn a_request_that_passed_no_layer_has_no_caller() {
    let error = Caller::of(&tonic::Request::new(())).expect_err("no caller");
    assert_eq!(Status::from(error).code(), Code::Unauthenticated);
}
