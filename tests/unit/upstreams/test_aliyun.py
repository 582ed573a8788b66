"""The request that puts a picture into an Aliyun bucket, against a signature worked out step by step."""

from __future__ import annotations

import hashlib
import hmac

from gemini_balance.upstreams.image_hosts.aliyun import AliyunOss
from tests.unit.gateway.stage import Hands


def mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def host(inner: str = "") -> AliyunOss:
    clock = Hands()
    return AliyunOss("oss-cn-shanghai.aliyuncs.com", inner, "LTAI", "hush", "album", "cn-shanghai", clock)


def test_the_signature_is_version_four() -> None:
    upload = host().put("cat.png", "image/png", b"red")
    date = upload.headers["x-oss-date"]
    scope = f"{date[:8]}/cn-shanghai/oss/aliyun_v4_request"
    canonical = (
        "PUT\n/album/cat.png\n\ncontent-type:image/png\nx-oss-content-sha256:UNSIGNED-PAYLOAD\n"
        f"x-oss-date:{date}\n\n\nUNSIGNED-PAYLOAD"
    )
    told = f"OSS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = mac(mac(mac(mac(b"aliyun_v4hush", date[:8]), "cn-shanghai"), "oss"), "aliyun_v4_request")
    signature = mac(key, told).hex()
    assert upload.headers["Authorization"] == f"OSS4-HMAC-SHA256 Credential=LTAI/{scope},Signature={signature}"
    assert (upload.verb, upload.url) == ("PUT", "https://album.oss-cn-shanghai.aliyuncs.com/cat.png")


def test_objects_are_put_where_the_inner_endpoint_is() -> None:
    upload = host("http://oss-cn-shanghai-internal.aliyuncs.com").put("cat.png", "image/png", b"red")
    assert upload.url == "http://album.oss-cn-shanghai-internal.aliyuncs.com/cat.png"
