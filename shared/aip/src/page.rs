//! Pages (AIP-158): sizes, and tokens that say where the next page begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;
use tandem_error::Error;

use crate::{Digest, digest};

/// How many items a page has: `default` where the caller asks for 0, `largest` where they ask for more.
#[must_use]
pub fn size(requested: i32, default: u32, largest: u32) -> u32 {
    match u32::try_from(requested) {
        Ok(0) | Err(_) => default,
        Ok(size) => size.min(largest),
    }
}

/// The most bytes that the items of a page may have, so that it fits into one message.
const BYTES: usize = 512 * 1024;

/// Cuts what was found, one more than a page has, down to the page: `size` items, or fewer where they
/// are long, but always one. `bytes` says about how long an item is. Says whether any are left over.
#[must_use]
pub fn cut<T>(items: &mut Vec<T>, size: u32, bytes: impl Fn(&T) -> usize) -> bool {
    let mut left = BYTES;
    let fits = |item: &&T| {
        let rest = left.checked_sub(bytes(item));
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    let count = items.iter().take(size as usize).take_while(fits).count().max(1);
    let more = items.len() > count;
    items.truncate(count);
    more
}

/// What a page token is bound to: the method, the caller, and the filter and the order it was given
/// with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope([u8; 8]);

impl Scope {
    /// The scope of `owner`'s list call: `request` without its page size and token.
    #[must_use]
    pub fn of(method: &str, owner: &str, request: &impl Message) -> Self {
        let digest: Digest = digest(&format!("{method} {owner}"), request);
        let mut scope = [0; 8];
        scope.copy_from_slice(&digest[..8]);
        Self(scope)
    }

    /// The token that continues behind `position`.
    #[must_use]
    pub fn token(self, position: &impl Message) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(&position.encode_to_vec());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the `page_token` of a request; `None` where it is empty, for the first page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is not a token, or one of another scope.
    pub fn position<P: Message + Default>(self, token: &str) -> Result<Option<P>, Error> {
        self.read("page_token", token)
    }

    /// Reads the token in the field `field` of a request; `None` where it is empty.
    ///
    /// # Errors
    /// As [`Scope::position`].
    pub fn read<P: Message + Default>(self, field: &str, token: &str) -> Result<Option<P>, Error> {
        if token.is_empty() {
            return Ok(None);
        }
        let refuse = |description| Error::invalid(field, description);
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let parts = bytes.as_deref().and_then(<[u8]>::split_first_chunk::<8>);
        let (scope, position) = parts.ok_or_else(|| refuse("is not a token of this service"))?;
        if *scope != self.0 {
            return Err(refuse("was given for another list, filter or order"));
        }
        P::decode(position).map(Some).map_err(|_| refuse("is not a token of this service"))
    }
}

#[cfg(test)]
mod tests;
