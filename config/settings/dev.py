"""A site on one's own machine, without configuration: what `make run` starts. DEBUG=1 turns on Django's debug pages."""

import os

from core.secrets import local_secret_key

from .base import *  # noqa: F403
from .base import VAR_DIR

DEBUG = os.environ.get("DEBUG") == "1"
# WhiteNoise asks for STATIC_ROOT even where it serves files from where they are.
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
SECRET_KEY = local_secret_key(VAR_DIR / "secret_key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
