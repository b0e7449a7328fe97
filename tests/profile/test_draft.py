"""A profile's draft loads the dumps that it was drawn from, and says what speaks for it."""

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.profile.budget import Budget
from tests.profile.drafting import draft, drawn, flat, json_lines, lines_of

BODY = "The council met in the old hall and spoke for hours about the harbour, its walls and its debts. " * 4


def article(n: int, **more: object) -> dict[str, object]:
    return {
        "title": f"Council decides on harbour wall number {n}",
        "content": f"{BODY} Part {n}.",
        "url": f"https://wire.example/2026/{n}",
        "publishedAt": f"2026-03-{n % 28 + 1:02}T0{n % 10}:15:00Z",
        **more,
    }


class TestWhereTheRecordsAre:
    def test_a_news_service_reply_with_its_articles_in_a_list(self, tmp_path: Path) -> None:
        reply = {"status": "ok", "totalResults": 9, "articles": [article(n) for n in range(9)]}
        (tmp_path / "reply.json").write_bytes(orjson.dumps(reply))
        said, text = draft(tmp_path)
        assert "records" not in said
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_a_list_under_an_uncommon_path(self, tmp_path: Path) -> None:
        others = [{"title": "Harbour", "n": 1}]
        reply = {"sections": others, "payload": {"found": [article(n) for n in range(9)]}}
        (tmp_path / "reply.json").write_bytes(orjson.dumps(reply))
        said, text = draft(tmp_path)
        assert said["records"] == "payload.found"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_records_kept_by_their_id(self, tmp_path: Path) -> None:
        texts = {f"id{n}": article(n) for n in range(9)}
        reply = {"sections": [{"title": "Harbour", "n": 1}], "texts": texts}
        (tmp_path / "all.json").write_bytes(orjson.dumps(reply))
        said, text = draft(tmp_path)
        assert said["records"] == "texts.*"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_replies_one_a_line(self, tmp_path: Path) -> None:
        replies = [{"status": "ok", "results": [article(n), article(n + 100)]} for n in range(6)]
        said, text = draft(json_lines(tmp_path / "replies.jsonl", replies))
        assert said["format"] == "json"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 12

    def test_fields_in_an_object_of_each_record(self, tmp_path: Path) -> None:
        hits = {"hits": {"hits": [{"_id": str(n), "_source": article(n)} for n in range(8)]}}
        (tmp_path / "hits.json").write_bytes(orjson.dumps(hits))
        said, text = draft(tmp_path)
        assert said["fields"]["title"] == "_source.title"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 8

    def test_the_tag_of_an_xml_record(self, tmp_path: Path) -> None:
        entries = "".join(
            f"<doc id='{n}'><head><headline>Harbour wall {n} is mended</headline></head>"
            f"<date>2026-03-0{n + 1}</date><text>{BODY}</text></doc>"
            for n in range(5)
        )
        (tmp_path / "all.xml").write_text(f"<?xml version='1.0'?><archive><info/>{entries}</archive>")
        said, text = draft(tmp_path)
        assert (said["record"], said["fields"]["title"]) == ("doc", "head.headline")
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 5

    def test_a_table_with_odd_headers_and_semicolons_in_a_text_file(self, tmp_path: Path) -> None:
        rows = "\n".join(
            f"{n};Hafenmauer Nummer {n} wird repariert;{n + 1}.03.2026;{BODY}" for n in range(20)
        )
        (tmp_path / "export.txt").write_text(f"Nr;Überschrift;Datum;Inhalt\n{rows}\n")
        said, text = draft(tmp_path)
        assert (said["format"], said["delimiter"], said["date_order"]) == ("csv", ";", "DMY")
        assert said["fields"]["published"] == "Datum"
        assert {line["outcome"] for line in lines_of(text)} == {"article"}

    def test_pages_without_an_ending_in_folders_of_a_zip(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "أخبار.zip", "w") as archive:
            for n in range(6):
                page = f"<html><title>خبر عن المرفأ رقم {n}</title><body><p>{BODY}</p></body></html>"
                archive.writestr(f"رياضة/{n}", page)
        said, text = draft(tmp_path)
        assert (said["format"], said["undated"]) == ("html", "load")
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 6

    def test_the_kind_that_is_most_of_a_folder_is_read_apart_from_what_lies_beside_it(
        self, tmp_path: Path
    ) -> None:
        for n in range(12):
            json_lines(tmp_path / f"{n}.dat", [article(n), article(n + 20)])
        (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
        said, text = draft(tmp_path)
        assert said["format"] == "jsonl"
        assert said["paths"] == [f"{tmp_path}/**/*.dat"]
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 24


class TestFields:
    def test_names_in_another_language(self, tmp_path: Path) -> None:
        records = [
            {
                "标题": f"港口第{n}号墙修复工程开工",
                "发布时间": f"2026-03-{n + 1:02} 10:00",
                "正文": f"第{n}号墙。" + "市议会开会讨论港口。" * 40,
            }
            for n in range(9)
        ]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["fields"] == {"title": "标题", "published": "发布时间", "body": "正文"}
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_names_that_say_nothing(self, tmp_path: Path) -> None:
        records = [
            {
                "f1": f"Harbour wall {n} is mended at last",
                "f2": f"2026-03-{n + 1:02}T10:00:00Z",
                "f3": BODY + str(n),
            }
            for n in range(9)
        ]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["fields"] == {"title": "f1", "published": "f2", "body": "f3"}
        assert "Its name says nothing" in text

    def test_a_body_that_is_a_paywalls_notice_everywhere_is_none(self, tmp_path: Path) -> None:
        records = [
            article(n, content="ONLY AVAILABLE IN PAID PLANS", description=f"{BODY[:150]} {n}")
            for n in range(9)
        ]
        said, _ = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["fields"]["body"] == "description"

    def test_a_common_name_on_an_object_is_not_taken_for_the_body(self, tmp_path: Path) -> None:
        records = [article(n, body={"kind": "html", "blocks": n}) for n in range(9)]
        for record in records:
            del record["content"]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["fields"]["body"] == []
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_a_table_without_names_of_columns_is_pointed_out(self, tmp_path: Path) -> None:
        rows = "".join(f'{n},"Wall {n} of the harbour",2026-03-01,"{BODY}"\n' for n in range(9))
        (tmp_path / "a.csv").write_text(rows)
        assert "does not look like names of columns" in flat(draft(tmp_path)[1])

    def test_an_update_stands_in_for_a_missing_date(self, tmp_path: Path) -> None:
        records = [article(n, updated="2026-03-05T10:00:00Z") for n in range(9)]
        del records[4]["publishedAt"]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["published_from"] == ["publishedAt", "updated"]
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9


class TestDates:
    def test_days_that_can_be_either_are_left_to_the_owner(self, tmp_path: Path) -> None:
        records = [article(n, publishedAt=f"0{n + 1}/05/2026") for n in range(4)]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert "date_order" not in said
        assert '# date_order = "DMY"' in text
        assert "4 either" in flat(text)

    @pytest.mark.parametrize(("shape", "order"), [("%d/%m/%Y", "DMY"), ("%m/%d/%Y", "MDY")])
    def test_a_day_over_twelve_settles_the_order(self, tmp_path: Path, shape: str, order: str) -> None:
        days = [datetime(2026, 3, n + 1).strftime(shape) for n in range(20)]
        said, _ = draft(
            json_lines(tmp_path / "a.jsonl", [article(n, publishedAt=d) for n, d in enumerate(days)])
        )
        assert said["date_order"] == order

    def test_the_day_in_the_address_settles_the_order(self, tmp_path: Path) -> None:
        records = [
            article(n, publishedAt=f"0{n}/05/2026", url=f"https://wire.example/2026/05/0{n}/wall")
            for n in (1, 2, 3, 4)
        ]
        assert draft(json_lines(tmp_path / "a.jsonl", records))[0]["date_order"] == "DMY"

    def test_dates_before_the_usual_window(self, tmp_path: Path) -> None:
        records = [article(n, publishedAt=f"1987-03-0{n + 1} 10:00:00") for n in range(9)]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert said["earliest"].isoformat() == "1987-01-01"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9

    def test_names_of_months_bring_the_language(self, tmp_path: Path) -> None:
        body = "Der Rat tagte in der alten Halle und sprach über den Hafen, die Mauern und die Schulden. " * 5
        records = [
            article(n, content=body + str(n), publishedAt=f"{n + 1}. März 2026, 10:00 Uhr") for n in range(9)
        ]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert {line["outcome"] for line in lines_of(text)} == {"article"}, said

    def test_an_abbreviation_of_several_meanings_is_named(self, tmp_path: Path) -> None:
        records = [article(n, publishedAt=f"2026-03-0{n + 1} 10:00 IST") for n in range(6)]
        text = flat(draft(json_lines(tmp_path / "a.jsonl", records))[1])
        assert 'zones.IST = "+05:30"' in text
        assert "Asia/Jerusalem (Israel)" in text


class TestClocks:
    def records(self, gaps: list[timedelta]) -> list[dict[str, object]]:
        first = datetime(2026, 1, 5, 9, 30)
        instants = [first + timedelta(days=17 * n, hours=n) for n in range(len(gaps))]
        return [
            article(
                n,
                publishedAt=f"{instant + gap:%Y-%m-%d %H:%M:%S}",
                crawled_at=f"{instant:%Y-%m-%dT%H:%M:%S}Z",
            )
            for n, (instant, gap) in enumerate(zip(instants, gaps, strict=True))
        ]

    def test_a_constant_whole_offset_through_the_year_settles_the_zone(self, tmp_path: Path) -> None:
        said, text = draft(json_lines(tmp_path / "a.jsonl", self.records([timedelta(hours=9)] * 14)))
        assert said["timezone"] in ("Asia/Tokyo", "Asia/Seoul")
        assert "a whole zone offset, which speaks for a zone" in flat(text)

    def test_a_whole_offset_in_one_record_is_only_proposed(self, tmp_path: Path) -> None:
        said, text = draft(json_lines(tmp_path / "a.jsonl", self.records([timedelta(hours=9)])))
        assert "timezone" not in said
        assert "It is not settled" in text

    @pytest.mark.parametrize("gaps", [[8786], [8786] * 14, list(range(100, 8000, 601))])
    def test_any_other_gap_is_no_time_zone(self, tmp_path: Path, gaps: list[int]) -> None:
        records = self.records([timedelta(seconds=-seconds) for seconds in gaps])
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert "timezone" not in said
        assert "their gap is no time zone" in flat(text)

    def test_a_field_that_names_the_zone(self, tmp_path: Path) -> None:
        records = [article(n, publishedAt=f"2026-03-0{n + 1} 10:00:00", pubDateTZ="UTC") for n in range(9)]
        assert draft(json_lines(tmp_path / "a.jsonl", records))[0]["timezone"] == "UTC"

    def test_hours_of_rest_that_are_no_night_are_told(self, tmp_path: Path) -> None:
        clocks = [datetime(2026, 3, 1) + timedelta(minutes=97 * n) for n in range(400)]
        awake = [clock for clock in clocks if not 17 <= clock.hour < 22]
        records = [article(n, publishedAt=f"{clock:%Y-%m-%d %H:%M:%S}") for n, clock in enumerate(awake)]
        text = flat(draft(json_lines(tmp_path / "a.jsonl", records))[1])
        assert "fewest from 17:00 to 22:00, which is no night" in text


class TestContent:
    def test_repeated_lines_are_proposed_and_never_removed(self, tmp_path: Path) -> None:
        records = [article(n, content=f"{BODY}\n\nPart {n}\n\nFollow us everywhere") for n in range(9)]
        said, text = draft(json_lines(tmp_path / "a.jsonl", records))
        assert "boilerplate" not in said
        assert '# boilerplate = ["Follow us everywhere"]' in text

    def test_ends_of_titles_are_proposed(self, tmp_path: Path) -> None:
        records = [article(n, title=f"Harbour wall {n} is mended | Harbour Wire") for n in range(9)]
        assert '# brands = [" | Harbour Wire"]' in draft(json_lines(tmp_path / "a.jsonl", records))[1]

    def test_duplicates_and_rejections_are_counted(self, tmp_path: Path) -> None:
        records = [
            *(article(n) for n in range(5)),
            article(1),
            article(2, content="Other."),
            {"content": BODY},
        ]
        text = flat(draft(json_lines(tmp_path / "a.jsonl", records))[1])
        assert "1 repeat an article as it is, 1 give another version of one" in text
        assert "Rejected, no_title: 1" in text

    def test_days_in_paths_are_proposed(self, tmp_path: Path) -> None:
        for day in ("2026-03-01", "2026-03-02"):
            json_lines(tmp_path / f"{day}.jsonl", [article(1)])
        assert f'"{tmp_path}/{{date:%Y-%m-%d}}.jsonl"' in draft(tmp_path)[1]


class TestWhatCannotBeRead:
    def test_a_path_that_leads_nowhere(self, tmp_path: Path) -> None:
        with pytest.raises(DumpError, match="no such file"):
            drawn(tmp_path / "nowhere")

    def test_a_folder_with_nothing_in_it(self, tmp_path: Path) -> None:
        with pytest.raises(DumpError, match="holds no dump"):
            drawn(tmp_path)

    def test_a_dump_that_is_broken_throughout(self, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00 broken")
        with pytest.raises(DumpError, match="gz"):
            drawn(tmp_path)

    def test_a_broken_dump_among_good_ones_is_named(self, tmp_path: Path) -> None:
        json_lines(tmp_path / "a.jsonl", [article(n) for n in range(3)])
        (tmp_path / "b.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00 broken")
        found = drawn(tmp_path)
        assert "1 of 2 (50 %) dumps cannot be read" in flat(found.text)
        assert any("b.jsonl.gz" in str(failure) for failure in found.failures)

    def test_an_empty_zip_gives_a_draft_without_fields(self, tmp_path: Path) -> None:
        zipfile.ZipFile(tmp_path / "a.zip", "w").close()
        said, text = draft(tmp_path)
        assert said == {"paths": [str(tmp_path)]}
        assert "not one record" in text

    def test_no_more_is_read_than_the_budget_allows(self, tmp_path: Path) -> None:
        path = json_lines(tmp_path / "a.jsonl", [article(n) for n in range(3000)])
        budget = Budget(records=50, read_bytes=4 << 20)
        text = drawn(path, budget=budget).text
        assert "out of 50 records" in text
        assert budget.read_bytes > 0

    def test_time_that_is_up_ends_the_look(self, tmp_path: Path) -> None:
        path = json_lines(tmp_path / "a.jsonl", [article(n) for n in range(300)])
        ticks = iter(range(10_000))
        text = drawn(path, budget=Budget(seconds=60, clock=lambda: float(next(ticks)))).text
        assert "1 of 1 dumps" in text
        assert "out of 300 records" not in text


odd = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(odd, odd, max_size=5), min_size=1, max_size=6))
def test_a_draft_is_sound_toml_whatever_the_dumps_hold(tmp_path: Path, records: list[dict[str, str]]) -> None:
    path = json_lines(tmp_path / "hostile.jsonl", [{**article(1), **record} for record in records])
    said, text = draft(path)
    assert said["paths"] == [str(path)]
    assert all(
        line.startswith("#") or line == "" or line[0] in "]" or line[0].isspace() or "=" in line
        for line in text.split("\n")
    )


def test_a_line_break_in_a_value_stays_in_its_comment(tmp_path: Path) -> None:
    evil = 'x"\n[expect]\nmin_records = 9\n\u2028timezone = "Asia/Tokyo"\r\u202e\x00\x7f'
    records = [
        article(n, **{evil: evil, "content": f"{BODY}\n\n{evil}", "title": f"{evil}{n}"}) for n in range(9)
    ]
    said, _ = draft(json_lines(tmp_path / "hostile.jsonl", records))
    assert not {"expect", "timezone"} & said.keys()


def test_a_file_name_that_is_no_text_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9 [1].jsonl"
    json_lines(path, [article(n) for n in range(3)])
    _, text = draft(path)
    assert [line["outcome"] for line in lines_of(text)] == ["article"] * 3


class TestWhatStandsBeside:
    def test_folders_that_may_be_categories_are_proposed_and_not_set(self, tmp_path: Path) -> None:
        for folder in ("sport", "news", "كتب"):
            (tmp_path / folder).mkdir()
            for n in range(4):
                (tmp_path / folder / f"{n}.txt").write_text(
                    f"Story {n} of {folder} today\n\n{BODY} {n} {folder}\n"
                )
        said, text = draft(tmp_path)
        assert (said["undated"], "folder" in said) == ("load", False)
        assert "They lie in 3 folders: `news` 4, `sport` 4, `كتب` 4." in flat(text)
        assert '# folder = "tags"' in text
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 12

    def test_a_time_of_day_in_a_column_of_another_name_is_proposed(self, tmp_path: Path) -> None:
        rows = [
            f'Council decides on wall number {n},2026-03-{n + 1:02},0{n}:15,"{BODY} {n}"' for n in range(9)
        ]
        (tmp_path / "a.csv").write_text("\n".join(["headline,day,edition,body", *rows]))
        said, text = draft(tmp_path / "a.csv")
        assert "published_from" not in said
        assert '# published_from = "day + edition"' in text

    def test_a_time_of_day_that_completes_the_date_by_its_name_is_told(self, tmp_path: Path) -> None:
        rows = [
            f'Council decides on wall number {n},2026-03-{n + 1:02},0{n}:15,"{BODY} {n}"' for n in range(9)
        ]
        (tmp_path / "a.csv").write_text("\n".join(["headline,date,time,body", *rows]))
        _, text = draft(tmp_path / "a.csv")
        assert "By its name `time` is of the same event as `date`, and completes it." in flat(text)
        assert lines_of(text)[2]["article"]["published_at"] == datetime(2026, 3, 3, 2, 15)

    def test_a_services_notice_that_there_is_no_text_is_no_text(self, tmp_path: Path) -> None:
        notice = "ONLY AVAILABLE IN PAID PLANS"
        results = [{**article(n), "content": notice, "description": f"{BODY} {n}"} for n in range(9)]
        (tmp_path / "a.json").write_bytes(orjson.dumps({"status": "success", "results": results}))
        said, text = draft(tmp_path / "a.json")
        assert said["fields"]["body"] == "description"
        assert lines_of(text)[0]["article"]["body"].startswith("The council met")

    def test_texts_in_objects_are_found_by_the_names_around_them(self, tmp_path: Path) -> None:
        posts = [
            {
                "date_gmt": f"2026-03-{n + 1:02}T08:00:00",
                "title": {"rendered": f"Council decides on wall number {n}"},
                "content": {"rendered": f"<p>{BODY} {n}</p>"},
                "_embedded": {"author": [{"name": "Jane Doe"}]},
            }
            for n in range(9)
        ]
        (tmp_path / "posts.json").write_bytes(orjson.dumps(posts))
        said, text = draft(tmp_path / "posts.json")
        assert "records" not in said
        assert said["fields"]["title"] == "title.rendered"
        assert [line["outcome"] for line in lines_of(text)] == ["article"] * 9
