//! Signature checks of the RustCrypto crates, exported for the bench. Keys are read once and kept.

use ed25519_dalek::VerifyingKey as Ed25519Key;
use hmac::{Hmac, Mac};
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use rsa::{pkcs1v15, pss, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::slice;

/// A key and what to do with it, named as in JOSE.
pub enum Key {
    Rs256(pkcs1v15::VerifyingKey<Sha256>),
    Ps256(pss::VerifyingKey<Sha256>),
    Es256(p256::ecdsa::VerifyingKey),
    Es384(p384::ecdsa::VerifyingKey),
    Es512(p521::ecdsa::VerifyingKey),
    Ed25519(Ed25519Key),
    Hs256(Hmac<Sha256>),
    Hs384(Hmac<Sha384>),
    Hs512(Hmac<Sha512>),
}

/// Memory for so many bytes, never given back.
#[no_mangle]
pub extern "C" fn allocate(size: usize) -> *mut u8 {
    Box::leak(vec![0u8; size].into_boxed_slice()).as_mut_ptr()
}

/// A key to verify with: SubjectPublicKeyInfo, or a secret. Null: not understood.
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
    match read(name, key) {
        Some(key) => Box::into_raw(Box::new(key)),
        None => std::ptr::null(),
    }
}

fn read(name: &[u8], key: &[u8]) -> Option<Key> {
    Some(match name {
        b"RS256" => Key::Rs256(pkcs1v15::VerifyingKey::new(
            RsaPublicKey::from_public_key_der(key).ok()?,
        )),
        b"PS256" => Key::Ps256(pss::VerifyingKey::new(
            RsaPublicKey::from_public_key_der(key).ok()?,
        )),
        b"ES256" => Key::Es256(p256::ecdsa::VerifyingKey::from_public_key_der(key).ok()?),
        b"ES384" => Key::Es384(p384::ecdsa::VerifyingKey::from_public_key_der(key).ok()?),
        b"ES512" => {
            let point = p521::PublicKey::from_public_key_der(key).ok()?;
            Key::Es512(p521::ecdsa::VerifyingKey::from_affine(*point.as_affine()).ok()?)
        }
        b"EdDSA" => Key::Ed25519(Ed25519Key::from_bytes(key.last_chunk()?).ok()?),
        b"HS256" => Key::Hs256(Hmac::new_from_slice(key).ok()?),
        b"HS384" => Key::Hs384(Hmac::new_from_slice(key).ok()?),
        b"HS512" => Key::Hs512(Hmac::new_from_slice(key).ok()?),
        _ => return None,
    })
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
        .map(|_| u32::from(verify(key, message, signature).is_some()))
        .sum()
}

fn verify(key: &Key, message: &[u8], signature: &[u8]) -> Option<()> {
    match key {
        Key::Rs256(key) => key.verify(message, &signature.try_into().ok()?).ok(),
        Key::Ps256(key) => key.verify(message, &signature.try_into().ok()?).ok(),
        Key::Es256(key) => key
            .verify(
                message,
                &p256::ecdsa::Signature::from_slice(signature).ok()?,
            )
            .ok(),
        Key::Es384(key) => key
            .verify(
                message,
                &p384::ecdsa::Signature::from_slice(signature).ok()?,
            )
            .ok(),
        Key::Es512(key) => key
            .verify(
                message,
                &p521::ecdsa::Signature::from_slice(signature).ok()?,
            )
            .ok(),
        Key::Ed25519(key) => key.verify(message, &signature.try_into().ok()?).ok(),
        Key::Hs256(keyed) => keyed
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .ok(),
        Key::Hs384(keyed) => keyed
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .ok(),
        Key::Hs512(keyed) => keyed
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .ok(),
    }
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
    let mut first = 0;
    for _ in 0..times {
        first = match bits {
            256 => Sha256::digest(message)[0],
            384 => Sha384::digest(message)[0],
            _ => Sha512::digest(message)[0],
        };
    }
    u32::from(first)
}

fn no_random(_: &mut [u8]) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}
getrandom::register_custom_getrandom!(no_random);
