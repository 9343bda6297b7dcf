"""Small documents made in the tests themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def docx(path: Path, body: str, *, prologue: str = "", parts: Mapping[str, str] | None = None) -> Path:
    """A docx of the least parts, with ``body`` as the XML inside w:body."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<w:document xmlns:w="{W}" xmlns:mc="{MC}">'
        f"<w:body>{body}</w:body></w:document>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, xml in (parts or {}).items():
            archive.writestr(name, xml)
    return path


def p(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def pdf_bytes(*pages: str, title: str = "", password: str | None = None) -> bytes:
    """A pdf whose pages hold the lines given, in a Chinese CID font; a page without text gets a drawing."""
    from reportlab.lib import pdfencrypt
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    encrypt = pdfencrypt.StandardEncryption(password) if password else None
    canvas = Canvas(out, invariant=True, encrypt=encrypt)
    canvas.setTitle(title)
    for page in pages:
        canvas.setFont("STSong-Light", 12)
        for i, line in enumerate(page.splitlines()):
            canvas.drawString(72, 760 - 20 * i, line)
        if not page:
            canvas.rect(100, 100, 200, 200, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
