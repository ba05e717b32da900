//! The table of texts, a file for each part of the product.
//!
//! How texts are written: German says "Sie" and has „…“; French says "vous", has « … » and ’, and a blank before `: ; ! ?` (which
//! comes out as one at which no line breaks). What is to be typed or copied stands in grave accents, the same in each language.

pub mod alerts;
pub mod board;
pub mod board_chart;
pub mod board_command;
pub mod board_controls;
pub mod board_tables;
pub mod calls;
pub mod commands;
pub mod controls;
pub mod denials;
pub mod free;
pub mod links;
pub mod missed;
pub mod people;
pub mod posts;
pub mod report;
pub mod settings;
pub mod setup;
pub mod signs;
pub mod status;
pub mod trace;
pub mod units;
pub mod video;

/// Every part of the table.
#[cfg(test)]
const PARTS: &[(&str, &[super::table::Entry])] = &[
    ("alerts", alerts::ENTRIES),
    ("board", board::ENTRIES),
    ("board_chart", board_chart::ENTRIES),
    ("board_command", board_command::ENTRIES),
    ("board_controls", board_controls::ENTRIES),
    ("board_tables", board_tables::ENTRIES),
    ("calls", calls::ENTRIES),
    ("commands", commands::ENTRIES),
    ("controls", controls::ENTRIES),
    ("denials", denials::ENTRIES),
    ("free", free::ENTRIES),
    ("links", links::ENTRIES),
    ("missed", missed::ENTRIES),
    ("people", people::ENTRIES),
    ("posts", posts::ENTRIES),
    ("report", report::ENTRIES),
    ("settings", settings::ENTRIES),
    ("setup", setup::ENTRIES),
    ("signs", signs::ENTRIES),
    ("status", status::ENTRIES),
    ("trace", trace::ENTRIES),
    ("units", units::ENTRIES),
    ("video", video::ENTRIES),
];

#[cfg(test)]
mod tests;
