"""Upload a bundle to S3, encrypted, under a key that contains its digest."""

import base64
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matchwright.core.bundle import pack_bundle


def upload_bundle(s3: Any, bundle: Path, bucket: str, key: str, kms_key_id: str) -> None:
    """Upload ``model.tar.gz`` with SSE-KMS, unless the same bytes are there, encrypted with the same key.

    S3 checks the SHA-256 of the upload. Without ``kms_key_id`` the account's own key for S3 is used.
    """
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "model.tar.gz"
        pack_bundle(bundle, archive)
        content = archive.read_bytes()
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    if _is_there(s3, bucket, key, checksum, kms_key_id):
        return
    encryption = {"ServerSideEncryption": "aws:kms", **({"SSEKMSKeyId": kms_key_id} if kms_key_id else {})}
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=content,
        ContentType="application/gzip",
        ChecksumSHA256=checksum,
        Metadata={"sha256": checksum},
        **encryption,
    )


def _is_there(s3: Any, bucket: str, key: str, checksum: str, kms_key_id: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"].get("Code") in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    # S3 names the key by its ARN, so an alias cannot be compared
    same_key = "alias/" in kms_key_id or kms_key_id in head.get("SSEKMSKeyId", "")
    return (
        head.get("ServerSideEncryption") == "aws:kms"
        and same_key
        and head.get("Metadata", {}).get("sha256") == checksum
    )
