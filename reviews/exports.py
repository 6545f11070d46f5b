"""A published review as files, made from its snapshot alone: the same bytes whenever and wherever, for the same rights.

Nothing here is translated or looked up, and what is written for a format version never changes: docs/reference/
review-export.md describes it. Files are made some ideas at a time.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from reviews import first_format
from reviews.first_format import FORMER_MEMBER, FORMULA, plain, quoted
from reviews.models import ReviewSnapshot
from reviews.shown import Access, shown_facts, shown_header, shown_ideas

COLUMNS = [
    "rank",
    "idea_id",
    "title",
    "url",
    "board",
    "status",
    "status_kind",
    "theme",
    "is_pinned",
    "score",
    "supporters",
    "base_votes",
    "organisations",
    "value",
    "previous_rank",
    "previous_score",
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
# What format 3 has besides, before what is the same in every line.
SINCE_3 = ["questions", "cost"]
WRITTEN = ("title", "board", "status", "theme", "tags", "author", "merged_ideas", "text", "review_title", "policy")
TO_GUARD = (*WRITTEN, "score", "value", "previous_score")
ROWS_AT_ONCE = 500


def as_csv(snapshot: ReviewSnapshot, access: Access) -> Iterator[bytes]:
    """One row an idea, as RFC 4180 and UTF-8. Texts that a spreadsheet would run begin with an apostrophe."""
    if snapshot.is_first_format:
        yield first_format.as_csv(snapshot)
        return
    header = columns(snapshot)
    places = [header.index(name) for name in TO_GUARD]
    yield from written([header], (_guarded_row(row, places) for row in rows(snapshot, access)))


def columns(snapshot: ReviewSnapshot) -> list[str]:
    """The columns that the format of this review has."""
    begins = COLUMNS.index("review_id")
    return [*COLUMNS[:begins], *SINCE_3, *COLUMNS[begins:]] if snapshot.data["format_version"] >= 3 else COLUMNS


def written(header: list[list[str]], lines: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """CSV of these rows, some at a time."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows(header)
    for number, line in enumerate(lines, start=1):
        writer.writerow(line)
        if number % ROWS_AT_ONCE == 0:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def rows(snapshot: ReviewSnapshot, access: Access) -> Iterator[list[Any]]:
    """The columns of each idea: texts as they are, whole numbers, and what is between as Decimal."""
    data = shown_header(snapshot, access)
    review, site, names = data["review"], data["site"], snapshot.names
    boards = {board["id"]: board["title"] for board in data["boards"]}
    last = [
        review["id"],
        review["title"],
        data["totals"]["supporters"],
        f"{data['policy']['name']} {data['policy']['version']}",
        review["cut_off"],
        snapshot.content_hash,
    ]
    is_third = data["format_version"] >= 3
    for idea in snapshot.facts():
        facts = shown_facts(idea, access)
        previous = facts["previous"] or {}
        yield [
            facts["rank"],
            facts["id"],
            facts["title"],
            site + facts["path"],
            boards[facts["board"]],
            facts["status"]["name"],
            facts["status"]["kind"],
            facts["theme"],
            "yes" if facts["is_pinned"] else "no",
            points(facts["score"]),
            facts["supporters"],
            facts["base_votes"],
            facts["organisations"],
            amount(facts["value"]),
            previous.get("rank"),
            points(previous.get("score")),
            ", ".join(facts["tags"]),
            names.get(facts["author"], FORMER_MEMBER),
            facts["created_at"],
            "; ".join([f"#{other['id']} {other['title']}" for other in facts["merged"]]),
            facts["text"],
            *((facts["questions"], facts["cost"]) if is_third else ()),
            *last,
        ]


def points(millionths: int | None) -> int | Decimal | None:
    """A score in points: a whole number where it is one."""
    if millionths is None:
        return None
    whole, rest = divmod(millionths, 1_000_000)
    return whole if not rest else Decimal(millionths).scaleb(-6).normalize()


def amount(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


def _guarded_row(row: list[Any], places: list[int]) -> list[Any]:
    """The row, with what people wrote and what has decimals as `guarded` makes it; nothing else can need that."""
    for place in places:
        row[place] = guarded(row[place])
    return row


def guarded(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would run; numbers without an exponent."""
    if type(value) is str:
        return f"'{value}" if FORMULA.match(value) else value
    return f"{value:f}" if type(value) is Decimal else value


def as_json_lines(snapshot: ReviewSnapshot, access: Access) -> Iterator[bytes]:
    """A line about the review, then a line for each idea with its evidence; docs/reference holds the JSON Schema."""
    header = {"content_hash": snapshot.content_hash, **shown_header(snapshot, access)}
    yield _line({"kind": "review", **header})
    for facts, evidence in shown_ideas(snapshot, access):
        yield _line({"kind": "idea", **facts, "evidence": evidence})


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def as_markdown(snapshot: ReviewSnapshot, access: Access) -> Iterator[bytes]:
    """A report to read and to paste. What members wrote is quoted: none of it passes for the report's own words."""
    if snapshot.is_first_format:
        yield first_format.as_markdown(snapshot)
        return
    data = shown_header(snapshot, access)
    yield _text(_opening(snapshot, data))
    yield _text(["## Ranking", "", "| Rank | Idea | Score | Supporters | From before | Status |"])
    yield _text(["| ---: | --- | ---: | ---: | ---: | --- |"])
    for idea in snapshot.facts():
        facts = shown_facts(idea, access)
        title = f"[{plain(facts['title'])}]({data['site']}{facts['path']})"
        cells = [facts["rank"], title, _score(facts["score"]), facts["supporters"], facts["base_votes"]]
        yield _text([f"| {' | '.join(map(str, cells))} | {plain(facts['status']['name'])} |"])
    for facts, evidence in shown_ideas(snapshot, access):
        yield _text(["", *_chapter(data["site"], facts, evidence)])


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _opening(snapshot: ReviewSnapshot, data: dict[str, Any]) -> list[str]:
    review, totals, policy = data["review"], data["totals"], data["policy"]
    lines = [
        f"# {plain(review['title'])}",
        "",
        f"- Boards: {', '.join(plain(board['title']) for board in data['boards'])}",
        f"- Votes counted until: {review['cut_off']}",
        f"- Ideas: {totals['ideas']} of {review['ranked']} that were ranked",
        f"- Supporters of any of them, each counted once: {totals['supporters']}",
        f"- Votes from before, which may overlap: {totals['base_votes']}",
        f"- Organisations behind any of them, each counted once: {totals['organisations']}",
    ]
    if totals["value"] is not None:
        lines.append(f"- Value of these organisations in a year: {amount(totals['value']):f}")
    lines += [
        f"- Ranking: {plain(policy['name'])}, version {policy['version']}",
        f"- Content hash (SHA-256): {snapshot.content_hash}",
        "",
        plain(policy["explanation"]),
        "",
    ]
    if review["note"]:
        lines += ["## Note", "", *quoted(review["note"]), ""]
    for finding in data["research"]:
        lines += [f"## What support found out: {plain(finding['title'])}", "", *quoted(finding["answer"]), ""]
        by = plain(finding["by"] or FORMER_MEMBER)
        lines += [f"{finding['answered_at']} by {by}, from {finding['collected']} posts, votes and notes", ""]
    if data["excluded"]:
        lines += ["## Left out", ""]
        lines += [
            f"- [{plain(each['title'])}]({data['site']}{each['path']}): {plain(each['reason'])}"
            for each in data["excluded"]
        ]
        lines.append("")
    return lines


def _chapter(site: str, facts: dict[str, Any], evidence: dict[str, Any]) -> list[str]:
    previous = facts["previous"]
    lines = [
        f"## {facts['rank']}. {plain(facts['title'])}",
        "",
        f"- Score: {_score(facts['score'])}",
        *_terms(evidence["arithmetic"]),
        f"- Supporters: {facts['supporters']}",
        f"- Votes from before: {facts['base_votes']}",
        f"- Organisations: {facts['organisations']}",
    ]
    if facts["value"] is not None:
        lines.append(f"- Value at stake in a year: {amount(facts['value']):f}")
    if facts.get("questions"):
        lines.append(f"- Questions that ask for it: {facts['questions']}")
    if facts.get("cost") is not None:
        lines.append(f"- Estimated cost: {facts['cost']}")
    if facts["theme"]:
        lines.append(f"- Theme: {plain(facts['theme'])}")
    if previous:
        lines.append(f"- In the review before: rank {previous['rank']}, {previous['supporters']} supporters")
    lines += [
        f"- Status: {plain(facts['status']['name'])}",
        f"- Tags: {', '.join(plain(tag) for tag in facts['tags']) or '–'}",
        f"- Posted: {facts['created_at']} by {plain(facts['author'] or FORMER_MEMBER)}",
    ]
    for name, label in (("segments", "Segments"), ("plans", "Plans"), ("languages", "Languages"), ("months", "Months")):
        if groups := evidence[name]:
            lines.append(f"- {label}: " + ", ".join(f"{plain(group) or 'not known'} {n}" for group, n in groups))
    for other in evidence["merged"]["named"]:
        title = f"[{plain(other['title'])}]({site}{other['path']})"
        lines.append(f"- Merged into it: {title}, which added {other['added']} of its {other['supporters']} supporters")
    if unnamed := evidence["merged"]["unnamed"]["ideas"]:
        lines.append(f"- Merged into it and not named: {unnamed}")
    if facts["text"]:
        lines += ["", *quoted(facts["text"])]
    return [*lines, *_sections(site, evidence)]


def _sections(site: str, evidence: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if interpretation := evidence["interpretation"]:
        by = plain(interpretation["by"] or FORMER_MEMBER)
        lines += ["", f"### What support makes of it, by {by}", "", *quoted(interpretation["text"])]
    if voices := [voice for voice in evidence["voices"] if voice["text"] is not None]:
        lines += ["", "### Voices"]
        for voice in voices:
            privately = "" if voice["is_public"] else ", for the team alone"
            lines += ["", f"{plain(voice['by'] or FORMER_MEMBER)}{privately}:", "", *quoted(voice["text"])]
    if evidence["questions"]:
        lines += ["", "### Questions", ""]
        for question in evidence["questions"]:
            answered = "answered" if question["answer"] else "not answered"
            lines.append(f"- [{plain(question['title'])}]({site}{question['path']}), {answered}")
    if evidence["answers"]:
        lines += ["", "### What was said before"]
        for answer in evidence["answers"]:
            lines += ["", f"{answer['at']}, {plain(answer['status']['name'])}:", "", *quoted(answer["text"] or "–")]
    return lines


def _terms(arithmetic: dict[str, Any] | None) -> list[str]:
    """The sum of which a score is the result."""
    if arithmetic is None:
        return []
    lines = []
    for part in arithmetic["supporters"]:
        names = ", ".join(filter(None, [plain(part["segment"]), part["importance"]]))
        factors = f"{part['supporters']} × {part['segment_multiplier']} × {part['importance_multiplier']}"
        lines.append(f"  - supporters{f' ({names})' if names else ''}: {factors} → {_score(part['score'])}")
    if arithmetic.get("organisation_parts") and arithmetic["organisations_score"]:
        lines += [_organisations(part) for part in arithmetic["organisation_parts"]]
    elif arithmetic["organisations_score"]:
        lines.append(f"  - organisations: {arithmetic['organisations']} → {_score(arithmetic['organisations_score'])}")
    if arithmetic["base_score"]:
        lines.append(f"  - votes from before: {arithmetic['base_votes']} → {_score(arithmetic['base_score'])}")
    if arithmetic.get("questions_score"):
        lines.append(f"  - questions: {arithmetic['questions']} → {_score(arithmetic['questions_score'])}")
    if arithmetic.get("cost_score"):
        lines.append(f"  - cost of {arithmetic['cost']} → {_score(arithmetic['cost_score'])}")
    return lines


def _organisations(part: dict[str, Any]) -> str:
    """Those with one plan and in one band, where that matters; plain where it does not."""
    band = f"worth from {amount(part['band']):f}" if part["band"] is not None else ""
    names = ", ".join(filter(None, [plain(part["plan"]), band]))
    multipliers = [part[name] for name in ("plan_multiplier", "worth_multiplier") if part[name] != "1.000"]
    factors = " × ".join([str(part["organisations"]), *multipliers])
    return f"  - organisations{f' ({names})' if names else ''}: {factors} → {_score(part['score'])}"


def _score(millionths: int | None) -> str:
    value = points(millionths)
    return "withheld" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


Export = Callable[[ReviewSnapshot, Access], Iterator[bytes]]
EXPORTS: dict[str, tuple[Export, str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/jsonl; charset=utf-8"),
    "md": (as_markdown, "text/markdown; charset=utf-8"),
}
