//! The table `turn_events`.

use sea_orm::entity::prelude::*;
use tandem_clock::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "turn_events")]
pub(in crate::store) struct Model {
    pub owner: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub turn_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub event_time: Timestamp,
    pub event: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tandem_error::Error;

    use crate::domain::TurnEvent;
    use crate::store::entity::{from_json, to_json};

    fn finished_call(status: &str) -> Value {
        let call = json!({"id": "1", "name": "add_task", "arguments": {}, "status": status});
        json!({"ToolFinished": call})
    }

    fn started_by(role: &str) -> Value {
        let id = uuid::Uuid::nil();
        let message = json!({
            "id": id, "conversation_id": id, "sequence": 1, "turn_id": id, "role": role,
            "content": "hi", "metadata": {}, "tool_calls": [], "incomplete": false, "created": 1,
        });
        json!({"Started": {"message": message, "model": "builtin"}})
    }

    fn decode_event(json: Value) -> Result<TurnEvent, Error> {
        from_json(json)
    }

    #[test]
    fn known_events_round_trip() {
        let calls = ["Running", "Succeeded", "Failed"].map(finished_call);
        let events = [json!({"Text": "hi"}), json!({"Cancelled": {"message": null}})];
        let starts = ["User", "Assistant"].map(started_by);
        for json in calls.into_iter().chain(events).chain(starts) {
            let event = decode_event(json.clone()).expect("a known event");
            let again = decode_event(to_json(&event).expect("JSON")).expect("a known event");
            assert_eq!(again, event, "{json}");
        }
    }

    #[test]
    fn unknown_event_kind_is_an_error() {
        for json in [json!({"Paused": {"message": null}}), json!(2), json!("Paused")] {
            assert!(matches!(decode_event(json.clone()), Err(Error::Internal(_))), "{json}");
        }
    }

    #[test]
    fn unknown_tool_status_is_an_error() {
        assert!(matches!(decode_event(finished_call("Paused")), Err(Error::Internal(_))));
    }

    #[test]
    fn unknown_role_in_an_event_is_an_error() {
        assert!(matches!(decode_event(started_by("System")), Err(Error::Internal(_))));
    }
}
