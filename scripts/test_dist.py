"""What a bundle holds, and which licences are agreed to."""

import os
import tarfile
import tempfile
import unittest

from common import Problem, read_json
from dist import files_for, manifest_for, pack, unpack
from notices import allowed


class Bundle(unittest.TestCase):
    """Made with a stand-in for the executable."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.executable = self.path("plugin")
        with open(self.executable, "wb") as file:
            file.write(b"an executable")

    def path(self, name):
        return os.path.join(self.folder, name)

    def files(self, bundle):
        built = {"linux-amd64": self.executable}
        manifest = manifest_for(bundle, read_json("scripts/bundles.json")[bundle], built)
        page = {"webapp/dist/main.js": self.executable, "public/panel.js": self.executable} if "webapp" in manifest else {}
        return manifest, files_for(manifest, built, b"notices", page)

    def test_has_the_layout_that_mattermost_unpacks(self):
        _, files = self.files("net.bytemine.sip")
        path = self.path("bundle.tar.gz")
        pack(path, "net.bytemine.sip", files, 1_700_000_000)
        with tarfile.open(path) as archive:
            members = {member.name: member for member in archive.getmembers()}
            names = [member.name for member in archive.getmembers() if member.isfile()]
        self.assertEqual({name.split("/")[0] for name in members}, {"net.bytemine.sip"})
        self.assertEqual(names, sorted(names))
        self.assertIn("net.bytemine.sip/plugin.json", names)
        self.assertIn("net.bytemine.sip/assets/icon.svg", names)
        self.assertEqual(members["net.bytemine.sip/server/dist/plugin-linux-amd64"].mode, 0o755)
        self.assertEqual({(m.uid, m.gid, m.uname, m.mtime) for m in members.values()}, {(0, 0, "", 1_700_000_000)})

    def test_packs_the_same_bytes_twice(self):
        _, files = self.files("switchboard")
        packed = []
        for name, order in (("one", list(files)), ("two", list(reversed(files)))):
            pack(self.path(name), "switchboard", {key: files[key] for key in order}, 0)
            with open(self.path(name), "rb") as file:
                packed.append(file.read())
        self.assertEqual(packed[0], packed[1])

    def test_has_the_webapp_where_it_should(self):
        page = {"webapp/dist/main.js", "public/panel.js"}
        for bundle, overlay in read_json("scripts/bundles.json").items():
            manifest, files = self.files(bundle)
            self.assertEqual("webapp" in manifest, overlay.get("webapp", False), bundle)
            self.assertEqual(page & set(files), page if overlay.get("webapp") else set(), bundle)
        manifest, _ = self.files("switchboard")
        self.assertEqual(manifest["webapp"], {"bundle_path": "webapp/dist/main.js"})
        with self.assertRaisesRegex(Problem, "webapp/dist/main.js"):
            files_for(manifest, {"linux-amd64": self.executable}, b"notices")

    def test_unpacks_over_what_was_there(self):
        _, files = self.files("switchboard")
        stale = self.path("unpacked/stale")
        os.makedirs(os.path.dirname(stale))
        with open(stale, "wb"):
            pass
        unpack(self.path("unpacked"), files)
        self.assertFalse(os.path.exists(stale))
        self.assertTrue(os.access(self.path("unpacked/server/dist/plugin-linux-amd64"), os.X_OK))

    def test_the_manifest_is_the_bundles_own(self):
        source, (manifest, _) = read_json("plugin.json"), self.files("net.bytemine.sip")
        self.assertEqual(manifest["id"], "net.bytemine.sip")
        self.assertEqual(manifest["version"], source["version"])
        self.assertEqual(list(manifest["server"]["executables"]), ["linux-amd64"])
        self.assertIn("/plugins/net.bytemine.sip/", manifest["settings_schema"]["header"])
        self.assertNotIn("/plugins/switchboard/", str(manifest))
        self.assertEqual(
            [setting["key"] for setting in manifest["settings_schema"]["settings"]],
            ["TeamName", "ChannelName", "UserMail", "Secret", "HideConnectionMessages", "NumbersUsers"],
        )

    def test_a_bundle_may_call_a_setting_otherwise(self):
        manifest, _ = self.files("com.mattermost.outlook-presence")
        secret, per_page = manifest["settings_schema"]["settings"]
        self.assertEqual((secret["key"], secret["type"]), ("Secret", "generated"))
        self.assertEqual((per_page["key"], per_page["default"]), ("PerPageStatuses", 100))
        # A generated secret that nobody can read again is of no use, and its field takes no typing.
        for key in ("from", "secret", "placeholder"):
            self.assertNotIn(key, secret)
        self.assertNotIn("/plugins/switchboard/", str(manifest))

    def test_in_place_of_pexip_video_connect_its_defaults_hold(self):
        manifest, _ = self.files("com.pexip.pexip-app")
        settings = {setting["key"]: setting for setting in manifest["settings_schema"]["settings"]}
        for key, default in (("Embedded", False), ("VideoRooms", "id"), ("VideoPosts", "classic"), ("VideoPinInUrl", True)):
            self.assertEqual(settings[key]["default"], default)
        self.assertIn("webapp", manifest)
        self.assertNotIn("PhoneLinks", settings)

    def test_a_dropdown_shows_what_holds_where_nothing_is_saved(self):
        # That the program takes the same for the default is a test of src/config/bundle.rs.
        source = {setting["key"]: setting for setting in read_json("plugin.json")["settings_schema"]["settings"]}
        seen = set()
        for bundle in read_json("scripts/bundles.json"):
            manifest, _ = self.files(bundle)
            for setting in manifest["settings_schema"]["settings"]:
                if setting["type"] not in ("dropdown", "radio"):
                    continue
                key, values = setting["key"], [option["value"] for option in setting["options"]]
                # The System Console of Mattermost 9.11 shows the first option then, and not the default.
                self.assertEqual(values[0], setting["default"], f"{bundle}: {key}")
                self.assertCountEqual(values, [option["value"] for option in source[key]["options"]])
                seen.add((bundle, key))
        self.assertLessEqual({("switchboard", "PostStyle"), ("switchboard", "VideoRooms"), ("com.pexip.pexip-app", "VideoRooms"), ("com.pexip.pexip-video-connect", "VideoRooms")}, seen)


class Licences(unittest.TestCase):
    """SPDX expressions as crates have them."""

    def test_accepts_what_can_be_met(self):
        for expression in (
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-2.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ):
            self.assertTrue(allowed(expression), expression)

    def test_refuses_what_cannot(self):
        for expression in ("", "GPL-3.0-only", "MIT AND GPL-2.0-only", "(MIT OR ISC) AND X", "MIT OR", "(MIT", "MIT MIT"):
            self.assertFalse(allowed(expression), expression)


if __name__ == "__main__":
    unittest.main()
