"""The screens: each a function of a read model, each with one question. They ask a console and show what it says."""
