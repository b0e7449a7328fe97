"""Small valid inputs to begin from: the golden dumps, and a few texts."""

import gzip
from pathlib import Path

from tests.bad_inputs.case import COMPRESS
from tests.extract.helpers import tarred, zipped
from tests.fuzz.targets import NAMES

FOLDER = Path(__file__).parents[1] / "dumps"
_LARGEST = 64 << 10

DATES = (
    "2023-09-22T10:49:00Z", "2023-09-22 10:49", "1695388531", "22 Sep 2023 10:49 GMT+0800",
    "Fri, 22 Sep 2023 10:49:00 EST", "22/09/2023", "03/04/2023", "2023年9月22日 下午3:05", "١٢/٠٩/٢٠٢٣",
    "22 сентября 2023", "20230922T104900+0200", "10.49 pm, September 22nd, 2023", "2023-09-22T10:49:00:684Z",
)  # fmt: skip
TITLES = (
    "Bank's profit up 3.5%",
    "“Quoted” &amp; <b>bold</b>",
    "Home » World » Title",
    "ｆｕｌｌ Ｗｉｄｔｈ １２",
    "İstanbul'da",
)


def seeds(target: str) -> list[bytes]:
    """Inputs that a target takes; those of a dump format plain, gzipped, and in archives."""
    texts = {"dates": DATES, "titles": TITLES, "bodies": TITLES}.get(target)
    if texts:
        return [text.encode() for text in texts]
    if target == "inspect":
        return _under_names()
    paths = (path for case in sorted((FOLDER / target).iterdir()) for path in case.glob("input.*"))
    plain = [data for path in paths if len(data := path.read_bytes()) <= _LARGEST]
    first = plain[0]
    return [*plain, gzip.compress(first), zipped([("a", first)]), tarred([("a", first)])]


def _under_names() -> list[bytes]:
    """A small dump for each of `NAMES`, behind the byte that chooses the name."""
    plain = {
        case.suffix: case.read_bytes()
        for case in sorted(FOLDER.rglob("input.*"), reverse=True)
        if 0 < case.stat().st_size <= _LARGEST
    }
    members = [(f"a{ending}", plain[ending]) for ending in (".txt", ".json")]
    made = {**plain, ".zip": zipped(members), ".tar": tarred(members)}
    found = []
    for number, name in enumerate(NAMES):
        first, *outer = Path(name).suffixes
        data = made[first]
        for ending in outer:
            data = COMPRESS[ending.removeprefix(".")](data)
        found.append(bytes([number]) + data)
    return found
