//! What callers used.

use std::time::Duration;

use tandem_auth::Caller;
use tandem_clock::Timestamp;
use tandem_error::{Error, validate};
use tandem_proto::chat::{DailyUsage, GetUsageRequest, GetUsageResponse};
use tonic::{Request, Response, Status};

use super::ChatApi;
use crate::store;

/// How far back is looked where the caller does not say.
const LOOK_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl ChatApi {
    pub(super) async fn usage(
        &self,
        request: Request<GetUsageRequest>,
    ) -> Result<Response<GetUsageResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let end = request.end_time.map(Timestamp::from);
        let end = end.unwrap_or_else(|| self.clock.now() + Duration::from_micros(1));
        let start = request.start_time.map_or(end - LOOK_BACK, Timestamp::from);
        if start > end {
            return Err(Error::invalid("start_time", "is after the end").into());
        }
        let days = store::list_usage(self.db.reader(), caller.owner(), start, end).await?;
        let days = days.into_iter().map(day).collect();
        Ok(Response::new(GetUsageResponse { days }))
    }
}

fn day(day: store::DailyUsage) -> DailyUsage {
    DailyUsage {
        date: day.start.to_datetime().format("%Y-%m-%d").to_string(),
        model: day.model,
        turn_count: day.used.turns,
        message_count: day.used.messages,
        tool_call_count: day.used.tool_calls,
        input_token_count: day.used.input_tokens,
        output_token_count: day.used.output_tokens,
    }
}
