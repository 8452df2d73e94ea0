"""`gridpilot fetch` against emulated and hostile sources, and the daemon's weather in status and metrics."""

import http.server
import json
import tempfile
import threading
import unittest

from support import Process, free_port, run, wait_for

SOLCAST = {"forecasts": [{"pv_estimate": 2.0, "pv_estimate10": 1.0, "pv_estimate90": 3.0,
                          "period_end": "2026-06-01T10:30:00.0000000Z", "period": "PT30M"}]}
SYNOP = {"stacja": "Kraków", "data_pomiaru": "2026-06-01", "godzina_pomiaru": "9", "temperatura": "17.5",
         "cisnienie": None}


class Source:
    """Answers every question with one body."""

    def __init__(self, body, status=200, content_type="application/json"):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers.get("Authorization")))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def document(value):
    return json.dumps(value).encode()


class Fetch(unittest.TestCase):
    def test_shows_emulated_weather_and_prices(self):
        port = free_port()
        with Process("emulate", "market", "--listen", f"127.0.0.1:{port}"):
            url = f"http://127.0.0.1:{port}"
            asked = wait_for(lambda: (lambda r: r if r.returncode == 0 else None)(
                run("fetch", "open-meteo", "--url", url, "--json")), 20, "an answer of the emulator")
            weather = json.loads(asked.stdout)
            self.assertIn(len(weather["slots"]), (92, 96, 100))
            self.assertEqual(weather["planes"], [{"tilt_degrees": 35, "azimuth_degrees": 180}])
            table = run("fetch", "pse", "--url", url + "/api")
            self.assertEqual(table.returncode, 0, table.stderr)
            self.assertIn("PLN/MWh", table.stdout)
            self.assertIn("rce_15min", table.stdout)
            far = run("fetch", "open-meteo", "--url", url, "--date", "2020-01-01")
            self.assertEqual((far.returncode, far.stdout), (1, ""))
            self.assertIn("says nothing of 2020-01-01", far.stderr)

    def test_gives_the_key_of_a_file_to_the_source_and_to_nobody_else(self):
        with tempfile.NamedTemporaryFile("w") as key, Source(document(SOLCAST)) as source:
            key.write("top-secret\n")
            key.flush()
            asked = run("fetch", "solcast", "--site", "aaaa-1", "--key-file", key.name, "--url", source.url,
                        "--date", "2026-06-01", "--json")
            self.assertEqual(asked.returncode, 0, asked.stderr)
            self.assertEqual(source.asked[0][1], "Bearer top-secret")
            self.assertNotIn("top-secret", asked.stdout + asked.stderr)
            self.assertEqual(json.loads(asked.stdout)["expected_kwh"], 1.0)

    def test_shows_an_observation(self):
        with Source(document(SYNOP)) as source:
            asked = run("fetch", "imgw", "--station", "krakow", "--url", source.url, "--json")
            self.assertEqual(asked.returncode, 0, asked.stderr)
            seen = json.loads(asked.stdout)
            self.assertEqual((seen["air_celsius"], seen["pressure_hpa"]), (17.5, None))

    def test_names_the_nearest_source_and_all(self):
        asked = run("fetch", "openmeteo")
        self.assertEqual((asked.returncode, asked.stdout), (2, ""))
        self.assertIn("did you mean 'open-meteo'?", asked.stderr)
        self.assertIn("forecast-solar", asked.stderr)
        self.assertEqual(run("fetch").returncode, 2)
        self.assertEqual(run("fetch", "pse", "--date", "tomorrow").returncode, 2)
        self.assertEqual(run("fetch", "imgw").returncode, 2)

    def test_an_error_page_and_nonsense_are_named(self):
        rows = ((b"<!DOCTYPE html><html></html>", 200, "text/html", "web page"),
                (b'{"forecasts":', 200, "application/json", "127.0.0.1"),
                (b'{"forecasts":[{"pv_estimate":"SN","period_end":"2026-06-01T10:30:00Z","period":"PT30M"}]}', 200,
                 "application/json", "forecasts[0].pv_estimate"),
                (b"{}", 403, "application/json", "status 403"))
        for body, status, content_type, words in rows:
            with (self.subTest(words), Source(body, status, content_type) as source,
                  tempfile.NamedTemporaryFile("w") as key):
                key.write("k")
                key.flush()
                asked = run("fetch", "solcast", "--site", "a", "--key-file", key.name, "--url", source.url)
                self.assertEqual((asked.returncode, asked.stdout), (1, ""))
                self.assertIn(words, asked.stderr)


if __name__ == "__main__":
    unittest.main()
