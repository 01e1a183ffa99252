"""A store that an earlier version left, as files: unpack_store.py NAME DIRECTORY

Its times are moved to now, so that mail that waits in it has not expired, and its decision is new.
"""

import json
import os
import pathlib
import sqlite3
import sys
import time

EPOCH_2020_MS = 1577836800000  # keys count from it (store/message_key.h)
STORES = pathlib.Path(__file__).parent / "stores"


def unpack(name, directory, *statements):
    """postern.db, master.key and postern.conf in a new directory, after these changes; the
    credentials in it."""
    store = json.loads((STORES / f"{name}.json").read_text())
    directory.mkdir()
    database = sqlite3.connect(directory / "postern.db")
    database.executescript((STORES / f"{name}.sql").read_text())
    now = int(time.time() * 1000)
    database.execute("UPDATE recipient SET expires_ms = ?, next_ms = ?, held_ms = "
                     "CASE state WHEN 1 THEN ? ELSE 0 END", (now + 86400000, now, now))
    database.execute("UPDATE decision SET at_ms = ?, key = ?", (now, (now - EPOCH_2020_MS) << 12))
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    for file in ("master.key", "postern.conf"):
        (directory / file).write_text(store[file])
    (directory / "master.key").chmod(0o600)
    return store


def remove_store(instance):
    for name in ("postern.db", "postern.db-wal", "postern.db-shm", "ballast"):
        (instance.dir / name).unlink(missing_ok=True)


def put_in_place(instance, old):
    """What is unpacked in `old`, instead of the store of an instance that is stopped."""
    owner = (instance.dir / "postern.db").stat()
    remove_store(instance)
    (instance.dir / "master.key").write_bytes((old / "master.key").read_bytes())
    (instance.dir / "postern.db").write_bytes((old / "postern.db").read_bytes())
    os.chown(instance.dir / "postern.db", owner.st_uid, owner.st_gid)


if __name__ == "__main__":
    unpack(sys.argv[1], pathlib.Path(sys.argv[2]))
