//! The binding: the one place of this project where safety is argued instead of checked.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

#[cfg(feature = "fips")]
use aws_lc_fips_sys as sys;
#[cfg(not(feature = "fips"))]
use aws_lc_sys as sys;

use crate::cbc::{ADDITIONAL_DATA_LEN, BLOCK_LEN};
use crate::{CryptoError, SignatureHash, Tls12Cipher};

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
    let algorithm: unsafe extern "C" fn() -> *const sys::EVP_AEAD = match cipher {
        Tls12Cipher::Aes128CbcSha1 => sys::EVP_aead_aes_128_cbc_sha1_tls,
        Tls12Cipher::Aes256CbcSha1 => sys::EVP_aead_aes_256_cbc_sha1_tls,
        Tls12Cipher::Aes128CbcSha256 => sys::EVP_aead_aes_128_cbc_sha256_tls,
        Tls12Cipher::Aes256CbcSha384 => sys::EVP_aead_aes_256_cbc_sha384_tls,
        Tls12Cipher::Aes128Gcm | Tls12Cipher::Aes256Gcm | Tls12Cipher::ChaCha20Poly1305 => return None,
    };
    // SAFETY: takes nothing and returns the address of a static.
    Some(unsafe { algorithm() })
}

/// A key for one signature, by the hash that the caller names: RSA with PKCS#1, or ECDSA.
pub(crate) struct SignatureKey(NonNull<sys::EVP_PKEY>);

impl SignatureKey {
    /// The private key of a PKCS#8 document. It is copied, and the copy wiped when it goes out of use.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, CryptoError> {
        Self::parse(sys::EVP_parse_private_key, der)
    }

    /// The public key of a SubjectPublicKeyInfo.
    pub(crate) fn from_spki(der: &[u8]) -> Result<Self, CryptoError> {
        Self::parse(sys::EVP_parse_public_key, der)
    }

    /// `parse` is one of the library's two functions that read a key.
    fn parse(
        parse: unsafe extern "C" fn(*mut sys::CBS) -> *mut sys::EVP_PKEY,
        der: &[u8],
    ) -> Result<Self, CryptoError> {
        let mut rest = sys::CBS { data: der.as_ptr(), len: der.len() };
        // SAFETY: `rest` is writable and names memory that is readable for its length. What either function returns is
        // null or the caller's own.
        let key = unsafe { parse(&raw mut rest) };
        NonNull::new(key).map(Self).ok_or(CryptoError)
    }

    /// Signs `message`, which is hashed in the same call.
    pub(crate) fn sign(&self, hash: SignatureHash, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let operation = SignatureOperation::new(sys::EVP_DigestSignInit, hash, self)?;
        // SAFETY: the key is alive, and only read.
        let max_len = unsafe { sys::EVP_PKEY_size(self.0.as_ptr()) };
        let mut signature = vec![0; usize::try_from(max_len).map_err(|_| CryptoError)?];
        let mut len = signature.len();
        // SAFETY: the context was set up for signing just now. `signature` is writable for the length that `len` holds, which
        // the call replaces by what it wrote, and `message` readable for the one given.
        let signed = unsafe {
            sys::EVP_DigestSign(
                operation.0.as_ptr(),
                signature.as_mut_ptr(),
                &raw mut len,
                message.as_ptr(),
                message.len(),
            )
        };
        signature.truncate(len);
        if signed == 1 { Ok(signature) } else { Err(CryptoError) }
    }

    /// Verifies the signature of `message`, which is hashed in the same call.
    pub(crate) fn verify(
        &self,
        hash: SignatureHash,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let operation = SignatureOperation::new(sys::EVP_DigestVerifyInit, hash, self)?;
        // SAFETY: the context was set up for verifying just now. `signature` and `message` are readable for their lengths.
        let verified = unsafe {
            sys::EVP_DigestVerify(
                operation.0.as_ptr(),
                signature.as_ptr(),
                signature.len(),
                message.as_ptr(),
                message.len(),
            )
        };
        if verified == 1 { Ok(()) } else { Err(CryptoError) }
    }
}

impl Drop for SignatureKey {
    fn drop(&mut self) {
        // SAFETY: the key is this value's share and goes out of use here; the last share's end wipes and frees it.
        unsafe { sys::EVP_PKEY_free(self.0.as_ptr()) }
    }
}

/// What sets a context up for one signature, to be made or to be verified.
type SignatureInit = unsafe extern "C" fn(
    *mut sys::EVP_MD_CTX,
    *mut *mut sys::EVP_PKEY_CTX,
    *const sys::EVP_MD,
    *mut sys::ENGINE,
    *mut sys::EVP_PKEY,
) -> c_int;

/// The library's context of one signature. It holds a share of its key.
struct SignatureOperation(NonNull<sys::EVP_MD_CTX>);

impl SignatureOperation {
    /// `init` is one of the library's two functions of this kind.
    fn new(init: SignatureInit, hash: SignatureHash, key: &SignatureKey) -> Result<Self, CryptoError> {
        let digest: unsafe extern "C" fn() -> *const sys::EVP_MD = match hash {
            SignatureHash::Sha1 => sys::EVP_sha1,
            SignatureHash::Sha224 => sys::EVP_sha224,
            SignatureHash::Sha256 => sys::EVP_sha256,
            SignatureHash::Sha384 => sys::EVP_sha384,
            SignatureHash::Sha512 => sys::EVP_sha512,
        };
        // SAFETY: takes nothing and returns the address of a static.
        let digest = unsafe { digest() };
        // SAFETY: takes nothing, and returns null or a context that is the caller's own.
        let context = unsafe { sys::EVP_MD_CTX_new() };
        let context = NonNull::new(context).map(Self).ok_or(CryptoError)?;
        // SAFETY: the context is new, and the key one that is alive: the context takes a share of it. Nobody
        // asks for the inner context, nor for an engine: both may be null.
        let begun =
            unsafe { init(context.0.as_ptr(), ptr::null_mut(), digest, ptr::null_mut(), key.0.as_ptr()) };
        if begun == 1 { Ok(context) } else { Err(CryptoError) }
    }
}

impl Drop for SignatureOperation {
    fn drop(&mut self) {
        // SAFETY: the context is this value's own and goes out of use here; the call wipes and frees what it owns.
        unsafe { sys::EVP_MD_CTX_free(self.0.as_ptr()) }
    }
}
