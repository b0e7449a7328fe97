filedesc://pages.arc 0.0.0.0 20260225030000 text/plain 69
1 0 Harbour
URL IP-address Archive-date Content-type Archive-length


https://harbour.example/lamp 192.0.2.1 20260225030000 text/html 453
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html>
<html lang="en"><head><title>Lamp of the old lighthouse burns again</title>
<meta property="article:published_time" content="2026-02-24T07:45:00+01:00"></head>
<body><article><h1>Lamp of the old lighthouse burns again</h1><p>The lamp was lit at dusk. The keeper said that it will burn every night from now on, and that the glass was cleaned by hand.</p></article></body></html>

