//! The wire: one handshake message or extension family per file, read as borrowed views, written in place.

pub(crate) mod alpn;
pub(crate) mod certificate;
pub(crate) mod certificate_authorities;
pub(crate) mod certificate_request;
pub(crate) mod certificate_verify;
pub(crate) mod client_hello;
pub(crate) mod codec;
pub(crate) mod early_data;
pub(crate) mod encrypted_extensions;
pub(crate) mod extension;
pub(crate) mod fragment_size;
pub(crate) mod handshake;
pub(crate) mod key_exchange12;
pub(crate) mod key_share;
pub(crate) mod key_update;
pub(crate) mod new_session_ticket;
pub(crate) mod new_session_ticket12;
pub(crate) mod point_formats;
pub(crate) mod pre_shared_key;
pub(crate) mod psk_key_exchange_modes;
pub(crate) mod renegotiation_info;
pub(crate) mod server_hello;
pub(crate) mod server_name;
pub(crate) mod staples;
pub(crate) mod ticket_request;
