//! Handlers for turns.

use tandem_auth::{Caller, Owner, audit};
use tandem_error::{Error, validate};
use tandem_proto::chat::{CancelTurnRequest, FollowTurnRequest, GetTurnRequest, Turn, TurnView};
use tandem_server::ResponseStream;
use tonic::{Request, Response};
use uuid::Uuid;

use super::service::EventStream;
use super::{ChatApi, RpcResult, wire};
use crate::store;

impl ChatApi {
    pub(super) async fn handle_get_turn(
        &self,
        request: Request<GetTurnRequest>,
    ) -> RpcResult<Turn> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::parse_id(&request.id)?;
        let turn = store::find_turn(self.db.reader(), caller.owner(), id).await?;
        let turn = turn.ok_or(Error::Denied)?;
        let mut response = wire::turn_to_proto(turn.clone());
        if request.view() == TurnView::Full {
            let prompt = self.agent.latest_prompt(caller.owner(), &turn).await?;
            response.prompt = wire::prompt_to_proto(prompt);
        }
        Ok(Response::new(response))
    }

    pub(super) async fn handle_follow_turn(
        &self,
        request: Request<FollowTurnRequest>,
    ) -> RpcResult<EventStream> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::parse_id(&request.id)?;
        store::find_turn(self.db.reader(), caller.owner(), id).await?.ok_or(Error::Denied)?;
        Ok(Response::new(self.event_stream(caller.owner(), id, request.after_sequence)))
    }

    pub(super) async fn handle_cancel_turn(
        &self,
        request: Request<CancelTurnRequest>,
    ) -> RpcResult<Turn> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let turn = self.agent.cancel_turn(caller.owner(), wire::parse_id(&request.id)?).await?;
        audit::log_write(&caller, "CancelTurn", &request.id);
        Ok(Response::new(wire::turn_to_proto(turn)))
    }

    /// The events of the owner's turn after the sequence number `after`.
    pub(super) fn event_stream(&self, owner: &Owner, turn_id: Uuid, after: i64) -> EventStream {
        let mut follower = self.agent.follow_turn(owner, turn_id, after);
        let max_bytes = self.streams.buffer_bytes;
        ResponseStream::spawn(&self.streams, |sender| async move {
            while let Some(events) = follower.next_events(max_bytes).await? {
                for event in events {
                    sender.send(wire::event_to_proto(turn_id, event)).await;
                }
            }
            Ok(())
        })
    }
}
