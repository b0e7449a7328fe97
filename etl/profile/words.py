"""What fields of articles are called, in many languages: hints, held against what the fields hold.

Words are compared within a name that is cut at capitals, digits and signs (`pubDate` is `pub date`).
The weight says how sure the word makes; a negative one speaks against.
"""

from collections.abc import Mapping

from etl.sources import Role

HINTS: Mapping[Role, Mapping[str, float]] = {
    "title": {
        "title": 3, "headline": 3, "heading": 2.5, "header": 1.5, "subject": 2, "caption": 1, "name": 1,
        "titre": 3, "titel": 3, "titulo": 3, "título": 3, "titolo": 3, "titulli": 3, "überschrift": 3,
        "schlagzeile": 3, "otsikko": 3, "rubrik": 2, "tittel": 3, "tytuł": 3, "tytul": 3, "nadpis": 3,
        "naslov": 3, "cím": 3, "titlu": 3, "başlık": 3, "baslik": 3, "judul": 3, "tajuk": 3, "tiêu": 2,
        "заголовок": 3, "название": 2, "заглавие": 3, "τίτλος": 3, "العنوان": 3, "عنوان": 3, "כותרת": 3,
        "शीर्षक": 3, "标题": 3, "標題": 3, "题目": 2, "タイトル": 3, "見出し": 3, "제목": 3, "หัวข้อ": 3,
        "sub": -2, "seo": -1.5, "site": -3, "website": -3, "feed": -3, "category": -3, "author": -3,
        "image": -3, "short": -0.5, "source": -3, "page": -0.5, "url": -3, "rss": -0.5, "meta": -0.5,
        "og": -0.5, "twitter": -1, "id": -3, "date": -3, "length": -3, "journal": -2, "domain": -3,
        "user": -3, "first": -2, "last": -2, "file": -3, "country": -3, "language": -3,
    },
    "published": {
        "published": 3, "publish": 3, "publication": 2.5, "pub": 2.5, "posted": 2.5, "post": 0.5,
        "issued": 2, "date": 2, "datetime": 2.2, "time": 1.2, "timestamp": 1.5, "created": 1.2, "on": 0.2,
        "datum": 2, "fecha": 2, "data": 1.2, "tarih": 2, "tarihi": 2, "tanggal": 2, "tarikh": 2, "dato": 2,
        "dátum": 2, "päivämäärä": 2, "ngày": 2, "veröffentlicht": 3, "publicado": 3, "publicación": 2.5,
        "pubblicato": 3, "publié": 3, "дата": 2, "опубликовано": 3, "время": 1.2, "ημερομηνία": 2,
        "التاريخ": 2, "تاريخ": 2, "النشر": 2, "تاریخ": 2, "תאריך": 2, "दिनांक": 2, "तारीख": 2,
        "日期": 2, "时间": 1.5, "時間": 1.5, "发布": 2.5, "發布": 2.5, "发表": 2.5, "日付": 2, "公開": 2,
        "날짜": 2, "일자": 2, "วันที่": 2, "epoch": 1, "unix": 0.5, "utc": 0.3, "gmt": 0.3, "seen": 0.4,
        "modified": -1.6, "modify": -1.6, "updated": -1.6, "update": -1.6, "edited": -1.6, "last": -1,
        "crawl": -3, "crawled": -3, "crawler": -3, "fetched": -3, "fetch": -3, "scraped": -3, "scrape": -3,
        "download": -3, "downloaded": -3, "retrieved": -3, "captured": -3, "capture": -3, "indexed": -2.5,
        "added": -0.8, "inserted": -2, "collected": -2.5, "tz": -4, "zone": -4, "timezone": -4, "by": -4,
        "expires": -4, "expired": -4, "expire": -4, "expiry": -4,
        "event": -2, "start": -1.5, "end": -2, "from": -1.5, "disagreement": -4,
        "birth": -4, "precision": -4, "read": -3, "reading": -3,
    },
    "body": {
        "body": 3, "text": 2.5, "content": 2.5, "maintext": 3, "fulltext": 3, "full": 0.7, "article": 1,
        "story": 2, "description": 1, "summary": 0.6, "abstract": 0.8, "excerpt": 0.5, "lead": 0.5,
        "paragraphs": 2, "html": 0.3, "clean": 0.4, "plain": 0.4, "message": 1.5, "news": 0.5, "raw": 0.1,
        "texte": 2.5, "contenu": 2.5, "inhalt": 2.5, "artikel": 1, "texto": 2.5, "contenido": 2.5,
        "conteudo": 2.5, "conteúdo": 2.5, "cuerpo": 3, "corpo": 3, "testo": 2.5, "contenuto": 2.5,
        "tekst": 2.5, "treść": 2.5, "tresc": 2.5, "obsah": 2.5, "szöveg": 2.5, "içerik": 2.5,
        "icerik": 2.5, "metin": 2.5, "haber": 1, "isi": 2.5, "konten": 2.5, "nội": 2, "текст": 2.5,
        "содержание": 2.5, "контент": 2.5, "κείμενο": 2.5, "النص": 2.5, "نص": 2.5, "المحتوى": 2.5,
        "الخبر": 2, "متن": 2.5, "תוכן": 2.5, "विवरण": 1.5, "सामग्री": 2.5, "内容": 2.5, "內容": 2.5,
        "正文": 3, "本文": 3, "내용": 2.5, "본문": 3, "เนื้อหา": 2.5,
        "title": -2, "url": -4, "link": -4, "type": -3, "image": -3, "alt": -3, "length": -4, "id": -4,
        "hash": -4, "count": -4, "author": -2, "keywords": -3, "caption": -2, "comments": -3,
    },
    "url": {
        "url": 3, "link": 2.5, "href": 2.5, "permalink": 3, "canonical": 2.5, "uri": 2, "web": 0.5,
        "address": 1, "guid": 1, "source": 0.3, "enlace": 2.5, "lien": 2.5, "ссылка": 2.5, "链接": 2.5,
        "連結": 2.5, "網址": 2.5, "网址": 2.5, "الرابط": 2.5, "رابط": 2.5, "링크": 2.5, "リンク": 2.5,
        "image": -4, "img": -4, "thumb": -4, "thumbnail": -4, "icon": -4, "logo": -4, "video": -4,
        "media": -3, "photo": -4, "picture": -4, "feed": -2, "avatar": -4, "author": -3, "domain": -2,
        "home": -2, "site": -1, "to": -0.5, "enclosure": -3, "audio": -4, "archive": -1, "mobile": -1,
        "comments": -3,
    },
    "authors": {
        "author": 3, "authors": 3, "byline": 3, "creator": 2.5, "writer": 2.5, "reporter": 2.5,
        "journalist": 2.5, "writers": 2.5, "contributors": 1.5, "autor": 3, "autore": 3, "auteur": 3,
        "verfasser": 2.5, "yazar": 3, "penulis": 3, "автор": 3, "الكاتب": 3, "كاتب": 3, "نویسنده": 3,
        "作者": 3, "记者": 2.5, "記者": 2.5, "저자": 3, "기자": 2.5, "著者": 3,
        "url": -3, "link": -3, "id": -3, "image": -3, "avatar": -3, "email": -2, "bio": -3, "count": -3,
        "tool": -3,
    },
    "editor": {"editor": 3, "editors": 3, "redakteur": 3, "编辑": 3, "編輯": 3, "редактор": 3, "id": -3},
    "tags": {
        "tags": 3, "tag": 2.5, "keywords": 3, "keyword": 2.5, "topics": 2.5, "topic": 1.5, "categories": 2,
        "labels": 1, "etiquetas": 3, "schlagworte": 3, "mots": 2, "теги": 3, "ключевые": 2, "关键词": 3,
        "標籤": 3, "标签": 3, "الكلمات": 2, "وسوم": 3, "id": -3, "count": -3,
    },
    "language": {
        "language": 3, "lang": 3, "langue": 3, "sprache": 3, "idioma": 3, "lingua": 3, "язык": 3,
        "语言": 3, "اللغة": 3, "detected": -0.5, "confidence": -4,
    },
    "captured": {
        "crawl": 3, "crawled": 3, "crawler": 2, "fetched": 3, "fetch": 3, "scraped": 3, "scrape": 3,
        "download": 3, "downloaded": 3, "retrieved": 3, "captured": 3, "capture": 3, "indexed": 2.5,
        "collected": 2.5, "epoch": 1.5, "inserted": 2, "added": 1.5, "seen": 1, "insertion": 2, "at": 0.1,
        "date": 0.3, "time": 0.3, "url": -4, "id": -4, "by": -4, "count": -4,
    },
}  # fmt: skip
