//! See `hostile::targets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    hostile::targets::records::run(input);
});
