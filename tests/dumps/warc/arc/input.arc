filedesc://harbour.arc 127.0.0.1 20230922131531 text/plain 68
1 0 Harbour
URL IP-address Archive-date Content-type Archive-length

https://harbour.example/a page 192.0.2.1 20230922131531 text/html 624
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8

<!DOCTYPE html><html lang="en"><head><title>Ferry and tram share one ticket</title><meta property="article:published_time" content="2023-09-22T10:49:00+02:00"></head><body><nav><a href="/">Home</a></nav><article><h1>Ferry and tram share one ticket</h1><p>From Monday on, one ticket is enough for the ferry and for the tram, the harbour office said on Friday.</p><p>The ticket costs two crowns and is sold at every pier. Until now, passengers had to buy two tickets, which few of them understood and nobody liked.</p></article><footer>Imprint</footer></body></html>

