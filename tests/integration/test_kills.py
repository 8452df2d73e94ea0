"""What a kill in the middle of every action leaves behind at the inverter, and how it is undone."""

import unittest

from emulated_inverter import EmulatedInverter
from support import Process, free_port, run, wait_for


class Kills(EmulatedInverter):
    ACTIONS = {
        "hold": (["hold"], lambda self: self.physics()["rule"] == "charge_from_pv"),
        "charge": (["charge", "--power", "3 kW"], lambda self: self.physics()["rule"] == "charge"),
        "sell": (["sell", "--power", "2 kW"], lambda self: self.physics()["rule"] == "discharge"),
        "curtail": (["curtail"], lambda self: self.setting("grid_export") == "1"),
        "standby": (["standby"], lambda self: self.physics()["rule"] == "standby"),
        "limited hold": (["hold", "--export-limit", "500 W"], lambda self: self.setting("grid_export_limit") == "500 W"),
    }

    def daemon(self, *more):
        file = self.folder / "home.yaml"
        file.write_text("\n".join(more) + f"""
inverter: {{address: 127.0.0.1, port: {self.port}, pacing: 0 ms}}
battery: {{capacity: 10 kWh, profile: hv-20kwh}}
tariff: {{contract: tauron-g12w}}
prices: {{url: "http://127.0.0.1:{free_port()}/api"}}
require_synchronised_clock: false
api: {{listen: "127.0.0.1:{free_port()}"}}
data: {self.state}
""")
        return Process("run", "--config", file)

    def kill_while(self, arguments, acts):
        with Process("inverter", "mode", *arguments, "--for", "2 h", "--yes", *self.where(state=True)) as mode:
            wait_for(lambda: acts(self), 10, f"{arguments} felt by the house: {mode.log}")
            mode.kill()
        self.assertTrue(acts(self))
        self.assertTrue((self.state / "inverter-settings.json").exists())

    def test_undoes_every_action_at_the_next_start_even_after_a_second_kill(self):
        self.emulator()
        for name, (arguments, acts) in self.ACTIONS.items():
            with self.subTest(name):
                self.kill_while(arguments, acts)
                with self.daemon() as daemon:  # killed before it may have got through
                    wait_for(lambda: daemon.log, 10, "the daemon")
                    daemon.kill()
                with self.daemon():
                    self.assert_undone()

    ACTIVE = ("control: active", "cycle: 5 s")

    def order(self, *arguments):
        return run("inverter", "mode", *arguments, "--for", "2 h", "--yes", "--config", self.folder / "home.yaml",
                   "--data", self.state)

    def assert_undone(self):
        wait_for(lambda: not (self.state / "inverter-settings.json").exists(), 10, "the settings given back")
        self.assertEqual(self.physics()["rule"], "self_use")
        self.assertEqual(self.setting("grid_export"), "0")
        self.assertEqual(self.setting("battery_charge_current"), "50 A")

    def test_undoes_what_a_killed_daemon_was_doing_also_after_a_second_kill(self):
        self.emulator()
        for name, (arguments, acts) in self.ACTIONS.items():
            with self.subTest(name):
                with self.daemon(*self.ACTIVE) as daemon:
                    wait_for(lambda: "inverter.connected" in daemon.log, 10, "the daemon at the inverter")
                    ordered = self.order(*arguments)
                    self.assertEqual(ordered.returncode, 0, ordered.stderr)
                    wait_for(lambda: acts(self), 15, f"{name} felt by the house: {daemon.log}")
                    daemon.kill()
                self.assertTrue(acts(self))
                self.assertTrue((self.state / "inverter-settings.json").exists())
                self.assertEqual(run("inverter", "resume", "--data", self.state).returncode, 0)
                with self.daemon() as daemon:  # killed before it may have got through
                    wait_for(lambda: daemon.log, 10, "the daemon")
                    daemon.kill()
                with self.daemon():
                    self.assert_undone()

    def test_hands_a_mode_to_the_running_daemon_until_the_owner_takes_it_back(self):
        self.emulator()
        with self.daemon(*self.ACTIVE) as daemon:
            wait_for(lambda: "inverter.connected" in daemon.log, 10, "the daemon at the inverter")
            ordered = self.order("charge", "--power", "2 kW")
            self.assertIn("Ordered: the daemon", ordered.stdout)
            wait_for(lambda: self.physics()["rule"] == "charge", 15, f"the charge: {daemon.log}")
            self.assertIn("the plan steers", run("inverter", "resume", "--data", self.state).stdout)
            wait_for(lambda: self.physics()["rule"] == "self_use", 15, f"the plan's self-use: {daemon.log}")
            self.assertEqual(daemon.stop()[0], 0)
        self.assert_undone()
        with self.daemon() as daemon:
            wait_for(lambda: "inverter.connected" in daemon.log, 10, "the daemon at the inverter")
            refused = self.order("charge", "--power", "2 kW")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("only observes", refused.stderr)

    def test_lets_windows_lapse_by_the_inverters_clock(self):
        self.emulator("--speed", 200)  # half an hour is nine seconds
        for name in ("charge", "sell"):
            with self.subTest(name):
                arguments, acts = self.ACTIONS[name]
                left = self.inverter("mode", *arguments, "--leave", "--yes", state=True)
                self.assertEqual(left.returncode, 0, left.stderr)
                wait_for(lambda: acts(self), 5, name)
                wait_for(lambda: self.physics()["rule"] == "self_use", 15, f"{name} lapsing by the inverter's clock")


if __name__ == "__main__":
    unittest.main()
