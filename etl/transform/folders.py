"""The folder that a record lay in, which in many corpora is its category."""

_ARCHIVES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tar", ".zip")


def folder_of(dump: str, member: str | None) -> str:
    """The name of the innermost folder around a record; the archive's, without its ending, where its member
    is in no folder; nothing where no folder is named.

    >>> folder_of("corpus.zip", "news/sport/001.txt"), folder_of("corpus/sport.zip", "001.txt")
    ('sport', 'sport')
    >>> folder_of("corpus/sport/001.txt", None), folder_of("001.txt", None)
    ('sport', '')
    """
    outer, _, inner = (member or "").rpartition("!")
    folder = _parent(inner)
    if folder or member is None:
        return folder or _parent(dump)
    archive = (outer or dump).rpartition("!")[2].rpartition("/")[2]
    ending = next((known for known in _ARCHIVES if archive.lower().endswith(known)), "")
    return archive[: len(archive) - len(ending)]


def _parent(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2]
