#!/bin/bash
# Whether mongod answers `hello`: exit status 0 or 1. It needs no password, and tells none.
#
# The message is written out by hand: mongosh would cost a second of CPU and 100 MB at every check, and
# an open port alone does not show that mongod still answers.
set -euo pipefail
header='\x34\0\0\0' # 52 bytes in all
header+='\x01\0\0\0\0\0\0\0' # request 1, an answer to none
header+='\xdd\x07\0\0\0\0\0\0\0' # OP_MSG, no flags, one section with a document
document='\x1f\0\0\0\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0' # {hello: 1, $db: "admin"}

exec 3<> "/dev/tcp/127.0.0.1/${1:-27017}"
printf "$header$document" >&3
# An answer begins with its length in bytes; mongod keeps the connection open behind it.
length=$(timeout 5 head -c 4 <&3 | od -An -tu4)
[ "${length:-0}" -gt 4 ] && timeout 5 head -c $((length - 4)) <&3 | grep -ac isWritablePrimary
