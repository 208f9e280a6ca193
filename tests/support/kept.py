"""An outbox in memory: `desk.ports.Outbox` for a relayer in tests."""

from dataclasses import dataclass, field

from countersign.desk.records import Outgoing


@dataclass
class Kept:
    """What was kept, oldest first."""

    outgoing: list[Outgoing] = field(default_factory=list)

    def keep(self, outgoing: Outgoing) -> None:
        if outgoing not in self.outgoing:
            self.outgoing.append(outgoing)

    def sent(self, chain: str, account: bytes) -> tuple[Outgoing, ...]:
        return tuple(each for each in self.outgoing if (each.chain, each.account) == (chain, account))
