"""`gridpilot inverter …` on an emulated inverter."""

import json
import signal
import socket
import threading
import unittest

from emulated_inverter import EmulatedInverter
from support import Process, free_port, run, wait_for


class Inverter(EmulatedInverter):
    def test_says_what_it_is_and_what_it_reads(self):
        self.emulator()
        info = json.loads(self.inverter("info", "--json").stdout)
        self.assertEqual(info["family"], "ET")
        self.assertEqual(info["rated_power_w"], 10000)
        self.assertEqual(info["lapsing"], ["charge", "sell"])
        reading = json.loads(self.inverter("read", "--json").stdout)
        balance = reading["grid_w"] + reading["pv_w"] - reading["load_w"] - reading["battery_w"]
        self.assertLess(abs(balance), 400)
        self.assertIn("state of charge", self.inverter("read").stdout)

    def test_watches_until_it_is_told_to_stop(self):
        self.emulator()
        with Process("inverter", "read", "--watch", "--interval", 1, *self.where()) as watching:
            wait_for(lambda: watching.log.count("battery") >= 2, 10, "two readings")
            watching.child.send_signal(signal.SIGINT)
            self.assertEqual(watching.child.wait(5), 0)

    def test_lists_gets_and_sets_settings(self):
        self.emulator()
        listed = {setting["id"]: setting for setting in json.loads(self.inverter("settings", "--json").stdout)}
        self.assertEqual(listed["battery_discharge_depth"]["text"], "10 %")
        self.assertEqual(self.setting("battery_charge_current"), "50 A")
        unasked = self.inverter("set", "battery_charge_current", "20", state=True)
        self.assertEqual(unasked.returncode, 2)
        self.assertIn("--yes", unasked.stderr)
        self.assertEqual(self.setting("battery_charge_current"), "50 A")
        self.assertEqual(self.inverter("set", "battery_charge_current", "20", "--yes", state=True).returncode, 0)
        self.assertEqual(self.setting("battery_charge_current"), "20 A")
        window = "06:30-08:00 Mon-Fri charge 20 % to 85 %"
        self.assertEqual(self.inverter("set", "eco_mode_2", window, "--yes", state=True).returncode, 0)
        self.assertEqual(self.setting("eco_mode_2"), window)
        for wrong in (("power_factor", "1"), ("battery_charge_current", "much"), ("batery_charge_current", "20")):
            refused = self.inverter("set", *wrong, "--yes", state=True)
            self.assertEqual(refused.returncode, 2, wrong)
            self.assertTrue(refused.stderr, wrong)

    def test_names_what_is_wrong(self):
        self.assertIn("give --address", run("inverter", "info", "--config", self.folder / "none.yaml").stderr
                      + run("inverter", "info").stderr)
        silent = run("inverter", "info", "--address", f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}")
        self.assertEqual(silent.returncode, 1)
        self.assertIn("no program listens", silent.stderr)
        self.assertIn("ET, DT, ES", run("inverter", "info", "--address", "a", "--family", "XS").stderr)
        self.assertIn("self_use, hold", self.inverter("mode", "nap", "--yes").stderr)
        self.assertIn("--power", self.inverter("mode", "charge", "--yes").stderr)

    def test_discovers_a_dongle(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dongle:
            dongle.bind(("127.0.0.1", 0))
            dongle.settimeout(10)

            def answer():
                call, sender = dongle.recvfrom(100)
                dongle.sendto(b"nonsense", sender)
                if call == b"WIFIKIT-214028-READ":
                    dongle.sendto(b"127.0.0.1,289C6E05AA11,Solar-WiFi223W0123", sender)

            thread = threading.Thread(target=answer)
            thread.start()
            found = run("inverter", "discover", "--broadcast", "127.0.0.1", "--port", dongle.getsockname()[1], "--json")
            thread.join()
        self.assertEqual(json.loads(found.stdout), [
            {"address": "127.0.0.1", "mac_address": "289C6E05AA11", "name": "Solar-WiFi223W0123"}])

    def test_speaks_to_every_family(self):
        for family, transport in (("ES", "udp"), ("DT", "udp"), ("DT", "tcp"), ("ET", "tcp")):
            port = free_port(socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM)
            where = ("--address", f"127.0.0.1:{port}", "--transport", transport)
            with Process("emulate", "goodwe", "--family", family, "--transport", transport,
                         "--listen", f"127.0.0.1:{port}") as emulator:
                wait_for(lambda: "GoodWe" in emulator.log, 10, "the emulator")
                info = json.loads(run("inverter", "info", "--json", *where).stdout)
                self.assertEqual(info["family"], family)

    # ---- steering ----

    def test_gives_the_settings_back_after_a_mode(self):
        self.emulator()
        with Process("inverter", "mode", "charge", "--power", "3 kW", "--yes", *self.where(state=True)) as mode:
            wait_for(lambda: self.physics()["rule"] == "charge", 10, "charging")
            mode.child.send_signal(signal.SIGINT)
            self.assertEqual(mode.child.wait(10), 0, mode.log)
        self.assertEqual(self.physics()["rule"], "self_use")
        self.assertFalse((self.state / "inverter-settings.json").exists())

    def test_leaves_a_mode_and_restores_it(self):
        self.emulator()
        left = self.inverter("mode", "hold", "--leave", "--yes", state=True)
        self.assertEqual(left.returncode, 0)
        self.assertIn("does not end by itself", left.stderr)
        self.assertEqual(self.physics()["rule"], "charge_from_pv")
        self.assertEqual(self.inverter("restore", "--yes", state=True).returncode, 0)
        self.assertEqual(self.physics()["rule"], "self_use")
        self.assertIn("nothing to give back", self.inverter("restore", "--yes", state=True).stderr)


if __name__ == "__main__":
    unittest.main()
