"""The request that puts a picture into an Aliyun bucket, against a signature that Aliyun publishes."""

from __future__ import annotations

from gemini_balance.upstreams.image_hosts.aliyun import AliyunOss, signature
from tests.unit.gateway.stage import Hands


def host(inner: str = "") -> AliyunOss:
    clock = Hands()
    return AliyunOss("oss-cn-shanghai.aliyuncs.com", inner, "LTAI", "hush", "album", "cn-shanghai", clock)


def test_the_signature_is_the_one_that_aliyun_publishes() -> None:
    """The values stand in the tests of its own libraries."""
    headers = {
        "content-type": "text/plain",
        "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
        "x-oss-date": "20231216T162057Z",
        "x-oss-head1": "value",
    }
    scope = ("20231216", "cn-hangzhou", "oss", "aliyun_v4_request")
    query = "%2Bparam1=value3&%2Bparam2&%7Cparam1=value4&%7Cparam2&param1=value1&param2"
    told = signature("sk", "/bucket/1234%2B-/123/1.txt", headers, scope, query)
    assert told == "e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe"


def test_a_picture_is_put_into_the_bucket_with_its_type_signed() -> None:
    upload = host().put("cat.png", "image/png", b"red")
    authorization = upload.headers.pop("Authorization")
    scope = (upload.headers["x-oss-date"][:8], "cn-shanghai", "oss", "aliyun_v4_request")
    expected = signature("hush", "/album/cat.png", upload.headers, scope)
    assert authorization == f"OSS4-HMAC-SHA256 Credential=LTAI/{'/'.join(scope)},Signature={expected}"
    assert (upload.verb, upload.url) == ("PUT", "https://album.oss-cn-shanghai.aliyuncs.com/cat.png")
    assert upload.headers["content-type"] == "image/png"


def test_objects_are_put_where_the_inner_endpoint_is() -> None:
    upload = host("http://oss-cn-shanghai-internal.aliyuncs.com").put("cat.png", "image/png", b"red")
    assert upload.url == "http://album.oss-cn-shanghai-internal.aliyuncs.com/cat.png"
