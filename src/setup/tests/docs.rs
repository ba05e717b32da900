//! `docs/phones/` has the lines that the command prints, and no others.

use std::fs;
use std::path::Path;

use super::*;
use crate::sources::phone_urls::CODES;

const BASE: &str = "https://chat.example.com";

fn page(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What stands between fences: kind and lines.
fn fenced(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.to_owned(), Vec::new())),
            (Some((kind, lines)), Some(_)) => {
                blocks.push((kind.clone(), lines.join("\n")));
                open = None;
            }
            (Some((_, lines)), None) => lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is open");
    blocks
}

#[test]
fn the_pages_have_what_the_command_prints() {
    let pair = Pair::of(SECRET);
    for vendor in VENDORS {
        let page = fenced(&page(&format!("phones/{}.md", vendor.word)));
        let blocks = |whose| {
            let request = request(vendor.word, whose, BASE, pair.keys(false));
            guide(&request).blocks
        };
        let everyone = blocks(Whose::Everyone);
        for block in &everyone {
            let own = (block.kind.to_owned(), block.text.clone());
            let lines = &block.text;
            assert!(page.contains(&own), "{} lacks\n{lines}", vendor.word);
        }
        let known: Vec<Block> = everyone
            .into_iter()
            .chain(blocks(Whose::Person("bob")))
            .collect();
        for (_, text) in page.iter().filter(|(_, text)| text.contains(BASE)) {
            let is_known = known.iter().any(|block| block.text == *text);
            assert!(is_known, "{} prints other lines than\n{text}", vendor.word);
        }
    }
}

#[test]
fn the_index_names_every_vendor_and_every_code() {
    let index = page("phones.md");
    for vendor in VENDORS {
        let link = format!("phones/{}.md", vendor.word);
        assert!(index.contains(&link), "{link}");
        for alias in vendor.aliases {
            let code = format!("`{alias}`");
            assert!(index.contains(&code), "{alias}");
        }
    }
    for (code, action) in CODES {
        let row = index
            .lines()
            .find(|line| line.starts_with(&format!("| `{code}` |")));
        let row = row.unwrap_or_else(|| panic!("no row for {code}"));
        assert!(row.contains(&format!("`{}`", action.name())), "{row}");
    }
}

#[test]
fn asterisks_account_is_that_of_its_own_page() {
    let account = &super::super::vendors::ACCOUNT;
    assert!(page("asterisk.md").contains(*account));
}
