//! The board's page in a real browser: what it shows is compared with what was played.

pub(crate) mod browser;
mod cases;
mod centre;
mod load;
mod viewers;

pub(crate) use viewers::CallersPages;
