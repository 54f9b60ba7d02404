//! Reflection describes only what is served.

use tandem_server::{Readiness, Settings};
use tonic::Code;
use tonic_reflection::pb::{v1, v1alpha};

use crate::server::Server;

/// Tests of one version of the protocol; the versions differ only in their package.
macro_rules! version {
    ($name:ident, $package:ident) => {
        mod $name {
            use super::*;
            use $package::server_reflection_client::ServerReflectionClient;
            use $package::server_reflection_request::MessageRequest as Ask;
            use $package::server_reflection_response::MessageResponse as Answer;

            async fn ask(server: &Server, ask: Ask) -> Result<Answer, tonic::Status> {
                let host = String::new();
                let request =
                    $package::ServerReflectionRequest { host, message_request: Some(ask) };
                let mut client = ServerReflectionClient::new(server.channel());
                let answers = client.server_reflection_info(tokio_stream::once(request)).await?;
                let answer = answers.into_inner().message().await?.expect("an answer");
                Ok(answer.message_response.expect("a message"))
            }

            #[tokio::test]
            async fn describes_only_served_services() {
                let server = Server::start().await;
                let answer = ask(&server, Ask::ListServices(String::new())).await;
                let Ok(Answer::ListServicesResponse(list)) = answer else { panic!("no list") };
                let mut names: Vec<_> = list.service.into_iter().map(|s| s.name).collect();
                names.sort();
                assert_eq!(
                    names,
                    [
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection",
                        "tandem.task.v1.TaskService",
                    ]
                );
                // Each listed service is described, with all imports of its file.
                let types =
                    ["tandem.task.v1.Task", "google.api.HttpRule", "google.protobuf.Timestamp"];
                for symbol in names.iter().map(String::as_str).chain(types) {
                    let answer = ask(&server, Ask::FileContainingSymbol(symbol.to_owned())).await;
                    assert!(matches!(answer, Ok(Answer::FileDescriptorResponse(_))), "{symbol}");
                }
                for symbol in ["tandem.chat.v1.ChatService", "tandem.chat.v1.Message"] {
                    let answer = ask(&server, Ask::FileContainingSymbol(symbol.to_owned())).await;
                    assert_eq!(answer.expect_err("not served here").code(), Code::NotFound);
                }
            }

            #[tokio::test]
            async fn can_be_disabled() {
                let settings = Settings { reflection: false, ..Settings::default() };
                let server = Server::start_with(settings, Readiness::always()).await;
                let answer = ask(&server, Ask::ListServices(String::new())).await;
                assert_eq!(answer.expect_err("off").code(), Code::Unimplemented);
            }
        }
    };
}

version!(stable, v1);
version!(alpha, v1alpha);
