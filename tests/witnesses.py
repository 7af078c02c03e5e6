"""How each option of a conversion is asked for, so that ``test_option_pairs`` sees what it changes."""

from __future__ import annotations

from typing import NamedTuple


class Witness(NamedTuple):
    """How an option is asked for, what is asked for beside it, and whether it is one that changes no result."""

    words: str
    beside: str = ""
    unseen: bool = False


WITNESSES = {
    "--annotator": Witness("--annotator 7"),
    "--balance": Witness("--balance labels", "--split a=0.5,b=0.5"),
    "--accept-unrecognised": Witness("--accept-unrecognised"),
    "--columns": Witness("--columns 4"),
    "--comments": Witness("--comments %"),
    "--cut-tokens": Witness("--cut-tokens"),
    "--delimiter": Witness("--delimiter tab"),
    "--detokenize": Witness("--detokenize"),
    "--dialect": Witness("--dialect compact"),
    "--discontinuous": Witness("--discontinuous cover"),
    "--layer": Witness("--layer Other"),
    "--documents": Witness("--documents file"),
    "--drop": Witness("--drop PER"),
    "--max-unpacked": Witness("--max-unpacked 1GB", unseen=True),
    "--encoding": Witness("--encoding cp1252"),
    "--engine": Witness("--engine processes", unseen=True),
    "--for": Witness("--for spacy"),
    "--force": Witness("--force", "--shard-docs 1", unseen=True),
    "--from": Witness("--from {other}"),
    "--group-sentences": Witness("--group-sentences 1"),
    "--id-key": Witness("--id-key annotated"),
    "--invalid": Witness("--invalid discard"),
    "--label-set": Witness("--label-set LOC,ORG,PER,MISC,DRUG,PERSON"),
    "--labels": Witness("--labels DRUG"),
    "--labels-from": Witness("--labels-from labels.json"),
    "--labels-file": Witness("--labels-file labels.json"),
    "--language": Witness("--language fr", "--detokenize"),
    "--ledger": Witness("--ledger ledger.jsonl"),
    "--lint": Witness("--lint drop"),
    "--lint-select": Witness("--lint-select D", "--lint drop"),
    "--map": Witness("--map PER=HUM"),
    "--markup": Witness("--markup none"),
    "--nested": Witness("--nested inner"),
    "--read-scheme": Witness("--read-scheme IOB1"),
    "--redactions": Witness("--redactions mask"),
    "--scheduler": Witness("--scheduler nowhere", "--engine dask"),
    "--scheme": Witness("--scheme IOBES"),
    "--seed": Witness("--seed 7", "--split a=0.5,b=0.5"),
    "--shard-docs": Witness("--shard-docs 1"),
    "--spans-key": Witness("--spans-key found"),
    "--split": Witness("--split a=0.5,b=0.5"),
    "--strict": Witness("--strict", "--drop NOBODY"),
    "--tag-column": Witness("--tag-column 1"),
    "--text-key": Witness("--text-key body"),
    "--token-column": Witness("--token-column 2"),
    "--tokens": Witness("--tokens spacy"),
    "--unit": Witness("--unit paragraph"),
    "--workers": Witness("--workers 2", unseen=True),
    "--write-dialect": Witness("--write-dialect compact"),
}
#: What the test asks for itself, and --splits, which stands instead of the input.
ELSEWHERE = {"--output", "--to", "--splits"}
