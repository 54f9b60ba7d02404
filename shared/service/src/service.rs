//! The parts of a service, and serving them: one way for its binary, the embedded system and tests.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, join_all};
use tandem_auth::{AuthLayer, Policy, Scope, Verifier};
use tandem_clock::{Clock, Timestamp};
use tandem_database::{Database, MigratorTrait, requests};
use tandem_error::{Cause, Error};
use tandem_proto::{Deadline, GrpcServer, Method};
use tandem_server::{MethodTimeouts, Readiness, Stack, run_periodically};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codegen::Service as HttpService;
use tonic::codegen::http::{Request, Response};
use tonic::server::NamedService;
use tonic::service::Routes;

use crate::{CommonSettings, ServiceSettings};

/// A service that is configured and not started.
pub trait Service: Sized {
    /// The name in settings: `task` for `TANDEM_TASK__…` and `[task.…]`.
    const NAME: &'static str;

    /// The scope that a caller's token needs.
    const SCOPE: Scope;

    /// The settings.
    type Settings: ServiceSettings;

    /// The migrations of the database.
    type Migrator: MigratorTrait;

    /// The settings and the clock of this instance.
    fn settings_and_clock(&self) -> (&Self::Settings, &Clock);

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
    grpc_service: &'static str,
    methods: &'static [Method],
    turn_timeout: Option<Duration>,
    jobs: Vec<BoxFuture<'static, ()>>,
}

impl Parts {
    /// A service with a generated gRPC server, which gets the message sizes of the settings and the
    /// deadlines of the contract. Other routes have neither and do not compile:
    ///
    /// ```compile_fail,E0277
    /// # use tandem_service::{Context, Parts};
    /// fn build(context: &Context) -> Parts {
    ///     Parts::new(context, tonic::service::Routes::default())
    /// }
    /// ```
    #[must_use]
    pub fn new<S>(context: &Context, server: S) -> Self
    where
        S: GrpcServer + NamedService + Clone + Send + Sync + 'static,
        S: HttpService<Request<Body>, Response = Response<Body>, Error = Infallible>,
        S::Future: Send + 'static,
    {
        let settings = &context.settings.server;
        let server = server.limit_messages(settings.max_request_bytes, settings.max_response_bytes);
        Self {
            routes: Routes::new(server),
            grpc_service: S::NAME,
            methods: S::METHODS,
            turn_timeout: None,
            jobs: Vec::new(),
        }
    }

    /// Sets the deadline of methods that wait for a turn. Required if there are any.
    #[must_use]
    pub fn turn_timeout(self, turn_timeout: Duration) -> Self {
        Self { turn_timeout: Some(turn_timeout), ..self }
    }

    /// Adds a background job. It has to end after [`Context::stop`] is cancelled: the database is closed
    /// when every job has ended.
    #[must_use]
    pub fn job(mut self, job: impl Future<Output = ()> + Send + 'static) -> Self {
        self.jobs.push(job.boxed());
        self
    }

    fn method_timeouts(&self) -> Result<MethodTimeouts, Cause> {
        let turn = self.methods.iter().find(|method| method.deadline == Deadline::Turn);
        match turn {
            Some(method) if self.turn_timeout.is_none() => {
                Err(format!("{} waits for a turn, and there is no turn timeout", method.path)
                    .into())
            }
            _ => Ok(MethodTimeouts::from_contract(self.methods, self.turn_timeout)),
        }
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
    let (settings, clock) = service.settings_and_clock();
    let (settings, clock) = (settings.common(), clock.clone());
    let verifier = Verifier::new(&settings.auth).map_err(|errors| errors.join("; "))?;
    let db = Database::open_migrated::<S::Migrator>(&settings.database).await?;
    let stop = shutdown.child_token();
    let server = settings.server.clone();
    let context = Context { db: db.clone(), clock, stop: stop.clone(), settings };
    let parts = service.build(context).await?;
    let stack = Stack {
        method_timeouts: parts.method_timeouts()?,
        routes: parts.routes,
        services: vec![parts.grpc_service],
        auth: AuthLayer::new(Arc::new(verifier), policy(parts.grpc_service, S::SCOPE)),
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
fn policy(grpc_service: &'static str, scope: Scope) -> Policy {
    Policy::deny_by_default()
        .public("/grpc.health.v1.Health/")
        .public("/grpc.reflection.v1.ServerReflection/")
        .public("/grpc.reflection.v1alpha.ServerReflection/")
        .require(grpc_service, scope)
}

fn readiness<M: MigratorTrait>(db: Database) -> Readiness {
    Readiness::new(move || {
        let db = db.clone();
        async move { db.check_ready::<M>().await.map_err(|error| error.to_string()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_need_a_timeout() {
        let parts = |methods, turn_timeout| Parts {
            routes: Routes::default(),
            grpc_service: "test.Service",
            methods,
            turn_timeout,
            jobs: Vec::new(),
        };
        let second = Some(Duration::from_secs(1));
        assert!(parts(tandem_proto::task::METHODS, None).method_timeouts().is_ok());
        assert!(parts(tandem_proto::chat::METHODS, second).method_timeouts().is_ok());
        let error = parts(tandem_proto::chat::METHODS, None).method_timeouts();
        let error = error.expect_err("turns without a timeout").to_string();
        assert!(error.contains("waits for a turn"), "{error}");
    }
}
