"""What the tests of `gridpilot inverter …` have in common."""

import pathlib
import socket
import tempfile
import unittest

from support import Process, ask_emulator, free_port, run, wait_for


class EmulatedInverter(unittest.TestCase):
    """An inverter on loopback, and the program asked about it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_port(socket.SOCK_DGRAM)
        self.control = str(self.folder / "emulator.sock")
        self.state = self.folder / "state"

    def emulator(self, *more):
        process = Process("emulate", "goodwe", "--listen", f"127.0.0.1:{self.port}", "--control", self.control, *more)
        self.addCleanup(process.__exit__)
        wait_for(lambda: pathlib.Path(self.control).exists(), 10, "the emulator")
        return process

    def where(self, state=False):
        """The emulated inverter, asked without pauses."""
        file = self.folder / "inverter.yaml"
        file.write_text(f"inverter: {{address: 127.0.0.1, port: {self.port}, pacing: 0 ms}}\n")
        return ["--config", file] + (["--data", self.state] if state else [])

    def inverter(self, *arguments, state=False):
        return run("inverter", *arguments, *self.where(state))

    def physics(self):
        return ask_emulator(self.control, {"get": "physics"})

    def setting(self, name):
        return self.inverter("get", name).stdout.strip()

    # ---- looking ----
