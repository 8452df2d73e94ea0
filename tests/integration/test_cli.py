"""The commands that answer and end: exit codes, what goes where, what is said of bad input."""

import json
import pathlib
import tempfile
import unittest

from support import run


class Help(unittest.TestCase):
    def test_lists_every_command(self):
        answer = run("--help")
        self.assertEqual(answer.returncode, 0)
        for command in ("run", "demo", "plan", "tariff", "decode", "emulate", "fetch", "check-config", "status", "version"):
            self.assertIn(command, answer.stdout)

    def test_names_the_nearest_command(self):
        answer = run("statsu")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("status", answer.stderr)
        self.assertEqual(answer.stdout, "")

    def test_names_the_nearest_option(self):
        answer = run("demo", "--sped", "60")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("--speed", answer.stderr)


class CheckConfig(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "home.yaml"
            file.write_text(text)
            return run("check-config", file)

    def test_accepts_a_ten_line_configuration(self):
        answer = self.check(
            "inverter:\n  address: 192.168.1.5\nbattery:\n  capacity: 10 kWh\n  profile: hv-20kwh\ntariff:\n  contract: tauron-g12w\n")
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_names_file_line_key_and_nearest(self):
        answer = self.check("inverter:\n  adress: 192.168.1.5\n")
        self.assertEqual(answer.returncode, 2)
        for part in ("home.yaml", "2", "adress", "address"):
            self.assertIn(part, answer.stderr)

    def test_names_the_unit_that_is_missing(self):
        answer = self.check("battery:\n  capacity: 10\n")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("kWh", answer.stderr)

    def test_reports_all_problems_at_once(self):
        answer = self.check("battery:\n  capacity: 10\nsite:\n  colour: red\n")
        self.assertIn("capacity", answer.stderr)
        self.assertIn("colour", answer.stderr)

    def test_says_when_there_is_no_such_file(self):
        answer = run("check-config", "/nowhere/home.yaml")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("/nowhere/home.yaml", answer.stderr)


class Tariff(unittest.TestCase):
    def test_prices_a_moment_to_the_formula(self):
        # (412.34/1000 + margin 0 + excise 0.005) × 1.23 + (0.0512 + 0.0332 + 0.0073 + 0.003) × 1.23
        answer = run("tariff", "price", "--tariff", "tauron-g12w-2026", "--at", "2026-05-01T12:00+02:00", "--market",
                     "412.34")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        price = json.loads(answer.stdout)["import"]
        self.assertAlmostEqual(price["total_gross"], (0.41234 + 0.005 + 0.0512 + 0.0332 + 0.0073 + 0.003) * 1.23, places=9)

    def test_names_the_nearest_contract(self):
        answer = run("tariff", "price", "--tariff", "tauron-g12v-2026", "--at", "2026-05-04T12:00+02:00", "--market", "1")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("tauron-g12", answer.stderr)


class Status(unittest.TestCase):
    def test_says_when_nothing_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "home.yaml"
            file.write_text("inverter:\n  address: 127.0.0.1\nbattery:\n  capacity: 10 kWh\n  profile: hv-20kwh\ntariff:\n"
                            "  contract: tauron-g12w\napi:\n  listen: 127.0.0.1:9\n")
            self.assertEqual(run("status", "--config", file).returncode, 4)


if __name__ == "__main__":
    unittest.main()
