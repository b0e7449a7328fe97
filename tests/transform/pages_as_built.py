# ruff: noqa: E501 - a page a line reads best
"""Pages as news sites of many countries really mark them up, one after another: names and text are ours.

Each is a name, the page's bytes, its title, and its instant in UTC (or the reason for which it is refused).
"""

import json
from typing import NamedTuple


class Built(NamedTuple):
    """A page and what it says."""

    name: str
    page: bytes
    title: str
    expected: str


PAGES: list[Built] = []
MORE = "Another story that stands beside this one"


def linked(value: object, extra: str = "") -> str:
    """A script of JSON-LD."""
    return f'<script type="application/ld+json"{extra}>{json.dumps(value, ensure_ascii=False)}</script>'


def meta(**names: str) -> str:
    """`meta` tags by name."""
    return "".join(f'<meta name="{name}" content="{content}">' for name, content in names.items())


def built(
    name: str, language: str, title: str, expected: str, *,
    head: str = "", under: str = "", above: str = "", after: str = "", h1: str | None = None, window: str | None = None,
    encoding: str = "utf-8", stated: str | None = "utf-8", tail: str = "",
) -> None:  # fmt: skip
    """Add a page: `head` goes into its head, `above` and `under` the headline, `after` behind the text."""
    charset = f'<meta http-equiv="Content-Type" content="text/html; charset={stated}">' if stated else ""
    text = f"{title}: " + " ".join([f"{title}."] * 6)
    heading = f"<h1>{title}</h1>" if h1 is None else h1
    page = (
        f'<!DOCTYPE html><html lang="{language}"><head>{charset}<title>{window or title}</title>{head}</head><body>'
        f'<header class="site"><a href="/">Harbour Post</a><nav><a href="/a">A</a><a href="/b">B</a></nav></header>'
        f'{above}<main><article>{heading}{under}<div class="text"><p>{text}</p><p>{text} 2.</p><p>{text} 3.</p></div>'
        f"{after}</article></main>{tail}<footer>&copy; 2024 Harbour Post</footer></body></html>"
    )
    PAGES.append(Built(name, page.encode(encoding), title, expected))


def article(published: str | None, title: str, **more: object) -> dict[str, object]:
    """A NewsArticle of schema.org."""
    node: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        **more,
    }
    return node | ({"datePublished": published} if published else {})


RELATED = (
    f'<section class="more"><h2>More</h2><div><a href="/x">{MORE}</a><time datetime="2021-02-03T04:05:06Z">3 Feb 2021'
    "</time></div></section>"
)

# --- Western Europe
T = "Ferry and tram share one ticket"
built("uk: json-ld, related times, suffix", "en-GB", T, "2023-09-22T10:49",
      window=f"{T} - Harbour News",
      head=f'<meta property="og:title" content="{T} - Harbour News"><meta property="og:site_name" content="Harbour News">'
      + linked(article("2023-09-22T10:49:00.000Z", T, dateModified="2023-09-22T15:00:00.000Z")),
      under='<time datetime="2023-09-22T10:49:00.000Z">22 September 2023</time>', tail=RELATED)  # fmt: skip
F = "Le bac et le tramway partagent un billet"
built("fr: graph, visible clock with the change beside", "fr", F, "2023-09-22T10:49",
      head=linked({"@context": "https://schema.org", "@graph": [
          {"@type": "Organization", "name": "Le Port"}, {"@type": "WebPage", "name": F},
          article("2023-09-22T12:49:00+02:00", F, dateModified="2023-09-22T18:00:00+02:00")]}),
      under="<p class=meta>Publié le 22 septembre 2023 à 12h49, modifié le 22 septembre 2023 à 18h00</p>")  # fmt: skip
built("fr: only visible, published and changed on one line", "fr", "Le port rouvrira au printemps", "2023-09-22T12:49",
      under="<p class=meta>Publié le 22 septembre 2023 à 12h49, modifié le 23 septembre 2023 à 18h00</p>")  # fmt: skip
G = "Fähre und Straßenbahn mit einer Karte"
built("de: time without zone, meta with one", "de", G, "2023-09-22T10:49",
      head=meta(date="2023-09-22T12:49:00+02:00", **{"last-modified": "2023-09-22T18:00:00+02:00"}),
      under='<time datetime="2023-09-22 12:49:00" class="timeformat">22.09.2023, 12.49 Uhr</time>')  # fmt: skip
built("de: visible with Stand", "de", "Der Hafen öffnet im Frühling", "2023-09-22T12:49",
      under="<p>Stand: 22.09.2023 12:49 Uhr</p>")  # fmt: skip
built("de: latin-1 that says nothing", "de", "Neue Fähren für den Süden", "2023-09-22T12:49",
      under="<p>Veröffentlicht am 22. September 2023 um 12:49 Uhr</p>", encoding="cp1252", stated=None)  # fmt: skip
S = "El transbordador y el tranvía comparten billete"
built("es: changed only in json-ld, published in meta", "es", S, "2023-09-22T10:49",
      head=linked(article(None, S, dateModified="2023-09-24T10:00:00+02:00"))
      + '<meta property="article:published_time" content="2023-09-22T10:49:00.000Z">')  # fmt: skip
built("es: json-ld says when it was changed alone", "es", "El puerto abrirá en primavera", "undated",
      head=linked(article(None, "El puerto abrirá en primavera", dateModified="2023-09-24T10:00:00+02:00")))  # fmt: skip
built("it: visible, with when it was changed in parentheses", "it", "Traghetto e tram con un biglietto", "2023-09-22T00:00",
      under='<p class="date">22 settembre 2023 (modifica il 22 settembre 2023 | 12:49)</p>')  # fmt: skip
built("nl: time with a compact offset, meta lastmod", "nl", "Veerboot en tram delen een kaartje", "2023-09-22T10:49",
      head=meta(lastmod="2024-01-05T01:02:03Z"), under='<time datetime="2023-09-22T12:49:00+0200">vrijdag 22 september, 12:49</time>')  # fmt: skip
built("pt: visible with às", "pt-PT", "Barco e elétrico partilham bilhete", "2023-09-22T12:49",
      under="<span>22 set. 2023 às 12:49</span>")  # fmt: skip
built("be: two meta, of which one has a zone", "fr-BE", "Un billet pour le bac", "2023-09-22T10:49",
      head='<meta property="article:published_time" content="2023-09-22 12:49:00">'
      '<meta name="cXenseParse:recs:publishtime" content="2023-09-22T12:49:00+0200">')  # fmt: skip
built("ch: microdata meta within the article", "de-CH", "Das Schiff fährt wieder", "2023-09-22T10:49",
      under='<meta itemprop="datePublished" content="2023-09-22T12:49:00+02:00"><meta itemprop="dateModified" content="2023-10-01T12:00:00+02:00">')  # fmt: skip
built("at: rdfa of Drupal", "de-AT", "Ein Fahrschein für zwei", "2023-09-22T10:49",
      under='<span property="dc:date dc:created" content="2023-09-22T12:49:00+02:00" datatype="xsd:dateTime">Fr., 22.09.2023 - 12:49</span>')  # fmt: skip
built("ie: hentry with abbr", "en-IE", "Boats to run all night", "2023-09-22T10:49",
      under='<abbr class="published" title="2023-09-22T11:49:00+01:00">Friday</abbr> <abbr class="updated" title="2023-09-25T11:49:00+01:00">Monday</abbr>')  # fmt: skip
# --- Northern Europe
built("fi: shown with its change after a dot", "fi", "Lautalla ja raitiovaunulla yhteinen lippu", "2023-09-22T13:49",
      under="<p>22.9.2023 13:49•Päivitetty 23.9.2023 15:00</p>")  # fmt: skip
built("sv: Publicerad", "sv", "Färjan och spårvagnen delar biljett", "2023-09-22T12:49",
      under="<p>Publicerad 2023-09-22 12.49</p>")  # fmt: skip
built("da: capitals", "da", "Færge og sporvogn deler billet", "2023-09-22T12:49",
      under="<p>22. SEP. 2023 KL. 12.49</p>")  # fmt: skip
built("no: time in UTC and a today box", "nb", "Ferge og trikk deler billett", "2023-09-22T10:49",
      above='<div class="today"><time datetime="2024-01-24">24. januar 2024</time></div>',
      under='<time datetime="2023-09-22T10:49:00.000Z">22.09.2023 12:49</time>')  # fmt: skip
# --- Central and Eastern Europe
built("pl: iso-8859-2 as stated", "pl", "Prom i tramwaj na jeden bilet, łódź też", "2023-09-22T12:49",
      under="<p>22.09.2023, 12:49</p>", encoding="iso8859-2", stated="iso-8859-2")  # fmt: skip
built("pl: iso-8859-2 that says iso-8859-1", "pl", "Prom i tramwaj na jeden bilet, łódź też się opłaci", "2023-09-22T12:49",
      under="<p>opublikowano: 22 września 2023, 12:49</p>", encoding="iso8859-2", stated="iso-8859-1")  # fmt: skip
built("cs: json-ld in a list", "cs", "Přívoz a tramvaj na jednu jízdenku", "2023-09-22T10:49",
      head=linked([{"@type": "BreadcrumbList", "itemListElement": []}, article("2023-09-22T12:49:00+02:00", "Přívoz a tramvaj na jednu jízdenku")]),
      under="<p>dnes 12:49</p>")  # fmt: skip
built("sk: windows-1250", "sk", "Prievoz a električka na jeden lístok", "2023-09-22T12:49",
      under="<p>22. sept. 2023 12:49</p>", encoding="cp1250", stated="windows-1250")  # fmt: skip
built("hu: digits with dots", "hu", "Közös jegy a kompra és a villamosra", "2023-09-22T12:49",
      under="<p>2023.09.22. 12:49</p>")  # fmt: skip
built("ro: labelled", "ro", "Feribotul și tramvaiul au un singur bilet", "2023-09-22T13:49",
      under="<p>Data publicării: 22.09.2023 13:49</p>")  # fmt: skip
built("bg: windows-1251, month short", "bg", "Фериботът и трамваят с общ билет", "2023-09-22T13:49",
      under="<p>13:49, 22 сеп 2023</p>", encoding="cp1251", stated="windows-1251")  # fmt: skip
built("ru: windows-1251 that says nothing", "ru", "Паром и трамвай по одному билету", "2023-09-22T13:49",
      under="<p>13:49, 22 сентября 2023</p>", encoding="cp1251", stated=None)  # fmt: skip
built("ru: koi8-r that says windows-1251", "ru", "Порт откроется весной, сообщила администрация", "2023-09-22T13:49",
      under="<p>22 сентября 2023 в 13:49</p>", encoding="koi8-r", stated="windows-1251")  # fmt: skip
built("ru: Moscow time", "ru", "Ночью пойдут паромы", "2023-09-22T10:49",
      under="<p>22.09.2023 13:49 (МСК)</p>")  # fmt: skip
built("uk: weekday before", "uk", "Пором і трамвай за одним квитком", "2023-09-22T13:49",
      under="<p>П'ятниця, 22 вересня 2023, 13:49</p>")  # fmt: skip
built("el: with a bullet", "el", "Πλοίο και τραμ με ένα εισιτήριο", "2023-09-22T13:49",
      under="<p>22.09.2023 • 13:49</p>", encoding="cp1253", stated="windows-1253")  # fmt: skip
built("hr: dots", "hr", "Jedna karta za trajekt i tramvaj", "2023-09-22T12:49",
      under="<p>22.09.2023. u 12:49</p>")  # fmt: skip
built("sr: Latin script", "sr", "Jedna karta za trajekt", "2023-09-22T12:49",
      under="<p>22. septembar 2023. 12:49</p>")  # fmt: skip
built("lt: year first in words", "lt", "Vienas bilietas keltui ir tramvajui", "2023-09-22T13:49",
      under="<p>2023 m. rugsėjo 22 d. 13:49</p>")  # fmt: skip
built("lv: year first in words", "lv", "Viena biļete prāmim un tramvajam", "2023-09-22T13:49",
      under="<p>2023. gada 22. septembris, 13:49</p>")  # fmt: skip
built("et: month in words", "et", "Üks pilet laevale ja trammile", "2023-09-22T13:49",
      under="<p>22. september 2023, 13:49</p>")  # fmt: skip
built("tr: iso-8859-9 that says utf-8", "tr", "Vapur ve tramvay için tek bilet, şimdi", "2023-09-22T10:49",
      head=linked(article("2023-09-22T13:49:00+03:00", "x")).replace('"x"', '"Vapur ve tramvay için tek bilet, şimdi"'),
      under="<p>Oluşturulma Tarihi: Eylül 22, 2023 13:49</p>", encoding="iso8859-9", stated="utf-8")  # fmt: skip
built("tr: labelled, day first", "tr", "Liman baharda açılacak", "2023-09-22T13:49",
      under="<p>Giriş Tarihi: 22.09.2023 13:49 Son Güncelleme: 23.09.2023 10:00</p>")  # fmt: skip
# --- the Near East
built("il: short year with a bar", "he", "כרטיס אחד למעבורת ולרכבת", "2023-09-22T10:49",
      under='<time datetime="2023-09-22T10:49:00.000Z">22.09.23 | 13:49</time>')  # fmt: skip
built("eg: both calendars", "ar", "تذكرة واحدة للعبارة والترام", "2023-09-22T00:00",
      under="<p>الجمعة 7 ربيع الأول 1445 هـ - 22 سبتمبر 2023 م</p>", encoding="cp1256", stated="windows-1256")  # fmt: skip
built("eg: cp1256 that says utf-8", "ar", "الميناء يفتح في الربيع", "2023-09-22T10:49",
      under="<p>الجمعة 22/سبتمبر/2023 - 10:49 ص</p>", encoding="cp1256", stated="utf-8")  # fmt: skip
built("lb: two names of the month", "ar-LB", "سفن جديدة للخط الشرقي", "2023-09-22T10:49",
      under="<p>22 أيلول/سبتمبر 2023 | 10:49</p>")  # fmt: skip
built("ma: Moroccan month", "ar-MA", "تذكرة واحدة في طنجة", "2023-09-22T11:49",
      under="<p>الجمعة 22 شتنبر 2023 - 11:49</p>")  # fmt: skip
built("sa: Hijri alone", "ar-SA", "سفن الليل تبدأ", "undated", under="<p>7 ربيع الأول 1445 هـ</p>")  # fmt: skip
built("ae: published and changed, labelled", "ar", "عبارات كهربائية هذا العام", "2023-09-22T10:49",
      under="<p>تاريخ النشر: 22 سبتمبر 2023 10:49 آخر تحديث: 23 سبتمبر 2023 12:00</p>")  # fmt: skip
built("ir: Jalali shown, time stated", "fa", "یک بلیت برای کشتی و تراموا", "2023-09-22T07:19",
      head=linked(article("2023-09-22T10:49:00+03:30", "یک بلیت برای کشتی و تراموا")), under="<p>۳۱ شهریور ۱۴۰۲ - ۱۰:۴۹</p>")  # fmt: skip
# --- South and South-East Asia
built("pk: am and pm glued, offset in meta", "en-PK", "Harbour opens in spring", "2023-09-22T10:49",
      head='<meta property="article:published_time" content="2023-09-22T15:49:10+05:00">', under="<span>Published September 22, 2023 03:49pm</span>")  # fmt: skip
built("in: IST shown alone", "en-IN", "Boat line goes electric", "2023-09-22T10:49",
      under="<p>Updated: Sep 23, 2023, 09:00 IST</p><p>Published: Sep 22, 2023, 16:19 IST</p>")  # fmt: skip
built("bd: Bengali digits", "bn-BD", "ফেরি ও ট্রামের এক টিকিট", "2023-09-22T16:49",
      under="<p>প্রকাশ: ২২ সেপ্টেম্বর ২০২৩, ১৬:৪৯</p>")  # fmt: skip
built("np: Bikram Sambat", "ne", "फेरी र ट्रामको एउटै टिकट", "undated", under="<p>असोज ५, २०८० शुक्रबार १६:३४</p>")  # fmt: skip
built("th: tis-620, meta", "th", "ตั๋วใบเดียวสำหรับเรือและรถราง", "2023-09-22T10:49",
      head='<meta property="article:published_time" content="2023-09-22T17:49:00+07:00">',
      under="<p>22 ก.ย. 2566 17:49 น.</p>", encoding="cp874", stated="tis-620")  # fmt: skip
built("th: tis-620 that says nothing", "th", "ท่าเรือจะเปิดในฤดูใบไม้ผลิ", "2023-09-22T17:49",
      under="<p>22 กันยายน 2566 17:49</p>", encoding="cp874", stated=None)  # fmt: skip
built("vn: pubdate meta", "vi", "Một vé cho phà và xe điện", "2023-09-22T10:49",
      head=meta(pubdate="2023-09-22T17:49:00+07:00", lastmod="2023-09-25T08:00:00+07:00"), under="<span>Thứ sáu, 22/9/2023, 17:49 (GMT+7)</span>")  # fmt: skip
built("id: meta without zone, shown with WIB", "id", "Satu tiket untuk feri dan trem", "2023-09-22T10:49",
      head=meta(publishdate="2023/09/22 17:49:00"), under="<div>Jumat, 22 Sep 2023 17:49 WIB</div>")  # fmt: skip
built("my: day first", "ms", "Satu tiket feri dan trem", "2023-09-22T18:49",
      under="<p>22 Sep 2023, 6:49 PM</p>")  # fmt: skip
built("ph: month first", "en-PH", "Ferries to run all night", "2023-09-22T18:49",
      under="<p>September 22, 2023 | 6:49pm</p>")  # fmt: skip
# --- East Asia
built("cn: gbk, the source on the date's line", "zh-CN", "轮渡与电车共用一张票", "2023-09-22T18:49",
      under="<div>2023年09月22日18:49&nbsp;|&nbsp;来源：港口网</div>", encoding="gbk", stated="gb2312")  # fmt: skip
built("cn: gbk that says iso-8859-1, day in meta", "zh-CN", "港口春天重新开放，市民欢迎", "2023-09-22T18:49",
      head=meta(publishdate="2023-09-22"), under="<span class=time>2023-09-22 18:49</span>", encoding="gbk", stated="iso-8859-1")  # fmt: skip
built("tw: big5", "zh-TW", "渡輪與電車共用一張票", "2023-09-22T18:49",
      head=meta(date="2023/09/22 18:49:00"), encoding="big5", stated="big5")  # fmt: skip
built("hk: big5 that says nothing", "zh-HK", "夜間也有船班，居民表示歡迎", "2023-09-22T18:49",
      under="<div>2023年9月22日 18:49</div>", encoding="big5", stated=None)  # fmt: skip
built("jp: shift_jis", "ja", "船と路面電車が一枚の切符に", "2023-09-22T19:49",
      under="<p>2023年9月22日 19時49分</p>", encoding="cp932", stated="shift_jis")  # fmt: skip
built("jp: euc-jp that says shift_jis", "ja", "港が春にまた開くと港湾局が発表した", "2023-09-22T19:49",
      under="<p>2023年9月22日（金）19:49</p>", encoding="euc_jp", stated="shift_jis")  # fmt: skip
built("kr: euc-kr, two clocks with labels", "ko", "배와 전차를 표 한 장으로", "2023-09-22T19:49",
      under="<p>입력 : 2023.09.22 19:49 | 수정 : 2023.09.23 08:00</p>", encoding="cp949", stated="euc-kr")  # fmt: skip
# --- the Americas
built("us: Parsely and sailthru", "en-US", "Harbour tickets to cost less", "2023-09-22T10:49",
      head='<meta name="parsely-pub-date" content="2023-09-22T10:49:00Z"><meta name="sailthru.date" content="2023-09-22 06:49:00">')  # fmt: skip
built("us: shown with EDT and its change", "en-US", "Storm shuts the eastern pier", "2023-09-22T10:49",
      under="<p>Published 6:49 a.m. ET Sept. 22, 2023 | Updated 9:15 a.m. ET Sept. 23, 2023</p>")  # fmt: skip
built("us: amp", "en-US", "Pier to be rebuilt in stone", "2023-09-22T10:49",
      head=linked(article("2023-09-22T06:49:00-04:00", "Pier to be rebuilt in stone", mainEntityOfPage="https://harbour.example/amp"))
      + '<style amp-boilerplate>body{}</style>', under='<amp-timeago datetime="2023-09-22T10:49:00Z" locale="en">Sep 22</amp-timeago>')  # fmt: skip
built("us: epoch in ms", "en-US", "Council to vote on the mole", "2023-09-22T10:49",
      under='<time datetime="1695379740000" class="published">Sep 22</time>')  # fmt: skip
built("ca: day alone in json-ld, time in meta", "en-CA", "Ferries will run all night long", "2023-09-22T10:49",
      head=linked(article("2023-09-22", "Ferries will run all night long")) + '<meta name="article:published_time" content="2023-09-22T06:49:00-04:00">')  # fmt: skip
built("br: g1", "pt-BR", "Balsa e bonde terão bilhete único", "2023-09-22T10:49",
      under='<p><time itemprop="datePublished" datetime="2023-09-22T10:49:00.000Z">22/09/2023 07h49</time> <time itemprop="dateModified" datetime="2023-09-25T10:49:00.000Z">Atualizado há 2 meses</time></p>')  # fmt: skip
built("br: meta without zone", "pt-BR", "Porto reabre na primavera", "2023-09-22T07:49",
      head='<meta property="article:published_time" content="2023-09-22 07:49:00">', under="<p>22.set.2023 às 7h49</p>")  # fmt: skip
built("mx: day in words", "es-MX", "El muelle cerrará por la tormenta", "2023-09-22T00:00",
      under="<p>22/09/2023</p>")  # fmt: skip
built("ar: hs", "es-AR", "Un boleto para el tranvía", "2023-09-22T07:49",
      under="<p>22 de septiembre de 2023 - 07:49 hs</p>")  # fmt: skip
# --- Africa and Oceania
built("au: sailthru in RFC 2822", "en-AU", "Piers closed after the storm", "2023-09-22T10:49",
      head='<meta name="sailthru.date" content="Fri, 22 Sep 2023 20:49:00 +1000">')  # fmt: skip
built("nz: NZST", "en-NZ", "New boats for the strait", "2023-09-21T22:49",
      under="<p>22 September 2023, 10:49 am NZST</p>")  # fmt: skip
built("ke: EAT", "en-KE", "Boat to the island sails again", "2023-09-22T10:49",
      under="<p>Friday, September 22, 2023 13:49 EAT</p>")  # fmt: skip
built("et: Ethiopian calendar", "am", "የመርከብ ትኬት አንድ ሆነ", "undated", under="<p>መስከረም ፲፩ ፳፻፲፮</p>")  # fmt: skip
# --- traps
built("several times, the article's in the middle", "en-GB", "The lighthouse is lit again", "2023-09-22T10:49",
      above=f'<div><ul><li><a href="/y">{MORE}</a><time datetime="2024-01-20T08:00:00Z">20 Jan</time></li></ul></div>',
      under='<p class="byline">By Jane Doe <time datetime="2023-09-22T10:49:00Z">22 Sept</time></p>', tail=RELATED)  # fmt: skip
built("the brand as h1, the headline as h2", "en-GB", "Keeper tells of nine dark years", "2023-09-22T10:49",
      window="Keeper tells of nine dark years | Harbour Post",
      head='<meta property="og:site_name" content="Harbour Post"><meta property="article:published_time" content="2023-09-22T10:49:00Z">',
      h1="<h1>Harbour Post</h1><h2>Keeper tells of nine dark years</h2>")  # fmt: skip
built("a live blog's updates", "en-GB", "Storm over the bay: as it came", "2023-09-22T10:49",
      head=linked({"@context": "https://schema.org", "@type": "LiveBlogPosting", "headline": "Storm over the bay: as it came",
                   "datePublished": "2023-09-22T10:49:00Z", "coverageStartTime": "2023-09-22T06:00:00Z", "liveBlogUpdate": [
                       {"@type": "BlogPosting", "headline": "Roofs fly", "datePublished": "2023-09-22T14:00:00Z"}]}))  # fmt: skip
built("an empty date in json-ld", "en-GB", "Nets mended for the season", "2023-09-22T10:49",
      head=linked(article("", "Nets mended for the season", dateModified="")), under="<p>22 September 2023 10:49</p>")  # fmt: skip
built("a weekday before, a pipe, a byline", "en-GB", "Quay paved with old stones", "2023-09-22T10:49",
      under="<p>Jane Doe | Friday 22 September 2023 10:49</p>")  # fmt: skip

# --- when a page was changed is not when it was published
CHANGED = {
    "en": "Updated 22 September 2023 10:49|Last updated: September 22, 2023|Last modified on 22 Sep 2023|Edited 22 September 2023|Updated at 10:49 on 22 September 2023",
    "de": "Aktualisiert am 22.09.2023|Zuletzt aktualisiert: 22. September 2023, 10:49 Uhr|Letzte Änderung: 22.09.2023|Geändert am 22.09.2023",
    "fr": "Mis à jour le 22 septembre 2023 à 10h49|Modifié le 22 septembre 2023|MAJ le 22/09/2023",
    "es": "Actualizado 22/09/2023 10:49|Última actualización: 22 de septiembre de 2023",
    "it": "Aggiornato il 22 settembre 2023|Ultimo aggiornamento: 22/09/2023",
    "pt": "Atualizado em 22/09/2023 às 10h49|Atualizada em 22 de setembro de 2023",
    "nl": "Bijgewerkt op 22 september 2023|Laatst gewijzigd: 22 september 2023",
    "pl": "Aktualizacja: 22.09.2023|Zaktualizowano 22 września 2023",
    "ru": "Обновлено 22 сентября 2023|Изменено: 22.09.2023",
    "uk": "Оновлено 22 вересня 2023",
    "cs": "Aktualizováno 22. září 2023",
    "hu": "Frissítve: 2023. szeptember 22.",
    "tr": "Güncelleme: 22.09.2023 10:49|Son güncelleme 22 Eylül 2023",
    "sv": "Uppdaterad 22 september 2023",
    "nb": "Oppdatert 22. september 2023",
    "da": "Opdateret 22. september 2023",
    "fi": "Päivitetty 22.9.2023",
    "el": "Ενημερώθηκε: 22 Σεπτεμβρίου 2023|Τελευταία ενημέρωση 22.09.2023",
    "ar": "آخر تحديث: 22 سبتمبر 2023|تم التحديث في 22/09/2023",
    "he": "עודכן 22.09.2023 10:49",
    "fa": "به\u200cروزرسانی: 2023/09/22",
    "ja": "更新日：2023年9月22日|最終更新 2023年9月22日 10:49",
    "zh": "更新时间：2023-09-22 10:49|更新於 2023-09-22",
    "ko": "수정 2023.09.22. 10:49|최종수정 : 2023.09.22",
    "vi": "Cập nhật: 22/09/2023 10:49|Cập nhật lúc 10:49, 22/09/2023",
    "id": "Diperbarui 22 September 2023",
    "th": "แก้ไขล่าสุด 22 กันยายน 2566|อัปเดต 22 ก.ย. 2566",
    "ro": "Actualizat: 22.09.2023|Ultima actualizare 22 septembrie 2023",
    "bg": "Обновена на 22 септември 2023",
    "hr": "Ažurirano: 22.09.2023.|Zadnja izmjena 22.09.2023.",
    "hi": "अपडेट किया गया 22 सितंबर 2023",
}
for spoken, lines in CHANGED.items():
    for line in lines.split("|"):
        built(
            f"{spoken}: {line}",
            spoken,
            "The harbour opens again",
            "undated",
            under=f'<p class="x">{line}</p>',
        )

# --- dates of other things, and dates in odd places
HARBOUR = "The harbour opens again in spring"


def odd(name: str, expected: str, **parts: str) -> None:
    """Add a page of one headline."""
    built(name, "en", HARBOUR, expected, **parts)


def stated(value: str) -> str:
    """A script of JSON-LD with a date as it stands there."""
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{HARBOUR}","datePublished":{value}}}</script>'


odd("event date in text", "undated", after="<p>" + "On 5 May 2021 the harbour was closed. " * 6 + "</p>")
odd(
    "comments",
    "undated",
    after='<div class="comments"><div class="comment">Jane <time datetime="2021-05-05T10:00:00Z">5 May</time></div></div>',
)
odd(
    "comments disqus id",
    "undated",
    tail='<section id="discussion"><div class="c">Jane <time datetime="2021-05-05T10:00:00Z">5 May</time><p>Nice</p></div></section>',
)
odd("today in header", "undated", above="<div>Wednesday, 24 January 2024</div>")
odd(
    "today in topbar",
    "2023-09-22T10:49",
    above='<div class="date-now">24 January 2024</div>',
    under="<p>22 September 2023 10:49</p>",
)
odd("og:updated only", "undated", head='<meta property="og:updated_time" content="2023-09-22T10:49:00Z">')
odd(
    "modified_time only",
    "undated",
    head='<meta property="article:modified_time" content="2023-09-22T10:49:00Z">',
)
odd(
    "lastmod + time.updated",
    "undated",
    head='<meta name="lastmod" content="2023-09-22">',
    under='<time class="updated" datetime="2023-09-22T10:49:00Z">x</time>',
)
odd(
    "itemprop dateModified",
    "undated",
    under='<time itemprop="dateModified" datetime="2023-09-22T10:49:00Z">x</time>',
)
odd(
    "related list without class in main before",
    "undated",
    above='<ul><li>Another<time datetime="2021-02-03T04:05:06Z">3 Feb</time></li></ul>',
)
odd("related after", "undated", tail="<div><h3>Another story of today</h3><span>3 February 2021</span></div>")
odd(
    "read also inside",
    "undated",
    after='<div class="also"><a href="/x">Another</a> <span>3 February 2021</span></div>',
)
odd(
    "print edition",
    "2023-09-22T10:49",
    under="<p>22 September 2023 10:49</p>",
    after="<p>This article appeared in print on 23 September 2023</p>",
)
odd(
    "url date",
    "2023-09-22T00:00",
    head='<link rel="canonical" href="https://harbour.example/2023/09/22/harbour-opens">',
)
odd(
    "url date and visible updated",
    "2023-09-22T00:00",
    head='<link rel="canonical" href="https://harbour.example/2023/09/22/harbour-opens">',
    under="<p>Updated 25 September 2023 12:00</p>",
)
odd(
    "meta expires/ revisit",
    "undated",
    head='<meta http-equiv="expires" content="Fri, 22 Sep 2023 10:49:00 GMT">',
)
built(
    "two visible: created, changed",
    "de",
    HARBOUR,
    "2023-09-22T10:49",
    under="<p>Erstellt: 22.09.2023 10:49</p><p>Geändert: 25.09.2023 10:49</p>",
)
built(
    "two visible: changed first",
    "de",
    HARBOUR,
    "2023-09-22T10:49",
    under="<p>Aktualisiert: 25.09.2023 10:49</p><p>Veröffentlicht: 22.09.2023 10:49</p>",
)
odd(
    "span labels apart",
    "2023-09-22T10:49",
    under="<div><span>Updated</span> <span>25 September 2023 10:49</span></div><div><span>Published</span> <span>22 September 2023 10:49</span></div>",
)
odd(
    "span label Last updated apart only",
    "undated",
    under="<div><span>Last updated:</span> <span>25 September 2023 10:49</span></div>",
)
odd(
    "dl",
    "2023-09-22T00:00",
    under="<dl><dt>Published</dt><dd>22 September 2023</dd><dt>Updated</dt><dd>25 September 2023</dd></dl>",
)
odd("time text only", "2023-09-22T10:49", under="<time>22 September 2023 10:49</time>")
odd(
    "time datetime day, text time",
    "2023-09-22T10:49",
    under='<time datetime="2023-09-22">22 September 2023, 10:49</time>',
)
odd(
    "time pubdate attr among",
    "2023-09-22T10:49",
    under='<time datetime="2023-09-25T10:00:00Z">Mon</time><time pubdate datetime="2023-09-22T10:49:00Z">Fri</time>',
)
odd("event", "undated", after="<p>Event date: 5 October 2023 at 19:00</p>")
odd("future", "date_out_of_range", under="<p>22 September 2033 10:49</p>")
odd(
    "split markup",
    "2023-09-22T10:49",
    under='<p><span class="d">22</span> <span class="m">September</span> <span class="y">2023</span> <span>10:49</span></p>',
)
odd("relative with title", "2023-09-22T10:49", under='<span title="2023-09-22 10:49:00">2 months ago</span>')
odd(
    "data attr",
    "2023-09-22T10:49",
    under='<span class="date" data-date="2023-09-22T10:49:00Z">2 months ago</span>',
)
odd(
    "json in next data",
    "2023-09-22T10:49",
    tail='<script id="__NEXT_DATA__" type="application/json">{"props":{"article":{"title":"The harbour opens again in spring","publishedAt":"2023-09-22T10:49:00Z"}}}</script>',
)
odd(
    "datalayer",
    "2023-09-22T10:49",
    head='<script>dataLayer=[{"articlePublishDate":"2023-09-22T10:49:00Z"}];</script>',
)
odd(
    "json-ld in CDATA",
    "2023-09-22T10:49",
    head='<script type="application/ld+json">//<![CDATA[\n{"@type":"NewsArticle","headline":"The harbour opens again in spring","datePublished":"2023-09-22T10:49:00Z",}\n//]]></script>',
)
odd(
    "json-ld type list",
    "2023-09-22T10:49",
    head='<script type="application/ld+json">{"@type":["Article","NewsArticle"],"headline":"The harbour opens again in spring","datePublished":["2023-09-22T10:49:00Z"]}</script>',
)
odd(
    "json-ld value object",
    "2023-09-22T10:49",
    head=stated('{"@type":"Date","@value":"2023-09-22T10:49:00Z"}'),
)
odd("json-ld US style", "2023-09-22T10:49", head=stated('"Sep 22, 2023 10:49:00 AM"'))
odd("json-ld am/pm ISO", "2023-09-22T20:49", head=stated('"2023-09-22 10:49:00 PM +0200"'))
odd("json-ld offset w/out colon, ms", "2023-09-22T10:49", head=stated('"2023-09-22T12:49:00.123+0200"'))
odd("json-ld no seconds", "2023-09-22T10:49", head=stated('"2023-09-22T12:49+02:00"'))
odd(
    "json-ld js Date",
    "2023-09-22T10:49",
    head=stated('"Fri Sep 22 2023 12:49:00 GMT+0200 (Central European Summer Time)"'),
)
odd("json-ld java Date", "2023-09-22T10:49", head=stated('"Fri Sep 22 12:49:00 CEST 2023"'))
odd("json-ld IANA", "2023-09-22T10:49", head=stated('"2023-09-22T12:49:00+02:00[Europe/Berlin]"'))
odd("json-ld epoch", "2023-09-22T10:49", head=stated("1695379740"))
odd("json-ld zone name", "2023-09-22T10:49", head=stated('"2023-09-22 16:19:00 Asia/Kolkata"'))
built(
    "json-ld with IST, in India",
    "en-IN",
    HARBOUR,
    "2023-09-22T10:49",
    head=stated('"2023-09-22T16:19:00 IST"'),
)
