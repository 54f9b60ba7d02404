//! Turns: from a message to the end of its answer.

mod cancel;
mod cancel_tools;
mod fencing;
mod follow;
mod get;
mod limits;
mod lost_calls;
mod lost_leases;
mod mesh;
mod model_context;
mod model_failures;
mod orphans;
mod takeover;
mod task_service_outage;
mod titles;
mod tool_calls;

database_tests! {
    modules:
        cancel, cancel_tools, fencing, follow, get, limits, lost_calls, lost_leases, mesh,
        model_context, model_failures, orphans, takeover, task_service_outage, titles, tool_calls;
}
