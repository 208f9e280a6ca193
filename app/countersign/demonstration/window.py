"""The demonstration in a window: a newcomer is officer A; *Next step* plays the others, and says whose turn it is.

- Nothing advances by itself. What is the officer's own to do (sign, show, take in, give the PIN) is never done for them here;
  the step only says so.
- Where the story stands is read from the desk's state and from what lies on the stick, so a step can be pressed at any moment
  and twice without harm.
- Files that cross are named as seen from the story's folder (`frames`, `usb`), where the window's process stands.
"""

from countersign.demonstration import cast
from countersign.demonstration.market import Market
from countersign.demonstration.story import Story
from countersign.desk.ports import AskSecret
from countersign.errors import CountersignError
from countersign.ui.presenters.problem import problem
from countersign.ui.strings import label

DRILLS = 3
FRAMES, REQUEST, ANSWER = "frames", "request.countersign", "answer.countersign"


class NextStep:
    """The others' next step, and one sentence about it. `ask` is how the officer is asked for the PIN."""

    def __init__(self, story: Story, ask: AskSecret) -> None:
        self._story = story
        self._ask = ask
        self._filmed = False
        self._inserted = b""

    async def __call__(self) -> str:
        """Play it; the sentence says what was done and what comes next."""
        story = self._story
        if not story.contract:
            await story.agree()
            return label("demo.agreed")
        match story.reached:
            case "held":
                await story.prepare()
                return label("demo.prepared")
            case "instructed" | "partly signed" if len(story.refusals) < DRILLS:
                await story.drill(self._ask)
                return label("demo.drilled")
            case "instructed":
                return label("demo.sign-yours", pin=cast.PIN)
            case "partly signed":
                return await self._cross()
            case "signed":
                await story.release()
                return label("demo.released")
            case "settling":
                await story.finish()
                return label("demo.final")
            case "final":
                return await self._trade()
        return label("demo.elsewhere", state=story.reached)

    async def _trade(self) -> str:
        """The market, after the first settlement: forty contracts, one cut-off, the officer's signatures, the rest."""
        story = self._story
        if story.market is None or not story.market.contracts:
            await story.open_market()
            return label("demo.market")
        if not story.market.is_closed:
            await story.close_cycle()
            return label("demo.cycle")
        match story.market.reached:
            case "instructed" | "partly signed" if story.market.waits_for(cast.OFFICER_A.id):
                return label("demo.sign-cycle", pin=cast.PIN)
            case "instructed" | "partly signed":
                await story.market.sign_as_e()
                return label("demo.cycle-signed")
            case "signed":
                await story.market.settle()
                return label("demo.waits" if story.market.waiting else "demo.cycle-final", rate=cast.BUSY_RATE)
            case "settling":
                return await self._lift(story.market)
            case "final":
                return label("demo.over")
        return label("demo.elsewhere", state=story.market.reached)

    async def _lift(self, market: Market) -> str:
        """On a busy evening: the cycle's Bitcoin transaction waits for a block, and a child lifts it."""
        if market.waiting and not market.lifted:
            await market.lift()
            return label("demo.lifted", pin=cast.PIN)
        if market.waits_for(cast.OFFICER_A.id):
            return label("demo.sign-child", pin=cast.PIN)
        if market.waits_for(cast.OFFICER_E.id):
            await market.sign_as_e()
            return label("demo.child-signed")
        await market.settle()
        return label("demo.waits" if market.reached != "final" else "demo.child-final", rate=cast.BUSY_RATE)

    async def _cross(self) -> str:
        story = self._story
        mine = story.signed_by(cast.OFFICER_A.id)
        cold = story.signed_by(cast.OFFICER_C.id)
        if mine != {"psbt", "safe-tx"}:
            return label("demo.sign-yours", pin=cast.PIN)
        if "psbt" not in cold:
            return await self._by_codes()
        return await self._by_stick()

    async def _by_codes(self) -> str:
        story = self._story
        if self._filmed:
            return label("demo.take-pictures", folder=FRAMES)
        if not story.attested:
            await story.attest()
            return label("demo.attested")
        if not story.requested("psbt"):
            return label("demo.show-request")
        try:
            await story.film()
        except CountersignError as refused:
            return label("demo.qr-refused", what=problem(refused).happened)
        self._filmed = True
        return label("demo.qr-answered", folder=FRAMES)

    async def _by_stick(self) -> str:
        story = self._story
        story.stick.mkdir(parents=True, exist_ok=True)
        request, stick = story.stick / REQUEST, story.stick.name
        if not request.exists() or not story.requested("safe-tx"):
            return label("demo.write-usb", folder=stick)
        brought = request.read_bytes()
        if brought == self._inserted:
            return label("demo.read-usb", file=f"{stick}/{ANSWER}")
        try:
            await story.insert(request)
        except CountersignError as refused:
            return label("demo.usb-refused", what=problem(refused).happened, folder=stick)
        self._inserted = brought
        return label("demo.usb-answered", file=f"{stick}/{ANSWER}")
