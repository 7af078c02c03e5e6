"""The report of seqeval on two column files. scores.py GOLD PREDICTED"""

import sys

from seqeval.metrics import classification_report


def tags(path):
    sentences = [[]]
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                sentences[-1].append(line.split()[-1])
            elif sentences[-1]:
                sentences.append([])
    return [sentence for sentence in sentences if sentence]


print(classification_report(tags(sys.argv[1]), tags(sys.argv[2]), digits=4))
