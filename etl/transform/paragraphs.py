"""Lines to paragraphs: which line feeds end a paragraph, and which were put in by a narrow page."""

import re

from etl.transform.probe import probe
from etl.transform.survey import has_lone_feed

_BULLET = re.compile(r"[-*•·–—▪◦●○■□►➤✓] |\d{1,3}[.)] ")
_CJK = re.compile(r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")
_SENTENCE_END = tuple(".!?…:;\"'”’»)。！？」』）")

_has_two_spaces = probe("  ")

_WRAPPED_AT_MOST = 100
"""Characters; a longer line was not wrapped by a page or a mail program."""
_WRAPPED_AT_LEAST = 40


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text whose lines end in line feeds and whose spaces are plain.

    Where there are blank lines they divide, and a line feed within is a space (nothing between Chinese
    or Japanese characters) unless the lines are too long for wrapped ones. Where there are none, every
    line is a paragraph; but lines of one narrow width are wrapped, and there an indented line begins one.
    """
    blocks = [[line.rstrip(" ") for line in block] for block in _blocks(text)]
    if len(blocks) == 1:
        found = _one_block(blocks[0])
    else:
        found = [paragraph for block in blocks for paragraph in _divided(block)]
    if _has_two_spaces(text):
        found = [" ".join(filter(None, part.split(" "))) if "  " in part else part for part in found]
    stripped = (paragraph.strip(" ") for paragraph in found)
    return [paragraph for paragraph in stripped if paragraph]


def divided(text: str) -> str:
    """The text with a blank line after each of its lines, where these are too long to be wrapped ones: what
    `paragraphs` makes of a text of single spaces, and none beside a line feed. Else the text as it is.
    """
    if "\n" not in text or not has_lone_feed(text.encode(errors="surrogatepass")):
        return text
    blocks = [block.split("\n") for block in text.split("\n\n")]
    if any(len(block) > 1 and max(map(len, block)) <= _WRAPPED_AT_MOST for block in blocks):
        return text
    return "\n\n".join(line for block in blocks for line in block if line)


def _blocks(text: str) -> list[list[str]]:
    """Runs of lines that are not blank."""
    blocks: list[list[str]] = []
    inside = False
    for line in text.split("\n"):
        if not line.strip(" "):
            inside = False
        elif inside:
            blocks[-1].append(line)
        else:
            blocks.append([line])
            inside = True
    return blocks


def _one_block(lines: list[str]) -> list[str]:
    if not _looks_wrapped(lines):
        return lines
    found: list[list[str]] = []
    for line in lines:
        if not found or line.startswith(" ") or _BULLET.match(line):
            found.append([line])
        else:
            found[-1].append(line)
    return [_joined(part) for part in found]


def _divided(lines: list[str]) -> list[str]:
    """A block between blank lines: one paragraph, unless its lines are paragraphs themselves."""
    if len(lines) == 1:
        return lines
    if max(map(len, lines)) > _WRAPPED_AT_MOST:
        return lines
    found: list[list[str]] = []
    for line in lines:
        if not found or _BULLET.match(line.lstrip(" ")):
            found.append([line])
        else:
            found[-1].append(line)
    return [_joined(part) for part in found]


def _looks_wrapped(lines: list[str]) -> bool:
    """Whether most lines have one narrow width and stop in the middle of a sentence."""
    if len(lines) < 3 or max(map(len, lines)) > _WRAPPED_AT_MOST:
        return False
    full = [line for line in lines[:-1] if len(line) >= _WRAPPED_AT_LEAST]
    unfinished = [line for line in full if not line.endswith(_SENTENCE_END)]
    return len(full) * 10 >= len(lines[:-1]) * 6 and len(unfinished) * 10 >= len(full) * 6


def _joined(lines: list[str]) -> str:
    text = lines[0].strip(" ")
    for line in (line.strip(" ") for line in lines[1:]):
        tight = _CJK.match(text[-1:]) and _CJK.match(line)
        text = f"{text}{line}" if tight else f"{text} {line}"
    return text
