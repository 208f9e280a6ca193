"""Two chains' verdicts over the same transactions, counted by kind: the same, narrower, broader, in the same words."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdicts:
    """`compare` once for each transaction; a verdict is None (accepted) or a reason."""

    offered: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    same_words: int = 0
    narrower: Counter[str] = field(default_factory=Counter)
    broader: list[str] = field(default_factory=list)

    def compare(self, kind: str, real: str | None, embedded: str | None) -> None:
        self.offered[kind] += 1
        self.accepted += real is None
        self.same_words += real is not None and real == embedded
        if real is None and embedded is not None:
            self.narrower[kind] += 1
        if real is not None and embedded is None:
            self.broader.append(f"{kind}: {real}")

    def report(self, chain: str) -> str:
        """The numbers, as the test prints them."""
        total = self.offered.total()
        same = total - self.narrower.total() - len(self.broader)
        listed = ", ".join(f"{kind} {count}" for kind, count in sorted(self.narrower.items()))
        return (
            f"{chain}: {total} mutated transactions of {len(self.offered)} kinds; "
            f"real node accepts {self.accepted}, refuses {total - self.accepted}; same verdict {same} "
            f"(refused in the same words {self.same_words}); embedded broader {len(self.broader)}, "
            f"narrower {self.narrower.total()}: {listed or 'none'}"
        )
