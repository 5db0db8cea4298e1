//! Signature checks of ring, for the bench: exported from a Wasm module, and called by the native program beside this.
//! ring has no P-521, and reads a public key anew for each signature.

use ring::{digest, hmac, signature};
use std::slice;

/// A key and what to do with it, named as in JOSE.
pub enum Key {
    Public(&'static dyn signature::VerificationAlgorithm, Vec<u8>),
    Secret(hmac::Key),
}

impl Key {
    /// `bytes`: RSAPublicKey, a point, or a secret. None: no such algorithm.
    pub fn read(name: &str, bytes: &[u8]) -> Option<Key> {
        let algorithm: &'static dyn signature::VerificationAlgorithm = match name {
            "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
            "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
            "ES256" => &signature::ECDSA_P256_SHA256_FIXED,
            "ES384" => &signature::ECDSA_P384_SHA384_FIXED,
            "EdDSA" => &signature::ED25519,
            "HS256" => return Some(Key::Secret(hmac::Key::new(hmac::HMAC_SHA256, bytes))),
            "HS384" => return Some(Key::Secret(hmac::Key::new(hmac::HMAC_SHA384, bytes))),
            "HS512" => return Some(Key::Secret(hmac::Key::new(hmac::HMAC_SHA512, bytes))),
            _ => return None,
        };
        Some(Key::Public(algorithm, bytes.to_vec()))
    }

    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Public(algorithm, key) => signature::UnparsedPublicKey::new(*algorithm, key)
                .verify(message, signature)
                .is_ok(),
            Key::Secret(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }
}

/// Memory for so many bytes, never given back.
#[no_mangle]
pub extern "C" fn allocate(size: usize) -> *mut u8 {
    Box::leak(vec![0u8; size].into_boxed_slice()).as_mut_ptr()
}

/// A key to verify with. Null: not understood.
///
/// # Safety
/// Name and key must be memory of this module.
#[no_mangle]
pub unsafe extern "C" fn create(
    name: *const u8,
    name_size: usize,
    key: *const u8,
    size: usize,
) -> *const Key {
    let name = unsafe { slice::from_raw_parts(name, name_size) };
    let key = unsafe { slice::from_raw_parts(key, size) };
    match std::str::from_utf8(name)
        .ok()
        .and_then(|name| Key::read(name, key))
    {
        Some(key) => Box::into_raw(Box::new(key)),
        None => std::ptr::null(),
    }
}

/// How many of so many checks of one signature succeed.
///
/// # Safety
/// The key must be one of `create`, the rest memory of this module.
#[no_mangle]
pub unsafe extern "C" fn verify_times(
    key: *const Key,
    message: *const u8,
    message_size: usize,
    signature: *const u8,
    signature_size: usize,
    times: u32,
) -> u32 {
    let key = unsafe { &*key };
    let message = unsafe { slice::from_raw_parts(message, message_size) };
    let signature = unsafe { slice::from_raw_parts(signature, signature_size) };
    (0..times)
        .map(|_| u32::from(key.verify(message, signature)))
        .sum()
}

/// Makes the digest of a message so many times; answers the first byte of it. `bits` is 256, 384 or 512.
///
/// # Safety
/// The message must be memory of this module.
#[no_mangle]
pub unsafe extern "C" fn digest_times(
    bits: u32,
    message: *const u8,
    size: usize,
    times: u32,
) -> u32 {
    let message = unsafe { slice::from_raw_parts(message, size) };
    let algorithm = match bits {
        256 => &digest::SHA256,
        384 => &digest::SHA384,
        _ => &digest::SHA512,
    };
    let mut first = 0;
    for _ in 0..times {
        first = digest::digest(algorithm, message).as_ref()[0];
    }
    u32::from(first)
}

#[cfg(target_arch = "wasm32")]
mod no_random {
    fn refuse(_: &mut [u8]) -> Result<(), getrandom::Error> {
        Err(getrandom::Error::UNSUPPORTED)
    }
    getrandom::register_custom_getrandom!(refuse);
}
