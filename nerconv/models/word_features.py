"""What a linear model is shown of a word: its form, the words beside it, its document, and what is labelled elsewhere.

The form and the context are those of most published taggers (Ratinov & Roth 2009, Finkel et al. 2005). What a word is
labelled elsewhere is counted without the sentence, or document, that the word stands in, so that a model is shown the
same about text that it learns from and text that it judges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from nerconv.models.labelled_words import Text, WordSentence

#: The features of each word of a sentence.
Features = list[list[str]]


@lru_cache(maxsize=1 << 16)
def shape(word: str) -> str:
    """Return the kinds of the characters of ``word``, runs of three and more as two.

    >>> shape("Rhine-1998"), shape("USA")
    ('Xxx-dd', 'XX')
    """
    kinds = ["X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c for c in word]
    return "".join(c for at, c in enumerate(kinds) if at < 2 or not c == kinds[at - 1] == kinds[at - 2])


@lru_cache(maxsize=1 << 18)
def _form(word: str, distance: int) -> tuple[str, ...]:
    """Return the features of the form of a word that stands at ``distance`` words from the one they are of."""
    if distance not in (-1, 0, 1):
        return f"{distance}={word.lower()}", f"{distance}s={shape(word)}"
    edges = (f"{distance}{side}{n}={word[:n] if side == 'p' else word[-n:]}" for n in (2, 3, 4) for side in "pe")
    return (f"{distance}={word.lower()}", f"{distance}s={shape(word)}", *edges)


class WordFeatures:
    """The features of the words of ``texts``; those of the text alone are made once."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        forms = Counter(word for text in texts for sentence in text for word in sentence.words)
        self._all: Counter[str] = Counter()
        for word, number in forms.items():
            self._all[word.lower()] += number
        self._lower = {word: number for word, number in forms.items() if word.islower()}
        self._own = [[self._of_sentence(text, at) for at in range(len(text))] for text in texts]
        self._counts = [_label_counts(text) for text in texts]

    def of(self, learnt: Collection[int], numbers: Sequence[int]) -> Iterator[list[Features]]:
        """Yield the features of each of the texts ``numbers``, with counts of labels in the texts ``learnt``."""
        known: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for number in learnt:
            for word, counts in self._counts[number].items():
                known[word].update(counts)
        for number in numbers:
            own = self._counts[number] if number in learnt else {}
            yield [self._with_labels(number, at, known, own) for at in range(len(self._texts[number]))]

    def _with_labels(
        self, number: int, at: int, known: dict[str, Counter[str]], own: dict[str, Counter[str]]
    ) -> Features:
        sentence, here = self._texts[number][at], self._counts[number]
        within = _label_counts([sentence])
        found = []
        for word, features in zip(sentence.words, self._own[number][at], strict=True):
            low = word.lower()
            if low not in within and not word[:1].isupper():
                found.append(features)
                continue
            elsewhere = known.get(low, Counter()) - own.get(low, Counter())
            beside = here.get(low, Counter()) - within.get(low, Counter())
            found.append([*features, *_corpus_labels(elsewhere), *_document_labels(beside)])
        return found

    def _of_sentence(self, text: Text, at: int) -> Features:
        words = text[at].words
        lower = [word.lower() for word in words]
        around = ["<s>", "<s>", *words, "</s>", "</s>"]
        loud = not any(map(str.islower, words))
        line = f"{loud}{min(sum(map(str.isdigit, words)), 3)}{min(len(words), 6)}"
        sentence = ("b", f"loud={loud}", f"len={min(len(words), 8)}")
        head = [f"h={word.lower()}" for word in text[0].words[:2]]
        found = []
        for n, word in enumerate(words):
            features = [*sentence, f"first={n == 0}"]
            for distance in range(-2, 3):
                features += _form(around[n + distance + 2], distance)
            before, after = lower[n - 1] if n else "#", lower[n + 1] if n + 1 < len(words) else "#"
            features += [f"a={before} {lower[n]}", f"c={lower[n]} {after}", f"v={before} {after}"]
            if word[:1].isupper():
                features += self._of_capital(words, n, lower[n])
                features += [f"tl={line}", f"k={min(at, 2)}", *head]
            found.append(features)
        return found

    def _of_capital(self, words: Sequence[str], n: int, low: str) -> Iterator[str]:
        """Yield what words with a capital have: how often the corpus has them without one, and their neighbours."""
        small = self._lower.get(low, 0)
        yield f"lw={min(3, small)}"
        yield f"lf={round(4 * small / self._all[low])}"
        yield f"up={n > 0 and words[n - 1][:1].isupper()}{n + 1 < len(words) and words[n + 1][:1].isupper()}"


def _label_counts(text: Text) -> dict[str, Counter[str]]:
    """Return the labels of the words of ``text`` that begin with a capital, by the word in lower case."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in text:
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            if word[:1].isupper() and label is not None:
                found[word.lower()][label] += 1
    return dict(found)


def _corpus_labels(counts: Counter[str]) -> list[str]:
    total = counts.total()
    if not total:
        return ["g=0"]
    label, most = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    return [f"g={label}{min(total, 4)}", f"gs={label}{3 * most // total}", *(f"ga={each}" for each in counts)]


def _document_labels(counts: Counter[str]) -> list[str]:
    if not counts:
        return ["d=?"]
    label = max(counts.items(), key=lambda pair: (pair[1], pair[0]))[0]
    return [f"dm={label}", *(f"d={each}" for each in counts)]


def sentences_to_learn(text: Text, features: Sequence[Features]) -> Iterator[tuple[Features, list[str]]]:
    """Yield the features and labels of the stretches of each sentence that somebody labelled."""
    for sentence, rows in zip(text, features, strict=True):
        yield from _labelled_stretches(sentence, rows)


def _labelled_stretches(sentence: WordSentence, rows: Features) -> Iterator[tuple[Features, list[str]]]:
    begun = 0
    for at, label in enumerate((*sentence.labels, None)):
        if label is None:
            labels = [each for each in sentence.labels[begun:at] if each is not None]
            if labels:
                yield rows[begun:at], labels
            begun = at + 1
