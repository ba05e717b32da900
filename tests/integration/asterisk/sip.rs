//! SIP as far as the tests look into it.

/// Which way a message went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// From Asterisk to the phone.
    In,
    /// From the phone to Asterisk.
    Out,
}

/// A message as it went by.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) way: Way,
    pub(crate) text: String,
}

impl Message {
    /// The first header of this name, or nothing. Neither Asterisk nor our scenarios use compact names or folded lines.
    pub(crate) fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(n, _)| n.trim_end().eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    /// The call, or the exchange, that it belongs to.
    pub(crate) fn call_id(&self) -> &str {
        self.header("Call-ID")
    }

    /// Whether it is such a request.
    pub(crate) fn is(&self, way: Way, method: &str) -> bool {
        self.way == way && self.text.split(' ').next() == Some(method)
    }

    /// The status and the method it answers, when it is a response.
    pub(crate) fn status(&self) -> Option<(u16, &str)> {
        let code = self.text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
        Some((code, self.header("CSeq").split(' ').nth(1)?))
    }

    /// The tag in From or To.
    pub(crate) fn tag(&self, name: &str) -> &str {
        let tag = self.header(name).split(";tag=").nth(1).unwrap_or_default();
        tag.split(';').next().unwrap_or_default()
    }

    /// What follows the headers.
    pub(crate) fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }
}
