"""What other tools say about the same file: spaCy, SeqScore and cleanlab."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from noise.judge import Finding


class Said(NamedTuple):
    """What a tool printed, in a line, and how many places it named."""

    text: str
    places: int


def seqscore_validate(path: Path) -> Said:
    """Return what ``seqscore validate`` says: invalid tags and their lines."""
    command = (str(Path(sys.executable).parent / "seqscore"), "validate", "--labels", "BIO", str(path))
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return Said(lines[0].partition(" in ")[0] if lines else "", len(re.findall(r"(?m)^.*?line \d+", done.stdout)))


def spacy_debug_data(path: Path, folder: Path) -> Said:
    """Return the sums that ``spacy debug data`` prints, the first four fifths of the sentences for training."""
    import nerconv

    texts = path.read_text("utf-8").split("\n\n")
    cut = 4 * len(texts) // 5
    for name, part in (("train", texts[:cut]), ("dev", texts[cut:])):
        (folder / f"{name}.conll").write_text("\n\n".join(part) + "\n", "utf-8")
        nerconv.convert(folder / f"{name}.conll", folder / f"{name}.spacy")
    spacy = (sys.executable, "-m", "spacy")
    config = str(folder / "config.cfg")
    command = (*spacy, "init", "config", config, "--lang", "en", "--pipeline", "ner", "--force")
    subprocess.run(command, check=True, capture_output=True)
    where = (f"--paths.train={folder / 'train.spacy'}", f"--paths.dev={folder / 'dev.spacy'}")
    done = subprocess.run((*spacy, "debug", "data", config, *where), capture_output=True, text=True)
    sums = re.findall(r"\d+ (?:checks? passed|warnings?|errors?)", done.stdout)
    return Said(", ".join(sums), 0)


def cleanlab_issues(path: Path, folds: int, learner: str, encoder: str) -> tuple[list[Finding], list[float]]:
    """Return the words that cleanlab's token module takes for wrong, and a score for each word, the worst highest.

    It is given the probabilities that ``nerconv lint --folds`` works with.
    """
    from cleanlab.token_classification.filter import find_label_issues
    from cleanlab.token_classification.rank import get_label_quality_scores

    from nerconv import read
    from nerconv.models.learner import LearnOptions, out_of_fold

    found = out_of_fold(read(path).documents, LearnOptions(folds, learner, encoder))
    sentences = [each for document in found.documents for each in document]
    labels = [[found.labels.index(label or "") for label in each.sentence.labels] for each in sentences]
    probabilities = [each.probabilities for each in sentences]
    begins = [0]
    for own in labels:
        begins.append(begins[-1] + len(own))
    _, qualities = get_label_quality_scores(labels, probabilities)
    scores = [1 - float(quality) for each in qualities for quality in each]
    issues = [begins[sentence] + word for sentence, word in find_label_issues(labels, probabilities)]
    return [Finding("cleanlab", range(word, word + 1), scores[word]) for word in issues], scores
