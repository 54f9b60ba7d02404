use super::*;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn task() -> Task {
    let draft = Draft { title: "buy milk".to_owned(), ..Draft::default() };
    draft.into_task(Uuid::nil(), 1, at(10))
}

fn mask(paths: &[&str]) -> Mask {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    Mask::from_request(Some(&prost_types::FieldMask { paths }), &UPDATABLE, |_| false)
        .expect("known fields")
}

#[test]
fn new_task_is_pending_and_normalized() {
    let labels = ["shop", "home", "shop"].map(str::to_owned).to_vec();
    let task = Draft { labels, ..Draft::default() }.into_task(Uuid::nil(), 7, at(10));
    assert_eq!(task.labels, ["shop", "home"]);
    assert_eq!((task.status, task.number, task.version), (Status::Pending, 7, 1));
}

#[test]
fn update_changes_masked_fields_only() {
    let mut task = task();
    let draft = Draft { due: Some(at(5)), priority: Some(Priority::High), ..Draft::default() };
    task.update(&draft, &mask(&["due_time"]), &LabelChange::default(), at(20))
        .expect("not deleted");
    assert_eq!((task.due, task.priority, task.title.as_str()), (Some(at(5)), None, "buy milk"));
    assert_eq!((task.version, task.updated), (2, at(20)));
}

#[test]
fn no_change_makes_no_version() {
    let mut task = task();
    task.reopen(at(20)).expect("not deleted");
    task.update(&Draft::default(), &mask(&["description"]), &LabelChange::default(), at(20))
        .expect("not deleted");
    assert_eq!((task.version, task.updated), (1, at(10)));
}

#[test]
fn second_completion_is_ignored() {
    let mut task = task();
    task.complete(at(20)).expect("not deleted");
    task.complete(at(30)).expect("not deleted");
    assert_eq!((task.status, task.version), (Status::Completed { at: at(20) }, 2));
    task.reopen(at(40)).expect("not deleted");
    assert_eq!((task.status, task.version), (Status::Pending, 3));
}

#[test]
fn deleted_task_cannot_change() {
    let mut task = task();
    task.delete(at(20));
    task.delete(at(30));
    assert_eq!((task.deleted, task.version), (Some(at(20)), 2));
    assert!(matches!(task.complete(at(40)), Err(Error::StateConflict(_))));
    assert!(matches!(task.reopen(at(40)), Err(Error::StateConflict(_))));
    let update = task.update(&Draft::default(), &mask(&["title"]), &LabelChange::default(), at(40));
    assert!(matches!(update, Err(Error::StateConflict(_))));
    assert_eq!(task.version, 2);
}

#[test]
fn labels_change_one_by_one() {
    let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let draft = Draft { labels: labels(&["work", "shop"]), ..Draft::default() };
    let mut task = draft.into_task(Uuid::nil(), 1, at(10));
    let change = LabelChange { add: labels(&["home", "shop"]), remove: labels(&["work", "car"]) };
    let update =
        |task: &mut Task, change| task.update(&Draft::default(), &mask(&["title"]), change, at(20));
    update(&mut task, &change).expect("not deleted");
    assert_eq!(task.labels, labels(&["shop", "home"]));
    let many = (0..19).map(|number| number.to_string()).collect();
    let too_many = LabelChange { add: many, remove: Vec::new() };
    assert!(matches!(update(&mut task, &too_many), Err(Error::Invalid(_))));
    assert_eq!(task.labels, labels(&["shop", "home"]), "nothing is changed");
}
