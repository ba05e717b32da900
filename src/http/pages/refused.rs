//! The board's page for whoever may not see it: in words, in the page's look.

use std::fmt::Write;

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderMap, HeaderValue, Response};

use super::super::auth::Refusal;
use super::HTML;
use crate::language::Language;
use crate::language::texts::board as texts;

/// What the page may load: the board's styles and its icon.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
);

/// Whether a page was asked for, as browsers do (RFC 9110, 12.5.1). Whatever else asks gets one line of text.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| {
        let mut ranges = accept.split([',', ';']);
        ranges.any(|range| range.trim().eq_ignore_ascii_case("text/html"))
    })
}

/// The same answer with a page for its body, where there are words for a viewer; else as it is.
pub(super) fn page(
    answer: Response<Body>,
    refusal: &Refusal,
    language: Language,
) -> Response<Body> {
    let what = match refusal {
        Refusal::WrongWall => texts::refused_link(language),
        Refusal::Unauthorized | Refusal::NoSecretSet => texts::refused_stranger(language),
        Refusal::Forbidden => texts::refused_member(language),
        Refusal::Unknown(_) => texts::refused_unknown(language),
        _ => return answer,
    };
    let (title, code) = (texts::title(language), language.code());
    let heading = texts::refused(language);
    let what = with_code(&what);
    let mut body = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        body,
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"dashboard/icon.svg\">\n<link rel=\"stylesheet\" href=\"dashboard.css\">\n</head>\n\
         <body>\n<header>\n<h1>{title}</h1>\n</header>\n<main id=\"main\">\n<section id=\"refused\">\n\
         <h2>{heading}</h2>\n<p>{what}</p>\n</section>\n</main>\n</body>\n</html>\n"
    );
    let (mut parts, _) = answer.into_parts();
    let headers = &mut parts.headers;
    headers.insert(CONTENT_TYPE, HTML);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    // The address may hold a link that is good elsewhere.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Response::from_parts(parts, body.into())
}

/// One of our own texts, which hold no HTML, with what stands between backquotes as code.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.fold(String::new(), |mut whole, (number, part)| {
        let _ = match number % 2 {
            0 => write!(whole, "{part}"),
            _ => write!(whole, "<code>{part}</code>"),
        };
        whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stood_between_backquotes_on_the_page() {
        for language in [Language::English, Language::German, Language::French] {
            for text in [
                texts::refused_link(language),
                texts::refused_stranger(language),
            ] {
                let page = with_code(&text);
                assert!(
                    page.contains("<code>/phone board wall NAME</code>"),
                    "{page}"
                );
                assert!(!page.contains('`'), "{page}");
            }
        }
    }
}
