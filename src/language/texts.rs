//! The table of texts, a file for each part of the product.
//!
//! How texts are written: German says "Sie" and has „…“; French says "vous", has « … » and ’, and a blank before `: ; ! ?` (which
//! comes out as one at which no line breaks). What is to be typed or copied stands in grave accents, the same in each language.

pub mod calls;
pub mod commands;
pub mod denials;
pub mod free;
pub mod links;
pub mod missed;
pub mod people;
pub mod posts;
pub mod settings;
pub mod setup;
pub mod signs;
pub mod status;
pub mod trace;
pub mod units;

/// Every part of the table.
#[cfg(test)]
const PARTS: &[(&str, &[super::table::Entry])] = &[
    ("calls", calls::ENTRIES),
    ("commands", commands::ENTRIES),
    ("denials", denials::ENTRIES),
    ("free", free::ENTRIES),
    ("links", links::ENTRIES),
    ("missed", missed::ENTRIES),
    ("people", people::ENTRIES),
    ("posts", posts::ENTRIES),
    ("settings", settings::ENTRIES),
    ("setup", setup::ENTRIES),
    ("signs", signs::ENTRIES),
    ("status", status::ENTRIES),
    ("trace", trace::ENTRIES),
    ("units", units::ENTRIES),
];

#[cfg(test)]
mod tests;
