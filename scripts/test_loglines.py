"""Which lines of the log are found in a source file."""

import unittest

from loglines import documented, messages


class LogLines(unittest.TestCase):
    def test_messages_are_told_from_fields(self):
        source = r'''
            tracing::warn!(%error, "it was not \
                stored");
            tracing::error!("a \"word\": {e}");
            tracing::warn!(setting = "Secret", what = %format_args!("is {short}"), remedy = "Fill it in.", "a setting");
            tracing::info!("not this");
        '''
        found = [("warn", "it was not stored"), ("error", 'a "word": {e}'), ("warn", "a setting")]
        self.assertEqual(list(messages(source)), found)

    def test_tests_are_left_out(self):
        self.assertEqual(list(messages('x\n#[cfg(test)]\nmod tests {\n tracing::warn!("in a test");\n}\n')), [])

    def test_the_table_is_read(self):
        self.assertEqual(documented("| warn | `` a | b {e} `` | Nothing. |\n| info | `` c `` | x |\n"), [("warn", "a | b {e}")])


if __name__ == "__main__":
    unittest.main()
