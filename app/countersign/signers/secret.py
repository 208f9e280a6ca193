"""PINs on their way from a person to a token.

- A secret comes from a callable that the surface hands in (`desk.ports.AskSecret`), so that no signer knows a window or
  a terminal. Its argument is the code of the sentence that says what is asked.
- It shows itself to nobody: not in a repr, not in a traceback with local values, not in a pickle.
- It goes to one place, the pipe to the token's process, once for each login. Nothing is tried again by itself.

    >>> Secret("1234")
    Secret(hidden)
"""

from countersign.desk.ports import AskSecret

ASK_PIN = "signers.ask-pin"
ASK_NEW_PIN = "signers.ask-new-pin"
ASK_NEW_SO_PIN = "signers.ask-new-so-pin"


class Secret:
    """A secret text that does not print itself."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text, for the one line that sends it."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


async def asked(ask: AskSecret, code: str) -> Secret:
    """The answer to `ask(code)`, wrapped at once."""
    return Secret(await ask(code))
