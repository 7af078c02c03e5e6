"""Bracket text to columns, as a first script does it. columns.py SRC DST"""

import re
import sys

ENTITY = re.compile(r"\[([A-Z]+) (.*?) +\]")

with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in lines:
        done = 0
        for entity in ENTITY.finditer(line):
            for word in line[done : entity.start()].split():
                out.write(f"{word} O\n")
            for number, word in enumerate(entity[2].split()):
                out.write(f"{word} {'I' if number else 'B'}-{entity[1]}\n")
            done = entity.end()
        for word in line[done:].split():
            out.write(f"{word} O\n")
        out.write("\n")
