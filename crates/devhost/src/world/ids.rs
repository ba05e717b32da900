//! Ids in Mattermost's form: 26 characters of `[a-z0-9]`.

const LENGTH: usize = 26;

/// Makes ids that were not given out before.
#[derive(Default)]
pub(crate) struct Ids {
    last: u64,
}

impl Ids {
    pub(crate) fn next(&mut self, kind: &str) -> String {
        self.last += 1;
        let number = self.last.to_string();
        format!("{kind:0<width$}{number}", width = LENGTH - number.len())
    }
}

/// The id of the person, team or channel with this name; the same in every world.
pub fn fixed_id(name: &str) -> String {
    let plain = name.chars().filter(char::is_ascii_alphanumeric);
    plain
        .map(|c| c.to_ascii_lowercase())
        .chain(std::iter::repeat('x'))
        .take(LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_mattermosts_form() {
        let mut ids = Ids::default();
        let ids = [
            ids.next("post"),
            ids.next("post"),
            fixed_id("bob"),
            fixed_id("town-square"),
        ];
        for id in &ids {
            assert_eq!(id.len(), LENGTH, "{id}");
            assert!(
                id.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{id}"
            );
        }
        assert_ne!(ids[0], ids[1]);
    }
}
