use super::*;

const TASK: Updatable =
    Updatable { resource: "task", fields: &["title", "labels"], output_only: &["number"] };

fn parse_mask(paths: &[&str], with_value: &[&str]) -> Result<Mask, Error> {
    let mask = FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() };
    Mask::from_request(Some(&mask), &TASK, |field| with_value.contains(&field))
}

#[test]
fn without_paths_set_fields_are_selected() {
    assert_eq!(parse_mask(&[], &["labels"]).expect("valid"), Mask(vec!["labels"]));
    assert_eq!(Mask::from_request(None, &TASK, |_| false).expect("valid"), Mask(vec![]));
}

#[test]
fn star_selects_all_and_must_be_alone() {
    assert_eq!(parse_mask(&["*"], &[]).expect("valid"), Mask(vec!["title", "labels"]));
    assert!(
        matches!(parse_mask(&["*", "title"], &[]), Err(Error::Invalid(faults)) if faults.len() == 1)
    );
}

#[test]
fn unknown_paths_are_violations() {
    assert_eq!(parse_mask(&["number", "title", "title"], &[]).expect("valid"), Mask(vec!["title"]));
    let Err(Error::Invalid(faults)) = parse_mask(&["titel", "title", "labels.x"], &[]) else {
        panic!("two paths are unknown");
    };
    let fields = faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>();
    assert_eq!(fields, ["update_mask.paths[0]", "update_mask.paths[2]"]);
}

#[test]
fn violations_of_unchanged_fields_are_dropped() {
    let faults = ["task.title", "task.labels[3]", "task.etag", "request_id"]
        .map(|field| Violation::new(field, "is wrong"))
        .to_vec();
    let mask = parse_mask(&["labels"], &[]).expect("valid");
    let fields = mask.filter_violations(&TASK, faults).into_iter().map(|fault| fault.field);
    assert_eq!(fields.collect::<Vec<_>>(), ["task.labels[3]", "task.etag", "request_id"]);
}
