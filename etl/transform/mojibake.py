"""Text that was decoded with the wrong charset, mended by ftfy, and only where ftfy calls it bad."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from etl.transform.probe import probe
from etl.transform.survey import may_be_mangled

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_FOLLOWER = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
SUSPECT = f"[Â-ß]{_FOLLOWER}|[à-ï]{_FOLLOWER}{{2}}|ð{_FOLLOWER}{{3}}|[\x80-\x9f]"
"""UTF-8 read as windows-1252 or latin-1 always shows this: a lead byte's letter, then its followers'.
Sound text does so now and then (`Spaß“`), and is then asked about more closely."""

_suspect = probe(SUSPECT)


def is_suspect(text: str) -> bool:
    """Whether a text holds `SUSPECT` anywhere."""
    if text.isascii():
        return False
    return may_be_mangled(text.encode(errors="surrogatepass")) and _suspect(text)


def mend(text: str) -> str:
    """The text with its bad lines mended; lines that ftfy does not call bad are left alone."""
    if not is_suspect(text):
        return text
    from ftfy.badness import is_bad

    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _suspect(line) and is_bad(line):
            lines[number] = _fixed(line)
    return "\n".join(lines)


def _fixed(line: str) -> str:
    from ftfy import fix_text

    return fix_text(line, _config())


@cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    # Encoding alone. Quotes, widths, ligatures and references are the writer's or other rules' concern.
    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization="NFC",
    )
