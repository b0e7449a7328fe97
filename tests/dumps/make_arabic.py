"""Makes the golden zips in Arabic: `python -m tests.dumps.make_arabic`.

Names and texts are in the encodings that Arab machines have written since the nineties; what each gives
is stated here and not taken from the reader.
"""

import codecs
import io
import json
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent / "text"
MOMENT = (2024, 1, 1, 0, 0, 0)
TITLE = "افتتاح خط العبارة الجديد في الميناء"
BODY = (
    "أعلنت إدارة الميناء صباح اليوم عن افتتاح خط العبارة الجديد الذي يربط بين ضفتي النهر، وقالت إن الرحلات "
    "ستكون كل نصف ساعة."
)
NAMES = ["رياضة/فوز الفريق بالكأس.txt", "اقتصاد/ارتفاع أسعار النفط.txt", "سياسة/اجتماع الوزراء.txt"]


class RawName(zipfile.ZipInfo):
    """A member whose name is written byte by byte, with no word on its encoding."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.hex(), MOMENT)
        self.raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, 0


def zipped(members: list[tuple[bytes | str, bytes]]) -> bytes:
    """A zip of members; names in bytes are written as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members:
            info = RawName(name) if isinstance(name, bytes) else zipfile.ZipInfo(name, MOMENT)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def page(date: str | None) -> str:
    """A text page with its date, or without any."""
    return f"{TITLE}\n{date}\n\n{BODY}\n" if date else f"{TITLE}\n\n{BODY}\n"


def gives(member: str, date: str | None) -> dict[str, object]:
    """What such a page gives."""
    fields = {"published": date, "title": TITLE, "body": BODY} if date else {"title": TITLE, "body": BODY}
    return {"record": 1, "member": member, "fields": fields}


def write(case: str, members: list[tuple[bytes | str, bytes]], records: list[dict[str, object]]) -> None:
    """A golden folder."""
    folder = FOLDER / case
    folder.mkdir(exist_ok=True)
    (folder / "input.zip").write_bytes(zipped(members))
    (folder / "expected.json").write_text(
        json.dumps({"records": records}, ensure_ascii=False, indent=1) + "\n"
    )


def main() -> None:
    """Write all of them."""
    text = page("22 أيلول 2023")
    for encoding in ("utf-8", "cp1256", "cp720", "iso8859-6"):
        members: list[tuple[bytes | str, bytes]] = [(name.encode(encoding), text.encode()) for name in NAMES]
        write(f"arabic_names_{encoding}", members, [gives(name, "22 أيلول 2023") for name in NAMES])
    misread = [
        (name.encode(page).decode("cp437"), text.encode()) for page in ("utf-8", "cp1256") for name in NAMES
    ]
    write(
        "arabic_names_misread_as_cp437",
        [*misread],
        [gives(name, "22 أيلول 2023") for name in [*NAMES, *NAMES]],
    )
    written = {
        "cp1256.txt": ("22 سبتمبر 2023", "cp1256", b""),
        "iso8859-6.txt": ("22 سبتمبر 2023", "iso8859-6", b""),
        "utf8.txt": ("22 شتنبر 2023", "utf-8", b""),
        "utf8_marked.txt": ("الجمعة 22 سبتمبر 2023 - 10:49 ص", "utf-8", codecs.BOM_UTF8),
        "utf16_le.txt": ("٢٢ سبتمبر ٢٠٢٣", "utf-16-le", codecs.BOM_UTF16_LE),
        "utf16_be.txt": ("22 كانون الثاني 2023", "utf-16-be", codecs.BOM_UTF16_BE),
        "utf16_le_unmarked.txt": ("الجمعة 7 ربيع الأول 1445 - 22 سبتمبر 2023 م", "utf-16-le", b""),
        "utf16_be_unmarked.txt": ("22 جانفي 2023", "utf-16-be", b""),
        "undated.txt": (None, "cp1256", b""),
    }
    write(
        "arabic_encodings",
        [(name, mark + page(date).encode(encoding)) for name, (date, encoding, mark) in written.items()],
        [gives(name, date) for name, (date, _, _) in written.items()],
    )
    inner = zipped([(NAMES[0].encode("cp1256"), text.encode("cp1256")), ("Thumbs.db", b"\0" * 100)])
    write(
        "arabic_zip_of_zips",
        [
            ("2023/رياضة.zip", inner),
            ("__MACOSX/2023/._رياضة.zip", b"\0\5\x16\7"),
            ("2023/Thumbs.db", b"\xd0\xcf"),
            ("2023/.DS_Store", b"\0"),
        ],
        [gives(f"2023/رياضة.zip!{NAMES[0]}", "22 أيلول 2023")],
    )


if __name__ == "__main__":
    main()
