"""One number for each question and idea: twice its key, and one more for an idea."""

from search.backends import Kind


def number_of(kind: Kind, pk: int) -> int:
    return 2 * pk + (kind == Kind.IDEA)


def post_of(number: int) -> tuple[Kind, int]:
    return (Kind.IDEA if number % 2 else Kind.QUESTION), number // 2
