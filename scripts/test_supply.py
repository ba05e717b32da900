"""Where dependencies may come from."""

import unittest

from supply import deny_list, licences, locked_crates, locked_packages

SUM = "0123456789abcdef" * 4
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def lock(name="serde", source=CRATES_IO, checksum=SUM):
    text = f'version = 4\n\n[[package]]\nname = "{name}"\nversion = "1.0.0"\n'
    for key, value in (("source", source), ("checksum", checksum)):
        text += f'{key} = "{value}"\n' if value else ""
    return text


class Supply(unittest.TestCase):
    def crates(self, *banned, **entry):
        return list(locked_crates("Cargo.lock", lock(**entry), banned))

    def test_a_crate_comes_from_the_registry_with_its_checksum(self):
        self.assertEqual(self.crates(), [])
        self.assertEqual(self.crates(source=None, checksum=None), [], "one of our own")
        for wrong in ("git+https://example.org/serde#abc", "registry+https://example.org/index"):
            self.assertIn("only crates.io", self.crates(source=wrong)[0])
        self.assertIn("no checksum", self.crates(checksum=None)[0])

    def test_a_banned_crate_is_found(self):
        self.assertIn("is banned", self.crates("openssl", name="openssl")[0])
        self.assertEqual(self.crates("openssl", name="openssl-probe"), [])

    def test_a_package_comes_from_the_registry_with_its_integrity(self):
        def packages(**entry):
            whole = {"integrity": "sha512-x", "license": "MIT", **entry}
            return list(locked_packages("package-lock.json", {"packages": {"": {}, "node_modules/a": whole}}))

        self.assertEqual(packages(), [])
        self.assertEqual(packages(resolved="https://registry.npmjs.org/a/-/a-1.0.0.tgz"), [])
        self.assertIn("only npm's registry", packages(resolved="git+ssh://git@example.org/a.git")[0])
        self.assertIn("only npm's registry", packages(resolved="https://registry.npmjs.org.example.org/a.tgz")[0])
        self.assertIn("no integrity", packages(integrity=None)[0])
        self.assertIn("licence 'GPL-3.0'", packages(license="GPL-3.0", dev=True)[0])
        self.assertIn("licence 'MPL-2.0'", packages(license="MPL-2.0")[0])
        self.assertEqual(packages(license="MPL-2.0", dev=True), [], "a tool")

    def test_a_licence_that_is_not_agreed_to_is_found(self):
        crate = {"name": "a", "version": "1.0.0", "source": CRATES_IO, "license": "GPL-3.0-only"}
        self.assertIn("GPL-3.0-only", next(licences([crate])))
        self.assertEqual(list(licences([{**crate, "license": "GPL-3.0-only OR MIT"}, {**crate, "source": None}])), [])

    def test_lists_of_deny_toml_are_read(self):
        text = 'allow-wildcard-paths = true\nallow = [\n\t"MIT", # not "GPL"\n\t"ISC",\n]\ndeny = [\n]\n'
        self.assertEqual(deny_list(text, "allow"), ["MIT", "ISC"])
        self.assertEqual(deny_list(text, "deny"), [])


if __name__ == "__main__":
    unittest.main()
