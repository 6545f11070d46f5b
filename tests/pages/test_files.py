"""Pictures and documents that editors upload."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from accounts import roles


@pytest.fixture
def document(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    collection = Collection.get_first_root_node().add_child(instance=Collection(name="Plans"))
    file = ContentFile(b"plans", name="plans.txt")
    return Document.objects.create(title="Plans", file=file, collection=collection)


def close(document, kind, *groups):
    rule = CollectionViewRestriction.objects.create(collection=document.collection, restriction_type=kind)
    rule.groups.set(Group.objects.filter(name__in=groups))


def test_an_open_document_is_handed_out(client, document):
    assert client.get(document.url).status_code == 200


def test_a_document_for_members_asks_visitors_to_sign_in(client, document, member):
    close(document, "login")
    assert client.get(document.url).headers["Location"].startswith("/accounts/login/?next=/documents/")
    client.force_login(member)
    assert client.get(document.url).status_code == 200


def test_a_document_for_others_is_not_there(client, document, member, moderator):
    close(document, "groups", roles.MODERATORS)
    client.force_login(member)
    assert client.get(document.url).status_code == 404
    client.force_login(moderator)
    assert client.get(document.url).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["documents/plans.txt", "original_images/x.png", "images/../documents/plans.txt"])
def test_only_pictures_in_their_sizes_are_public_files(client, document, path):
    assert client.get(f"/media/{path}").status_code in (400, 404)
