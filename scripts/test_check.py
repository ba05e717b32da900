"""Which tests scripts/check.py finds in a source file."""

import unittest

from check import tests_of

RUST = """
/// As `only_named`, and fn only_mentioned.
#[test]
fn alone() {}

    #[tokio::test(start_paused = true)]
    // Why.
    #[cfg(unix)]
    async fn with_arguments() {}

// #[test]
fn in_a_comment() {}

#[test]
#[ignore = "takes an hour"]
fn left_out() {}

fn helper() {}
"""

GO = """
func TestOne(t *testing.T) {
}

func TestMain(m *testing.M) {
}

func Testify(name string) {
}
"""


class Tests(unittest.TestCase):
    def test_a_test_is_what_runs_as_one(self):
        self.assertEqual(tests_of("a.rs", RUST), {"alone", "with_arguments"})
        self.assertEqual(tests_of("a_test.go", GO), {"TestOne"})


if __name__ == "__main__":
    unittest.main()
