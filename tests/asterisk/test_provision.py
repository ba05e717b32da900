"""Which of apt's sources is the mirror."""

import unittest

from provision import mirrors


class Mirrors(unittest.TestCase):
    def test_both_forms_are_read_and_only_the_archive_is_taken(self):
        sources = [
            ("debian.sources", "# a comment\nTypes: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\n\n"
                               "Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: bookworm-security\n"),
            ("other.list", "deb https://packages.example.com/apt cloud main\n# deb http://old.example/debian bookworm main\n"
                           "deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ bookworm main\n"),
        ]
        self.assertEqual(mirrors(sources), ["http://deb.debian.org/debian", "https://mirror.example/debian"])

    def test_what_is_switched_off_or_has_sources_only_is_not_taken(self):
        sources = [
            ("off.sources", "Enabled: no\nTypes: deb\nURIs: http://a.example/debian\nSuites: sid\n"),
            ("src.sources", "Types: deb-src\nURIs: http://b.example/debian\nSuites: sid\n"),
            ("src.list", "deb-src http://c.example/debian sid main\n"),
        ]
        self.assertEqual(mirrors(sources), [])


if __name__ == "__main__":
    unittest.main()
