//! What a service answers: `{"name": "Miller & Sons"}`, as docs/numbers.md tells those who write one.

use serde_json::{Map, Value};

use crate::board::Name;
use crate::outbound::Response;
use crate::text;

/// What the number is called, if the service knows it.
///
/// # Errors
///
/// Why this is no answer, in words that continue "the service …".
pub(super) fn read(response: &Response) -> Result<Option<Name>, String> {
    match response.status {
        200 => {}
        204 | 404 => return Ok(None),
        401 | 403 => {
            return Err(format!(
                "does not let us in: it answers {}",
                response.status
            ));
        }
        status => return Err(format!("answers {status}")),
    }
    let media = &*response.media_type;
    if media != "application/json" && !media.ends_with("+json") {
        let media = text::clean(media);
        return Err(format!("answers with `{media}` in place of JSON"));
    }
    let other = || "answers with something else than `{\"name\": \"…\"}`, in UTF-8".to_owned();
    let answer: Map<String, Value> = serde_json::from_slice(&response.body).map_err(|_| other())?;
    // What else stands there is not looked at.
    let field = |name| match answer.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text::clean(text).into_owned()),
        Some(_) => Err(other()),
    };
    let (name, company) = (field("name")?, field("company")?);
    let label = match (&*name, &*company) {
        (name, "") => name.to_owned(),
        ("", company) => company.to_owned(),
        (name, company) => text::clean(&format!("{name} ({company})")).into_owned(),
    };
    Ok((!label.is_empty()).then(|| Name::from(label)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn response(status: u16, media_type: &str, body: &[u8]) -> Response {
        Response {
            status,
            media_type: media_type.to_owned(),
            body: body.to_vec(),
        }
    }

    fn json(body: &str) -> Result<Option<Name>, String> {
        read(&response(200, "application/json", body.as_bytes()))
    }

    #[test]
    fn names_are_read() {
        for (body, expected) in [
            (r#"{"name": "Miller & Sons"}"#, Some("Miller & Sons")),
            (
                r#"{"id": 7, "name": " Bob\u0000\nMiller ", "more": [{}]}"#,
                Some("Bob Miller"),
            ),
            (
                r#"{"name": "Bob", "company": "Miller & Sons"}"#,
                Some("Bob (Miller & Sons)"),
            ),
            (
                r#"{"name": "", "company": "Miller & Sons"}"#,
                Some("Miller & Sons"),
            ),
            (r#"{"name": null}"#, None),
            (r#"{"name": " \u202e "}"#, None),
            ("{}", None),
        ] {
            let name = json(body).expect(body);
            assert_eq!(name.as_deref(), expected, "{body}");
        }
        let long = format!(r#"{{"name": "{}", "company": "x"}}"#, "ü".repeat(1000));
        let name = json(&long).expect("an answer").expect("a name");
        assert_eq!(name.chars().count(), text::MAX_CHARS);
        for status in [204, 404] {
            assert_eq!(read(&response(status, "text/html", b"<html>")), Ok(None));
        }
        let problem = response(200, "application/hal+json", br#"{"name":"x"}"#);
        assert_eq!(read(&problem).expect("an answer").as_deref(), Some("x"));
    }

    #[test]
    fn everything_else_is_no_answer() {
        for body in [
            "",
            "null",
            "[]",
            "\"Bob\"",
            r#"{"name": 7}"#,
            r#"{"name": "x""#,
            "{\"name\":\"\u{1}\"}",
        ] {
            assert!(json(body).is_err(), "{body}");
        }
        assert!(read(&response(200, "application/json", b"{\"name\":\"\xff\"}")).is_err());
        assert!(read(&response(200, "text/html", br#"{"name":"x"}"#)).is_err());
        for status in [201, 400, 401, 403, 429, 500, 503] {
            let why = read(&response(status, "application/json", br#"{"name":"x"}"#));
            assert!(why.expect_err("an error").contains(&status.to_string()));
        }
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_harm(body in any::<Vec<u8>>()) {
            let _ = read(&response(200, "application/json", &body));
        }
    }
}
