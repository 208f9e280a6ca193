"""A token's answers through a node's JSON-RPC, every question at one block (`ethereum.token_probe` judges them).

- A revert is told from an answer of no bytes: whatever the chain refuses a call for counts as a revert, so does an invalid
  instruction (the `throw` and `assert` of old compilers, USDT's); what the node says of itself is Unavailable.
- Each call has the gas that a leg's own transaction would have.
"""

from countersign.chains import answers
from countersign.chains.asking import Asking, hexed, reason
from countersign.chains.gas import GAS
from countersign.chains.jsonrpc import RpcError
from countersign.ethereum import token_probe
from countersign.ethereum.token_probe import Answers
from countersign.formats import eip55

EXECUTION_ERROR, INTERNAL = -32015, -32603


async def probe(asking: Asking, token: str) -> Answers:
    """What the token (EIP-55) answers at the newest block. Unavailable (`chains.*`), Malformed as `eip55`."""
    eip55.parse(token)
    method = "eth_getBlockByNumber"
    newest = answers.record(await asking.ask(method, "latest", False), method)
    block = {"blockHash": hexed(answers.data(newest.get("hash"), method)), "requireCanonical": True}

    async def called(data: bytes) -> bytes | None:
        call = {
            "from": eip55.checksum(token_probe.HOLDER),
            "to": token,
            "data": hexed(data),
            "gas": hex(GAS),
        }
        try:
            return answers.data(await asking.rpc.call("eth_call", call, block), "eth_call")
        except RpcError as error:
            if not _halted(error):
                reason(error, "eth_call")  # Unavailable where the node speaks of itself
            return None

    code = answers.data(await asking.ask("eth_getCode", token, block), "eth_getCode")
    balance = await called(token_probe.ask_balance())
    return Answers(
        code=bool(code),
        decimals=await called(token_probe.ask_decimals()),
        balance=balance,
        overdraft=await called(token_probe.ask_overdraft(balance)),
        nothing=await called(token_probe.ask_nothing()),
    )


def _halted(error: RpcError) -> bool:
    """Whether the call ended by an invalid instruction, in the numbers that anvil and Nethermind have for it."""
    return error.number == EXECUTION_ERROR or (error.number == INTERNAL and error.message.startswith("EVM error"))
