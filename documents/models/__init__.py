from documents.models.issued import IssuedDocument, PrintJob, StoredFile
from documents.models.photos import Photo

__all__ = ["IssuedDocument", "Photo", "PrintJob", "StoredFile"]
