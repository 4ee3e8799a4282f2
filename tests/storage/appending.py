"""A process that stores edits and reports one after another and says so on its output; a test kills it.

It writes `edit N` after the N-th version, and `event N END` after the N-th event (END: the bytes of console so far).
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from deepforge.settings import load_settings
from deepforge.storage import Storage, open_storage
from tests.storage.things import ATTEMPT, MAIN, PROJECT, a_line, console, document, feedback, pack, pipeline, points, renames


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def edit(storage: Storage) -> None:
    await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
    for number in itertools.count(1):
        await storage.documents.append(PROJECT, MAIN, renames(number, 1))
        say("edit", number)
        if number % 10 == 0:
            await storage.documents.snapshot(PROJECT, MAIN, document(pipeline(f"name{number}"), version=number))


async def report(storage: Storage) -> None:
    await storage.reports.append(ATTEMPT, 1, [a_line()])
    end = 0
    for number in itertools.count(2):
        data = b"%d\n" % number * 100
        at = (number - 2) * 10
        portion = pack((float(at + index), float(at + index)) for index in range(10))
        await storage.reports.append(ATTEMPT, number * 2 - 2, [console(end, data), feedback(points(1, at, portion))])
        end += len(data)
        say("event", number * 2 - 1, end)


async def main(data: Path) -> None:
    async with open_storage(load_settings({"DEEPFORGE_DATA_DIR": str(data)})) as storage:
        await asyncio.gather(edit(storage), report(storage))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
