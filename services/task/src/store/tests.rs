//! What lists and watches read of long tasks: what they return, and no more.

use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_clock::Clock;
use tandem_database::requests::Key;
use tandem_database::{Database, Settings};
use tandem_test_support::counting_connection::CountingConnection;

use super::{ChangeNotifier, ListQuery, Migrator, TaskWriter, list, list_changes, list_snapshot};
use crate::domain::{Draft, Filter, SortField};

/// The longest description, and many more tasks than fit into a page.
const LENGTH: usize = 40_000;
const COUNT: usize = 202;

/// What fits into a message of the API.
const PAGE_BYTES: usize = 512 * 1024;

/// What waits for the reader of a stream.
const BUFFER_BYTES: usize = 128 * 1024;

async fn fill(db: &Database, owner: &Owner) {
    db.migrate::<Migrator>().await.expect("a schema");
    let writer = TaskWriter::new(db.clone(), Clock::system(), ChangeNotifier::default());
    let draft = Draft {
        title: "a long task".to_owned(),
        description: "🦀".repeat(LENGTH / 4),
        priority: None,
        due: None,
        labels: Vec::new(),
    };
    for _ in 0..COUNT / 101 {
        let key = Key { request_id: String::new(), digest: [0; 32] };
        writer.create(owner, key, vec![draft.clone(); 101]).await.expect("tasks");
    }
}

async fn reads_are_bounded(settings: Settings) {
    let db = Database::open(&settings).await.expect("a database");
    let owner = Owner::from_row("alice".to_owned());
    fill(&db, &owner).await;
    let counted = CountingConnection::new(db.reader().clone());
    let order = Order { field: SortField::Number, direction: Direction::Ascending };
    let (filter, size) = (Filter::default(), 200);
    let query = ListQuery { owner: &owner, filter: &filter, order, after: None, size };
    let page = list(&counted, &query).await.expect("a page");
    assert_eq!((page.tasks.len(), page.next.is_some()), (PAGE_BYTES / LENGTH, true));
    let read = counted.take_bytes();
    assert!(read <= PAGE_BYTES + PAGE_BYTES / 10, "{read}");

    let last = i64::try_from(COUNT).expect("a small number");
    let tasks = list_snapshot(&counted, &owner, last, 0, BUFFER_BYTES).await.expect("tasks");
    assert_eq!(tasks.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2, 3]);
    let changes = list_changes(&counted, &owner, 5, BUFFER_BYTES).await.expect("changes");
    assert_eq!(changes.iter().map(|it| it.sequence).collect::<Vec<_>>(), [6, 7, 8]);
    let read = counted.take_bytes();
    assert!(read <= 2 * BUFFER_BYTES, "{read}");
    // The first is read whatever its length.
    let alone = list_changes(&counted, &owner, 5, 1).await.expect("a change");
    assert_eq!(alone.iter().map(|it| it.sequence).collect::<Vec<_>>(), [6]);
    db.close().await;
}

#[tokio::test]
async fn sqlite_reads_what_it_returns() {
    let folder = tempfile::tempdir().expect("a folder");
    reads_are_bounded(Settings::sqlite(folder.path().join("task.db"))).await;
}

#[tokio::test]
async fn postgresql_reads_what_it_returns() {
    let Some(url) = tandem_test_support::postgres::database() else { return };
    reads_are_bounded(Settings { url: url.as_str().into(), ..Settings::default() }).await;
}
