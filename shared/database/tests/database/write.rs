//! Guarantees for every write.

use std::future::pending;

use sea_orm::{ConnectionTrait as _, DbBackend, TransactionTrait as _};
use tandem_config::HumanDuration;
use tandem_database::{Db as _, Settings};
use tandem_error::Error;

use crate::notes::{Held, add, ids, on_each, open};

#[tokio::test]
async fn writes_are_read_at_once() {
    on_each(async |settings| {
        let db = open(&settings).await;
        let owner = "me".to_owned();
        let length = db.write(async move |tx| add(tx, 1, &owner).await.map(|()| owner.len())).await;
        assert_eq!(length.expect("a commit"), 2);
        assert_eq!(ids(db.reader()).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_write_is_rolled_back() {
    on_each(async |settings| {
        let db = open(&settings).await;
        let outcome = db.write(async |tx| {
            add(tx, 1, "gone").await?;
            Err::<(), _>(Error::RequestIdReused)
        });
        assert!(matches!(outcome.await, Err(Error::RequestIdReused)));
        assert!(ids(db.reader()).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_an_internal_error() {
    on_each(async |settings| {
        let db = open(&settings).await;
        let outcome = db.write(async |tx| -> Result<(), Error> {
            add(tx, 1, "gone").await?;
            panic!("on purpose");
        });
        let error = outcome.await.expect_err("a panic").to_string();
        assert!(error.contains("internal") && error.contains("on purpose"), "{error}");
        db.write(async |tx| add(tx, 2, "stays").await).await.expect("the next one works");
        assert_eq!(ids(db.reader()).await, [2]);
    })
    .await;
}

#[tokio::test]
async fn an_endless_wait_times_out() {
    on_each(async |settings| {
        let db = open(&Settings { statement_timeout: HumanDuration::from_millis(100), ..settings })
            .await;
        let outcome = db.write(async |tx| {
            add(tx, 1, "gone").await?;
            pending::<Result<(), Error>>().await
        });
        assert!(matches!(outcome.await, Err(Error::DeadlineExceeded)));
        db.write(async |tx| add(tx, 2, "stays").await).await.expect("the next one works");
        assert_eq!(ids(db.reader()).await, [2]);
    })
    .await;
}

#[tokio::test]
async fn an_endless_statement_is_interrupted() {
    on_each(async |settings| {
        let db = open(&Settings { statement_timeout: HumanDuration::from_millis(100), ..settings }).await;
        let endless = match db.backend() {
            DbBackend::Postgres => "SELECT pg_sleep(600)",
            _ => "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        };
        let outcome = db.write(async |tx| tx.execute_unprepared(endless).await.db()).await;
        let error = outcome.expect_err("no end");
        let expected = matches!(error, Error::DeadlineExceeded | Error::DatabaseUnavailable(_));
        assert!(expected, "{error}");
        db.write(async |tx| add(tx, 2, "stays").await).await.expect("the next one works");
        assert_eq!(ids(db.reader()).await, [2]);
    })
    .await;
}

#[tokio::test]
async fn savepoints_roll_back_a_part() {
    on_each(async |settings| {
        let db = open(&settings).await;
        let outcome = db.write(async |tx| {
            add(tx, 1, "stays").await?;
            let part = tx.begin().await.db()?;
            add(&part, 2, "gone").await?;
            part.rollback().await.db()
        });
        outcome.await.expect("a commit");
        assert_eq!(ids(db.reader()).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn readers_neither_wait_nor_see_open_writes() {
    on_each(async |settings| {
        let db = open(&settings).await;
        db.write(async |tx| add(tx, 1, "committed").await).await.expect("a commit");
        let held = Held::begin(&db, 2).await;
        assert_eq!(ids(db.reader()).await, [1]);
        held.end().await.expect("a commit");
        assert_eq!(ids(db.reader()).await, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn concurrent_writes_are_all_committed() {
    on_each(async |settings| {
        let db = open(&settings).await;
        let before = db.commit_count();
        let tasks: Vec<_> = (0..64)
            .map(|id| {
                let db = db.clone();
                tokio::spawn(
                    async move { db.write(async move |tx| add(tx, id, "one").await).await },
                )
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("a commit");
        }
        assert_eq!(ids(db.reader()).await, Vec::from_iter(0..64));
        assert!((1..=64).contains(&(db.commit_count() - before)));
    })
    .await;
}
