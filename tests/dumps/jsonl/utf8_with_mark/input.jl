{"title":"a"}
{"title":"b"}
