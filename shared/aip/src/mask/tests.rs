use super::*;

const TASK: Updatable =
    Updatable { resource: "task", fields: &["title", "labels"], output_only: &["number"] };

fn read(paths: &[&str], with_value: &[&str]) -> Result<Mask, Error> {
    let mask = FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() };
    Mask::read(Some(&mask), &TASK, |field| with_value.contains(&field))
}

#[test]
fn without_paths_the_fields_with_a_value_are_meant() {
    assert_eq!(read(&[], &["labels"]).expect("valid"), Mask(vec!["labels"]));
    assert_eq!(Mask::read(None, &TASK, |_| false).expect("valid"), Mask(vec![]));
}

#[test]
fn a_star_means_every_field_and_stands_alone() {
    assert_eq!(read(&["*"], &[]).expect("valid"), Mask(vec!["title", "labels"]));
    assert!(matches!(read(&["*", "title"], &[]), Err(Error::Invalid(faults)) if faults.len() == 1));
}

#[test]
fn what_the_service_sets_is_ignored_and_what_is_unknown_is_named() {
    assert_eq!(read(&["number", "title", "title"], &[]).expect("valid"), Mask(vec!["title"]));
    let Err(Error::Invalid(faults)) = read(&["titel", "title", "labels.x"], &[]) else {
        panic!("two paths are unknown");
    };
    let fields = faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>();
    assert_eq!(fields, ["update_mask.paths[0]", "update_mask.paths[2]"]);
}

#[test]
fn only_violations_of_changed_fields_count() {
    let faults = ["task.title", "task.labels[3]", "task.etag", "request_id"]
        .map(|field| Violation::new(field, "is wrong"))
        .to_vec();
    let mask = read(&["labels"], &[]).expect("valid");
    let fields = mask.relevant(&TASK, faults).into_iter().map(|fault| fault.field);
    assert_eq!(fields.collect::<Vec<_>>(), ["task.labels[3]", "task.etag", "request_id"]);
}
