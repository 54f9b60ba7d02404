//! Handler for usage reports.

use std::time::Duration;

use tandem_auth::Caller;
use tandem_clock::Timestamp;
use tandem_error::{Error, validate};
use tandem_proto::chat::{DailyUsage, GetUsageRequest, GetUsageResponse};
use tonic::{Request, Response};

use super::{ChatApi, RpcResult};
use crate::store;

/// The default period: 30 days.
const DEFAULT_PERIOD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl ChatApi {
    pub(super) async fn handle_get_usage(
        &self,
        request: Request<GetUsageRequest>,
    ) -> RpcResult<GetUsageResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let end = request.end_time.map(Timestamp::from);
        let end = end.unwrap_or_else(|| self.clock.now() + Duration::from_micros(1));
        let start = request.start_time.map_or(end - DEFAULT_PERIOD, Timestamp::from);
        if start > end {
            return Err(Error::invalid("start_time", "is after the end").into());
        }
        let days = store::list_usage(self.db.reader(), caller.owner(), start, end).await?;
        let days = days.into_iter().map(daily_usage_to_proto).collect();
        Ok(Response::new(GetUsageResponse { days }))
    }
}

fn daily_usage_to_proto(day: store::DailyUsage) -> DailyUsage {
    DailyUsage {
        date: day.start.to_datetime().format("%Y-%m-%d").to_string(),
        model: day.model,
        turn_count: day.usage.turns,
        message_count: day.usage.messages,
        tool_call_count: day.usage.tool_calls,
        input_token_count: day.usage.input_tokens,
        output_token_count: day.usage.output_tokens,
    }
}
