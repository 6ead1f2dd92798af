//! The binding: the one place of this project where safety is argued instead of checked.

use std::mem::MaybeUninit;
use std::ptr;

#[cfg(feature = "fips")]
use aws_lc_fips_sys as sys;
#[cfg(not(feature = "fips"))]
use aws_lc_sys as sys;

use crate::cbc::{ADDITIONAL_DATA_LEN, BLOCK_LEN};
use crate::{CryptoError, Tls12Cipher};

/// How many approved services the FIPS module has completed in this thread.
#[cfg(feature = "fips")]
pub(crate) fn approved_services() -> u64 {
    // SAFETY: takes nothing, and reads or makes a counter that is the thread's own.
    unsafe { sys::FIPS_service_indicator_after_call() }
}

/// What a context does; one does not do both.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    Seal,
    Open,
}

impl Direction {
    fn value(self) -> sys::evp_aead_direction_t {
        match self {
            Self::Seal => sys::evp_aead_direction_t_evp_aead_seal,
            Self::Open => sys::evp_aead_direction_t_evp_aead_open,
        }
    }
}

/// The library's keyed context. Always initialised: a context that could not be is never made.
///
/// Methods take `&mut self` although the library's functions take a constant context: these write to its state.
pub(crate) struct Context(Box<MaybeUninit<sys::EVP_AEAD_CTX>>);

// SAFETY: a context holds pointers to the library's immutable statics and to memory it allocated for this context alone.
// None of that belongs to a thread, and the memory may be freed by any.
unsafe impl Send for Context {}

impl Context {
    /// `keys` is the MAC key and then the cipher's.
    pub(crate) fn new(cipher: Tls12Cipher, keys: &[u8], direction: Direction) -> Result<Self, CryptoError> {
        let aead = algorithm(cipher).ok_or(CryptoError)?;
        let mut context = Box::new(MaybeUninit::<sys::EVP_AEAD_CTX>::zeroed());
        // SAFETY: `context` is writable memory of the type's size and alignment, which this call initialises. `aead` is
        // one of the library's statics, and `keys` is readable for the length given, which the call compares with the
        // one that it wants.
        let initialised = unsafe {
            sys::EVP_AEAD_CTX_init_with_direction(
                context.as_mut_ptr(),
                aead,
                keys.as_ptr(),
                keys.len(),
                DEFAULT_TAG_LEN,
                direction.value(),
            )
        };
        // Where this failed, there is nothing to clean up.
        if initialised == 1 { Ok(Self(context)) } else { Err(CryptoError) }
    }

    /// Encrypts `text` in place and fills `trailer`, which must be exactly as long as MAC and padding are.
    pub(crate) fn seal(
        &mut self,
        iv: &[u8; BLOCK_LEN],
        additional_data: &[u8; ADDITIONAL_DATA_LEN],
        text: &mut [u8],
        trailer: &mut [u8],
    ) -> Result<(), CryptoError> {
        let mut trailer_len = 0;
        let text_ptr = text.as_mut_ptr();
        // SAFETY: the context is initialised and, by `&mut self`, in no other use. `text` is valid for reads and writes
        // of the one length that the call is given for its input and, implied, its output; both pointers are the same
        // one, which the call allows. `trailer` is writable for the length given and overlaps nothing, being another
        // `&mut`. `iv` and `additional_data` are readable for their lengths. There is no extra input, whose pointer may
        // then be null.
        let sealed = unsafe {
            sys::EVP_AEAD_CTX_seal_scatter(
                self.0.as_ptr(),
                text_ptr,
                trailer.as_mut_ptr(),
                &raw mut trailer_len,
                trailer.len(),
                iv.as_ptr(),
                iv.len(),
                text_ptr,
                text.len(),
                ptr::null(),
                0,
                additional_data.as_ptr(),
                additional_data.len(),
            )
        };
        if sealed == 1 && trailer_len == trailer.len() { Ok(()) } else { Err(CryptoError) }
    }

    /// Decrypts `record` in place and returns the length of the plaintext now at its front.
    pub(crate) fn open(
        &mut self,
        iv: &[u8; BLOCK_LEN],
        additional_data: &[u8; ADDITIONAL_DATA_LEN],
        record: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let mut len = 0;
        let record_ptr = record.as_mut_ptr();
        // SAFETY: the context is initialised and, by `&mut self`, in no other use. `record` is valid for reads and writes
        // of its length, which is given for input and output alike; both pointers are the same one, which the call
        // allows. `iv` and `additional_data` are readable for their lengths.
        let opened = unsafe {
            sys::EVP_AEAD_CTX_open(
                self.0.as_ptr(),
                record_ptr,
                &raw mut len,
                record.len(),
                iv.as_ptr(),
                iv.len(),
                record_ptr,
                record.len(),
                additional_data.as_ptr(),
                additional_data.len(),
            )
        };
        if opened == 1 && len <= record.len() { Ok(len) } else { Err(CryptoError) }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is initialised and goes out of use here; the call wipes and frees what it owns.
        unsafe { sys::EVP_AEAD_CTX_cleanup(self.0.as_mut_ptr()) }
    }
}

/// EVP_AEAD_DEFAULT_TAG_LENGTH, which the bindings have as another type.
const DEFAULT_TAG_LEN: usize = 0;

fn algorithm(cipher: Tls12Cipher) -> Option<*const sys::EVP_AEAD> {
    Some(match cipher {
        // SAFETY: takes nothing and returns the address of a static; so do the three below.
        Tls12Cipher::Aes128CbcSha1 => unsafe { sys::EVP_aead_aes_128_cbc_sha1_tls() },
        // SAFETY: as above.
        Tls12Cipher::Aes256CbcSha1 => unsafe { sys::EVP_aead_aes_256_cbc_sha1_tls() },
        // SAFETY: as above.
        Tls12Cipher::Aes128CbcSha256 => unsafe { sys::EVP_aead_aes_128_cbc_sha256_tls() },
        // SAFETY: as above.
        Tls12Cipher::Aes256CbcSha384 => unsafe { sys::EVP_aead_aes_256_cbc_sha384_tls() },
        Tls12Cipher::Aes128Gcm | Tls12Cipher::Aes256Gcm | Tls12Cipher::ChaCha20Poly1305 => return None,
    })
}
