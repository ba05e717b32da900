//! The crate's tests: against Go's own implementation, against itself, and against bad input.

mod build;
mod canon;

mod go;
mod hostile;
mod interfaces;
mod limits;
mod proptests;
mod random;
mod stream;
mod types;
