"""The few words of the command line that are no sentence of a code: headings and labels, through the same catalogue.

>>> words("{done} of {total}", done=1, total=3)
'1 of 3'
"""

from countersign.desk.money import Money
from countersign.resources.text import said
from countersign.resources.visible import visible


def words(template: str, **values: object) -> str:
    """The template in the reader's language with its values, whose invisible characters are spelt out."""
    return said(template, values).format(**{name: visible(str(value)) for name, value in values.items()})


def display(amount: Money) -> str:
    """ "250.00000000 BTC"."""
    whole, part = divmod(amount.units, 10**amount.decimals)
    digits = f"{whole:,}.{part:0{amount.decimals}d}" if amount.decimals else f"{whole:,}"
    return f"{digits} {amount.symbol}"
