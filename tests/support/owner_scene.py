"""A founded desk with a console for every officer who has a hand in a Safe's change of its own owners.

scene = Scene(table)
await scene.ordered(remove=scene.key("officer-d"))    # operations propose, both administrators sign, it is logged
await scene.signed("officer-a", "officer-c")          # two owners, after every check
"""

from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.settlement import owning
from countersign.settlement.roster import SafeVault
from support.software_stage import Table, silent

SAFE = cast.BUYER.safe


class Scene:
    """A founded desk; consoles by officer."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.consoles: dict[str, OfficerConsole] = {}

    async def at(self, officer: str) -> OfficerConsole:
        if officer == cast.OFFICER_A.id and self.table.stage.officer is not None:
            self.consoles[officer] = self.table.stage.officer
        if officer not in self.consoles:
            self.consoles[officer] = await self.table.stage.console(officer, self._bearer(officer))
        console = self.consoles[officer]
        await console.synchronise()
        await console.unlock(self.table.stage.ask_pin)
        return console

    def _bearer(self, officer: str) -> Bearer:
        """The officer's token; that of the vault operator lies in the cold machine's folder and is carried here."""
        if officer in self.table.story.people:
            return self.table.story.people[officer]
        token = self.table.stage.vault.token
        ring = Keyring(token.serial, token.label, token.model, token.public, online=True)
        return Bearer(Author(officer, token.public["identity"], token), ring, token)

    @property
    def vault(self) -> SafeVault:
        return owning.safe(self.table.desk.state, SAFE)

    def key(self, officer: str) -> str:
        held = self.table.desk.state.roster.officer(officer).vault_keys("eip155")
        return next(each.key.kid for each in held if each.key.kid in self.vault.keys)

    async def ordered(self, *, remove: str | None = None, threshold: int | None = None) -> None:
        proposer = await self.at("operations")
        view = await proposer.owner_changes.propose(SAFE, add=None, remove=remove, threshold=threshold)
        data = proposer.governance.export(view.id)
        for administrator in ("compliance", "officer-d"):
            console = await self.at(administrator)
            console.governance.take_in(data)
            await console.governance.sign(view.id)
            data = console.governance.export(view.id)
        await console.governance.append(view.id)

    async def signed(self, *officers: str) -> None:
        for officer in officers:
            await (await self.at(officer)).owner_changes.sign(SAFE, silent)
