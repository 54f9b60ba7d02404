use prost_types::{FieldMask, Timestamp};
use tandem_aip::Mask;
use tandem_proto::Updatable as _;

use super::*;
use crate::domain::{LabelChange, UPDATABLE};

const RETENTION: Duration = Duration::from_secs(60);

/// A task with a value in every field that an update can change.
fn filled() -> proto::Task {
    proto::Task {
        title: "new".to_owned(),
        description: "details".to_owned(),
        priority: proto::Priority::High.into(),
        due_time: Some(Timestamp { seconds: 7, nanos: 0 }),
        labels: vec!["shop".to_owned()],
        ..proto::Task::default()
    }
}

fn at(micros: i64) -> tandem_clock::Timestamp {
    tandem_clock::Timestamp::from_micros(micros)
}

fn stored() -> Task {
    Draft { title: "old".to_owned(), ..Draft::default() }.into_task(Uuid::nil(), 1, at(10))
}

#[test]
fn each_updatable_field_is_applied() {
    for field in UPDATABLE.fields {
        assert!(filled().has_value(field), "{field}: give it a value in `filled`");
        let paths = FieldMask { paths: vec![(*field).to_owned()] };
        let mask = Mask::from_request(Some(&paths), &UPDATABLE, |_| false).expect("a known field");
        let mut updated = stored();
        updated
            .update(&draft_from_proto(filled()), &mask, &LabelChange::default(), at(20))
            .expect("not deleted");
        let updated = task_to_proto(updated, RETENTION);
        let other = UPDATABLE.fields.iter().filter(|other| *other != field);
        assert!(
            updated.has_value(field) && updated.etag != task_to_proto(stored(), RETENTION).etag
        );
        assert!(other.filter(|it| **it != "title").all(|it| !updated.has_value(it)), "{field}");
    }
}

#[test]
fn fields_of_the_service_are_ignored() {
    assert!(UPDATABLE.output_only.contains(&"purge_time"));
    assert!(!filled().has_value("purge_time") && !filled().has_value("unknown"));
}

#[test]
fn purge_time_follows_deletion() {
    assert_eq!(task_to_proto(stored(), RETENTION).purge_time, None);
    let mut deleted = stored();
    deleted.delete(at(5_000_001));
    let purge_time = task_to_proto(deleted, RETENTION).purge_time;
    assert_eq!(purge_time, Some(Timestamp { seconds: 65, nanos: 1_000 }));
}
