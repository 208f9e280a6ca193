"""The demonstration in a window: a newcomer is officer A; *Next step* plays the others, and says whose turn it is.

Nothing advances by itself. What is the officer's own to do (sign, show, take in) is never done for them here; the step only
says so. Where the story stands is read from the desk's state, so a step can be pressed twice without harm.
"""

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.ui.strings import label


class NextStep:
    """The others' next step, and one sentence about it."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._drilled = False
        self._filmed = False
        self._inserted = ""

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
            case "instructed" if not self._drilled:
                await story.drill()
                self._drilled = True
                return label("demo.drilled", pin=cast.PIN)
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
        return label("demo.over")

    async def _cross(self) -> str:
        story = self._story
        mine = story.signed_by(cast.OFFICER_A.id)
        cold = story.signed_by(cast.OFFICER_C.id)
        if mine != {"psbt", "safe-tx"}:
            return label("demo.sign-yours", pin=cast.PIN)
        frames = str(story.folder / "frames")
        if "psbt" not in cold:
            if self._filmed:
                return label("demo.take-pictures", folder=frames)
            if not story.requested("psbt"):
                return label("demo.show-request")
            await story.film()
            self._filmed = True
            return label("demo.qr-answered", folder=frames)
        request = story.stick / "request.countersign"
        if not request.exists():
            story.stick.mkdir(parents=True, exist_ok=True)
            return label("demo.write-usb", folder=str(story.stick))
        if not self._inserted:
            self._inserted = str(await story.insert(request))
            return label("demo.usb-answered", file=self._inserted)
        return label("demo.read-usb", file=self._inserted)
