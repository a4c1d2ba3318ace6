# Rollcall in a container. Settings come from the environment at run time; nothing secret is built in.
#
#   docker build -t rollcall .
#   docker run --rm -it --env-file .env -v rollcall:/data rollcall login
#   docker run -d --name rollcall --env-file .env -v rollcall:/data --stop-timeout 15 --restart on-failure rollcall
#
# Signed HTTP instead of Socket Mode: add -e ROLLCALL_LISTEN=0.0.0.0:3000 -p 127.0.0.1:3000:3000.

FROM python:3.11-slim AS libraries
COPY requirements-run.lock /tmp/
# Exactly the locked files, by their hashes; wheels only, so that nothing is compiled or run while installing.
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --only-binary :all: \
      --require-hashes --requirement /tmp/requirements-run.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin rollcall \
 && install --directory --mode 0700 --owner rollcall --group rollcall /data
COPY --from=libraries /venv /venv
WORKDIR /app
COPY app.py manifest.yml LICENSE ./
COPY bot bot
RUN /venv/bin/python -m compileall -q bot
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ROLLCALL_DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 3000
# Only signed HTTP has an address to ask; in Socket Mode the process ends if it cannot go on.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as web; at = os.environ.get('ROLLCALL_LISTEN', ''); at and web.urlopen('http://127.0.0.1:' + at.rpartition(':')[2] + '/health', timeout=4)"]
ENTRYPOINT ["python", "app.py"]
