"""Bracket text to JSON lines of text and spans, a sentence each, as a first script does it. spans.py SRC DST"""

import json
import re
import sys

ENTITY = re.compile(r"\[([A-Z]+) (.*?) +\]")

with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", encoding="utf-8") as out:
    for line in lines:
        text, spans, done = "", [], 0
        for entity in ENTITY.finditer(line):
            text += line[done : entity.start()]
            spans.append({"start": len(text), "end": len(text) + len(entity[2]), "label": entity[1]})
            text += entity[2]
            done = entity.end()
        out.write(json.dumps({"text": (text + line[done:]).rstrip(), "spans": spans}) + "\n")
