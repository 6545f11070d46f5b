from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ideas"

    def ready(self) -> None:
        from core import schedule
        from ideas import erasure, log, publishing, receivers  # noqa: F401
        from ideas.actions.policies import rank_by_all_policies
        from ideas.networks import forget

        schedule.register("ideas.rank_by_all_policies", rank_by_all_policies, schedule.daily(hour=2))
        schedule.register("ideas.forget_networks", forget, schedule.daily(hour=4))
