//! What the media lines of an offer are for: Pexip tells main and presentation apart by `a=content` (RFC 4796).

use str0m::media::Mid;

/// What a media line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Audio,
    Main,
    Slides,
}

/// The roles of an offer's lines, by their `a=mid`. Those of other kinds are left out.
pub(super) fn roles(offer: &str) -> Vec<(Mid, Role)> {
    let lines = offer.split("\nm=").skip(1);
    let roles = lines.filter_map(|line| {
        let value = |name: &str| {
            let mut attributes = line.lines().map(str::trim);
            attributes.find_map(|own| own.strip_prefix(name))
        };
        let role = match (line.split(' ').next()?, value("a=content:")) {
            ("audio", _) => Role::Audio,
            ("video", Some("slides")) => Role::Slides,
            ("video", _) => Role::Main,
            _ => return None,
        };
        Some((value("a=mid:")?.into(), role))
    });
    roles.collect()
}

/// The answer, with what its lines are for, as a node has it.
pub(super) fn with_content(answer: &str, roles: &[(Mid, Role)]) -> String {
    let mut text = String::with_capacity(answer.len() + 64);
    for line in answer.lines() {
        text.push_str(line);
        text.push_str("\r\n");
        let mid = line.strip_prefix("a=mid:").map(Mid::from);
        match roles.iter().find(|(own, _)| Some(*own) == mid) {
            Some((_, Role::Main)) => text.push_str("a=content:main\r\n"),
            Some((_, Role::Slides)) => text.push_str("a=content:slides\r\n"),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_by_their_content() {
        let offer = "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\nm=video 9 X 96\r\na=mid:1\r\na=content:main\r\n\
            m=video 9 X 96\r\na=content:slides\r\na=mid:2\r\nm=application 9 X w\r\na=mid:3\r\n";
        let roles = roles(offer);
        let expected = [("0", Role::Audio), ("1", Role::Main), ("2", Role::Slides)];
        assert_eq!(roles, expected.map(|(mid, role)| (Mid::from(mid), role)));
        let answer = with_content("v=0\r\nm=video\r\na=mid:2\r\n", &roles);
        assert!(
            answer.ends_with("a=mid:2\r\na=content:slides\r\n"),
            "{answer}"
        );
    }
}
