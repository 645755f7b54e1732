"""Which addresses and URLs may be contacted."""

from ipaddress import ip_address, ip_network

import pytest
from yarl import URL

from apcore.addresses import may_connect, parse_url, why_refused

# IANA's special-purpose registries, and what carries such an address within another.
SPECIAL = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "::ffff:127.0.0.0/104", "::ffff:10.0.0.0/104", "::ffff:0.0.0.0/128",
    "::ffff:169.254.0.0/112", "::127.0.0.1/128", "::169.254.169.254/128", "64:ff9b::7f00:0/104",
    "64:ff9b::a00:0/104", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/32",
    "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002:7f00::/24",
    "2002:a00::/24", "2002:c0a8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7",
    "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.9.9.9", "93.184.215.14", "100.63.255.255", "100.128.0.1", "11.0.0.1",
    "172.15.255.255", "172.32.0.1", "192.167.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.1",
    "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001:81b::200e", "2620:fe::fe",
    "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
]  # fmt: skip


def ends_of(network):
    block = ip_network(network)
    return [block[0], block[block.num_addresses // 2], block[-1]]


@pytest.mark.parametrize("network", SPECIAL)
def test_special_purpose_addresses_are_refused(network):
    assert [str(end) for end in ends_of(network) if may_connect(end)] == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    assert may_connect(ip_address(address))


def test_only_the_named_private_range_is_allowed():
    allowed = (ip_network("127.0.0.0/29"),)
    assert may_connect(ip_address("127.0.0.7"), allowed)
    assert may_connect(ip_address("::ffff:127.0.0.7"), allowed)
    assert not may_connect(ip_address("127.0.0.8"), allowed)
    assert not may_connect(ip_address("10.0.0.1"), allowed)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://good.test/a", None),
        ("https://good.test:8443/a", None),
        ("http://good.test/a", "scheme"),
        ("https://good.test:25/", "port"),
        ("https://user:word@good.test/", "url"),
        ("https://127.0.0.1/", "address"),
        ("https://[::1]/", "address"),
        ("https://[::ffff:7f00:1]/", "address"),
        ("https://[0:0:0:0:0:ffff:127.0.0.1]/", "address"),
        ("https://[fe80::1%25eth0]/", "address"),
        ("https://localhost/", "address"),
        ("https://alpha.localhost/", "address"),
        ("https://2130706433/", "address"),
        ("https://postgres/", "address"),
        ("https://8.8.8.8/", None),
    ],
)
def test_in_production_only_public_https_is_fetched(url, reason):
    assert why_refused(URL(url), ()) == reason


def test_naming_private_networks_allows_http_and_every_port_of_them():
    allowed = [ip_network("127.0.0.0/8")]
    assert why_refused(URL("http://alpha.localhost:81/"), allowed) is None
    assert why_refused(URL("http://127.0.0.1:81/"), allowed) is None
    assert why_refused(URL("http://10.0.0.1/"), allowed) == "address"


@pytest.mark.parametrize(
    "written",
    [
        "", "javascript:alert(1)", "file:///etc/passwd", "data:application/json,{}", "https://", "//x",
        "https://evil.test\\@good.test/", "https://good\t.test/", "https://good.test/a b",
        "https://good.test/\r\nHost: x", "https://good%2etest/", "https://[::1/", "https://x:99999/",
        "https://" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(written):
    assert parse_url(written) is None


def test_escapes_stay_escaped_on_the_wire():
    url = parse_url("https://good.test/%0d%0aHost:%20x/%2f..?q=%00")
    assert url is not None
    assert url.raw_path_qs == "/%0D%0AHost:%20x/%2F..?q=%00"
