"""What people see of the pages, of one another and of tags, and the page that makes the site."""

from pages.views.first_run import setup
from pages.views.members import member_detail
from pages.views.serving import serve
from pages.views.tags import tag_detail

__all__ = ["member_detail", "serve", "setup", "tag_detail"]
