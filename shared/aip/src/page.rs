//! Pages (AIP-158): sizes, and the authenticated tokens that name where the next page begins.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;
use tandem_error::Error;

use crate::{Digest, digest};

/// The page size for a requested one: `default` for 0, at most `largest`.
#[must_use]
pub fn size(requested: i32, default: u32, largest: u32) -> u32 {
    match u32::try_from(requested) {
        Ok(0) | Err(_) => default,
        Ok(size) => size.min(largest),
    }
}

/// The most bytes of items in a page, so that it fits into one message.
pub const MAX_PAGE_BYTES: usize = 512 * 1024;

/// The most that a page holds. The first item is in the page whatever its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimits {
    /// Items.
    pub items: u32,
    /// The approximate encoded length of the items, in bytes.
    pub bytes: usize,
}

impl PageLimits {
    /// At most `items`, and what fits into one message.
    #[must_use]
    pub const fn items(items: u32) -> Self {
        Self { items, bytes: MAX_PAGE_BYTES }
    }
}

/// Truncates `items` to a page: at most `size` items and about 512 KiB, but at least one item.
/// `item_bytes` estimates the encoded length of an item. Returns whether items were cut off, so pass one
/// item more than a page holds.
#[must_use]
pub fn truncate_page<T>(items: &mut Vec<T>, size: u32, item_bytes: impl Fn(&T) -> usize) -> bool {
    let mut left = MAX_PAGE_BYTES;
    let fits = |item: &&T| {
        let rest = left.checked_sub(item_bytes(item));
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    let count = items.iter().take(size as usize).take_while(fits).count().max(1);
    let has_more = items.len() > count;
    items.truncate(count);
    has_more
}

/// The length of an HMAC-SHA-256 tag, in bytes.
const TAG_BYTES: usize = 32;

/// The secret with which a service authenticates its page tokens (HMAC-SHA-256). Replicas of a service
/// share it. Clones are cheap.
#[derive(Clone)]
pub struct PageTokenKey(Arc<hmac::Key>);

impl PageTokenKey {
    /// Derives the key from `secret`, which has at least 32 unpredictable bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// A new secret for [`PageTokenKey::new`].
    ///
    /// # Errors
    /// [`Error::Internal`] if the system has no randomness.
    pub fn random_secret() -> Result<[u8; 32], Error> {
        let mut secret = [0; 32];
        rand::fill(&mut secret).map_err(|_| Error::internal("the system has no randomness"))?;
        Ok(secret)
    }
}

impl fmt::Debug for PageTokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageTokenKey(***)")
    }
}

/// What a page token is bound to: the key, the method, the caller, and the filter and order of the list.
#[derive(Debug, Clone)]
pub struct PageTokenContext {
    key: PageTokenKey,
    digest: Digest,
}

impl PageTokenContext {
    /// The context of `owner`'s call of `method`; `request` comes without its page size and token.
    #[must_use]
    pub fn new(key: &PageTokenKey, method: &str, owner: &str, request: &impl Message) -> Self {
        Self { key: key.clone(), digest: digest(&format!("{method} {owner}"), request) }
    }

    /// The token for a page that begins after `position`.
    #[must_use]
    pub fn encode(&self, position: &impl Message) -> String {
        let position = position.encode_to_vec();
        let tag = hmac::sign(&self.key.0, &self.authenticated(&position));
        URL_SAFE_NO_PAD.encode([tag.as_ref(), &position].concat())
    }

    /// The position in the `page_token` of a request; `None` for the first page.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless a context equal to this one made the token.
    pub fn decode_page_token<P: Message + Default>(&self, token: &str) -> Result<Option<P>, Error> {
        self.decode("page_token", token)
    }

    /// The same for the token in another field of the request.
    ///
    /// # Errors
    /// As [`PageTokenContext::decode_page_token`]; the error names `field`.
    pub fn decode<P: Message + Default>(
        &self,
        field: &str,
        token: &str,
    ) -> Result<Option<P>, Error> {
        if token.is_empty() {
            return Ok(None);
        }
        let position = self.verify(token).and_then(|position| P::decode(&*position).ok());
        let refused =
            || Error::invalid(field, "is not a token issued to this user for this request");
        position.map(Some).ok_or_else(refused)
    }

    /// The encoded position of an authentic token.
    fn verify(&self, token: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (tag, position) = bytes.split_at_checked(TAG_BYTES)?;
        // Constant time, so that its duration does not depend on the tag.
        hmac::verify(&self.key.0, &self.authenticated(position), tag).ok()?;
        Some(position.to_vec())
    }

    /// What the tag authenticates. The digest has a fixed length, so the two parts cannot be confused.
    fn authenticated(&self, position: &[u8]) -> Vec<u8> {
        [self.digest.as_slice(), position].concat()
    }
}

#[cfg(test)]
mod tests;
