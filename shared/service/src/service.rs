//! The parts of a service, and serving them: one way for its binary, the embedded system and tests.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _, join_all};
use tandem_auth::{AuthLayer, Policy, Scope, Verifier};
use tandem_clock::{Clock, Timestamp};
use tandem_database::{Database, MigratorTrait, requests};
use tandem_error::{Cause, Error};
use tandem_server::{MethodTimeouts, Readiness, Stack, run_periodically};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{CommonSettings, ServiceSettings};

/// A service that is configured and not started.
pub trait Service: Sized {
    /// The name in settings: `task` for `TANDEM_TASK__…` and `[task.…]`.
    const NAME: &'static str;

    /// The full name of the gRPC service.
    const GRPC_SERVICE: &'static str;

    /// The scope that a caller's token needs.
    const SCOPE: Scope;

    /// The settings.
    type Settings: ServiceSettings;

    /// The migrations of the database.
    type Migrator: MigratorTrait;

    /// The settings of this instance.
    fn settings(&self) -> &Self::Settings;

    /// The clock of this instance.
    fn clock(&self) -> &Clock;

    /// Builds the parts, on a database with the newest schema.
    fn build(self, context: Context) -> impl Future<Output = Result<Parts, Cause>> + Send;
}

/// What a service builds its parts with.
pub struct Context {
    /// The database, with the newest schema.
    pub db: Database,
    /// The clock of the service.
    pub clock: Clock,
    /// Cancelled when the service stops: streams and jobs end.
    pub stop: CancellationToken,
    /// The settings that every service has.
    pub settings: CommonSettings,
}

/// The parts of a service.
pub struct Parts {
    routes: Routes,
    method_timeouts: MethodTimeouts,
    jobs: Vec<BoxFuture<'static, ()>>,
}

impl Parts {
    /// A service with these routes, made by [`routes!`](crate::routes!).
    #[must_use]
    pub fn new(routes: Routes) -> Self {
        Self { routes, method_timeouts: MethodTimeouts::default(), jobs: Vec::new() }
    }

    /// Sets the deadlines of streams and of methods that wait.
    #[must_use]
    pub fn method_timeouts(self, method_timeouts: MethodTimeouts) -> Self {
        Self { method_timeouts, ..self }
    }

    /// Adds a background job. It has to end after [`Context::stop`] is cancelled: the database is closed
    /// when every job has ended.
    #[must_use]
    pub fn job(mut self, job: impl Future<Output = ()> + Send + 'static) -> Self {
        self.jobs.push(job.boxed());
        self
    }
}

impl Context {
    /// The background job that runs `purge` at the start and in each interval of the settings, with the
    /// current time and the token that is cancelled when it has to stop. Errors are logged, and the next run
    /// tries again.
    pub fn purge_job<P, F>(&self, purge: P) -> impl Future<Output = ()> + Send + use<P, F>
    where
        P: Fn(Timestamp, CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let (clock, stop) = (self.clock.clone(), self.stop.clone());
        let interval = self.settings.purge.interval.get();
        async move {
            run_periodically(interval, &stop, || async {
                if let Err(error) = purge(clock.now(), stop.clone()).await {
                    tracing::warn!(%error, "purge failed");
                }
            })
            .await;
        }
    }

    /// The background job that deletes expired request ids, for services that store them. It is not a part of
    /// another purge, whose failure would let them grow.
    pub fn request_id_job(&self) -> impl Future<Output = ()> + Send + use<> {
        let db = self.db.clone();
        self.purge_job(move |now, stop| {
            let db = db.clone();
            async move {
                let delete = || db.write(async move |tx| requests::delete_expired(tx, now).await);
                while !stop.is_cancelled() && delete().await? > 0 {}
                Ok(())
            }
        })
    }
}

/// The routes of a generated gRPC server, with the message sizes of the settings:
/// `routes!(context, TaskServiceServer::new(api))`.
#[macro_export]
macro_rules! routes {
    ($context:expr, $server:expr) => {{
        let settings = &$context.settings.server;
        $crate::Routes::new(
            $server
                .max_decoding_message_size(settings.max_request_bytes)
                .max_encoding_message_size(settings.max_response_bytes),
        )
    }};
}

/// Serves on `listener` until `shutdown` is cancelled, the running calls have finished and the background
/// jobs have ended.
///
/// # Errors
/// The settings are invalid, the database cannot be opened or migrated, a part cannot be built, or the
/// transport fails.
pub async fn serve<S: Service>(
    service: S,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Cause> {
    let settings = service.settings().common();
    let verifier = Verifier::new(&settings.auth).map_err(|errors| errors.join("; "))?;
    let db = Database::open_migrated::<S::Migrator>(&settings.database).await?;
    let stop = shutdown.child_token();
    let (server, clock) = (settings.server.clone(), service.clock().clone());
    let context = Context { db: db.clone(), clock, stop: stop.clone(), settings };
    let parts = service.build(context).await?;
    let stack = Stack {
        routes: parts.routes,
        services: vec![S::GRPC_SERVICE],
        auth: AuthLayer::new(Arc::new(verifier), policy::<S>()),
        method_timeouts: parts.method_timeouts,
        readiness: readiness::<S::Migrator>(db.clone()),
    };
    let served = async {
        // The jobs end even if the server fails.
        let _stop = stop.drop_guard();
        tandem_server::serve(&server, listener, stack, shutdown).await
    };
    let (served, _) = tokio::join!(served, join_all(parts.jobs));
    db.close().await;
    served
}

/// Migrates the database to the newest schema.
///
/// # Errors
/// The database cannot be reached, or a migration fails.
pub async fn migrate<S: Service>(settings: &S::Settings) -> Result<(), Cause> {
    let db = Database::open(&settings.common().database).await?;
    db.migrate::<S::Migrator>().await?;
    db.close().await;
    Ok(())
}

/// Health and reflection are public; the service requires its scope.
fn policy<S: Service>() -> Policy {
    Policy::deny_by_default()
        .public("/grpc.health.v1.Health/")
        .public("/grpc.reflection.v1.ServerReflection/")
        .public("/grpc.reflection.v1alpha.ServerReflection/")
        .require(S::GRPC_SERVICE, S::SCOPE)
}

fn readiness<M: MigratorTrait>(db: Database) -> Readiness {
    Readiness::new(move || {
        let db = db.clone();
        async move { db.check_ready::<M>().await.map_err(|error| error.to_string()) }
    })
}
