//! The layer in front of tonic's router and of a service that returns the caller.

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

struct Fixture {
    pair: KeyPair,
    layer: AuthLayer,
}

impl Fixture {
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

    /// Calls a service that returns the caller's id, if there is a caller.
    async fn call(&self, path: &str, headers: &[&str]) -> Result<Option<String>, Status> {
        let whoami = service_fn(|request: Request<Body>| async move {
            let request = tonic::Request::from_http(request);
            let who = Caller::from_request(&request)
                .ok()
                .map(|caller| caller.owner().as_str().to_owned());
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
async fn handler_gets_the_caller() {
    let fixture = Fixture::new();
    let header = fixture.bearer(json!({}));
    for header in [header.clone(), header.replacen("Bearer ", "bEARER  ", 1)] {
        let who = fixture.call(GET_TASK, &[&header]).await.expect("let in");
        assert_eq!(who.as_deref(), Some("ada"));
    }
}

#[tokio::test]
async fn rejections_carry_the_reason() {
    let fixture = Fixture::new();
    let good = fixture.bearer(json!({}));
    let expired = fixture.bearer(json!({"exp": NOW - 60}));
    let elsewhere = fixture.bearer(json!({"aud": "elsewhere"}));
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
        let status = fixture.call(GET_TASK, headers).await.expect_err("refused");
        assert_eq!(status.code(), Code::Unauthenticated, "{headers:?}");
        assert_eq!(reason(&status), Some(expected), "{headers:?}");
    }
}

#[tokio::test]
async fn public_methods_need_no_token() {
    let fixture = Fixture::new();
    for path in [HEALTH, "/tandem.task.v1.TaskService/Ping"] {
        assert_eq!(fixture.call(path, &[]).await.expect("let in"), None);
        assert_eq!(fixture.call(path, &["Bearer garbage"]).await.expect("let in"), None);
    }
}

#[tokio::test]
async fn similar_paths_are_not_public() {
    let fixture = Fixture::new();
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
        let status = fixture.call(path, &[]).await.expect_err(path);
        assert_eq!(status.code(), Code::Unauthenticated, "{path}");
    }
}

#[tokio::test]
async fn missing_scope_is_rejected() {
    let fixture = Fixture::new();
    let header = fixture.bearer(json!({"scope": "chat admin"}));
    let status = fixture.call(GET_TASK, &[&header]).await.expect_err("refused");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(reason(&status), Some(Reason::ScopeMissing));
    let elsewhere = fixture.call("/new.v1.Service/Method", &[&header]).await.expect("let in");
    assert_eq!(elsewhere.as_deref(), Some("ada"));
}

#[tokio::test]
async fn debug_output_hides_the_token() {
    let fixture = Fixture::new();
    let service = service_fn(|request: Request<Body>| async move {
        let mut response = Response::new(Body::default());
        response.extensions_mut().insert(format!("{:?}", request.headers()));
        Ok::<_, Infallible>(response)
    });
    let header = fixture.bearer(json!({}));
    let response = fixture.layer.layer(service).oneshot(request(GET_TASK, &[&header])).await;
    let response = response.expect("an answer");
    let printed = response.extensions().get::<String>().expect("the headers");
    assert!(printed.contains("authorization") && !printed.contains(&header[7..]), "{printed}");
}

#[tokio::test]
async fn works_with_a_tonic_server() {
    let fixture = Fixture::new();
    let _server = tonic::transport::Server::builder().layer(fixture.layer.clone());
    let answer = async |headers: &[&str]| {
        let routes = fixture.layer.layer(Routes::default());
        let response = routes.oneshot(request(GET_TASK, headers)).await.expect("an answer");
        Status::from_header_map(response.headers()).expect("a status").code()
    };
    assert_eq!(answer(&[]).await, Code::Unauthenticated);
    assert_eq!(answer(&[&fixture.bearer(json!({}))]).await, Code::Unimplemented);
}

#[tokio::test]
async fn without_the_layer_there_is_no_caller() {
    let error = Caller::from_request(&tonic::Request::new(())).expect_err("no caller");
    assert_eq!(Status::from(error).code(), Code::Unauthenticated);
}
