"""The few words of the command line that are no sentence of a code: headings and labels, through the same catalogue.

>>> words("{done} of {total}", done=1, total=3)
'1 of 3'
"""

from countersign.resources.text import translate
from countersign.resources.visible import visible


def words(template: str, **values: object) -> str:
    """The template in the reader's language with its values, whose invisible characters are spelt out."""
    return translate(template).format(**{name: visible(str(value)) for name, value in values.items()})
