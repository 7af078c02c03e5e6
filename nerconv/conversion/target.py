"""Where a conversion writes: which format, which files, whether they may be replaced, and what is moved there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from nerconv import formats
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.split import parse_shares
from nerconv.document import Finding
from nerconv.formats import Format, class_labels
from nerconv.io import outputs, urls
from nerconv.io.outputs import STDOUT, Place
from nerconv.io.private import is_private, private_folder
from nerconv.io.replacing import Changes, Sent, existing, named
from nerconv.io.sources import Unreadable, is_dataset
from nerconv.options import UsageError

#: Of a split: which document is in which part.
LISTING: Final = "splits.toml"
#: The files of a folder of brat, and of a saved dataset.
_OF_PAIRS: Final = re.compile(r".*\.(txt|ann)|annotation\.conf")
_OF_DATASET: Final = re.compile(r".*\.arrow|(dataset_info|dataset_dict|state|labels)\.json")


def target_format(target: str, options: ConvertOptions) -> Format:
    """Return the format to write at ``target``.

    Raises UsageError when nothing says which, and for one that does not hold what the cleaning makes.
    """
    if not options.to and (options.split or target == STDOUT):
        raise UsageError("name the format to write with --to: " + ", ".join(formats.WRITTEN))
    format = formats.writable(options.to or formats.of_path(target).NAME)
    if options.cleaning.unlabelled and not format.KEEPS.unlabelled:
        others = ", ".join(name for name in formats.WRITTEN if formats.get(name).KEEPS.unlabelled)
        raise UsageError(
            f"--lint mask-loss makes text that nobody labelled, which {format.NAME} does not hold; write {others}, or "
            "leave the sentences out with --lint drop-sentence"
        )
    return format


def places(target: str, format: Format, options: ConvertOptions) -> list[Place]:
    """Return the places that a conversion to ``target`` writes. Raises UsageError for ones that it does not replace."""
    always_folder = getattr(format, "FOLDER", False)
    if options.split:
        if always_folder:
            raise UsageError(f"{format.NAME} is a folder of files, and a split has files as parts; leave --split out")
        if outputs.is_stdout(target):
            raise UsageError("--split writes a folder, which standard output is not; name one with -o")
        parts = [part_path(Path(target), name, format) for name in parse_shares(options.split)]
        return [Place("-o", str(path)) for path in (*parts, Path(target, LISTING))]
    named = not (outputs.is_stdout(target) or urls.is_url(target))
    if named:
        _check_target(Path(target))
    whole = named and (always_folder or (format.NAME == "dataset" and Path(target).suffix not in format.SUFFIXES))
    return [Place("-o", target, outputs.everything if whole else None)]


def part_path(folder: Path, name: str, format: Format) -> Path:
    """Return the file of the part of a split called ``name``."""
    return folder / f"{name}{format.SUFFIXES[0]}"


def _check_target(target: Path) -> None:
    if target.suffix in (".gz", ".zst", ".xz", ".bz2"):
        raise UsageError(f"{target}: compressed output is not written; write {target.with_suffix('')} and compress it")
    if target.is_dir() and (others := sorted(_others(target))):
        raise UsageError(
            f"{target} is a folder with other things in it, such as {others[0]}; name a new one, or a file"
        )


def _others(folder: Path) -> Iterator[str]:
    """Yield the names of files below ``folder`` that are not those of a saved dataset, or of pairs of brat."""
    saved = is_dataset(folder)
    pairs = folder.joinpath("annotation.conf").is_file()
    for path in folder.rglob("*"):
        known = (saved and _OF_DATASET.fullmatch(path.name)) or (pairs and _OF_PAIRS.fullmatch(path.name))
        if not (path.is_dir() and not path.is_symlink()) and not known:
            yield path.relative_to(folder).as_posix()


def uploaded(changes: Changes, url: str) -> Path:
    """Return a path here, from which what is made there is put at ``url``, behind all moves of ``changes``."""
    name = url.rstrip("/").rpartition("/")[2]

    def send(path: Path) -> None:
        """Put it there. Raises Unreadable."""
        try:
            urls.upload(path, url)
        except urls.Trouble as error:
            raise Unreadable(str(error)) from error

    path = changes.part(None)
    path.mkdir()
    changes.sent.append(Sent(name, path / name, send))
    return path / name


@contextmanager
def workplace(target: str) -> Iterator[Path]:
    """Give a private folder for pieces, beside the target where there is one, so that a large one finds room.

    Pieces are pickles, which nobody else may write: they go where the system has its temporary files when the file
    system of the target keeps no one out. Raises Unreadable where neither does.
    """
    with named(target), ExitStack() as stack:
        beside = None if target in (STDOUT, os.devnull) else existing(Path(target).absolute().parent)
        folder = stack.enter_context(private_folder(beside))
        if not is_private(folder):
            folder = stack.enter_context(private_folder())
        if not is_private(folder):
            raise Unreadable(
                f"{folder.parent}: is open to others, whatever its mode; set TMPDIR to a folder that is not"
            )
        yield folder


def class_label_findings(written: Mapping[Path, Path], format: Format) -> list[Finding]:
    """Return a finding for each file beside those ``written`` whose class labels are not theirs.

    ``written``: by the place of each, the file that goes there.
    """
    files = [place for place in written if format.NAME == "dataset" and place.suffix in format.SUFFIXES]
    return list(class_labels.beside(files, class_labels.names_in(written[files[0]]))) if files else []
