//! The settings that every service has, and the macro that adds a service's own.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, Rules, ValidateConfig};
use tandem_server::StreamSettings;
use tandem_server::logs::LogSettings;

/// The settings of a service. [`settings!`](crate::settings!) implements it.
pub trait ServiceSettings:
    ValidateConfig + Default + Clone + Serialize + DeserializeOwned + JsonSchema
{
    /// The sections that every service has.
    fn common(&self) -> CommonSettings;
}

/// The sections that every service has.
#[derive(Debug, Clone)]
pub struct CommonSettings {
    /// `[<service>.server]`
    pub server: tandem_server::Settings,
    /// `[<service>.log]`
    pub log: LogSettings,
    /// `[<service>.auth]`
    pub auth: tandem_auth::Settings,
    /// `[<service>.database]`
    pub database: tandem_database::Settings,
    /// `[<service>.purge]`
    pub purge: PurgeSettings,
    /// `[<service>.streams]`
    pub streams: StreamSettings,
}

/// The permanent removal of what was deleted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PurgeSettings {
    /// Time between two purges. Longer than 0s.
    pub interval: HumanDuration,
    /// How long a deletion can be undone.
    pub deleted_retention: HumanDuration,
}

impl Default for PurgeSettings {
    fn default() -> Self {
        Self {
            interval: HumanDuration::from_mins(10),
            deleted_retention: HumanDuration::from_days(30),
        }
    }
}

impl ValidateConfig for PurgeSettings {
    fn validate(&self) -> Vec<String> {
        let Self { interval, deleted_retention: _ } = self;
        Rules::new().positive("interval", *interval).violations()
    }
}

/// Declares the settings of a service: the sections that every service has, and its own. `aliases` are
/// environment variables without the `TANDEM_` prefix; `DATABASE_URL` is always one.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
/// use tandem_config::{Rules, ValidateConfig};
///
/// /// Greetings.
/// #[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// pub struct Greetings {
///     /// The greeting; empty for none.
///     pub text: String,
/// }
///
/// impl ValidateConfig for Greetings {
///     fn validate(&self) -> Vec<String> {
///         Rules::new().require("text", self.text.len() < 100, "must be short").violations()
///     }
/// }
///
/// tandem_service::settings! {
///     /// The settings of the greeting service.
///     pub struct Settings("greeting", port 50053) {
///         pub greetings: Greetings,
///     }
///     aliases [("GREETING", "greetings.text".to_owned())]
/// }
///
/// let greetings = Greetings { text: "x".repeat(100) };
/// let settings = Settings { greetings, ..Settings::default() };
/// assert!(settings.validate().contains(&"greetings.text: must be short".to_owned()));
/// ```
///
/// Every section is validated: one that has no rules to validate does not compile.
///
/// ```compile_fail,E0277
/// # use schemars::JsonSchema;
/// # use serde::{Deserialize, Serialize};
/// #[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
/// pub struct Unchecked {
///     pub text: String,
/// }
///
/// tandem_service::settings! {
///     /// The settings of the greeting service.
///     pub struct Settings("greeting", port 50053) {
///         pub unchecked: Unchecked,
///     }
///     aliases []
/// }
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[$attribute:meta])*
        pub struct $settings:ident($service:literal, port $port:literal) {
            $($(#[$field_attribute:meta])* pub $field:ident: $section:ty,)*
        }
        aliases $aliases:expr
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct $settings {
            /// The gRPC server.
            pub server: $crate::ServerSettings,
            /// The log.
            pub log: $crate::LogSettings,
            /// Authentication.
            pub auth: $crate::AuthSettings,
            /// The database.
            pub database: $crate::DatabaseSettings,
            /// The permanent removal of what was deleted.
            pub purge: $crate::PurgeSettings,
            /// The response streams.
            pub streams: $crate::StreamSettings,
            $($(#[$field_attribute])* pub $field: $section,)*
        }

        impl Default for $settings {
            fn default() -> Self {
                Self {
                    server: $crate::ServerSettings {
                        listen: ([127, 0, 0, 1], $port).into(),
                        ..Default::default()
                    },
                    log: Default::default(),
                    auth: Default::default(),
                    database: $crate::DatabaseSettings {
                        application_name: concat!("tandem-", $service).to_owned(),
                        ..$crate::DatabaseSettings::sqlite(concat!("./data/", $service, ".db"))
                    },
                    purge: Default::default(),
                    streams: Default::default(),
                    $($field: Default::default(),)*
                }
            }
        }

        impl $crate::ValidateConfig for $settings {
            fn validate(&self) -> Vec<String> {
                $crate::Rules::new()
                    .section("server", &self.server)
                    .section("log", &self.log)
                    .section("auth", &self.auth)
                    .section("database", &self.database)
                    .section("purge", &self.purge)
                    .section("streams", &self.streams)
                    $(.section(stringify!($field), &self.$field))*
                    .violations()
            }

            fn aliases() -> Vec<(&'static str, String)> {
                let own = [("DATABASE_URL", "database.url".to_owned())];
                own.into_iter().chain($aliases).collect()
            }
        }

        impl $crate::ServiceSettings for $settings {
            fn common(&self) -> $crate::CommonSettings {
                $crate::CommonSettings {
                    server: self.server.clone(),
                    log: self.log.clone(),
                    auth: self.auth.clone(),
                    database: self.database.clone(),
                    purge: self.purge.clone(),
                    streams: self.streams.clone(),
                }
            }
        }
    };
}
