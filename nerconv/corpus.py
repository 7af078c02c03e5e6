"""A corpus in memory: what ``nerconv.read`` returns, to look at, go through, and write.

>>> from nerconv import read
>>> corpus = read(text="[PER Win Dayton  ] met [ORG Interior Ministry  ] 's staff in [LOC Iran  ] . \\n")
>>> [(document.covered(span), span.label) for document in corpus for span in document.spans]
[('Win Dayton', 'PER'), ('Interior Ministry', 'ORG'), ('Iran', 'LOC')]
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv import formats
from nerconv.batch import Batch
from nerconv.conversion.job import write
from nerconv.conversion.made import source_order
from nerconv.conversion.report import Cleaning, ConversionReport, ConvertOptions
from nerconv.conversion.together import Progress, together, with_distinct_ids
from nerconv.document import Document, Facts, Finding
from nerconv.io.private import private_folder
from nerconv.io.replacing import Changes
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.packages import package
from nerconv.printable import counted
from nerconv.views import batch_of, documents_of

if TYPE_CHECKING:
    import datasets
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

#: What of the tokens of a Doc is read, and where its user data has what nerconv knows of it.
_ATTRIBUTES: Final = ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "SENT_START")
_OWN: Final = "nerconv"


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents, in the order of their sources, and what their readers found.

    ``batches`` hold the documents as arrays; ``findings`` are in source order; ``facts`` say of each source what
    format, dialect and encoding it was read in. Iterates over documents; ``len`` is their number.

    >>> from nerconv import read
    >>> corpus = read(text="[PER Ann  ] left [LOC Rome \\n")
    >>> len(corpus), corpus.labels, corpus.unread, [finding.code for finding in corpus.findings]
    (1, Counter({'PER': 1}), Counter({'LOC': 1}), ['F001'])
    """

    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...] = ()
    facts: tuple[Facts, ...] = ()

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Corpus:
        """Return a corpus of ``documents``.

        >>> from nerconv import Document, Span
        >>> Corpus.of([Document("a", "Ann left .", (Span(0, 3, "PER"),))]).labels
        Counter({'PER': 1})
        """
        return cls((batch_of(list(documents), ""),))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents, made once."""
        return tuple(chain.from_iterable(map(documents_of, self.batches)))

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def __len__(self) -> int:
        return sum(len(batch.documents) for batch in self.batches)

    def __getitem__(self, number: int) -> Document:
        return self.documents[number]

    @property
    def labels(self) -> Counter[str]:
        """How many spans have each label."""
        return sum((Counter(batch.counts()) for batch in self.batches), Counter())

    @property
    def unread(self) -> Counter[str]:
        """How many spans of the sources no document holds, by label; ``findings`` name each."""
        return sum((finding.losses() for finding in self.findings), Counter())

    def source(self, name: str = "<corpus>") -> Source:
        """Return the documents as a source that is read like a file; nothing of them is lost on the way."""
        spans_jsonl = formats.get("spans_jsonl")
        with private_folder() as folder:
            file = folder / "corpus.jsonl"
            formats.write(spans_jsonl, self.batches, file, WriteOptions())
            return Source(name, "corpus", content=file.read_bytes(), format=spans_jsonl.NAME)

    def write(
        self,
        target: str | os.PathLike[str],
        options: ConvertOptions | None = None,
        ledger: str | os.PathLike[str] | None = None,
        changes: Changes | None = None,
    ) -> ConversionReport:
        """Write the documents to ``target``, in the format of its suffix, and return the account of it.

        ``ledger``: a file for it, as ``--ledger`` writes it. What was written is read back and compared before all is
        moved into place together, with other ``changes`` where there are some. Raises UsageError, Unreadable where the
        target cannot be written, NotVerified.
        """
        account = None if ledger is None else os.fspath(ledger)
        return write(self.batches, self.findings, os.fspath(target), options or ConvertOptions(), account, changes)

    def to_dataset(self, options: WriteOptions | None = None) -> datasets.Dataset:
        """Return the documents as a dataset of Hugging Face: a row a sentence, ``ner_tags`` as class labels.

        Spans that it cannot hold are named in a warning. Raises UsageError without the package datasets.
        """
        library = package("datasets", "a dataset", "hf")
        import pyarrow.parquet as pq

        with private_folder() as folder:
            file = folder / "corpus.parquet"
            self._make(file, ConvertOptions(write=options or WriteOptions()))
            table = pq.read_table(file, memory_map=False)
        made: datasets.Dataset = library.Dataset(table)
        return made

    def to_docs(self, vocab: Vocab | None = None, options: WriteOptions | None = None) -> list[Doc]:
        """Return the documents as Docs of spaCy, one each: entities, sentence starts, all spans in ``spans["sc"]``.

        ``vocab``: that of the pipeline that they are for (``nlp.vocab``). Spans that a Doc cannot hold are named in a
        warning. Raises UsageError without the package spacy, and for tokens that spaCy cannot make.
        """
        tokens = package("spacy.tokens", "a Doc", "spacy")
        vocab = vocab or package("spacy.vocab", "a Doc", "spacy").Vocab()
        if not len(self):
            return []
        with private_folder() as folder:
            file = folder / "corpus.spacy"
            self._make(file, ConvertOptions(write=replace(options or WriteOptions(), group=0), unit="document"))
            return list(tokens.DocBin().from_disk(file).get_docs(vocab))

    def _make(self, file: Path, options: ConvertOptions) -> None:
        """Write the documents to ``file``, and warn of spans that it cannot hold."""
        lost = write(self.batches, (), os.fspath(file), options).lost
        if lost:
            first = f"{lost[0].where}: {lost[0].message}"
            which = counted(len(lost), "span is", "spans are")
            warnings.warn(f"{which} not in what was made, the first at {first}", stacklevel=3)

    @classmethod
    def from_docs(cls, docs: Iterable[Doc]) -> Corpus:
        """Return Docs of spaCy as documents: their entities, and the spans of ``spans["sc"]``.

        Docs that nerconv made have their ids and places back. Raises UsageError without the package spacy.
        """
        tokens = package("spacy.tokens", "a Doc", "spacy")
        found = tokens.DocBin(_ATTRIBUTES, store_user_data=True)
        for doc in docs:
            own = doc.user_data.get(_OWN)
            copy = doc.copy()
            copy.user_data = {_OWN: own} if own else {}
            found.add(copy)
        return read([Source("<docs>", "doc", content=found.to_bytes(), format="docbin")], ReadOptions())

    def _repr_html_(self) -> str:
        from nerconv.report import notebook

        return notebook.documents(self, len(self), repr(self).strip("<>"))

    def __repr__(self) -> str:
        spans = ", ".join(f"{label} {count:,}" for label, count in self.labels.most_common()) or "no spans"
        size = counted(len(self), "document")
        return f"<Corpus of {size}: {spans}; {counted(len(self.findings), 'finding')}>"


def read(sources: Iterable[Source], options: ReadOptions, progress: Progress = lambda _: None) -> Corpus:
    """Return what ``sources`` hold; documents that share an id get ids of their own, the findings are in source order.

    Raises UsageError. What cannot be read is a finding, F014.
    """
    report = ConversionReport("")
    cleaning = Cleaning(whole=True)
    found = together(with_distinct_ids(sources), ConvertOptions(read=options, cleaning=cleaning), report, progress)
    batches = tuple(piece.batch for piece in found)
    findings = sorted((*report.findings, *report.lost), key=source_order)
    return Corpus(batches, tuple(findings), tuple(report.facts))
