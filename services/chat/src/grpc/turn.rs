//! Turns.

use tandem_auth::{Caller, audit};
use tandem_error::{Error, validate};
use tandem_proto::chat::{CancelTurnRequest, FollowTurnRequest, GetTurnRequest, Turn, TurnView};
use tonic::{Request, Response, Status};

use super::service::Events;
use super::{ChatApi, wire};
use crate::store;

impl ChatApi {
    pub(super) async fn turn(
        &self,
        request: Request<GetTurnRequest>,
    ) -> Result<Response<Turn>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::id(&request.id)?;
        let turn = store::find_turn(self.db.reader(), caller.owner(), id).await?;
        let turn = turn.ok_or(Error::Denied)?;
        let mut answer = wire::turn(turn.clone());
        if request.view() == TurnView::Full {
            let prompt = self.agent.latest_prompt(caller.owner(), &turn).await?;
            answer.prompt = wire::prompt(prompt);
        }
        Ok(Response::new(answer))
    }

    pub(super) async fn follow(
        &self,
        request: Request<FollowTurnRequest>,
    ) -> Result<Response<Events>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::id(&request.id)?;
        store::find_turn(self.db.reader(), caller.owner(), id).await?.ok_or(Error::Denied)?;
        Ok(Response::new(self.events(caller.owner(), id, request.after_sequence)))
    }

    pub(super) async fn cancel(
        &self,
        request: Request<CancelTurnRequest>,
    ) -> Result<Response<Turn>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let turn = self.agent.cancel(caller.owner(), wire::id(&request.id)?).await?;
        audit::log_write(&caller, "CancelTurn", &request.id);
        Ok(Response::new(wire::turn(turn)))
    }
}
