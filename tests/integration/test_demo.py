"""The demo as a newcomer meets it, and its life over restarts."""

import tempfile
import unittest

from support import Process, document, free_port, get, healthy, run, wait_for


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.port = free_port()

    def demo(self, *more):
        return Process("demo", "--speed", 60, "--port", self.port, "--data", self.folder.name, *more)

    def test_answers_with_a_whole_day_behind_it(self):
        with self.demo("--history-days", 1) as demo:
            healthy(self.port, 60, demo)
            status = document(self.port, "/api/v1/status")
            self.assertEqual(status["control"], "active")
            reading = status["reading"]
            balance = reading["grid_w"] + reading["pv_w"] - reading["load_w"] - reading["battery_w"]
            self.assertLess(abs(balance), 400)
            self.assertTrue(status["decision"]["reason"])
            plan = document(self.port, "/api/v1/plan")["slots"]
            self.assertGreaterEqual(len(plan), 96)
            self.assertTrue(all(a["end"] == b["start"] for a, b in zip(plan, plan[1:])))
            points = document(self.port, "/api/v1/readings?resolution=15min")["readings"]
            self.assertGreaterEqual(len(points), 90)
            self.assertIn(b"<html", get(self.port, "/")[2].lower())
            code, seconds = demo.stop()
            self.assertEqual(code, 0, demo.log)
            self.assertLess(seconds, 5)

    def test_stays_within_its_writes_on_a_normal_day(self):
        with self.demo("--history-days", 1) as demo:
            healthy(self.port, 60, demo)
            demo.stop()
        import sqlite3
        record = sqlite3.connect(f"{self.folder.name}/gridpilot.db")
        (written,) = record.execute("select sum(registers_written) from commands").fetchone()
        self.assertGreater(written, 0)
        self.assertLess(written, 2 * 120)

    def test_goes_on_with_its_record_after_a_kill(self):
        with self.demo("--history-days", 1) as demo:
            healthy(self.port, 60, demo)
            before = document(self.port, "/api/v1/readings?resolution=15min")["readings"]
            demo.kill()
        with self.demo("--history-days", 1) as demo:
            healthy(self.port, 30, demo)
            after = document(self.port, "/api/v1/readings?resolution=15min")["readings"]
            self.assertGreaterEqual(len(after), len(before))

    def test_answers_while_it_fills_its_history(self):
        with self.demo("--history-days", 7) as demo:
            wait_for(lambda: get(self.port, "/healthz", 1)[0] == 503, 10, "an answer during the fill")
            self.assertEqual(get(self.port, "/")[0], 200)
            self.assertEqual(get(self.port, "/api/v1/status")[0], 200)
            code, _ = demo.stop()
            self.assertEqual(code, 0, demo.log)

    def test_lives_on_the_day_it_is_told(self):
        with self.demo("--history-days", 1, "--start", "2026-06-20T10:00:00+02:00") as demo:
            healthy(self.port, 60, demo)
            time = lambda: document(self.port, "/api/v1/status")["time"]
            wait_for(lambda: time() >= "2026-06-20T08:00", 60, "the day that was asked for")
            self.assertLess(time(), "2026-06-21")
        behind = run("demo", "--port", self.port, "--start", "2026-06-19T10:00:00+02:00", "--data", self.folder.name)
        self.assertEqual(behind.returncode, 2)
        self.assertIn("goes beyond it", behind.stderr)
        unclear = run("demo", "--start", "yesterday")
        self.assertEqual(unclear.returncode, 2)
        self.assertIn("2026-06-20T08:00:00+02:00", unclear.stderr)

    def test_says_which_port_is_taken(self):
        with self.demo("--history-days", 0) as demo:
            healthy(self.port, 30, demo)
            second = run("demo", "--port", self.port, "--history-days", 0, "--data", self.folder.name + "/other")
            self.assertEqual(second.returncode, 2)
            self.assertIn(str(self.port), second.stderr)

    def test_refuses_a_second_one_on_the_same_data(self):
        with self.demo("--history-days", 0) as demo:
            healthy(self.port, 30, demo)
            second = run("demo", "--port", free_port(), "--history-days", 0, "--data", self.folder.name)
            self.assertEqual(second.returncode, 1)
            self.assertIn(self.folder.name, second.stderr)


if __name__ == "__main__":
    unittest.main()
