"""How large an input may be, and the check of zip containers before anything in them is unpacked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from etl.errors import EncryptedFileError, LimitError, ReadError, TruncatedFileError

MiB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds far above any bulletin or yearbook table, and far below what would fill the memory of a laptop."""

    file_bytes: int = 200 * MiB
    text_bytes: int = 50 * MiB
    """Of a file that is text as a whole: txt, md, html, csv."""
    zip_total_bytes: int = 1024 * MiB
    """Of all members of a docx, xlsx or ods together, unpacked."""
    zip_member_bytes: int = 512 * MiB
    zip_ratio: int = 200
    """Unpacked to packed size of a member; a sheet of equal rows reaches 100."""
    zip_ratio_from: int = 16 * MiB
    """Members smaller than this may have any ratio: they can't hurt."""
    zip_members: int = 20_000
    xml_bytes: int = 100 * MiB
    """Of one XML part of a docx."""
    pages: int = 2_000
    characters: int = 20_000_000
    """Of the text of one document."""


LIMITS = Limits()

_NEXT = "Split the document, or check where it comes from."


def check_size(path: Path, size: int, limits: Limits = LIMITS) -> None:
    """Raises LimitError when the file itself is too large."""
    if size > limits.file_bytes:
        raise LimitError(str(path), f"has {size:,} bytes, the limit is {limits.file_bytes:,}", next_step=_NEXT)


def check_text_size(path: Path, size: int, limits: Limits = LIMITS) -> None:
    """Raises LimitError when a file that is text as a whole is too large."""
    if size > limits.text_bytes:
        raise LimitError(str(path), f"has {size:,} bytes of text, the limit is {limits.text_bytes:,}", next_step=_NEXT)


def check_characters(path: Path, count: int, limits: Limits = LIMITS) -> None:
    """Raises LimitError when a document holds too much text."""
    if count > limits.characters:
        raise LimitError(str(path), f"holds {count:,} characters, the limit is {limits.characters:,}", next_step=_NEXT)


def check_zip(path: Path, limits: Limits = LIMITS) -> frozenset[str]:
    """The member names of a zip container that is safe to unpack.

    Raises LimitError for a bomb, EncryptedFileError for a password, TruncatedFileError without a directory.
    """
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise TruncatedFileError(
            where,
            f"is a zip container (docx, xlsx, ods) whose directory is missing or damaged ({error})",
            next_step="The file was probably cut off in transfer: fetch it again.",
        ) from error
    except (OSError, ValueError, NotImplementedError) as error:
        raise ReadError(where, f"is a zip container that can't be opened ({error})") from error

    if len(members) > limits.zip_members:
        raise LimitError(where, f"packs {len(members):,} members, the limit is {limits.zip_members:,}", next_step=_NEXT)
    total = 0
    for member in members:
        total += member.file_size
        ratio = member.file_size / max(member.compress_size, 1)
        if member.flag_bits & 1:
            raise EncryptedFileError(
                where, f"{member.filename} is encrypted", next_step="Save the file without a password."
            )
        if member.file_size > limits.zip_member_bytes:
            raise LimitError(
                where,
                f"{member.filename} unpacks to {member.file_size:,} bytes, the limit is {limits.zip_member_bytes:,}",
                next_step=_NEXT,
            )
        if member.file_size > limits.zip_ratio_from and ratio > limits.zip_ratio:
            raise LimitError(
                where,
                f"{member.filename} unpacks to {ratio:,.0f} times its size, the limit is {limits.zip_ratio}",
                next_step="This looks like a zip bomb: check where it comes from.",
            )
    if total > limits.zip_total_bytes:
        raise LimitError(where, f"unpacks to {total:,} bytes, the limit is {limits.zip_total_bytes:,}", next_step=_NEXT)
    return frozenset(member.filename for member in members)
