FROM python:3.12-slim AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.12-slim
RUN useradd --system --uid 1000 chorus && install -d -o chorus /chorus/var/media
WORKDIR /chorus
COPY --from=packages /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings.production
# Stylesheets and scripts belong to the image. The settings must be complete for this step and are used by nothing in it.
RUN SECRET_KEY=unused ALLOWED_HOSTS=unused BASE_URL=http://unused EMAIL_URL=file:///unused \
    python manage.py collectstatic --no-input
USER chorus
VOLUME /chorus/var/media
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["python", "docker/healthcheck.py"]
ENTRYPOINT ["docker/entrypoint"]
# Each thread holds a connection to the database; Granian's own number of them is several hundred.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--blocking-threads", "4", "config.wsgi:application"]
