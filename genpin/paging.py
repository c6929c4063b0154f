"""How lists of the API are cut."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Cursor pages by id, the newest first; `?limit=` up to 500. Stable while rows are added."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 500
