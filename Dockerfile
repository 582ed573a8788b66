# What the console serves of other people's. Node is in this stage only.
FROM python:3.13.16-slim-trixie AS assets
WORKDIR /build
COPY requirements/node.txt requirements/
COPY assets assets
RUN python -m assets.fetch

FROM python:3.13.16-slim-trixie

# HOST: a published port reaches a process only if it listens on the container's own address.
# PORT: named here because the health check below asks it too.
ENV HOST=0.0.0.0 \
    PORT=8000 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /build

# Dependencies first: this layer changes only with the lock. This image has no compiler, so a lock entry without a
# wheel must fail here, with its name, and not in the middle of a build.
COPY requirements/runtime.txt requirements/
RUN pip install --require-hashes --only-binary :all: --requirement requirements/runtime.txt

COPY pyproject.toml README.md LICENSE ./
COPY assets assets
COPY src src
COPY --from=assets /build/src/gemini_balance/console/static/vendor src/gemini_balance/console/static/vendor
RUN pip install --no-deps --no-build-isolation . && rm -rf /build/*

# A number, so that a cluster can check that this isn't root without a look at /etc/passwd.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin gemini \
    && install -d -o gemini -g gemini /data
USER 10001:10001

# ./data of this folder is /data, the volume.
WORKDIR /

EXPOSE 8000

# 503 from the first moment of a shutdown. The empty handler keeps a proxy of the environment out of it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['PORT']}/health/ready\", timeout=4)"]

# Exec form: signals reach the gateway, and SIGTERM lets running calls finish.
CMD ["gemini-balance", "serve"]
