"""One XML element to a tree, with the slips mended that real dumps have and parsers refuse."""

import re
from html.entities import html5
from typing import Any

_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LEGAL = ((9, 10), (13, 13), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""What XML takes for a character."""
_AMPERSAND = re.compile(
    r"&(?:(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos)|([A-Za-z][A-Za-z0-9]{1,31}));|&"
)


def xml_element(text: str) -> Any:
    """The element of a record. Raises `XMLSyntaxError` where mending does not help."""
    from lxml.etree import XMLParser, XMLSyntaxError, fromstring

    def parsed(markup: str) -> Any:
        # Prefixes are declared further up in the dump, where the record does not reach.
        prefixes = set(_PREFIX.findall(markup)) - {"xml", "xmlns"} if ":" in markup else ()
        around = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(prefixes))
        parser = XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True, encoding="utf-8",
        )  # fmt: skip
        return fromstring(f"<_{around}>{markup}</_>".encode(), parser)[0]

    try:
        return parsed(text)
    except XMLSyntaxError:
        return parsed(_AMPERSAND.sub(_mended, _ILLEGAL.sub("", text)))


def _mended(found: re.Match[str]) -> str:
    number, xml_name, name = found.groups()
    if number:
        point = int(number[2:], 16) if number[1] == "x" else int(number[1:])
        return found[0] if any(low <= point <= high for low, high in _LEGAL) else ""
    if xml_name:
        return found[0]
    character = html5.get(f"{name};") if name else None
    if character is not None:
        return character.replace("&", "&amp;").replace("<", "&lt;")
    return f"&amp;{found[0][1:]}"
