"""The policy over one logged instruction: every rule with the numbers of the case, as check C7 says it.

- What is judged are the payments decoded from the instruction's own bytes, on this machine, at a moment.
- Nobody in particular is about to sign; whose registered destination it is, is not asked then.

    for rule in policy_case.rules(replica, instruction, now):
        print(sentence(rule.reason, rule.values))
"""

from countersign.desk import cases
from countersign.desk.cases import Circumstances
from countersign.desk.replica import Replica
from countersign.review import checks
from countersign.review.case import Mode, SignerFacts
from countersign.review.finding import Finding


def rules(replica: Replica, instruction: str, now: int, signer: SignerFacts | None = None) -> tuple[Finding, ...]:
    """C7's findings on an instruction (its event's hash) at `now` (unix seconds), for a signer where one is named.

    Refused("settlement.unknown-instruction"), Unavailable where its bytes are not in this profile.
    """
    found = replica.state.instruction(instruction)
    data = replica.profile.artefacts.get(bytes.fromhex(found.artefact))
    basis = cases.basis(replica, replica.state.cycle(found.cycle).contracts)
    moment = Circumstances(now=now, signer=signer)
    return checks.verdict(cases.instruction_case(basis, found, data, moment, replica.profile, Mode.LOOK)).of("C7")
