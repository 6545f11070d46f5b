"""A published review as CSV and as Markdown, made from its snapshot alone: the same bytes whenever and wherever.

Nothing here is translated or looked up, and what is written for a format version never changes: docs/reference/
review-export.md describes it.
"""

import csv
import io
import re
from typing import Any

from reviews.models import ReviewSnapshot

FORMER_MEMBER = "former member"
COLUMNS = [
    "rank",
    "idea_id",
    "title",
    "url",
    "board",
    "status",
    "status_kind",
    "score",
    "supporters",
    "base_votes",
    "tags",
    "author",
    "created_at",
    "merged_ideas",
    "text",
    "review_id",
    "review_title",
    "review_supporters",
    "policy",
    "cut_off",
    "content_hash",
]
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
MARKDOWN = re.compile(r"([\\`*_\[\]<>&~|#])")
LINE_END = re.compile(r"\r\n|\r|\n")


def as_csv(snapshot: ReviewSnapshot) -> bytes:
    """One row an idea, as RFC 4180 and UTF-8. Texts that a spreadsheet would run begin with an apostrophe."""
    data = snapshot.data
    review, site = data["review"], data["site"]
    boards = {board["id"]: board["title"] for board in data["boards"]}
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for idea in data["ideas"]:
        row = [
            idea["rank"],
            idea["id"],
            idea["title"],
            site + idea["path"],
            boards[idea["board"]],
            idea["status"]["name"],
            idea["status"]["kind"],
            idea["score"],
            idea["supporters"],
            idea["base_votes"],
            ", ".join(idea["tags"]),
            snapshot.names.get(idea["author"], FORMER_MEMBER),
            idea["created_at"],
            "; ".join(f"#{other['id']} {other['title']}" for other in idea["merged"]),
            idea["text"],
            review["id"],
            review["title"],
            data["totals"]["supporters"],
            f"{data['policy']['name']} {data['policy']['version']}",
            review["cut_off"],
            snapshot.content_hash,
        ]
        writer.writerow([guarded(value) for value in row])
    return file.getvalue().encode()


def guarded(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def as_markdown(snapshot: ReviewSnapshot) -> bytes:
    """A report to read and to paste. What members wrote is quoted: none of it passes for the report's own words."""
    data = snapshot.data
    review, totals, policy = data["review"], data["totals"], data["policy"]
    boards = ", ".join(plain(board["title"]) for board in data["boards"])
    lines = [
        f"# {plain(review['title'])}",
        "",
        f"- Board: {boards}",
        f"- Votes counted until: {review['cut_off']}",
        f"- Published: {review['published_at']} by {plain(snapshot.names.get(review['published_by'], FORMER_MEMBER))}",
        f"- Ideas: {totals['ideas']}",
        f"- Supporters of any of them, each counted once: {totals['supporters']}",
        f"- Votes from before, which may overlap: {totals['base_votes']}",
        f"- Ranking: {policy['name']}, version {policy['version']}",
        f"- Content hash (SHA-256): {snapshot.content_hash}",
        "",
        policy["formula"],
        "",
    ]
    if review["note"]:
        lines += ["## Note", "", *quoted(review["note"]), ""]
    lines += [
        "## Ranking",
        "",
        "| Rank | Idea | Supporters | From before | Status |",
        "| ---: | --- | ---: | ---: | --- |",
    ]
    for idea in data["ideas"]:
        title = f"[{plain(idea['title'])}]({data['site']}{idea['path']})"
        status = plain(idea["status"]["name"])
        lines.append(f"| {idea['rank']} | {title} | {idea['supporters']} | {idea['base_votes']} | {status} |")
    for idea in data["ideas"]:
        author = plain(snapshot.names.get(idea["author"], FORMER_MEMBER))
        lines += [
            "",
            f"## {idea['rank']}. {plain(idea['title'])}",
            "",
            f"- Supporters: {idea['supporters']}",
            f"- Votes from before: {idea['base_votes']}",
            f"- Status: {plain(idea['status']['name'])}",
            f"- Tags: {', '.join(plain(tag) for tag in idea['tags']) or '–'}",
            f"- Posted: {idea['created_at']} by {author}",
        ]
        if idea["merged"]:
            merged = ", ".join(f"[{plain(other['title'])}]({data['site']}{other['path']})" for other in idea["merged"])
            lines.append(f"- Merged into it: {merged}")
        if idea["text"]:
            lines += ["", *quoted(idea["text"])]
    return ("\n".join(lines) + "\n").encode()


def plain(text: str) -> str:
    """A text of one line that Markdown takes for nothing but words."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def quoted(text: str) -> list[str]:
    """The lines of a Markdown text, each inside a block quotation."""
    return [f"> {line}".rstrip() for line in LINE_END.split(text)]
