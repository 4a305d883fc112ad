//! What other people's systems send, as it comes: nobody here knows its form.

/// Hears what is sent to an open door. Called from several threads, and must not block for long.
pub trait RawIntake: Send + Sync + 'static {
    /// A message: to which path or topic it was sent, and its bytes. `false`: no more of them are
    /// taken.
    fn take(&self, address: &str, body: &[u8]) -> bool;

    /// A message that was turned away before it was whole, and why.
    fn turned_away(&self, address: &str, why: &str);
}
