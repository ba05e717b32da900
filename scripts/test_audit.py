"""What counts as asked."""

import contextlib
import io
import unittest
from unittest import mock

import audit

# As npm 10 and cargo-deny write it.
REFUSED = "npm warn audit 405 Method Not Allowed - POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk\n\nnpm error audit endpoint returned an error\n"
FOUND = "# npm audit report\n\nlodash  <4.17.21\nSeverity: high\n"


def answers(code, text):
    return mock.Mock(returncode=code, stdout=text)


class Audit(unittest.TestCase):
    def run_with(self, npm, deny=mock.Mock(returncode=0, stdout="")):
        """All tools are there and answer this; the status and what is printed."""
        printed = io.StringIO()
        with mock.patch.object(audit, "missing", return_value=None), mock.patch.object(audit.subprocess, "run") as asked:
            asked.side_effect = lambda command, **_: npm if command[0] == "npm" else deny
            with mock.patch.object(audit, "say"), contextlib.redirect_stdout(printed):
                with mock.patch.object(audit, "output", return_value="webapp/package-lock.json"):
                    try:
                        audit.run()
                        return 0, printed.getvalue()
                    except SystemExit as end:
                        return end.code, printed.getvalue()

    def test_what_was_asked_and_is_well_is_no_failure(self):
        self.assertEqual(self.run_with(answers(0, "")), (0, "All was asked, and nothing found.\n"))

    def test_what_could_not_be_asked_is_said_and_is_not_taken_for_well(self):
        code, printed = self.run_with(answers(1, REFUSED))
        self.assertEqual(code, 2)
        self.assertIn("npm's registry answers no questions about advisories (npm warn audit 405", printed)
        self.assertTrue(printed.endswith("advisories for webapp.\nNothing was found in what could be asked.\n"), printed)

    def test_where_nothing_could_be_asked_nothing_is_said_to_be_well(self):
        no_database = answers(1, "error: failed to fetch advisory database https://github.com/rustsec/advisory-db")
        code, printed = self.run_with(answers(1, REFUSED), no_database)
        self.assertEqual(code, 2)
        self.assertTrue(printed.endswith("Nothing could be asked.\n"), printed)

    def test_what_is_found_is_shown_and_fails(self):
        code, printed = self.run_with(answers(1, FOUND))
        self.assertEqual(code, 1)
        self.assertIn("lodash", printed)
        self.assertNotIn("Not asked", printed)

    def test_a_missing_tool_is_one_command_away(self):
        with mock.patch.object(audit.subprocess, "run", return_value=answers(101, "")):
            self.assertIn("run `cargo install cargo-deny --locked`", audit.missing(["cargo", "deny", "check"]))


if __name__ == "__main__":
    unittest.main()
