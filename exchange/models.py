"""What importing must remember besides the content itself."""

from django.db import models


class SourceAcceptance(models.Model):
    """Which answer was accepted at the source. Where the question says otherwise now, somebody here has decided."""

    question = models.OneToOneField("community.Question", on_delete=models.CASCADE, related_name="+")
    answer = models.ForeignKey("community.Answer", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.question_id}: {self.answer_id}"
