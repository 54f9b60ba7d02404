//! Settings of response streams.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, Rules, ValidateConfig};

/// The response streams.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StreamSettings {
    /// How long the reader of a stream may take nothing while a message waits for it; then the stream ends
    /// with READER_TOO_SLOW. Longer than 0s.
    pub reader_timeout: HumanDuration,
    /// What waits for the reader of a stream, in bytes; as much again is read ahead from the database. A
    /// larger message waits alone. An unread stream holds two such buffers, and in the transport a piece of
    /// at most 32 KiB and one message. At least 1.
    pub buffer_bytes: usize,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self { reader_timeout: HumanDuration::from_secs(30), buffer_bytes: 64 * 1024 }
    }
}

impl ValidateConfig for StreamSettings {
    fn validate(&self) -> Vec<String> {
        Rules::new()
            .positive("reader_timeout", self.reader_timeout)
            .positive("buffer_bytes", self.buffer_bytes)
            .violations()
    }
}
