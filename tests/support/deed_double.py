"""What takes two officers, at the console of hand-made views: it remembers what was proposed and signs nothing."""

from collections.abc import Callable
from dataclasses import replace

from countersign.desk.deed_views import AWARD, FREEZE, LIFT, RELEASE, REPLACE, VOID, Offer, OrderView, TargetView, Way
from countersign.desk.governance_views import ProposalView
from countersign.errors import CountersignError, Refused
from countersign.settlement.saying import Difference, said
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, Scope


class DeedDouble:
    """`ask` remembers; `made` is the proposal that comes of everything; `propose` puts it beside the others."""

    def __init__(
        self, ask: Callable[..., None], made: ProposalView, propose: Callable[[ProposalView], None], now: int
    ) -> None:
        self._ask, self._propose, self._now = ask, propose, now
        self.made = replace(
            made,
            id="5d" * 32,
            kind="release.authorised",
            signed=("Amara Okafor",),
            missing=("Conrad Lake",),
            yours=False,
            changes=(
                Difference(said("deed.release", cycle="cycle-1", contracts="MER-HAR-2026-11-22-0001", count=2)),
                Difference(said("deed.pays", payer="Meridian Capital (main)", receiver="Harbour Prime (main)",
                                amount="250.00000000 BTC")),
                Difference(said("deed.people", maker="Amara Okafor", checker="Conrad Lake")),
            ),
        )  # fmt: skip
        self.offered = (
            Offer(RELEASE, ("aa" * 32, "bb" * 32), None),
            Offer(VOID, ("aa" * 32,), None),
            Offer(REPLACE, ("aa" * 32,), Refused("settlement.wrong-state", contract="cc" * 32, state="signed")),
            Offer(LIFT, ("aa" * 32,), Refused("settlement.wrong-state", contract="cc" * 32, state="signed")),
            Offer(AWARD, (), Refused("settlement.no-dispute", contract="cc" * 32)),
            Offer(FREEZE, (), None),
        )

        self.way: tuple[Way, ...] | CountersignError = ()

    def offers(self, contract: str) -> tuple[Offer, ...]:
        return self.offered

    def orders(self) -> tuple[OrderView, ...]:
        scope = said("freeze.book", order="HC-2026-114", name="Harbour Prime", lei="5493001KJTIIGC8Y1R12", book="main")
        standing = OrderView(
            "HC-2026-114", scope, "By order of the High Court.", "4e" * 32, ("Conrad Lake", "Amara Okafor"), 24,
            self._now - 7_200, 3, None, None,
        )  # fmt: skip
        lifted = said("freeze.asset", order="OFAC-77", symbol="USDC", asset="eip155:31337/erc20:0x5FbDB2315678afecb3")
        return standing, replace(
            standing, order="OFAC-77", scope=lifted, index=11, contracts=0, lifted=19, lifted_at=self._now - 3_600
        )

    def targets(self) -> tuple[TargetView, ...]:
        return (
            TargetView(Scope(PARTICIPANT, "5299000J2N45DDNE4Y28"), "Meridian Capital (5299000J2N45DDNE4Y28)"),
            TargetView(Scope(PARTICIPANT, "5493001KJTIIGC8Y1R12"), "Harbour Prime (5493001KJTIIGC8Y1R12)"),
            TargetView(Scope(BOOK, "5493001KJTIIGC8Y1R12", "main"), "Harbour Prime, main"),
            TargetView(Scope(ASSET, asset="eip155:31337/slip44:60"), "ETH (eip155:31337/slip44:60)"),
            TargetView(Scope(CONTRACT, contract="cc" * 32), "MER-HAR-2026-11-22-0001, 1"),
        )

    def checkers(self) -> tuple[tuple[str, str], ...]:
        return (("compliance", "Conrad Lake"), ("officer-e", "Eva Sund"))

    async def ways(self, contract: str) -> tuple[Way, ...]:
        if isinstance(self.way, CountersignError):
            raise self.way
        return self.way

    async def release(self, contract: str, checker: str) -> ProposalView:
        return self._made("release", contract, checker)

    async def void(self, contract: str, rate: int) -> tuple[ProposalView, ...]:
        return (self._made("void", contract, rate),)

    async def replace(self, instruction: str, rate: int) -> ProposalView:
        return self._made("replace", instruction, rate)

    async def child(self, instruction: str, rate: int) -> ProposalView:
        return self._made("child", instruction, rate)

    def _made(self, *what: object) -> ProposalView:
        self._ask(*what)
        self._propose(self.made)
        return self.made
