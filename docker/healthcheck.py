"""Fails unless the web server of this container answers /healthz under the site's own name."""

import os
import urllib.request
from urllib.parse import urlsplit

request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc}
)
urllib.request.urlopen(request, timeout=3)
