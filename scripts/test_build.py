"""With which flags the executable is built, and what is said where something is missing."""

import os
import tempfile
import unittest
from unittest import mock

import build
from common import Problem

MUSL = "x86_64-unknown-linux-musl"
HOST = "x86_64-unknown-linux-gnu"


class Toolchain(unittest.TestCase):
    """With stand-ins for what rustc and the system answer."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def answers(self, text):
        """Every command answers with this text."""
        patched = mock.patch.object(build, "output", return_value=text)
        patched.start()
        self.addCleanup(patched.stop)

    def without(self, command):
        patched = mock.patch.object(build.shutil, "which", side_effect=lambda name: None if name == command else f"/usr/bin/{name}")
        patched.start()
        self.addCleanup(patched.stop)

    def test_a_missing_target_is_one_command_away(self):
        self.answers(os.path.join(self.folder, "none"))
        with self.assertRaisesRegex(Problem, f"run `rustup target add {MUSL}`"):
            build.check_toolchain(MUSL)

    def test_the_toolchains_lld_links_where_it_is(self):
        self.answers(self.folder)
        self.assertEqual(build.linker(HOST), ({}, []))
        programs = os.path.join(self.folder, "lib/rustlib", HOST, "bin/gcc-ld")
        os.makedirs(programs)
        with open(os.path.join(programs, "ld.lld"), "wb"):
            pass
        environment, flags = build.linker(HOST)
        self.assertEqual(environment["PATH"].split(os.pathsep)[0], programs)
        # A gcc for 64-bit ARM found no `ld` at all with PATH alone.
        self.assertEqual(environment["COMPILER_PATH"].split(os.pathsep)[0], programs)
        self.assertIn("-Clink-arg=-fuse-ld=lld", flags)
        self.assertNotIn(self.folder, "".join(flags))

    def test_a_c_library_that_cannot_read_packed_relocations_gets_none(self):
        for target, answer, packed in (
            (MUSL, "rustc 1.92.0 (hash 2025-12-08)", False),
            (MUSL, "rustc 1.93.0 (hash 2026-01-19)", True),
            (HOST, "glibc 2.35", False),
            (HOST, "glibc 2.36", True),
        ):
            with self.subTest(answer), mock.patch.object(build, "output", return_value=answer):
                self.assertEqual(bool(build.packed_relocations(target)), packed)

    def test_another_machines_compiler_links_too(self):
        self.without(None)
        with mock.patch.dict(os.environ, {}, clear=True):
            found = build.c_compiler("aarch64-unknown-linux-musl", HOST)
        self.assertEqual(found["CC_aarch64_unknown_linux_musl"], "aarch64-linux-gnu-gcc")
        self.assertEqual(found["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER"], "aarch64-linux-gnu-gcc")

    def test_a_missing_compiler_is_named_with_its_package(self):
        self.without("aarch64-linux-gnu-gcc")
        with mock.patch.dict(os.environ, {}, clear=True), self.assertRaisesRegex(Problem, r"needs aarch64-linux-gnu-gcc \(Debian: gcc-aarch64-linux-gnu\)"):
            build.c_compiler("aarch64-unknown-linux-musl", HOST)

    def test_a_compiler_that_somebody_chose_stays(self):
        self.without("cc")
        with mock.patch.dict(os.environ, {"CC_x86_64_unknown_linux_musl": "clang"}, clear=True):
            self.assertNotIn("CC_x86_64_unknown_linux_musl", build.c_compiler(MUSL, HOST))


if __name__ == "__main__":
    unittest.main()
