#!/bin/sh
# with-secrets COMMAND…: runs a command with Prefect's secrets in its environment.
#
# Prefect takes them from nowhere else. They are read from files only now, so that the container's
# configuration, which `docker inspect` shows, has paths in it and no secret.
set -eu
for name in PREFECT_API_AUTH_STRING PREFECT_SERVER_API_AUTH_STRING PREFECT_SERVER_DATABASE_PASSWORD; do
    eval "file=\${${name}_FILE:-}"
    [ -n "$file" ] || continue
    if ! value=$(cat "$file"); then
        echo "with-secrets: ${name}_FILE: cannot read $file (docker/prepare.sh makes the secrets)" >&2
        exit 2
    fi
    if [ -z "$value" ]; then
        echo "with-secrets: ${name}_FILE: $file is empty" >&2
        exit 2
    fi
    export "$name=$value"
    unset "${name}_FILE"
done
exec "$@"
