from django.apps import AppConfig


class GenpinConfig(AppConfig):
    name = "genpin"
    default_auto_field = "django.db.models.BigAutoField"
