#!/bin/sh
# Makes `.env` and the secrets, where there are none. What is there stays as it is.
set -eu
cd "$(dirname "$0")/.."
umask 077

[ -e .env ] || cp .env.example .env
folder=$(sed -n 's/^SECRETS_DIR=//p' .env)
folder=${folder:-./secrets}
mkdir -p "$folder"
# The folder is closed to others, and its files are open: a container's user has another number than
# yours, and sees the files as they are here.
chmod 0700 "$folder"
printf '*\n' > "$folder/.gitignore"

random() {
    head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

secret() {
    if [ -s "$folder/$1" ]; then
        echo "$folder/$1 is there"
        return
    fi
    printf '%s\n' "$2" > "$folder/$1.new"
    chmod 0444 "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "$folder/$1 made"
}

secret mongo-key "$(random)$(random)"
secret mongo-uri "mongodb://loader:$(random)@mongo:27017/?replicaSet=article-etl&authSource=admin"
secret postgres-password "$(random)"
secret prefect-auth "operator:$(random)"
