"""The daemon between an emulated inverter and an emulated market: what a home sees when things go wrong."""

import datetime
import pathlib
import socket
import tempfile
import unittest

from support import Process, ask_emulator, document, free_port, get, healthy, run, wait_for


class Daemon(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_port()
        self.inverter_port = free_port(socket.SOCK_DGRAM)
        self.market_port = free_port()
        self.control = str(self.folder / "emulator.sock")

    def inverter(self):
        return Process("emulate", "goodwe", "--family", "ET", "--listen", f"127.0.0.1:{self.inverter_port}",
                       "--control", self.control)

    def market(self):
        return Process("emulate", "market", "--listen", f"127.0.0.1:{self.market_port}")

    def daemon(self, control="observe"):
        file = self.folder / "home.yaml"
        file.write_text(f"""
inverter:
  address: 127.0.0.1
  port: {self.inverter_port}
  timeout: 300 ms
battery:
  capacity: 10 kWh
  profile: hv-20kwh
tariff:
  contract: tauron-g12w
prices:
  url: http://127.0.0.1:{self.market_port}/api
control: {control}
cycle: 5 s
require_synchronised_clock: false
api:
  listen: 127.0.0.1:{self.port}
data: {self.folder / 'state'}
""")
        return Process("run", "--config", file)

    def source(self, name):
        for source in (document(self.port, "/api/v1/status") or {"sources": []})["sources"]:
            if source["name"] == name:
                return source
        return None

    def test_observes_plans_and_writes_nothing(self):
        with self.inverter(), self.market(), self.daemon() as daemon:
            healthy(self.port, 30, daemon)
            wait_for(lambda: (document(self.port, "/api/v1/plan") or {}).get("slots"), 20, "a plan")
            self.assertEqual(document(self.port, "/api/v1/status")["decision"]["verdict"], "not_sent")
            code, seconds = daemon.stop()
            self.assertEqual(code, 0, daemon.log)
            self.assertLess(seconds, 5)
            self.assertEqual(self.written(), 0)

    def test_shows_a_silent_inverter_and_recovers(self):
        with self.market(), self.daemon() as daemon:
            wait_for(lambda: (self.source("inverter") or {}).get("failures"), 20, "a failure counted")
            with self.inverter():
                wait_for(lambda: (document(self.port, "/api/v1/status") or {}).get("reading"), 20, "a reading")
                wait_for(lambda: self.source("inverter")["state"] == "fresh", 20, "fresh")
            wait_for(lambda: self.source("inverter")["state"] != "fresh", 20, "no longer fresh")
            self.assertIsNotNone(document(self.port, "/api/v1/status")["reading"]["age_s"])
            self.assertEqual(daemon.stop()[0], 0, daemon.log)

    def test_runs_without_a_market_and_says_so(self):
        with self.inverter(), self.daemon() as daemon:
            healthy(self.port, 30, daemon)
            status = document(self.port, "/api/v1/status")
            self.assertEqual(status["decision"]["action"], "self_use")
            self.assertIsNone(status["price"]["import_per_kwh"] if status["price"] else None)
            # A question is repeated before its source counts as failing.
            wait_for(lambda: self.source("pse-csdac-pln")["state"] == "failing", 30, "a failing market")
            self.assertEqual(run("status", "--config", self.folder / "home.yaml").returncode, 3)

    def cheap_now_market(self):
        """Recorded prices: next to nothing for the hours around now, dear for the rest of today and tomorrow."""
        now = datetime.datetime.now(datetime.timezone.utc)
        quarter = now.replace(minute=0, second=0, microsecond=0) - datetime.timedelta(days=2)
        file = self.folder / "prices.csv"
        with file.open("w") as out:
            out.write("start_utc,price_pln_mwh\n")
            for _ in range(4 * 24 * 5):
                is_cheap = abs((quarter - now).total_seconds()) < 2 * 3600
                out.write(f"{quarter:%Y-%m-%dT%H:%M:%SZ},{5 if is_cheap else 1500}\n")
                quarter += datetime.timedelta(minutes=15)
        return Process("emulate", "market", "--listen", f"127.0.0.1:{self.market_port}", "--prices", file)

    def physics(self):
        return ask_emulator(self.control, {"get": "physics"})

    def written(self):
        return sum(ask_emulator(self.control, {"get": "writes"})["counts"].values())

    def wait_for_charging(self, daemon):
        healthy(self.port, 30, daemon)
        wait_for(lambda: self.physics()["battery_w"] > 2000, 30, "the battery charging")
        wait_for(lambda: document(self.port, "/api/v1/status")["decision"]["verdict"] == "done", 30, "seen to be done")

    def test_charges_when_it_is_cheap_and_gives_the_owners_settings_back(self):
        with self.inverter(), self.cheap_now_market(), self.daemon("active") as daemon:
            self.wait_for_charging(daemon)
            self.assertTrue((self.folder / "state" / "inverter-settings.json").exists())
            code, seconds = daemon.stop()
            self.assertEqual(code, 0, daemon.log)
            self.assertLess(seconds, 5)
            self.assertEqual(self.physics()["rule"], "self_use")
            self.assertFalse((self.folder / "state" / "inverter-settings.json").exists())

    def test_gives_back_at_the_next_start_what_a_kill_left(self):
        with self.inverter(), self.cheap_now_market():
            with self.daemon("active") as daemon:
                self.wait_for_charging(daemon)
                daemon.kill()
            self.assertEqual(self.physics()["rule"], "charge")
            with self.daemon("observe") as daemon:
                wait_for(lambda: self.physics()["rule"] == "self_use", 10, "the owner's settings")
                self.assertEqual(daemon.stop()[0], 0, daemon.log)

    def test_ends_with_1_and_keeps_the_settings_when_the_inverter_is_silent(self):
        with self.cheap_now_market(), self.daemon("active") as daemon:
            with self.inverter():
                self.wait_for_charging(daemon)
            code, seconds = daemon.stop(15)
            self.assertEqual(code, 1, daemon.log)
            self.assertLess(seconds, 9)
            self.assertTrue((self.folder / "state" / "inverter-settings.json").exists())

    def test_ends_on_sigterm_before_anything_answers(self):
        with self.daemon() as daemon:
            wait_for(lambda: get(self.port, "/")[0], 20, "the page")
            code, seconds = daemon.stop()
            self.assertEqual(code, 0, daemon.log)
            self.assertLess(seconds, 5)

    def test_refuses_a_configuration_with_a_wrong_key(self):
        file = self.folder / "wrong.yaml"
        file.write_text("inverter:\n  adress: 127.0.0.1\n")
        answer = run("run", "--config", file)
        self.assertEqual(answer.returncode, 2)
        self.assertIn("wrong.yaml", answer.stderr)


if __name__ == "__main__":
    unittest.main()
