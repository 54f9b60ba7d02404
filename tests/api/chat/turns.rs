//! Turns: from a message to the end of its answer.

mod cancel;
mod follow;
mod get;
mod limits;
mod model_context;
mod model_failures;
mod takeover;
mod task_service_outage;
mod titles;
mod tool_calls;

database_tests! {
    modules:
        cancel, follow, get, limits, model_context, model_failures, takeover, task_service_outage,
        titles, tool_calls;
}
