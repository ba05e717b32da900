//! What is told of a person, and how it is written.

use super::Status;

/// What the table says of one person, or of an address that nobody has any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The number of the last change.
    pub number: u64,
    /// Whose it is: 26 characters of `[a-z0-9]`.
    pub id: &'a str,
    /// The address as Mattermost writes it.
    pub email: &'a str,
    /// The status; offline where nobody is listed.
    pub status: Status,
    /// Whether this person has an account, under this address. Otherwise the record is there for those who
    /// knew them: the account was deactivated, or has another address now.
    pub listed: bool,
    /// Their place in the pages, if they are listed.
    pub place: u32,
}

impl Record<'_> {
    /// Appends the record as JSON: `{"user_id":"…","email":"…","status":"…"}`, these three keys in this order.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"user_id\":\"");
        // Only letters and digits, which need no escapes.
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(b"\",\"email\":");
        // Writing a text to memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, self.email);
        out.extend_from_slice(b",\"status\":\"");
        out.extend_from_slice(self.status.as_str().as_bytes());
        out.extend_from_slice(b"\"}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keys_in_this_order_and_the_address_escaped() {
        let mut record = Record {
            number: 7,
            id: "abcdefghijklmnopqrstuvwxyz",
            email: "Bob@Example.com",
            status: Status::DoNotDisturb,
            listed: true,
            place: 0,
        };
        let mut out = b"x".to_vec();
        record.write_json(&mut out);
        assert_eq!(
            String::from_utf8_lossy(&out),
            r#"x{"user_id":"abcdefghijklmnopqrstuvwxyz","email":"Bob@Example.com","status":"dnd"}"#
        );

        record.email = "\"a\\b\u{1}\nö\"@x";
        out.clear();
        record.write_json(&mut out);
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["email"], record.email);
        assert_eq!(value.as_object().unwrap().len(), 3);
    }
}
