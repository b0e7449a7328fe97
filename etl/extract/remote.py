"""Find dumps behind URLs, through fsspec."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from etl.errors import DumpError
from etl.extract.names import file_name, printable, without_credentials
from etl.extract.types import Dump, Skipped


class NothingThereError(DumpError):
    """A path that leads nowhere: a fault where a user named it, and none for a day without a dump."""


def find_remote(
    url: str,
    declared: date | None,
    passes: Callable[[str], bool],
    refusal: Callable[[str], str | None],
) -> Iterator[Dump | Skipped]:
    """The dumps at a URL: a file, a folder with all below it, or a glob; sorted.

    Args:
        passes: whether a file is passed over without a word, by its name.
        refusal: why a file that was not named is no dump, by its name.

    Raises:
        DumpError: the URL leads nowhere or cannot be reached. Its text has no credentials.
    """
    shown = printable(without_credentials(url))
    pattern = _is_pattern(url)
    try:
        listed = _listed(url, pattern)
    except ImportError as error:
        raise DumpError(shown, f"needs a package that is not installed: {error}") from None
    except FileNotFoundError:
        raise NothingThereError(shown, "no such file or folder; see the spelling") from None
    except Exception as error:
        # Each protocol brings errors of its own, and their texts may hold the URL's password.
        raise DumpError(
            shown, f"cannot be reached ({type(error).__name__}); see the address and the credentials"
        ) from None
    if not listed and pattern:
        raise NothingThereError(shown, "matches no file; see the spelling")
    for location, size in listed:
        name = file_name(location)
        uri = printable(without_credentials(location))
        if location != url:
            if passes(name):
                continue
            if why := refusal(name):
                yield Skipped(uri, why)
                continue
        yield Dump(uri, location, size, declared)


def _is_pattern(url: str) -> bool:
    # In an address of the web a question mark starts the query, and brackets are plain characters.
    magic = "*" if url.startswith(("http://", "https://")) else "*?["
    return any(character in url for character in magic)


def _listed(url: str, pattern: bool) -> list[tuple[str, int | None]]:
    """URLs and sizes in bytes of the files that a URL stands for."""
    import fsspec  # most runs never need it

    if "::" in url:
        return [(url, None)]  # a chain of file systems is opened as it is
    filesystem, path = fsspec.core.url_to_fs(url)
    if not pattern:
        if not url.endswith("/"):
            info = filesystem.info(path)
            if info["type"] != "directory":
                return [(url, info.get("size"))]
        base_url, base = url.rstrip("/"), path.rstrip("/")
        found = filesystem.find(path, detail=True)
    else:
        fixed = url[: min(url.find(c) for c in "*?[" if c in url)].rpartition("/")[0]
        base_url, base = fixed, str(filesystem._strip_protocol(fixed)).rstrip("/")
        found = filesystem.glob(path, detail=True)
    return sorted(_relative(base_url, base, name, info) for name, info in found.items() if _is_file(info))


def _relative(base_url: str, base: str, name: str, info: dict[str, Any]) -> tuple[str, int | None]:
    # The user's own URL is kept in front: for some protocols it alone names host and credentials.
    return base_url + name[len(base) :], info.get("size")


def _is_file(info: dict[str, Any]) -> bool:
    return bool(info["type"] == "file")
