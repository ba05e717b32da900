"""The template of docs/sdk.md, filled in as that page says: it is formatted, builds without a warning, and packs a bundle."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from common import ROOT, cargo_metadata

NAME = "quiet-hours"
PATCH = """
[patch.crates-io]
mattermost-plugin = { path = %s }
"""


class Template(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = os.path.join(self.temporary.name, NAME)
        shutil.copytree(os.path.join(ROOT, "templates/plugin"), self.folder)
        os.remove(os.path.join(self.folder, "cargo-generate.toml"))
        fill = "grep -rl '{{project-name}}' . | xargs sed -i 's/{{project-name}}/%s/g'"
        with open(os.path.join(ROOT, "docs/sdk.md"), encoding="utf-8") as file:
            self.assertIn(fill % "my-plugin", file.read())
        self.run_in(["sh", "-c", fill % NAME])

    def run_in(self, command):
        """What the command says, on both of its outputs."""
        environment = {**os.environ, "CARGO_TARGET_DIR": cargo_metadata("--no-deps")["target_directory"]}
        done = subprocess.run(command, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_nothing_is_left_to_fill_in(self):
        for folder, _, names in os.walk(self.folder):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertNotIn("{{", file.read(), name)

    def test_it_builds(self):
        self.run_in(["rustfmt", "--edition", "2024", "--check", "src/main.rs"])
        with open(os.path.join(self.folder, "Cargo.toml"), "a", encoding="utf-8") as file:
            file.write(PATCH % json.dumps(os.path.join(ROOT, "crates/mattermost-plugin")))
        # The versions that are there: nothing is downloaded for it.
        shutil.copy(os.path.join(ROOT, "Cargo.lock"), self.folder)
        said = self.run_in(["cargo", "check", "--offline", "--all-targets"])
        self.assertNotIn("warning", said)

    def test_it_packs_a_bundle(self):
        executable = os.path.join(self.folder, f"target/x86_64-unknown-linux-musl/release/{NAME}")
        os.makedirs(os.path.dirname(executable))
        with open(executable, "wb") as file:
            file.write(b"\x7fELF")
        self.run_in(["make", "pack"])
        plugin = f"com.example.{NAME}"
        with tarfile.open(os.path.join(self.folder, f"dist/{plugin}.tar.gz")) as bundle:
            manifest = json.load(bundle.extractfile(f"{plugin}/plugin.json"))
            self.assertEqual(manifest["id"], plugin)
            packed = bundle.getmember(f"{plugin}/{manifest['server']['executables']['linux-amd64']}")
            self.assertEqual((packed.mode, packed.size), (0o755, 4))


if __name__ == "__main__":
    unittest.main()
