#!/bin/sh
# mongo-entrypoint COMMAND…: puts the replica set's key where mongod takes it, then becomes the command.
#
# mongod refuses a key file that others may read, and a secret's file has the mode that it has on the
# host. The copy lies in memory.
set -eu
if ! install -m 0400 /run/secrets/mongo-key /run/mongod/key; then
    echo "mongo-entrypoint: the secret mongo-key cannot be read (docker/prepare.sh makes the secrets)" >&2
    exit 2
fi
exec "$@"
