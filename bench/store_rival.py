"""Python's sqlite3 on the schema and the values of store_bench.cpp; CPU time, the least of several runs."""

import pathlib
import sqlite3
import tempfile
import time

SCHEMA = (pathlib.Path(__file__).parent.parent / "migrations/sqlite/0001_init.sql").read_text()
DAY_S = 86_400
START_S = 20_000 * DAY_S


def reading(i):
    def wave(period, size):
        return (i * 7919) % period * size // period

    grid_voltage = 22_500 + wave(97, 100) * 10
    counted = i * 10_000
    return (
        START_S + 20 * i, wave(1000, 100) * 10, wave(977, 6000), wave(613, 4000), wave(787, 8000) - 4000,
        wave(911, 6000) - 3000, 980, wave(101, 500), wave(103, 2000) - 1000, wave(107, 2000) - 1000,
        wave(109, 2000) - 1000, grid_voltage, grid_voltage, grid_voltage, 38_000 + wave(89, 400) * 10,
        wave(83, 500) * 10 - 2500, 2500, 2500, 2000 + wave(79, 50) * 10, 3500 + wave(73, 100) * 10,
        12_000_000_000 + counted, 9_000_000_000 + counted, 4_000_000_000 + counted, 5_000_000_000 + counted,
        2_000_000_000 + counted, 1_900_000_000 + counted, 0, 0, 1,
    )  # fmt: skip


def opened(folder, name):
    database = sqlite3.connect(pathlib.Path(folder) / name)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(SCHEMA)
    return database


def insert(database, rows):
    with database:
        database.executemany("INSERT INTO readings VALUES (" + ",".join("?" * 29) + ")", rows)


def best(work, times):
    durations = []
    for _ in range(times):
        start = time.process_time()
        work()
        durations.append(time.process_time() - start)
    return min(durations)


CHART = """SELECT time_s / ?1 * ?1, avg(soc_permille), avg(pv_w), avg(load_w), avg(grid_w), avg(battery_w)
FROM readings WHERE time_s >= ?2 AND time_s < ?3 GROUP BY 1 ORDER BY 1"""


def main():
    rows = [reading(i) for i in range(30_240)]
    with tempfile.TemporaryDirectory() as folder:
        databases = [opened(folder, f"{n}.db") for n in range(5)]
        supply = iter(databases)
        seconds = best(lambda: insert(next(supply), rows), 5)
        print(f"python insert_readings: {len(rows) / seconds:.0f} rows/s")
        month = opened(folder, "month.db")
        insert(month, (reading(i) for i in range(30 * 4320)))
        for days, step in [(d, s) for d in (1, 2) for s in (60, 300, 900, 3600)] + [(20, DAY_S)]:
            begin = START_S + 10 * DAY_S
            seconds = best(lambda: month.execute(CHART, (step, begin, begin + days * DAY_S)).fetchall(), 9)
            print(f"python chart days:{days} step_s:{step}: {seconds * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
