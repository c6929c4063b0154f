from documents.models.issued import IssuedDocument, PrintJob, StoredFile

__all__ = ["IssuedDocument", "PrintJob", "StoredFile"]
