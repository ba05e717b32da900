//! Panics as values: what goes wrong in one call must not end the process.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

/// A future whose panics are values. It is not to be polled again after one.
///
/// ```
/// use go_plugin::panics::{CatchPanic, panic_words};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let panic = CatchPanic::new(async { panic!("no more paper") }).await.unwrap_err();
/// assert_eq!(panic_words(panic.as_ref()), "no more paper");
/// # }
/// ```
///
/// In a program that is built with `panic = "abort"` nothing catches a panic.
#[must_use = "a future does nothing until it is polled"]
pub struct CatchPanic<F>(Pin<Box<F>>);

impl<F> fmt::Debug for CatchPanic<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatchPanic").finish_non_exhaustive()
    }
}

impl<F> CatchPanic<F> {
    /// Watches over `future`.
    pub fn new(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for CatchPanic<F> {
    type Output = std::thread::Result<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // What the panic interrupted is dropped with this future, and seen by nobody else.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// The words of a panic, or `no words` where its value is no text.
#[must_use]
pub fn panic_words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words")
}
