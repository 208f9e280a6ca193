"""The command line: a surface. Each module offers a typer app or command that receives its use cases as arguments.

- No rule lives here: what is refused is refused by the rooms to the right, and said in the words of `resources`.
- Exit status: 0 done, 1 a rule said no, 2 the input or the command line is malformed, 3 a device or server is absent.
- Whatever comes from outside is shown with its invisible characters spelt out.
"""
