"""Bracket text to a Parquet file of tokens and class labels, with Dataset.from_generator. dataset.py SRC DST"""

import re
import sys
import tempfile

import datasets

ENTITY = re.compile(r"\[([A-Z]+) (.*?) +\]")
NAMES = ["O", *(f"{letter}-{label}" for label in ("LOC", "MISC", "ORG", "PER") for letter in "BI")]


def rows():
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            tokens, tags, done = [], [], 0
            for entity in ENTITY.finditer(line):
                before, name = line[done : entity.start()].split(), entity[2].split()
                tokens += before + name
                tags += ["O"] * len(before) + [f"{'I' if n else 'B'}-{entity[1]}" for n in range(len(name))]
                done = entity.end()
            rest = line[done:].split()
            yield {"tokens": tokens + rest, "ner_tags": tags + ["O"] * len(rest)}


tag = datasets.ClassLabel(names=NAMES)
features = datasets.Features(tokens=datasets.Sequence(datasets.Value("string")), ner_tags=datasets.Sequence(tag))
datasets.disable_progress_bars()
with tempfile.TemporaryDirectory() as cache:
    datasets.Dataset.from_generator(rows, features=features, cache_dir=cache).to_parquet(sys.argv[2])
