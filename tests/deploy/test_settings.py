"""An ENV file describes a server, or one sentence says what is wrong with it."""

from pathlib import Path

import pytest

from native import settings
from native.errors import Refusal

EXAMPLE = Path(__file__).parents[2] / "deploy" / "native" / "example.env.example"


def env_file(folder: Path, text: str) -> Path:
    path = folder / "gamma.env"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_describes_gamma() -> None:
    gamma = settings.read(EXAMPLE)
    assert (gamma.name, gamma.base_url, gamma.address) == ("gamma", "https://gamma.test", ("127.0.0.7", 443))


def test_a_domain_is_enough(tmp_path: Path) -> None:
    found = settings.read(env_file(tmp_path, "DOMAIN=localhost:3001\n"))
    assert (found.name, found.base_url, found.address) == ("gamma", "http://localhost:3001", ("127.0.0.1", 3001))


def test_values_may_be_quoted_and_commented(tmp_path: Path) -> None:
    found = settings.read(env_file(tmp_path, "# hello\nexport DOMAIN='gamma.test:8443' \nLISTEN=127.0.0.1:1 # here\n"))
    assert (found.domain, found.listen) == ("gamma.test:8443", "127.0.0.1:1")


def test_files_are_found_beside_the_file(tmp_path: Path) -> None:
    for name in ("gamma.pem", "gamma.key"):
        (tmp_path / name).touch()
    found = settings.read(env_file(tmp_path, "DOMAIN=gamma.test\nCERTIFICATE=gamma.pem\nKEY=gamma.key\n"))
    assert (found.certificate, found.key) == (str(tmp_path / "gamma.pem"), str(tmp_path / "gamma.key"))


def test_settings_of_the_services_are_passed_on(tmp_path: Path) -> None:
    found = settings.read(env_file(tmp_path, "DOMAIN=gamma.test\nMURMURATION_LOG_LEVEL=DEBUG\n"))
    assert found.passed_on == {"MURMURATION_LOG_LEVEL": "DEBUG"}


def test_a_public_domain_is_served_over_https_behind_whatever_terminates_it(tmp_path: Path) -> None:
    found = settings.read(env_file(tmp_path, "DOMAIN=social.example.org\nLISTEN=127.0.0.1:3001\n"))
    assert (found.is_public, found.base_url) == (True, "https://social.example.org")


def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    gamma = settings.read(EXAMPLE)
    gamma.save(tmp_path / "settings.json")
    assert settings.load(tmp_path / "settings.json") == gamma


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "DOMAIN is missing"),
        ("DOMAIN gamma.test", "line 1: 'DOMAIN gamma.test' is no KEY=value"),
        ("DOMAIN=gamma.test\nLISTN=1", "line 2: there is no key LISTN; known are NAME, DOMAIN"),
        ("DOMAIN=https://gamma.test", "DOMAIN 'https://gamma.test' must be a name"),
        ("DOMAIN=gamma.test\nNAME=../../etc", "NAME '../../etc' must be a word"),
        ("DOMAIN=gamma.test\nNAME=ca", "NAME 'ca' must be a word"),
        ("DOMAIN=gamma.test\nLISTEN=443", "LISTEN '443' must be an address and a port"),
        ("DOMAIN=gamma.test\nLISTEN=127.0.0.7", "LISTEN '127.0.0.7' must be an address and a port"),
        ("DOMAIN=gamma.test\nCERTIFICATE=none.pem", "which is no file"),
        ("DOMAIN=gamma.test\nCERTIFICATE=gamma.env", "KEY must name the file with its key"),
        ("DOMAIN=gamma.test\nKEY=gamma.env", "CERTIFICATE names no file it could belong to"),
        ("DOMAIN=gamma.test\nALLOWED_PRIVATE_NETWORKS=home", "'home' is no network such as 127.0.0.0/8"),
        ("DOMAIN=social.coop\nCERTIFICATE=local-ca", "social.coop is a public domain, and CERTIFICATE=local-ca is"),
        ("DOMAIN=social.coop\nALLOWED_PRIVATE_NETWORKS=127.0.0.0/8", "is for development only"),
        ("DOMAIN=social.coop\nEXTRA_CA_FILE=gamma.env", "EXTRA_CA_FILE is for development only"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        settings.read(env_file(tmp_path, text))
    assert sentence in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no file"):
        settings.read(tmp_path / "none.env")
