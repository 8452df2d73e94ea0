"""The emulated inverters from outside, by plain sockets and frames that are put together here."""

import pathlib
import socket
import struct
import tempfile
import unittest

from support import Process, ask_emulator, free_port, run, wait_for

ET, DT = 0xF7, 0x7F


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


def aa55(control, function, data=b""):
    frame = bytes((0xAA, 0x55, 0xC0, 0x7F, control, function, len(data))) + bytes(data)
    return frame + struct.pack(">H", sum(frame) & 0xFFFF)


def signed(data):
    return int.from_bytes(data, "big", signed=True)


def three_free_ports():
    """The first of three in a row, for datagrams."""
    while True:
        first = free_port(socket.SOCK_DGRAM)
        try:
            for port in range(first, first + 3):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.bind(("127.0.0.1", port))
            return first
        except (OSError, OverflowError):
            continue


class Unit:
    """A client of one inverter over UDP, a new socket for each request."""

    def __init__(self, port, unit=ET):
        self.port, self.unit = port, unit

    def ask(self, frame, seconds=5):
        """The answer's bytes; b"" where nobody answers."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(seconds)
            try:
                s.connect(("127.0.0.1", self.port))
                s.send(frame)
                return s.recv(2048)
            except OSError:
                return b""

    def modbus(self, function, register, *rest):
        body = struct.pack(">BBH", self.unit, function, register) + b"".join(rest)
        return self.ask(body + crc16(body))

    def read(self, register, count):
        """The registers' bytes, after every field of the answer has been looked at."""
        answer = self.modbus(3, register, struct.pack(">H", count))
        if not answer:
            return b""
        assert answer[:5] == bytes((0xAA, 0x55, self.unit, 3, 2 * count)), answer.hex()
        assert answer[-2:] == crc16(answer[2:-2]) and len(answer) == 7 + 2 * count, answer.hex()
        return answer[5:-2]

    def write(self, register, *words):
        """True where the write was echoed."""
        if len(words) == 1:
            answer = self.modbus(6, register, struct.pack(">H", words[0]))
            return answer[2:8] == struct.pack(">BBHH", self.unit, 6, register, words[0])
        values = struct.pack(f">{len(words)}H", *words)
        answer = self.modbus(16, register, struct.pack(">HB", len(words), len(values)), values)
        return answer[2:8] == struct.pack(">BBHH", self.unit, 16, register, len(words))

    def command(self, control, function, data=b"", seconds=5):
        """The data of an AA55 answer; None where there is none."""
        answer = self.ask(aa55(control, function, data), seconds)
        if not answer:
            return None
        assert answer[:7] == bytes((0xAA, 0x55, 0x7F, 0xC0, control, function + 0x80, len(answer) - 9)), answer.hex()
        assert int.from_bytes(answer[-2:], "big") == sum(answer[:-2]) & 0xFFFF, answer.hex()
        return answer[7:-2]


class Emulated(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.control = str(pathlib.Path(folder.name) / "control")

    def emulate(self, family, *more, kind=socket.SOCK_DGRAM, port=None, start="2026-04-10T00:00:00+02:00"):
        port = port or free_port(kind)
        process = Process("emulate", "goodwe", "--family", family, "--listen", f"127.0.0.1:{port}", "--control",
                          self.control, "--start", start, *more)
        self.addCleanup(process.__exit__)
        wait_for(lambda: pathlib.Path(self.control).exists() or process.child.poll() is not None, 10, "the emulator")
        self.assertIsNone(process.child.poll(), process.log)
        return port

    def physics(self, inverter=1):
        return ask_emulator(self.control, {"inverter": inverter, "get": "physics"})


class OverUdp(Emulated):
    def test_an_et_feels_the_eco_group_that_was_written_and_lets_it_lapse(self):
        et = Unit(self.emulate("ET", "--speed", 120))  # a window of six minutes lasts three seconds
        self.assertEqual(et.read(35003, 8)[5:8], b"ETU")
        self.assertEqual(len(et.read(35100, 125)), 250)
        self.assertGreater(signed(et.read(35182, 2)), 0)  # by night the battery feeds the house
        hour, minute = et.read(45200, 3)[3:5]
        self.assertEqual(hour, 0)
        group = (0x0000, minute + 6, 0xFF7F, 0x10000 - 35, 90, 0)  # charge 35 % to 90 %
        self.assertTrue(et.write(47547, *group))
        self.assertEqual(et.read(47547, 6), struct.pack(">6H", *group))
        self.assertTrue(et.write(47000, 3))
        self.assertAlmostEqual(signed(et.read(35182, 2)), -3500, delta=5)
        self.assertAlmostEqual(self.physics()["battery_w"], 3500, delta=1)
        wait_for(lambda: signed(et.read(35182, 2)) > 0, 10, "the end of the window")
        self.assertEqual(et.read(47000, 1), b"\0\3")  # by its clock, not by a write
        self.assertGreaterEqual(et.read(45200, 3)[4], minute + 6)
        charged = self.physics()["charge_kwh"]
        self.assertTrue(0 < charged < 3.5 * 7 / 60, charged)
        self.assertEqual(et.modbus(3, 60000, b"\0\1")[3:5], b"\x83\x02")
        writes = ask_emulator(self.control, {"get": "writes"})
        self.assertEqual(writes["counts"]["47547"], 1)
        self.assertEqual(writes["accepted"], 2)

    def test_a_dt_shows_its_house_and_throttles(self):
        dt = Unit(self.emulate("DT", "--peak", 12, start="2026-06-10T12:30:00+02:00"), DT)
        info = dt.read(30001, 40)
        self.assertEqual(info[6:22], b"9010KDTU000W0001")
        self.assertEqual(info[22:32], b"GW10K-DT  ")
        physics = self.physics()
        self.assertNotIn("soc_percent", physics)
        self.assertAlmostEqual(signed(dt.read(30195, 2)), -physics["grid_w"], delta=400)
        self.assertAlmostEqual(signed(dt.read(30137, 2)), physics["pv_w"], delta=400)
        self.assertTrue(dt.write(40336, 0) and dt.write(40327, 1))  # nothing to be exported
        self.assertAlmostEqual(signed(dt.read(30195, 2)), 0, delta=2)
        self.assertTrue(dt.write(40331, 0))
        self.assertEqual(signed(dt.read(30137, 2)), 0)
        self.assertEqual(Unit(dt.port, ET).ask(b"\xF7\3\x88\xB8\0\x21\x3A\xC1", 0.1), b"")

    def test_an_es_speaks_aa55_and_obeys(self):
        es = Unit(self.emulate("ES"))
        info = es.command(1, 2)
        self.assertEqual((info[:5], info[31:47]), (b"2424J", b"9005KESU000W0001"))
        settings = es.command(1, 9)
        self.assertEqual(struct.unpack_from(">H", settings, 18), (1,))
        self.assertEqual(struct.unpack_from(">H", settings, 52), (5000,))
        self.assertEqual(es.command(1, 6)[30], 2)  # discharging
        self.assertTrue(es.write(47547, 0x0000, 0x173B, 0xFF7F, 0x10000 - 40, 100, 0))  # charge 40 %
        self.assertEqual(es.command(3, 0x59, b"\3"), b"\6")
        runtime = es.command(1, 6)
        volts, amperes = struct.unpack_from(">H", runtime, 10)[0] / 10, struct.unpack_from(">H", runtime, 18)[0] / 10
        self.assertEqual(runtime[30], 3)
        self.assertAlmostEqual(volts * amperes, 2000, delta=6)
        self.assertEqual(es.command(3, 0x35, b"\3\xE8"), b"\6")
        self.assertEqual(struct.unpack_from(">H", es.command(1, 9), 52), (1000,))
        self.assertIsNone(es.command(3, 0x59, b"\7", seconds=0.1))

    def test_several_run_at_once_each_with_a_house_of_its_own(self):
        port = three_free_ports()
        self.emulate("ET", "--count", 3, "--speed", 60, port=port)
        serials = [Unit(port + n).read(35003, 8) for n in range(3)]
        self.assertEqual([s[-4:] for s in serials], [b"0001", b"0002", b"0003"])
        self.assertTrue(Unit(port + 1).write(47511, 11, 2000))
        self.assertEqual([self.physics(n)["rule"] for n in (1, 2, 3)], ["self_use", "charge", "self_use"])
        self.assertEqual(len({self.physics(n)["load_w"] for n in (1, 2, 3)}), 3)
        self.assertEqual(ask_emulator(self.control, {"inverter": 3, "set": {"battery_temperature_c": -5}}), {"ok": True})
        self.assertEqual(signed(Unit(port + 2).read(37003, 1)), -50)
        self.assertNotEqual(signed(Unit(port).read(37003, 1)), -50)
        self.assertIn("error", ask_emulator(self.control, {"inverter": 4, "get": "physics"}))


class OverTcp(Emulated):
    def test_requests_come_in_pieces_and_in_one_and_faults_are_set_at_run_time(self):
        port = self.emulate("ET", "--transport", "tcp", kind=socket.SOCK_STREAM)
        request = lambda n, register, count: struct.pack(">HHHBBHH", n, 0, 6, ET, 3, register, count)
        with socket.create_connection(("127.0.0.1", port), 5) as s, s.makefile("rb") as stream:
            pieces = request(1, 35000, 33)
            for i in range(len(pieces)):
                s.sendall(pieces[i:i + 1])
            self.assertEqual(stream.read(9), struct.pack(">HHHBBB", 1, 0, 69, ET, 3, 66))
            self.assertEqual(stream.read(66)[6:22], b"9010KETU000W0001")
            s.sendall(request(2, 47511, 2) + request(3, 47000, 1))
            self.assertEqual(stream.read(13)[:2] + stream.read(11)[:2], b"\0\2\0\3")
            ask_emulator(self.control, {"fault": {"close": 1}})
            s.sendall(request(4, 35000, 33))
            self.assertEqual(stream.read(1), b"")

    def test_an_es_has_no_tcp(self):
        refused = run("emulate", "goodwe", "--family", "ES", "--transport", "tcp", "--listen", "127.0.0.1:0")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("allowed: udp", refused.stderr)


if __name__ == "__main__":
    unittest.main()
