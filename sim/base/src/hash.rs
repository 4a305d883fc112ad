//! Hashes of files and bytes, as lower-case hexadecimal.

/// BLAKE3 of bytes.
pub fn blake3_hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
