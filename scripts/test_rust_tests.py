"""What a failed test comes to."""

import contextlib
import io
import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

import rust_tests
from common import Problem

# As cargo 1.9x and libtest write it.
WHOLE = "error: 1 target failed:\n    `-p switchboard --test integration`\n"
OTHER = "error: 1 target failed:\n    `-p switchboard --lib`\n"
BOTH = "error: 2 targets failed:\n    `-p switchboard --lib`\n    `-p switchboard --test integration`\n"


def failing(*names):
    return "".join(f"test {name} ... FAILED\n" for name in names) + "test posts::fine ... ok\n"


class RustTests(unittest.TestCase):
    def run_with(self, arguments, *answers):
        """Runs it with a cargo that gives these answers, a status and a text, one after the other; what happened, what was printed and
        how cargo was called."""
        with tempfile.TemporaryDirectory() as folder:
            for number, (code, text) in enumerate(answers):
                for name, content in ((f"{number}.text", text), (f"{number}.code", str(code))):
                    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                        file.write(content)
            fake = os.path.join(folder, "cargo")
            with open(fake, "w", encoding="utf-8") as file:
                file.write(f'#!/bin/sh\ncd {folder}\nn=$(cat calls 2>/dev/null | wc -l)\necho "$*" >> calls\ncat $n.text\nexit $(cat $n.code)\n')
            os.chmod(fake, stat.S_IRWXU)
            printed, problem = io.StringIO(), None
            with mock.patch.dict(os.environ, {"CARGO": fake}), mock.patch.object(sys, "argv", ["rust_tests.py", *arguments]):
                with contextlib.redirect_stdout(printed), mock.patch.object(rust_tests, "say"):
                    try:
                        rust_tests.run()
                    except Problem as error:
                        problem = str(error)
            with open(os.path.join(folder, "calls"), encoding="utf-8") as file:
                return problem, printed.getvalue(), file.read().splitlines()

    def test_what_passes_is_run_once(self):
        problem, printed, calls = self.run_with(["--again"], (0, "test posts::fine ... ok\n"))
        self.assertIsNone(problem)
        self.assertEqual(calls, ["test --locked --workspace --no-fail-fast"])
        self.assertIn("posts::fine ... ok", printed)

    def test_a_test_of_the_whole_that_passes_alone_is_told_of(self):
        problem, printed, calls = self.run_with(["--again"], (101, failing("a::b") + WHOLE), (0, "test a::b ... ok\n"))
        self.assertIsNone(problem)
        self.assertEqual(calls[1:], ["test --locked -p switchboard --test integration -- --test-threads=1 --nocapture --exact a::b"])
        self.assertTrue(printed.endswith("Unsteady, for they failed once and passed alone: a::b. Please mend them.\n"), printed)

    def test_what_fails_twice_has_failed(self):
        problem, _, calls = self.run_with(["--again"], (101, failing("a::b", "c::d") + WHOLE), (101, failing("c::d") + WHOLE))
        self.assertEqual(problem, "tests failed: c::d.")
        self.assertEqual(len(calls), 2)

    def test_without_again_there_is_one_try(self):
        problem, _, calls = self.run_with([], (101, failing("a::b") + WHOLE))
        self.assertEqual(problem, "tests failed: a::b.")
        self.assertEqual(len(calls), 1)

    def test_other_tests_and_many_at_once_have_one_try(self):
        for text in (failing("a::b") + OTHER, failing("a::b") + BOTH, failing("a", "b", "c", "d") + WHOLE):
            problem, _, calls = self.run_with(["--again"], (101, text))
            self.assertIn("tests failed: a", problem)
            self.assertEqual(len(calls), 1)

    def test_what_is_not_compiled_has_failed(self):
        problem, _, calls = self.run_with(["--again"], (101, "error: could not compile `switchboard`\n"))
        self.assertEqual(problem, "cargo failed with status 101; what it said stands above.")
        self.assertEqual(len(calls), 1)

    def test_what_is_done_beside_is_waited_for_and_fails_the_run(self):
        passes = (0, "test posts::fine ... ok\n")
        problem, printed, _ = self.run_with(["--beside", "sh", "-c", "echo built"], passes)
        self.assertIsNone(problem)
        problem, printed, _ = self.run_with(["--again", "--beside", "sh", "-c", "echo no room; exit 3"], passes)
        self.assertEqual(problem, "`sh -c echo no room; exit 3` failed with status 3; what it said stands above.")
        self.assertTrue(printed.endswith("fine ... ok\nno room\n"), printed)

    def test_what_is_done_beside_ends_where_the_tests_fail(self):
        with tempfile.TemporaryDirectory() as folder:
            late = os.path.join(folder, "late")
            waits = ["--beside", "sh", "-c", f"sleep 600; touch {late}"]
            problem, _, _ = self.run_with(waits, (101, failing("a::b") + WHOLE))
            self.assertEqual(problem, "tests failed: a::b.")
            self.assertFalse(os.path.exists(late))


if __name__ == "__main__":
    unittest.main()
