"""What is said of a target."""

import os
import unittest

import fuzz


class Verdict(unittest.TestCase):
    def test_a_run_is_well_only_where_it_ended_well_and_tried_something(self):
        stats = "Done\nstat::number_of_executed_units: 12345\n"
        self.assertEqual(fuzz.verdict("ami", 0, stats, 60), ("ami: 12,345 inputs in 60 s, all of it holds", True))
        for code, text in ((77, stats), (0, "stat::number_of_executed_units: 0\n"), (0, ""), (-9, "")):
            said, well = fuzz.verdict("ami", code, text, 60)
            self.assertFalse(well, (code, text))
            self.assertIn(f"failed, with code {code}", said)

    def test_a_failure_shows_the_end_of_what_was_said(self):
        said, _ = fuzz.verdict("ami", 77, "\n".join(f"line {number}" for number in range(1000)), 60)
        self.assertIn("line 999", said)
        self.assertNotIn("line 900\n", said)

    def test_a_run_that_ended_before_its_inputs_did_says_so(self):
        stats = "stat::number_of_executed_units: 1234\n"
        said = [fuzz.verdict("ami", 0, stats, 60, wanted)[0] for wanted in (1234, 5678)]
        self.assertEqual(said, [f"ami: 1,234{of} inputs in 60 s, all of it holds" for of in ("", " of 5,678")])

    def test_fixed_inputs_come_of_the_seeds_alone_and_in_order(self):
        for name in fuzz.targets():
            command = fuzz.command_for("/built", name, 60, True)
            self.assertEqual(command[0], f"/built/{name}")
            self.assertTrue(all(word.startswith("-") for word in command[1:]), command)
            self.assertIn("-seed=1", command)
            self.assertIn(f"-runs={fuzz.FIXED_RUNS[name]}", command)
            seeds = command[-1].removeprefix("-seed_inputs=").split(",")
            self.assertEqual(seeds, sorted(seeds))
            self.assertEqual({os.path.basename(seed) for seed in seeds}, set(os.listdir(f"{fuzz.FUZZ}/seeds/{name}")))

    def test_there_is_a_folder_of_seeds_and_a_program_for_each_target(self):
        with open(f"{fuzz.FUZZ}/Cargo.toml", encoding="utf-8") as file:
            manifest = file.read()
        for name in fuzz.targets():
            self.assertIn(f'name = "{name}"\npath = "fuzz_targets/{name}.rs"', manifest)


if __name__ == "__main__":
    unittest.main()
