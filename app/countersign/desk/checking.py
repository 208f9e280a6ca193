"""`check`: what files are, and what every check says of them, under one profile or under keys given from elsewhere.

docs/formats/check-json.md; CHECKS.md.

- Files are recognised by content (`recognising`); those of one call belong together (`matching`).
- Trust comes from the profile's anchor, or for a pack or an extract from `trust`; never from the files. Without either,
  what needs an anchor is blocked by it.
- With a profile, an event, opening or proof that was not given is taken from its archive. A contract that the log does
  not have fails L3; an altered transaction is held against the instruction that it was to replace.
- What has shares in the log already is history: judged on the log's prefix before the first share, `as_of` that size.
- Nothing is changed, and the second implementation (eth-account) is not asked: it runs at signing.

    report = check({"contract.json": data}, profile, None, clock)
    report.status      # 0, 1, 2 as the command exits
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from countersign.desk import matching
from countersign.desk.proving import judge_trio
from countersign.desk.recognising import Recognised, recognise
from countersign.desk.reports import CheckReport, Fingerprint, HardwareScreen, Judged, Kind, Progress, silent
from countersign.desk.weighing import KINDS, contracts_of, inside, judge_contracts, judge_transaction

if TYPE_CHECKING:
    from countersign.audit.quorum import Quorum
    from countersign.desk.evidence import Pack
    from countersign.desk.extract import Extract
    from countersign.desk.ground import Ground
    from countersign.desk.ports import Clock, Profile
    from countersign.desk.replica import Replica
    from countersign.ethereum.safe import ClaimedSafeTx


def check(
    files: Mapping[str, bytes],
    profile: Profile | None,
    trust: Quorum | None,
    clock: Clock,
    progress: Progress = silent,
) -> CheckReport:
    """The report on these files, by name. What does not parse is in it.

    Raises only what the profile itself raises: Malformed("desk.no-anchor"), Refused("S2.archive-differs" |
    "desk.other-log"), Unavailable("desk.nothing-pinned").
    """
    found = [recognise(name, data) for name, data in files.items()]
    replica, ground = _history(profile, clock) if profile is not None else (None, None)
    now = clock.now_ms() // 1000
    judged: list[Judged] = []
    prints: list[Fingerprint] = []
    for place, each in enumerate(found):
        progress(place, len(found) + 1)
        if each.parsed is not None and each.kind is Kind.PACK:
            judged += _pack(each, replica, trust, now, prints)
        elif each.parsed is not None and each.kind is Kind.EXTRACT:
            judged += _extract(each, replica, trust, prints)
        elif each.parsed is not None and each.kind is Kind.ENVELOPE:
            from countersign.desk.envelope_checking import judge_envelope

            judged += judge_envelope(each, replica, ground, now)
    judged += _together(found, ground, now)
    progress(len(found) + 1, len(found) + 1)
    return CheckReport(tuple(each.report for each in found), tuple(judged), tuple(prints), _screens(found, ground))


def _screens(found: Sequence[Recognised], ground: Ground | None) -> tuple[HardwareScreen, ...]:
    """What a hardware wallet shows of every Safe transaction among the files."""
    shown: list[HardwareScreen] = []
    for each in found:
        if each.kind is Kind.SAFE_TX and each.parsed is not None:
            from countersign.desk.hardware_screen import screen

            shown.append(screen(each.name, cast("ClaimedSafeTx", each.parsed)))
        elif each.kind is Kind.SERVICE and each.parsed is not None:
            from countersign.desk.service_checking import screens

            shown += screens(each, ground)
    return tuple(shown)


def _history(profile: Profile, clock: Clock) -> tuple[Replica, Ground]:
    from countersign.desk.grounding import of_replica
    from countersign.desk.replica import Replica

    replica = Replica(profile, clock)
    return replica, of_replica(replica)


def _pack(
    file: Recognised, replica: Replica | None, trust: Quorum | None, now: int, prints: list[Fingerprint]
) -> list[Judged]:
    from countersign.desk.grounding import of_pack
    from countersign.desk.pack_against import against
    from countersign.desk.pack_checking import fingerprint, judge_pack
    from countersign.review.finding import Verdict

    pack = cast("Pack", file.parsed)
    believed = replica.anchor.now(replica.state) if replica is not None else trust
    prints.append(fingerprint(file.name, pack))
    judged = judge_pack(pack, file.name, of_pack(pack, believed), believed, now)
    if replica is not None:
        size = replica.log.size
        judged.append(Judged((file.name,), Verdict(tuple(against(pack, replica))), size))
    return judged


def _extract(
    file: Recognised, replica: Replica | None, trust: Quorum | None, prints: list[Fingerprint]
) -> list[Judged]:
    from countersign.desk.extract_checking import judge_extract
    from countersign.desk.pack_against import extract_against
    from countersign.desk.pack_checking import fingerprint
    from countersign.review.finding import Verdict

    found = cast("Extract", file.parsed)
    prints.append(fingerprint(file.name, found))
    if replica is None:
        return judge_extract(found, file.name, trust)
    judged = judge_extract(found, file.name, replica.anchor.now(replica.state))
    return [*judged, Judged((file.name,), Verdict(tuple(extract_against(found, replica))), replica.log.size)]


def _together(found: Sequence[Recognised], ground: Ground | None, now: int) -> list[Judged]:
    """Contracts, their places in the log and the transactions of one call, as one settlement."""
    contracts = [each for each in found if each.kind is Kind.CONTRACT]
    pairs, rest = matching.claim(contracts, matching.trios(found, ground))
    if not contracts:
        carried = [(trio, pair) for trio in rest if (pair := inside(trio)) is not None]
        pairs = [pair for _, pair in carried]
        rest = [trio for trio in rest if all(trio is not one for one, _ in carried)]
    given = contracts_of(pairs, ground)
    judged = [judge_trio(trio, ground, now) for trio in rest]
    transactions = [each for each in found if each.kind in KINDS]
    answers = [each for each in found if each.kind is Kind.SERVICE and each.parsed is not None]
    judged += [judge_transaction(each, given, ground, now) for each in transactions]
    if answers:
        from countersign.desk.service_checking import judge_rows

        judged += [one for each in answers for one in judge_rows(each, given, ground, now)]
    if given.facts and not transactions and not answers:
        judged.insert(0, judge_contracts(given, ground, now))
    return judged
