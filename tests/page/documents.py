#!/usr/bin/env python3
"""usage: documents.py PAGE_SERVER SCHEMA_FOLDER: every document over real HTTP, held against its schema."""
import http.client
import json
import os
import subprocess
import sys
import urllib.parse

import jsonschema

program, folder = sys.argv[1:3]
schemas = {
    name[: -len(".schema.json")]: jsonschema.Draft202012Validator(json.load(open(os.path.join(folder, name))))
    for name in os.listdir(folder)
    if name.endswith(".schema.json")
}
for validator in schemas.values():
    validator.check_schema(validator.schema)
failures = 0


def check(what, ok, seen=""):
    global failures
    if not ok:
        failures += 1
        print(f"FAILED {what}: {seen}")


class Server:
    def __init__(self, state):
        self.process = subprocess.Popen([program, "--state", state], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        check("the server ends on SIGTERM", self.process.wait(10) == 0, self.process.returncode)

    def get(self, path, method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers or {})
        reply = connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()

    def document(self, path, schema, status=200):
        code, headers, body = self.get(path)
        check(f"{path}: status {status}", code == status, f"{code} {body[:200]}")
        document = json.loads(body)
        wrong = list(schemas[schema].iter_errors(document))
        check(f"{path}: schema {schema}", not wrong, wrong[:3])
        kind = "application/problem+json" if schema == "problem" else "application/json"
        check(f"{path}: type {kind}", headers["content-type"] == kind, headers["content-type"])
        return document

    def events(self, count):
        """The first events, as (kind, id, data)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/api/v1/events")
        reply = connection.getresponse()
        check("events: type", reply.getheader("content-type") == "text/event-stream", reply.getheader("content-type"))
        seen, fields = [], {}
        while len(seen) < count:
            line = reply.readline().decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                seen.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
                fields = {}
        connection.close()
        return seen


for state in ("normal", "empty", "filling", "trouble"):
    with Server(state) as server:
        healthy = state in ("normal", "filling")
        server.document("/healthz", "health", 200 if healthy else 503)
        status = server.document("/api/v1/status", "status")
        check(f"{state}: healthy", status["healthy"] == healthy, status["reasons"])
        plan = server.document("/api/v1/plan", "plan")
        slots = plan["slots"]
        check(f"{state}: plan without gap", all(a["end"] == b["start"] for a, b in zip(slots, slots[1:])))
        check(f"{state}: plan or none", (len(slots) > 90) == (state != "empty"), len(slots))
        server.document("/api/v1/prices", "prices")
        for resolution in ("20s", "1min", "5min", "15min", "1h", "1d"):
            server.document(f"/api/v1/readings?resolution={resolution}", "readings")
        server.document("/api/v1/decisions", "decisions")

with Server("normal") as server:
    for kind, _, data in server.events(6):
        wrong = list(schemas[f"event-{kind}"].iter_errors(data))
        check(f"event {kind}: schema", not wrong, wrong[:3])
    ids = [i for _, i, _ in server.events(6)]
    check("event ids grow", ids == sorted(set(ids)), ids)

    for path in ("/api/v1/nothing", "/nothing"):
        server.document(path, "problem", 404)
    for query in ("readings?resolution=yesterday", "readings?from=now", "decisions?limit=0", "prices?to=1", "plan?x=1"):
        problem = server.document(f"/api/v1/{query}", "problem", 400)
        name = urllib.parse.urlsplit(query).query.partition("=")[0]
        check(f"{query}: names the parameter", name in problem["detail"], problem["detail"])
    check("wrong method", server.get("/api/v1/status", "POST")[0] == 405)
    check("wrong host", server.get("/api/v1/status", headers={"Host": "evil.example"})[0] == 421)

    ids, path = [], "/api/v1/decisions?limit=100"
    while path:
        page = server.document(path, "decisions")
        ids += [d["id"] for d in page["decisions"]]
        path = page["next"] and f"/api/v1/decisions?limit=100&cursor={page['next']}"
    check("paging reaches every decision once, newest first", ids == list(range(250, 0, -1)), ids[:5])

    times, path = [], "/api/v1/readings?from=2026-03-24T00:00:00Z&to=2026-03-26T00:00:00Z&resolution=20s"
    while path:
        page = server.document(path, "readings")
        times += [r["time"] for r in page["readings"]]
        path = page["next"] and path.split("?")[0] + f"?from={page['next']}&to=2026-03-26T00:00:00Z&resolution=20s"
    check("paging reaches every reading once", len(times) == 8640 and times == sorted(set(times)), len(times))

    code, headers, body = server.get("/")
    check("the page", code == 200 and b"<html" in body, code)
    for name in ("/page.js", "/page.css", "/icon.svg"):
        check(name, server.get(name)[0] == 200)
        code, zipped, body = server.get(name, headers={"Accept-Encoding": "gzip"})
        check(f"{name} as gzip", zipped.get("content-encoding") == "gzip" and body[:2] == b"\x1f\x8b")
        check(f"{name} unchanged", server.get(name, headers={"If-None-Match": zipped["etag"]})[0] == 304)
    code, headers, body = server.get("/api/v1/plan", "HEAD")
    check("HEAD", code == 200 and body == b"" and int(headers["content-length"]) > 10000, headers)

print("all documents are as their schemas say" if failures == 0 else f"{failures} failed")
sys.exit(1 if failures else 0)
