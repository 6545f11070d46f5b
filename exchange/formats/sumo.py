"""support.mozilla.org as JSON Lines: a folder with questions.jsonl.gz and answers.jsonl.gz.

Some days were stored in an older form in which is_solved, is_spam, is_locked, solution and num_votes are null. What a
null leaves open is not guessed: such a question comes without votes and unsolved, unlocked and visible, and is counted
in a remark.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange import values
from exchange.files import UnreadableSourceError
from exchange.formats.parsing import named_author, parsed_json
from exchange.records import Answer, Body, Markup, Question, Rows, Source

SITE = "https://support.mozilla.org"
SPAM = f"Marked as spam at {SITE.removeprefix('https://')}"
OLDER_FORM = "questions in an older form, which doesn't say whether they were solved, locked or spam, or their votes"
FILES = ("questions.jsonl.gz", "answers.jsonl.gz")


class Sumo(Source):
    def __init__(self, path: Path) -> None:
        super().__init__(name="sumo", title="support.mozilla.org")
        self.questions_path, self.answers_path = (path / file for file in FILES)
        if not path.is_dir():
            raise UnreadableSourceError(f"{path} is not a folder; give the one that holds {' and '.join(FILES)}.")
        for file in (self.questions_path, self.answers_path):
            if not file.is_file():
                raise UnreadableSourceError(f"There is no {file.name} in {path}.")

    def questions(self) -> Rows[Question]:
        self.remarks = {}
        return parsed_json(self.questions_path, self._question)

    def answers(self) -> Rows[Answer]:
        return parsed_json(self.answers_path, _answer)

    def _question(self, row: Mapping[str, Any]) -> Question:
        names = row.get("tags") or []
        if not isinstance(names, list):
            raise values.RowError("tags is not a list")
        question = Question(
            source_id=values.identifier(row, "id"),
            author=named_author(row, "creator"),
            title=values.title(row, "title"),
            body=_body(row),
            created_at=values.moment(row, "created"),
            tags=values.tags(names),
            score=values.whole_number(row, "num_votes"),
            is_locked=values.flag(row, "is_locked"),
            hidden_because=SPAM if values.flag(row, "is_spam") else "",
            accepted_answer_id=values.identifier(row, "solution", optional=True),
        )
        if row.get("is_solved") is None:
            self.remarks[OLDER_FORM] = self.remarks.get(OLDER_FORM, 0) + 1
        return question


def _answer(row: Mapping[str, Any]) -> Answer:
    return Answer(
        source_id=values.identifier(row, "id"),
        question_id=values.identifier(row, "question_id"),
        author=named_author(row, "creator"),
        body=_body(row),
        created_at=values.moment(row, "created"),
        score=values.whole_number(row, "num_helpful") - values.whole_number(row, "num_unhelpful"),
        hidden_because=SPAM if values.flag(row, "is_spam") else "",
    )


def _body(row: Mapping[str, Any]) -> Body:
    return Body(values.body(row, "content"), Markup.HTML, SITE)
