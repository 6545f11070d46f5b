"""Which votes came from one network: a salted hash is kept with the vote for some time, never the address itself."""

import ipaddress
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_tasks import task

from core.statements import Insertion
from core.tasks import WORKER
from ideas.models import VoteEvent, VoteNetwork

KEPT_FOR = timedelta(days=30)
# What households and offices usually share.
PREFIXES = {4: 32, 6: 64}


def digest(address: str) -> str:
    """The hash of the network that an IP address belongs to; empty for what is no address.

    It is HMAC-SHA256 with a key made from the site's secret, so that nobody else can try addresses out.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    network = ipaddress.ip_network(f"{parsed}/{PREFIXES[parsed.version]}", strict=False)
    return salted_hmac("ideas.networks", str(network), algorithm="sha256").hexdigest()


_networks = Insertion(VoteNetwork)


def remember(event: VoteEvent, address: str) -> None:
    """Keep the network of a vote."""
    if known := digest(address):
        _networks.add(VoteNetwork(event=event, digest=known))


@task(backend=WORKER)
def forget() -> int:
    """Delete what is older than KEPT_FOR; how many rows that were."""
    deleted, _ = VoteNetwork.objects.filter(recorded_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
