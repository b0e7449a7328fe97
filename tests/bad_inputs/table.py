"""The 63 bad inputs, with their variants, in one table."""

from tests.bad_inputs import archives, compressed, files, jsons, tables, texts, xml
from tests.bad_inputs.case import Case

CASES: list[Case] = [
    *compressed.CASES,
    *archives.CASES,
    *xml.CASES,
    *tables.CASES,
    *jsons.CASES,
    *texts.CASES,
    *files.CASES,
]
