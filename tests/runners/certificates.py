"""The certificates of all true claims, checked by Rocq.

    python -m tests.runners.certificates --jobs 2 -o certificates.json --record

writes the certificate of each true claim of the catalogue and of the suites, each in a process of
its own with a limit on time and memory, and has Rocq check it.  What came of each is kept in the
file while it runs; started again, it goes on where the certificate or the limits are others.  At
the end stands how many are accepted, what took the longest, and why the others are not.
With `--record` the answer is put into symconv/catalogue, for `symconv list --certificates`.

    python -m tests.runners.certificates --sample --jobs 2

checks a sample of all kinds, and fails unless all of it is accepted.

A certificate holds the theory that it is built on, and Rocq takes some 4 s for that each time.
With `--theory-once` it is checked once, and each certificate imports it instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from pathlib import Path

from symconv.catalogue.certificates import RECORD, Certificates, recorded
from symconv.errors import Uncertified
from symconv.formal import RejectedError, Rocq, certificate
from symconv.formal.rocq_files import LIBRARY, imports, library, source
from symconv.formal.theory import NOTHING
from tests.generators.certificate_sample import ONE_AXIS, SAMPLE, TWO_LAYERS, true_claims

__all__ = ["Found", "Limits", "digest_of_statement", "found", "main", "merged", "toml"]

GROUPS = true_claims()
CLAIMS = {name: theorem.claim for theorems in GROUPS.values() for name, theorem in theorems.items()}
GROUP_OF = {name: group for group, theorems in GROUPS.items() for name in theorems}


@dataclass(frozen=True)
class Limits:
    """What a process may take: once for writing a certificate, and once for checking it.

    Attributes:
        seconds: of processor time.
        megabytes: of memory.
    """

    seconds: int
    megabytes: int

    def set(self) -> None:
        """Hold this process, and each that it starts, to them."""
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (self.megabytes * 2**20,) * 2)


@dataclass(frozen=True)
class Found:
    """What came of a claim.

    Attributes:
        outcome: "accepted"; "refused" by symconv; "rejected" by Rocq; "unfinished", where it took
            more than it may; or "crash".
        reason: why it is not accepted.
        digest: of the text of the certificate.
        statement: a digest of its statement.
        size: the bytes of the text.
        writing: the seconds of processor time for the proof and the text.
        checking: the seconds of processor time that Rocq took.
        megabytes: the memory that Rocq took.
        limit: the seconds that it was given.
    """

    outcome: str
    reason: str = ""
    digest: str = ""
    statement: str = ""
    size: int = 0
    writing: float = 0
    checking: float = 0
    megabytes: int = 0
    limit: int = 0

    def __str__(self) -> str:
        told = f"{self.outcome}; written in {self.writing:.1f} s"
        if self.size:
            told += f", {self.size // 1024} KB"
        if self.checking:
            told += f", checked in {self.checking:.1f} s, {self.megabytes} MB"
        return told + (f"\n    {_brief(self.reason, 300)}" if self.reason else "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def digest_of_statement(text: str) -> str:
    """A digest of what a certificate proves: the ring, and the theorem without its proof."""
    *_, name = re.findall(r"^Print Assumptions (\w+)\.$", text, re.MULTILINE)
    stated = re.search(
        rf"^(Section Certificate\.$(?:(?!^Section ).)*?)?^Theorem {name}\b(.*?)^Proof\b",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert stated, f"no theorem {name}"
    return _digest("".join(part or "" for part in stated.groups()))


# --- one claim, in a process of its own ----------------------------------------------


def found(
    name: str,
    limits: Limits,
    earlier: Found | None,
    texts: Path | None,
    theory: Rocq | None = None,
) -> Found:
    """What comes of a claim; what Rocq said of the very same text is not asked again.

    Args:
        name: of the claim.
        limits: what may be taken for it.
        earlier: what came of it before.
        texts: a folder for the certificate.
        theory: where the theory is checked already, if the certificate shall import it.
    """
    try:
        text = certificate(CLAIMS[name])
    except Uncertified as refusal:
        return Found("refused", str(refusal), writing=_seconds(resource.RUSAGE_SELF))
    if texts is not None:
        (texts / f"{name}.v").write_text(text, encoding="utf-8")
    now = Found(
        "",
        digest=_digest(text),
        statement=digest_of_statement(text),
        size=len(text.encode()),
        writing=_seconds(resource.RUSAGE_SELF),
        limit=limits.seconds,
    )
    if earlier is not None and _still_holds(earlier, now):
        return earlier
    if theory is None:
        with Rocq() as rocq:
            outcome, reason = _checked(rocq, "certificate", text, limits)
    else:
        outcome, reason = _checked(theory, f"certificate_{name}", _importing(text), limits)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return replace(
        now,
        outcome=outcome,
        reason=reason,
        checking=_seconds(resource.RUSAGE_CHILDREN),
        megabytes=used.ru_maxrss // 1024,
    )


def _still_holds(earlier: Found, now: Found) -> bool:
    more = earlier.outcome == "unfinished" and earlier.limit < now.limit
    return earlier.digest == now.digest and not more


def _checked(rocq: Rocq, file: str, text: str, limits: Limits) -> tuple[str, str]:
    try:
        said = rocq.check(file, text).output.strip()
    except RejectedError as error:
        if "out of memory" in error.message.lower().replace("_", " "):
            return "unfinished", f"more than {limits.megabytes} MB"
        if not error.line and _seconds(resource.RUSAGE_CHILDREN) > limits.seconds - 1:
            return "unfinished", _out_of_time(limits)
        return "rejected", f"line {error.line}: {_without_environment(error.message)}"
    return ("accepted", "") if said == NOTHING else ("rejected", f"it assumes something: {said}")


_BEYOND = ("tensor_ends", "tensor_functions", "tensor_choices")
"""What some certificates need beside the library."""


def _importing(text: str) -> str:
    """A certificate that imports what it holds."""
    for count in range(len(_BEYOND), -1, -1):
        for more in combinations(_BEYOND, count):
            if (held := library(*more)) in text:
                names = " ".join((*LIBRARY, *more))
                return text.replace(held, f"{imports()}\nFrom symconv Require Import {names}.")
    return text  # a statement about integers


def _without_environment(message: str) -> str:
    """What Rocq says below the names that are known where it says it.

    >>> _without_environment("In environment\\na, b : Z\\nx :\\n  R\\nThe term a is\\n an a.")
    'The term a is\\n an a.'
    """
    lines = message.splitlines()
    if lines[0] != "In environment":
        return message
    said = [i for i, line in enumerate(lines) if re.match(r"(?![\w', ]+ :)\S", line) and i]
    return "\n".join(lines[said[0] :]) if said else message


def _out_of_time(limits: Limits) -> str:
    return f"more than {limits.seconds} s of processor time"


def _seconds(who: int) -> float:
    used = resource.getrusage(who)
    return round(used.ru_utime + used.ru_stime, 2)


def _work(
    name: str,
    limits: Limits,
    earlier: Found | None,
    texts: Path | None,
    theory: Rocq | None,
    sending: Connection,
) -> None:
    limits.set()
    try:
        sending.send(found(name, limits, earlier, texts, theory))
    except Exception as error:  # whatever it is, the others go on
        sending.send(Found("crash", f"{type(error).__name__}: {error}"))


# --- many claims ---------------------------------------------------------------------


def run(
    names: Iterable[str],
    jobs: int,
    limits: Limits,
    known: Mapping[str, Found],
    texts: Path | None = None,
    theory: Rocq | None = None,
) -> Iterator[tuple[str, Found]]:
    """What comes of each claim, in whatever order they are finished."""
    context = ForkContext()
    waiting = deque(names)
    running: dict[Connection, tuple[str, ForkProcess]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                name = waiting.popleft()
                receiving, sending = context.Pipe(duplex=False)
                process = context.Process(
                    target=_work, args=(name, limits, known.get(name), texts, theory, sending)
                )
                process.start()
                sending.close()
                running[receiving] = name, process
            for pipe in wait(list(running)):
                assert isinstance(pipe, Connection)
                name, process = running.pop(pipe)
                try:
                    answer: Found = pipe.recv()
                except EOFError:
                    process.join()
                    answer = Found("unfinished", f"writing it took {_out_of_time(limits)}")
                    if process.exitcode != -24:  # SIGXCPU
                        answer = Found("crash", f"the process ended with {process.exitcode}")
                process.join()
                yield name, answer
    finally:
        for _, process in running.values():
            process.terminate()
            process.join()


def _versions() -> dict[str, str]:
    """The versions of Rocq and of MathComp, as far as they can be found."""
    with Rocq() as rocq:
        versions = {"rocq": rocq.version, "mathcomp": "of unknown version"}
    if shutil.which("dpkg-query"):
        asked = ["dpkg-query", "-W", "-f", "${Version}", "libcoq-mathcomp-ssreflect"]
        said = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False).stdout
        if number := re.match(r"[\d.]+", said):
            versions["mathcomp"] = number[0]
    return versions


def _read(path: Path, versions: Mapping[str, str]) -> dict[str, Found]:
    """What is in a file, if the same versions of Rocq and MathComp have said it."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    if any(kept[what] != version for what, version in versions.items()):
        return {}
    return {name: Found(**row) for name, row in kept["claims"].items() if name in CLAIMS}


def _write(path: Path, versions: Mapping[str, str], answers: Mapping[str, Found]) -> None:
    rows = {name: asdict(answers[name]) for name in CLAIMS if name in answers}
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(
        json.dumps({**versions, "claims": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    beside.replace(path)


# --- what is told --------------------------------------------------------------------


def _brief(text: str, most: int) -> str:
    """A text on one line, with no more characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def report(answers: Mapping[str, Found]) -> Iterator[str]:
    """Lines that sum up what came of claims."""
    accepted = [name for name, answer in answers.items() if answer.outcome == "accepted"]
    yield f"{_share(len(accepted), len(answers))} true claims have a certificate that Rocq accepts"
    for group in GROUPS:
        asked = [name for name in answers if GROUP_OF[name] == group]
        if asked:
            number = sum(answers[name].outcome == "accepted" for name in asked)
            yield f"  {group:<12}{_share(number, len(asked))}"
    timed = [name for name in answers if answers[name].checking]
    yield f"Rocq took {sum(answers[name].checking for name in timed):.0f} s of processor time"
    if timed:
        for what in ("checking", "writing", "megabytes", "size"):
            most = sorted(timed, key=lambda name: -getattr(answers[name], what))[:5]
            yield f"most {what}:"
            yield from (f"  {getattr(answers[name], what):>9}  {name}" for name in most)
    for name, figure in ((ONE_AXIS, "8 s"), (TWO_LAYERS, "45 s and 1024 MB")):
        if name in answers and answers[name].outcome == "accepted":
            told = f"{answers[name].checking:.1f} s, {answers[name].megabytes} MB"
            yield f"{name}: {told} (to be at most {figure})"
    for outcome in ("refused", "rejected", "unfinished", "crash"):
        alike = defaultdict(list)
        for name, answer in answers.items():
            if answer.outcome == outcome:
                alike[_kind(answer.reason)].append(name)
        if alike:
            yield f"\n{outcome}: {sum(map(len, alike.values()))}"
        for kind, names in sorted(alike.items(), key=lambda pair: -len(pair[1])):
            yield f"{len(names):>4}  {kind}"
            yield from (f"        {name}" for name in names)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)"


def _kind(reason: str) -> str:
    """What reasons that differ in names and numbers have in common."""
    reason = re.sub(r"line \d+: ", "", reason)
    return _brief(re.sub(r"\d+", "N", re.sub(r'"[^"]*"', '"…"', reason)), 160)


# --- the record ----------------------------------------------------------------------


def merged(answers: Mapping[str, Found], versions: Mapping[str, str]) -> Certificates:
    """The record with new answers in it.

    Raises:
        ValueError: it says nothing of a claim, or other versions have said the rest.
    """
    rows: dict[str, dict[str, str]] = {
        outcome: {} for outcome in ("accepted", "refused", "rejected", "unfinished")
    }
    before = recorded() if RECORD.exists() and len(answers) < len(CLAIMS) else None
    if before is not None and versions != {"rocq": before.rocq, "mathcomp": before.mathcomp}:
        raise ValueError("the record was made with other versions: check all claims")
    for name in CLAIMS:
        if name in answers:
            answer = answers[name]
            if answer.outcome not in rows:
                raise ValueError(f"a {answer.outcome} is no answer: {name}")
            told = answer.statement if answer.outcome == "accepted" else answer.reason
            rows[answer.outcome][name] = told if answer.outcome == "refused" else _brief(told, 300)
            continue
        known = [o for o in rows if before is not None and name in getattr(before, o)]
        if not known:
            continue  # not tried yet
        rows[known[0]][name] = getattr(before, known[0])[name]
    return Certificates(versions["rocq"], versions["mathcomp"], **rows)


_HEAD = """\
# Which true claims of the catalogue and of the suites have a certificate that Rocq has accepted,
# and why the others have none.  `python -m tests.runners.certificates --record` writes it.
"""
_ABOUT = {
    "accepted": "With a digest of the statement that was accepted.",
    "refused": "symconv writes none, and says why.",
    "rejected": "What Rocq says of what symconv writes.",
    "unfinished": "They took more than they were given.",
}


def toml(record: Certificates) -> str:
    """The text of a record."""
    parts = [
        _HEAD,
        f"rocq = {_string(record.rocq)}\nmathcomp = {_string(record.mathcomp)}\n",
    ]
    for outcome, about in _ABOUT.items():
        rows = [f"{name} = {_string(told)}" for name, told in getattr(record, outcome).items()]
        parts.append("\n".join([f"[{outcome}]  # {about}", *rows]) + "\n")
    return "\n".join(parts)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # which TOML reads as JSON does


# --- the command ---------------------------------------------------------------------


def _chosen(options: argparse.Namespace) -> list[str]:
    if options.sample:
        return [name for names in SAMPLE.values() for name in names]
    names = options.names or CLAIMS
    suites = options.suite or GROUPS
    if unknown := [name for name in names if name not in CLAIMS]:
        sys.exit(f"there is no true claim named {unknown[0]}")
    return [name for name in names if GROUP_OF[name] in suites]


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks certificates, and tells what came of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*", help="of claims; all without one")
    parser.add_argument("--suite", nargs="+", choices=GROUPS, help="only the claims of these")
    parser.add_argument("--sample", action="store_true", help="a sample, to be accepted as a whole")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--cpu", type=int, default=300, help="seconds for one claim")
    parser.add_argument("--memory", type=int, default=4096, help="megabytes for one claim")
    parser.add_argument("-o", "--output", type=Path, help="a JSON file, which is gone on with")
    parser.add_argument("--texts", type=Path, help="a folder for the certificates")
    parser.add_argument("--theory-once", action="store_true", help="check the theory once only")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    options = parser.parse_args(arguments)
    names, limits = _chosen(options), Limits(options.cpu, options.memory)
    versions = _versions()
    known = _read(options.output, versions) if options.output else {}
    if options.texts:
        options.texts.mkdir(parents=True, exist_ok=True)
    answers: dict[str, Found] = {}
    begun = time.monotonic()
    print(f"Rocq {versions['rocq']}, MathComp {versions['mathcomp']}; {len(names)} claims")
    with Rocq() as rocq:
        theory = rocq if options.theory_once else None
        for file in (*LIBRARY, *_BEYOND) if theory else ():
            rocq.check(file, source(file))
        for name, answer in run(names, options.jobs, limits, known, options.texts, theory):
            answers[name] = answer
            print(f"[{len(answers):>3}/{len(names)}] {name}: {answer}", flush=True)
            if options.output:
                _write(options.output, versions, {**known, **answers})
    answers = {name: answers[name] for name in names}
    print(f"\nafter {time.monotonic() - begun:.0f} s:", *report(answers), sep="\n")
    if options.record:
        RECORD.write_text(toml(merged(answers, versions)), encoding="utf-8", newline="\n")
    outcomes = Counter(answer.outcome for answer in answers.values())
    enough = outcomes["accepted"] + outcomes["refused"] * (not options.sample)
    return int(enough < len(names))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
