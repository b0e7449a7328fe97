"""Names of dumps and members: fit to be shown and stored, and what their endings say."""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

COMPRESSION_ENDINGS = {
    ".gz": "gzip",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
}
ARCHIVE_ENDINGS = {".zip": "zip", ".tar": "tar"}
_SHORT_TAR = {
    ".tgz": ".tar.gz",
    ".tbz": ".tar.bz2",
    ".tbz2": ".tar.bz2",
    ".txz": ".tar.xz",
    ".tzst": ".tar.zst",
}

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LEFTOVER = re.compile(r"~$|^#.*#$|\.sw[op]$|^(Thumbs\.db|desktop\.ini)$|^~\$")
_SECRET_PARAMETER = re.compile(r"sig|token|key|secret|passw|credential|auth", re.IGNORECASE)


def printable(name: str) -> str:
    """A name that any log, terminal and database takes, whatever bytes a file system had.

    Bytes that are not UTF-8 (surrogate escapes) and control characters become backslash escapes;
    everything else stays as it is.

    >>> printable("caf\\udce9\\n.txt")
    'caf\\\\xe9\\\\n.txt'
    """
    if name.isprintable():
        return name
    return _UNPRINTABLE.sub(_escaped, name)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def without_credentials(url: str) -> str:
    """A URL as it may be shown: no user, no password, no value of a signing parameter.

    >>> without_credentials("https://ann:pw@host:8080/a.jsonl?Signature=abc&part=2")
    'https://host:8080/a.jsonl?Signature=***&part=2'
    """
    if "::" in url:
        return "::".join(without_credentials(part) for part in url.split("::"))
    if "://" not in url:
        return url
    parts = urlsplit(url)
    query = parts.query
    if _SECRET_PARAMETER.search(query):
        pairs = parse_qsl(query, keep_blank_values=True)
        shown = [(name, "***" if _SECRET_PARAMETER.search(name) else value) for name, value in pairs]
        query = urlencode(shown, safe="*/:")
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def file_name(location: str) -> str:
    """Last part of a path or URL.

    >>> file_name("https://host/dumps/a%20b.jsonl.gz?part=2")
    'a b.jsonl.gz'
    """
    if "://" in location:
        location = next(part for part in location.split("::") if "://" in part)
        path = urlsplit(location).path or location
        return unquote(path.rstrip("/").rpartition("/")[2])
    return location.rpartition("/")[2]


def ending(name: str) -> str:
    """Lower-case ending with its dot, or nothing: `.jsonl` of `A.JSONL`, `` of `.bashrc`."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem.strip("./") else ""


def without_compression(name: str) -> str:
    """The name with its compression endings removed; `.tgz` and its like count as `.tar`.

    >>> without_compression("a.jsonl.gz"), without_compression("b.tgz"), without_compression("c.txt")
    ('a.jsonl', 'b.tar', 'c.txt')
    """
    while (last := ending(name)) in COMPRESSION_ENDINGS:
        name = name[: -len(last)]
    if last in _SHORT_TAR:
        return f"{name[: -len(last)]}.tar"
    return name


def stated_compression(name: str) -> str | None:
    """The compression that the name's ending claims, if any."""
    last = ending(_SHORT_TAR.get(ending(name), name))
    return COMPRESSION_ENDINGS.get(last)


def is_leftover(name: str) -> bool:
    """Whether a file name is that of a hidden file, or of what editors and desktops leave behind."""
    return name.startswith(".") or _LEFTOVER.search(name) is not None
