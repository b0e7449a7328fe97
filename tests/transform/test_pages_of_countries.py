"""Pages as newspapers of many countries build them, read and normalized with no source described.

Each gives its title and its instant, or is refused with a reason; a wrong instant is what must never be.
"""

import json

import pytest

from etl.extract.html import page_fields
from etl.model import Article, Rejection
from tests.transform.rules import normalized

BRAND = "Harbour Post"
SECOND_TITLE = "Another story that stands beside it"


def _linked(value):
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def _article(at, title, **more):
    return {"@type": "NewsArticle", "headline": title, "datePublished": at, **more}


# Each style takes the date as written and the title; it gives what goes into the head and under the headline.
STYLES = {
    "article:published_time": lambda at, title: (
        f'<meta property="article:published_time" content="{at}">'
        '<meta property="article:modified_time" content="2024-01-05T01:02:03Z">',
        "",
    ),
    "modified first": lambda at, title: (
        '<meta property="og:updated_time" content="2024-01-05T01:02:03Z"><meta property='
        f'"article:modified_time" content="2024-01-05T01:02:03Z"><meta property="article:published_time"'
        f' content="{at}">',
        '<time class="updated" datetime="2024-01-05T01:02:03Z">5 Jan</time>',
    ),
    "json-ld": lambda at, title: (
        _linked(_article(at, title, dateModified="2024-01-05T01:02:03Z", dateCreated="2022-01-05T01:02:03Z")),
        "",
    ),
    "json-ld graph": lambda at, title: (
        _linked(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {"@type": "WebSite", "name": BRAND},
                    {"@type": "WebPage", "datePublished": at, "dateModified": "2024-01-05T01:02:03Z"},
                    _article(at, title, dateModified="2024-01-05T01:02:03Z"),
                ],
            }
        ),
        "",
    ),
    "json-ld list": lambda at, title: (
        _linked(
            [{"@type": "BreadcrumbList"}, _article("2021-02-03T04:05:06Z", SECOND_TITLE), _article(at, title)]
        ),
        "",
    ),
    "json-ld nested": lambda at, title: (
        _linked(
            {"@type": "WebPage", "dateModified": "2024-01-05T01:02:03Z", "mainEntity": _article(at, title)}
        ),
        "",
    ),
    "itemprop": lambda at, title: (
        "",
        f'<meta itemprop="dateModified" content="2024-01-05T01:02:03Z"><meta itemprop="datePublished" '
        f'content="{at}">',
    ),
    "itemprop span": lambda at, title: (
        "",
        f'<span itemprop="dateModified" content="2024-01-05T01:02:03Z">5</span><span itemprop='
        f'"datePublished" '
        f'content="{at}">22</span>',
    ),
    "time": lambda at, title: (
        "",
        f'<div class="byline"><time datetime="{at}">earlier</time> <span class="updated">'
        '<time datetime="2024-01-05T01:02:03Z">5 Jan</time></span></div>',
    ),
    "dc.date": lambda at, title: (
        f'<meta name="DC.date" content="{at}"><meta name="DC.date.modified" content="2024-01-05">',
        "",
    ),
    "dc.date.issued": lambda at, title: (f'<meta name="dc.date.issued" content="{at}">', ""),
    "parsely": lambda at, title: (f'<meta name="parsely-pub-date" content="{at}">', ""),
    "visible": lambda at, title: ("", f'<div class="meta"><span class="date">{at}</span></div>'),
    "visible time": lambda at, title: ("", f'<time class="date">{at}</time>'),
}

# Language, title, a sentence, style, the date as written, and the instant in UTC or the allowed refusals.
# A tuple is (instant, shown beside it).
PAGES = [
    (
        "de-DE",
        "Fähre und Straßenbahn teilen sich ein Ticket",
        "article:published_time",
        "2023-09-22T10:49:00+02:00",
        "2023-09-22T08:49",
    ),
    (
        "de-AT",
        "Der Hafen öffnet im Frühjahr wieder",
        "visible",
        "22. September 2023, 10:49 Uhr",
        "2023-09-22T10:49",
    ),
    ("de-CH", "Das Schiff fährt später", "visible", "22.09.2023, 10.49 Uhr", "2023-09-22T10:49"),
    (
        "fr-FR",
        "Le bac et le tramway partagent un billet",
        "json-ld graph",
        "2023-09-22T10:49:00+02:00",
        "2023-09-22T08:49",
    ),
    (
        "fr-BE",
        "Le port rouvre au printemps prochain",
        "visible",
        "Publié le 22 septembre 2023 à 10h49",
        "2023-09-22T10:49",
    ),
    ("fr-CA", "La traverse coûtera moins cher", "time", "2023-09-22T10:49:00-04:00", "2023-09-22T14:49"),
    (
        "es-ES",
        "El transbordador y el tranvía comparten billete",
        "json-ld list",
        "2023-09-22T10:49:00+02:00",
        "2023-09-22T08:49",
    ),
    (
        "es-MX",
        "El puerto abrirá en primavera",
        "visible",
        "22 de septiembre de 2023, 10:49",
        "2023-09-22T10:49",
    ),
    (
        "es-AR",
        "Un boleto para el tranvía y el ferry",
        "itemprop",
        "2023-09-22T10:49:00-03:00",
        "2023-09-22T13:49",
    ),
    (
        "it-IT",
        "Traghetto e tram con un solo biglietto",
        "visible",
        "22 settembre 2023 - 10:49",
        "2023-09-22T10:49",
    ),
    ("pt-BR", "Balsa e bonde terão bilhete único", "visible", "22/09/2023 10h49", "2023-09-22T10:49"),
    (
        "pt-PT",
        "Barco e elétrico partilham bilhete",
        "visible",
        "22 de setembro de 2023 às 10:49",
        "2023-09-22T10:49",
    ),
    (
        "nl-NL",
        "Veerboot en tram delen een kaartje",
        "json-ld nested",
        "2023-09-22T10:49:00+0200",
        "2023-09-22T08:49",
    ),
    (
        "sv-SE",
        "Färjan och spårvagnen delar biljett",
        "visible",
        "22 september 2023 kl. 10:49",
        "2023-09-22T10:49",
    ),
    ("nb-NO", "Ferge og trikk deler billett", "visible", "22. september 2023 kl. 10:49", "2023-09-22T10:49"),
    ("da-DK", "Færge og sporvogn deler billet", "visible", "22. sep. 2023 kl. 10.49", "2023-09-22T10:49"),
    (
        "fi-FI",
        "Lautalla ja raitiovaunulla on yhteinen lippu",
        "visible",
        "22.9.2023 klo 10.49",
        "2023-09-22T10:49",
    ),
    ("pl-PL", "Prom i tramwaj na jeden bilet", "visible", "22 września 2023, 10:49", "2023-09-22T10:49"),
    ("cs-CZ", "Přívoz a tramvaj na jednu jízdenku", "visible", "22. září 2023 10:49", "2023-09-22T10:49"),
    (
        "sk-SK",
        "Prievoz a električka na jeden lístok",
        "visible",
        "22. septembra 2023 10:49",
        "2023-09-22T10:49",
    ),
    (
        "hu-HU",
        "Közös jegy a kompra és a villamosra",
        "visible",
        "2023. szeptember 22. 10:49",
        "2023-09-22T10:49",
    ),
    (
        "ro-RO",
        "Feribotul și tramvaiul au un singur bilet",
        "visible",
        "22 septembrie 2023, 10:49",
        "2023-09-22T10:49",
    ),
    ("bg-BG", "Фериботът и трамваят с общ билет", "visible", "22 септември 2023, 10:49", "2023-09-22T10:49"),
    ("el-GR", "Πλοίο και τραμ με ένα εισιτήριο", "visible", "22 Σεπτεμβρίου 2023, 10:49", "2023-09-22T10:49"),
    ("tr-TR", "Vapur ve tramvay için tek bilet", "visible", "22 Eylül 2023 10:49", "2023-09-22T10:49"),
    ("ru-RU", "Паром и трамвай по одному билету", "visible", "22 сентября 2023, 10:49", "2023-09-22T10:49"),
    ("uk-UA", "Пором і трамвай за одним квитком", "visible", "22 вересня 2023, 10:49", "2023-09-22T10:49"),
    ("sr-RS", "Једна карта за трајект и трамвај", "visible", "22. септембар 2023. 10:49", "2023-09-22T10:49"),
    ("hr-HR", "Jedna karta za trajekt i tramvaj", "visible", "22. rujna 2023. 10:49", "2023-09-22T10:49"),
    (
        "sl-SI",
        "Ena vozovnica za trajekt in tramvaj",
        "visible",
        "22. september 2023 10:49",
        "2023-09-22T10:49",
    ),
    ("he-IL", "כרטיס אחד למעבורת ולרכבת הקלה", "visible", "22 בספטמבר 2023, 10:49", "2023-09-22T10:49"),
    (
        "ar-EG",
        "تذكرة واحدة للعبارة والترام",
        "visible",
        "الجمعة 22 سبتمبر 2023 - 10:49 ص",
        "2023-09-22T10:49",
    ),
    ("ar-SA", "تذكرة واحدة للعبارة والقطار", "visible", "٢٢ سبتمبر ٢٠٢٣ ١٠:٤٩", "2023-09-22T10:49"),
    ("ar-LB", "تذكرة واحدة للمرفأ والترام", "visible", "22 أيلول 2023 10:49", "2023-09-22T10:49"),
    (
        "fa-IR",
        "یک بلیت برای کشتی و تراموا",
        "article:published_time",
        ("2023-09-22T10:49:00+03:30", "۳۱ شهریور ۱۴۰۲ - ۱۰:۴۹"),
        "2023-09-22T07:19",
    ),
    ("hi-IN", "नौका और ट्राम का एक टिकट", "visible", "22 सितंबर 2023, 10:49", "2023-09-22T10:49"),
    ("bn-IN", "ফেরি ও ট্রামের এক টিকিট", "visible", "২২ সেপ্টেম্বর ২০২৩, ১০:৪৯", "2023-09-22T10:49"),
    ("ta-IN", "படகுக்கும் டிராமுக்கும் ஒரே சீட்டு", "parsely", "2023-09-22T10:49:00+05:30", "2023-09-22T05:19"),
    (
        "th-TH",
        "ตั๋วใบเดียวสำหรับเรือและรถราง",
        "json-ld",
        ("2023-09-22T10:49:00+07:00", "22 กันยายน 2566 10:49"),
        "2023-09-22T03:49",
    ),
    ("vi-VN", "Một vé cho phà và xe điện", "visible", "22/09/2023 10:49", "2023-09-22T10:49"),
    (
        "vi-VN",
        "Bến cảng mở lại vào mùa xuân",
        "visible",
        "Thứ sáu, 22/9/2023, 10:49 (GMT+7)",
        "2023-09-22T03:49",
    ),
    (
        "id-ID",
        "Satu tiket untuk feri dan trem",
        "visible",
        "Jumat, 22 September 2023 10:49 WIB",
        "2023-09-22T03:49",
    ),
    ("ko-KR", "배와 전차를 표 한 장으로", "visible", "2023.09.22. 오후 3:49", "2023-09-22T15:49"),
    ("ko-KR", "항구가 봄에 다시 열린다", "visible", "입력 2023-09-22 10:49", "2023-09-22T10:49"),
    ("ja-JP", "船と路面電車が一枚の切符に", "visible", "2023年9月22日 10時49分", "2023-09-22T10:49"),
    ("zh-CN", "轮渡与电车共用一张票", "visible", "2023年09月22日 10:49", "2023-09-22T10:49"),
    ("zh-TW", "渡輪與電車共用一張票", "visible", "2023/09/22 10:49", "2023-09-22T10:49"),
    (
        "en-US",
        "Ferry and tram share one ticket",
        "modified first",
        "2023-09-22T10:49:00-04:00",
        "2023-09-22T14:49",
    ),
    (
        "en-US",
        "The harbour opens again in spring",
        "visible",
        "Sept. 22, 2023, 10:49 a.m. EDT",
        "2023-09-22T14:49",
    ),
    (
        "en-GB",
        "Tram tickets to cost two crowns less",
        "visible",
        "22 September 2023 10:49 BST",
        "2023-09-22T09:49",
    ),
    ("en-CA", "Ferries will run all night", "itemprop span", "2023-09-22T10:49:00-04:00", "2023-09-22T14:49"),
    (
        "en-AU",
        "Piers closed after the storm",
        "dc.date.issued",
        "2023-09-22T10:49:00+10:00",
        "2023-09-22T00:49",
    ),
    (
        "en-ZA",
        "Harbour office to sell tickets online",
        "dc.date",
        "2023-09-22T10:49:00+02:00",
        "2023-09-22T08:49",
    ),
    ("en-NG", "New boats for the lagoon line", "visible", "22nd September 2023", "2023-09-22T00:00"),
    (
        "en-IN",
        "Boat line goes electric this year",
        "visible",
        "Sep 22, 2023 10:49 AM IST",
        "2023-09-22T05:19",
    ),
    ("en-US", "Storm shuts the eastern pier again", "visible", "03/04/2023 10:49", "ambiguous_date"),
    # Other calendars: refused, or rightly converted.
    ("th-TH", "ท่าเรือจะเปิดในฤดูใบไม้ผลิ", "visible", "22 กันยายน 2566 10:49", "2023-09-22T10:49"),
    ("th-TH", "รถรางสายใหม่เปิดแล้ว", "visible", "22 ก.ย. 66 10:49 น.", "undated"),
    ("th-TH", "เรือข้ามฟากราคาถูกลง", "time", "2566-09-22T10:49:00+07:00", "2023-09-22T03:49"),
    ("th-TH", "เรือใหม่สำหรับแม่น้ำ", "visible", "22/09/2566 10:49", "2023-09-22T10:49"),
    ("fa-IR", "بندر در بهار باز می‌شود", "visible", "۳۱ شهریور ۱۴۰۲ - ۱۰:۴۹", "2023-09-22T10:49"),
    ("fa-IR", "کشتی شبانه راه افتاد", "visible", "جمعه ۳۱ شهریور ۱۴۰۲ ساعت ۱۰:۴۹", "2023-09-22T10:49"),
    ("fa-IR", "بلیت تازه", "visible", "31 شهريور 1402", "2023-09-22T00:00"),
    ("fa-IR", "بلیت کشتی ارزان شد", "visible", "1402/06/31 10:49", "undated"),
    ("fa-IR", "تراموای تازه راه افتاد", "time", "1402-06-31T10:49:00+03:30", "undated"),
    ("ja-JP", "港が春にまた開く", "visible", "令和5年9月22日 10時49分", "2023-09-22T10:49"),
    ("ja-JP", "夜も船が出る", "visible", "R5.9.22 10:49", "undated"),
    ("ar-SA", "الميناء يفتح في الربيع", "visible", "7 ربيع الأول 1445 هـ", "undated"),
    ("ar-SA", "سفن جديدة للخط الشرقي", "visible", "1445-03-07 10:49", "undated"),
    ("zh-TW", "港口春天重新開放", "visible", "民國112年9月22日 10:49", "2023-09-22T10:49"),
    ("zh-TW", "夜間也有船班", "visible", "112/09/22 10:49", "undated"),
    ("he-IL", "הנמל ייפתח באביב", "visible", "ז' בתשרי תשפ\"ד", "undated"),
    ("hi-IN", "बंदरगाह वसंत में खुलेगा", "visible", "३१ भाद्र १९४५", "unreadable_date"),
]


def _page(language, title, style, at):
    stated, shown = at if isinstance(at, tuple) else (at, "")
    head, below = STYLES[style](stated, title)
    sentence = f"{title}. " * 8
    right_to_left = ' dir="rtl"' if language[:2] in ("ar", "fa", "he") else ""
    return f"""<!doctype html><html lang="{language}"{right_to_left}><head><meta charset="utf-8">
        <title>{title} | {BRAND}</title><meta property="og:site_name" content="{BRAND}">
        <meta property="og:title" content="{title}">{head}</head><body>
        <header><a href="/">{BRAND}</a></header><main><article><h1>{title}</h1>{below}
        <p class="meta">{shown}</p><p>{sentence}</p><p>{sentence} 2.</p></article></main>
        <aside><h3>{SECOND_TITLE}</h3><time datetime="2021-02-03T04:05:06Z">3 Feb</time></aside>
        <footer>© 2024 {BRAND}</footer></body></html>""".encode()


@pytest.mark.parametrize(("language", "title", "style", "at", "expected"), PAGES)
def test_a_page_gives_its_title_and_its_instant_or_is_refused(language, title, style, at, expected):
    found = normalized(page_fields(_page(language, title, style, at)))
    if isinstance(found, Rejection):
        assert found.reason == expected, found.detail
    else:
        assert isinstance(found, Article)
        assert (found.title, f"{found.published_at:%Y-%m-%dT%H:%M}") == (title, expected)
