"""What two people's deeds do, in words: everything that is paid, and of many contracts how many."""

from dataclasses import replace

from countersign.settlement import deed_words
from countersign.settlement.bodies import ReleaseAuthorised
from support import trouble_world as trouble


def test_many_contracts_are_counted_so_that_what_follows_them_is_still_seen() -> None:
    desk, trade = trouble.begun("signed")
    state, waiting = desk.state, trouble.live(desk, trade, "psbt").hash
    cycle = state.cycle(state.instruction(waiting).cycle)
    body = ReleaseAuthorised(cycle.id, (waiting,), "operations", "compliance")
    for count, shown in ((deed_words.NAMED, trade.contract.terms.id), (500, "… (500)")):
        many = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, contracts=cycle.contracts * count)))
        head, *paid = deed_words.released(many, body)
        said = str(head.then.values["contracts"])
        assert said.endswith(shown)
        assert said.count(trade.contract.terms.id) == deed_words.NAMED
        assert [each.then.code for each in paid] == ["deed.pays", "deed.people"]
