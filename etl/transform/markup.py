"""Entities and tags that got into text, taken out in time linear in the text."""

import html
import re
from html.entities import html5

from etl.transform.probe import probe

_REFERENCE = re.compile(r"(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY = re.compile(f"&{_REFERENCE.pattern}")
_FEW = 8
"""Ampersands up to which a text is divided at them, by memchr, and not scanned at 1 ns a character."""
_PASSES = 5
"""Levels of escaping undone; five were never seen, and hostile text may nest thousands."""

_BREAKING = (
    "address|article|aside|blockquote|body|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|"
    "tr|ul"
)
"""Tags that end a paragraph."""
_INLINE = (
    "a|abbr|acronym|amp-img|audio|b|bdi|bdo|big|button|canvas|caption|cite|code|col|colgroup|data|del|dfn|em|"
    "embed|font|i|iframe|img|input|ins|kbd|label|link|map|mark|meta|noscript|object|param|picture|q|s|samp|"
    "script|small|source|span|strike|strong|style|sub|sup|svg|time|tt|u|var|video|wbr"
)
_REST_OF_TAG = r"(?:[\s/][^<>]*)?>"
_BREAKING_TAG = re.compile(rf"</?(?:{_BREAKING}){_REST_OF_TAG}", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE}){_REST_OF_TAG}", re.IGNORECASE)
_BRACKET = re.compile("([<>])")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SWITCH = re.compile(rf"<!--|-->|<(/?)(script|style){_REST_OF_TAG}", re.IGNORECASE)

has_entity = probe(_ENTITY.pattern)
has_tags = probe(rf"(?i)</?(?:{_BREAKING}|{_INLINE}){_REST_OF_TAG}|<!--")
has_breaking_tags = probe(rf"(?i){_BREAKING_TAG.pattern}")


def unescape(text: str) -> str:
    """The text with its character references resolved, however often they were escaped.

    Only references that end in `;` count: `AT&T` and `a&copy=1` stay, and so do names that HTML does
    not know.
    """
    for _ in range(_PASSES):
        if not has_entity(text):
            return text
        resolved = _resolved(text)
        if resolved == text:
            return text
        text = resolved
    # Hostile nesting: what would still resolve loses its ampersand, and is text from here on.
    return _ENTITY.sub(lambda found: found[0] if _character(found[0]) == found[0] else found[0][1:], text)


def _resolved(text: str) -> str:
    parts = text.split("&", _FEW + 1)
    if len(parts) > _FEW + 1:
        return _ENTITY.sub(lambda found: _character(found[0]), text)
    for number in range(1, len(parts)):
        part = parts[number]
        found = _REFERENCE.match(part)
        parts[number] = f"{_character(f'&{found[0]}')}{part[found.end() :]}" if found else f"&{part}"
    return "".join(parts)


def _character(reference: str) -> str:
    return html.unescape(reference) if reference[1] == "#" else html5.get(reference[1:], reference)


def drop_title_tags(text: str) -> str:
    """A title without tags; `<3` and `a < b` are no tags. A tag that breaks lines leaves a space.

    What becomes a tag once those within it are dropped goes too (`<i<b>>`), as if one pass after another
    took the breaking tags and then all others; but in one pass over the brackets.
    """
    if "<" not in text:
        return text
    kept: list[str] = []
    # Each `<` that may still close: its place in `kept`, and the half pass in which the last tag within it
    # went (even: the breaking ones, odd: all others; -1: none).
    opened: list[tuple[int, int]] = []
    for part in _BRACKET.split(_without_hidden(text)):
        if part == "<":
            opened.append((len(kept), -1))
        kept.append(part)
        if part == ">" and opened:
            place, within = opened.pop()
            tag = "".join(kept[place:])
            if not _ANY_TAG.fullmatch(tag):
                opened.clear()  # no tag reaches over a `>` that stays
                continue
            breaks = within % 2 == 1 and _BREAKING_TAG.fullmatch(tag) is not None
            dropped = within + 1 if breaks or within % 2 == 0 else within + 2
            kept[place:] = " " if breaks else ""
            if opened:
                opened[-1] = (opened[-1][0], max(opened[-1][1], dropped))
    return "".join(kept)


def tags_to_paragraphs(text: str) -> str:
    """A body without tags, scripts, styles and comments; block tags become blank lines.

    Only names of HTML count as tags, so that `<name withheld>` stays. Where block tags make the
    paragraphs, a line feed is only white space.
    """
    if not has_tags(text):
        return text
    text = _without_hidden(text)
    for _ in range(_PASSES):
        if has_breaking_tags(text):
            blocks = text.replace("\r\n", "\n").split("\n\n")
            text = "\n\n".join(_BREAKING_TAG.sub("\n\n", block.replace("\n", " ")) for block in blocks)
        text = _INLINE_TAG.sub("", text)
        if not has_tags(text):
            break
    else:
        text = _INLINE_TAG.sub(" ", _BREAKING_TAG.sub(" ", text)).replace("<!--", " ")
    return text


def _without_hidden(text: str) -> str:
    """The text without comments, scripts and styles; one that never ends hides nothing."""
    kept: list[str] = []
    start = position = 0
    hidden_by: str | None = None
    for found in _SWITCH.finditer(text):
        mark = found[0]
        closing, name = found[1], (found[2] or "").lower()
        if hidden_by is None:
            if mark == "<!--" or (name and not closing):
                hidden_by, start = (name or "<!--"), found.start()
        elif (hidden_by == "<!--" and mark == "-->") or (closing and name == hidden_by):
            kept.append(text[position:start])
            position, hidden_by = found.end(), None
    kept.append(text[position:])
    return " ".join(kept) if len(kept) > 1 else text
