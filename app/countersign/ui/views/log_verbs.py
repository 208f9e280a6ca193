"""What the Log screen of either window asks of its console: one entry's place, everything verified again."""

import asyncio

from countersign.desk.surfaces import Watching
from countersign.desk.views import ProofView
from countersign.ui.strings import label
from countersign.ui.tasks.runner import Runner
from countersign.ui.views.log_screen import LogScreen


class LogVerbs:
    """Joins a Log screen to a console."""

    def __init__(self, screen: LogScreen, console: Watching, runner: Runner) -> None:
        self._screen, self._console, self._runner = screen, console, runner
        self._verifying: asyncio.Task[None] | None = None
        screen.proving.connect(self._prove)
        screen.verifying.connect(self._verify)
        screen.progress.cancelled.connect(self._stop)

    def _prove(self, index: int) -> None:
        def done(proof: ProofView) -> None:
            if self._screen.chosen == proof.index:
                self._screen.show_proof(proof)

        self._runner.start(self._console.proof(index), done)

    def _verify(self) -> None:
        self._screen.verify.setEnabled(False)
        self._screen.progress.begin(label("log.verifying"))

        def ended() -> None:
            self._screen.progress.end()
            self._screen.verify.setEnabled(True)

        work = self._console.verify_everything(self._screen.progress.advance)
        self._verifying = self._runner.start(work, self._screen.show_verified, ended)

    def _stop(self) -> None:
        if self._verifying is not None:
            self._verifying.cancel()
