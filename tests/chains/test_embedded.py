"""What both embedded chains say when they do not know something, and of themselves."""

from countersign.chains.embedded import UNSUPPORTED, unsupported
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.resources.text import SENTENCES


def test_a_reason_says_that_the_demonstration_is_narrower() -> None:
    assert unsupported("a delegate call") == UNSUPPORTED + "a delegate call"
    assert "demonstration" in UNSUPPORTED


def test_both_chains_say_what_they_are() -> None:
    for chain in (EmbeddedBitcoin(), EmbeddedEthereum(31337)):
        sentence = SENTENCES[chain.notice][0]
        assert "demonstration" in sentence
        assert "inside this program" in sentence
