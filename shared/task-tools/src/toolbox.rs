//! The entry point of the crate: lists the tools and runs them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tower::retry::budget::TpsBudget;

use crate::client::TaskClient;
use crate::failure::Failure;
use crate::registry::TOOLS;
use crate::{Settings, Spec, retry};

/// The tools, over one channel to the task service. Clones share the channel, the circuit breaker and
/// the retry budget.
#[derive(Debug, Clone)]
pub struct Toolbox {
    pub(crate) client: Arc<TaskClient>,
    pub(crate) retry_budget: Arc<TpsBudget>,
    /// How long one attempt may take.
    pub(crate) deadline: Duration,
    /// No retry begins later than this after the first attempt was lost.
    pub(crate) retry_timeout: Duration,
}

/// A tool call: the tool, its arguments and the caller's credentials.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// As the model wrote it; there may be no such tool.
    pub name: &'a str,
    /// As the model wrote them; not validated.
    pub arguments: &'a Value,
    /// The token for the task service. Its subject owns the tasks.
    pub bearer_token: &'a str,
    /// Repeated calls with the same request id have one effect.
    pub request_id: &'a str,
    /// No request to the task service runs longer.
    pub deadline: Instant,
    /// A previous worker may have made the same call.
    pub is_replay: bool,
}

impl Toolbox {
    /// A toolbox for the task service at the other end of `channel`.
    #[must_use]
    pub fn new(channel: Channel, settings: &Settings) -> Self {
        Self {
            client: Arc::new(TaskClient::new(channel, settings.clone())),
            retry_budget: Arc::new(retry::retry_budget(settings)),
            deadline: settings.deadline.get(),
            retry_timeout: settings.retry_timeout.get(),
        }
    }

    /// The specs of all tools, always in the same order.
    #[must_use]
    pub fn list_tools() -> Vec<Spec> {
        TOOLS.specs().cloned().collect()
    }

    /// Runs a tool once.
    pub(crate) async fn call_tool(&self, call: Call<'_>) -> Result<Value, Failure> {
        let result = TOOLS.run(&self.client, &call).await;
        if let Err(Failure::Service(status)) = &result {
            tracing::warn!(tool.name = call.name, code = ?status.code(), "tool call failed");
        }
        result
    }
}

impl Call<'_> {
    /// A request to the task service with the caller's credentials, the current request id and a
    /// timeout.
    pub(crate) fn make_request<M>(
        &self,
        message: M,
        timeout: Duration,
    ) -> Result<Request<M>, Status> {
        let mut request = Request::new(message);
        request.set_timeout(timeout);
        let bearer = MetadataValue::try_from(format!("Bearer {}", self.bearer_token));
        let bearer = bearer.map_err(|_| Status::internal("the token is no header value"))?;
        request.metadata_mut().insert("authorization", bearer);
        if let Some(id) = tandem_error::request::current()
            && let Ok(id) = MetadataValue::try_from(&*id)
        {
            request.metadata_mut().insert("x-request-id", id);
        }
        Ok(request)
    }
}
