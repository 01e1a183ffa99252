"""The linker keeps out of each program what it must never have (docs/architecture.md, section 3)."""

import os
import pathlib
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["POSTERN_BUILD"]) / "src"


def libraries(program):
    text = subprocess.run(["readelf", "-d", BUILD / program], check=True, capture_output=True,
                          text=True).stdout
    return [line.split("[")[1].split("]")[0].split(".so")[0] for line in text.splitlines()
            if "(NEEDED)" in line]


def functions(program):
    text = subprocess.run(["nm", "--defined-only", BUILD / program], check=True,
                          capture_output=True, text=True).stdout
    return {line.split()[-1] for line in text.splitlines() if line.split()[-2:-1] in (["T"], ["t"])}


NEVER_LIBRARIES = {
    "postern-front": ["libsqlite3", "libunbound", "libpsl"],
    "postern-core": ["libssl", "libunbound"],
    "postern-courier": ["libsqlite3", "libunbound", "libpsl"],
    "postern-resolver": ["libsqlite3", "libssl", "libpsl", "libidn2"],
}

NEVER_FUNCTIONS = {
    "postern-front": ["stream_connect", "gate_decide", "dkim_sign", "policy_parse", "sealer_open",
                      "sealer_unseal", "database_open", "smtp_password", "spool_accept",
                      "dns_update_write"],
    "postern-core": ["stream_open", "stream_connect", "listener_open", "tls_server_new",
                     "dns_update_write", "dns_exchange"],
    "postern-courier": ["database_open", "sealer_open", "sealer_unseal", "dkim_sign",
                        "gate_decide", "smtp_password", "spool_accept", "dns_update_write"],
    "postern-resolver": ["database_open", "sealer_open", "dkim_sign", "gate_decide",
                         "stream_open", "stream_connect", "listener_open"],
}

ONLY_HERE = {"libunbound": "postern-resolver", "libsqlite3": "postern-core"}


@pytest.mark.parametrize("program, library", [(program, library)
                                              for program, names in NEVER_LIBRARIES.items()
                                              for library in names])
def test_a_role_links_no_library_it_must_never_have(program, library):
    assert library not in libraries(program)


@pytest.mark.parametrize("program, function", [(program, function)
                                               for program, names in NEVER_FUNCTIONS.items()
                                               for function in names])
def test_a_role_holds_no_function_it_must_never_have(program, function):
    assert function not in functions(program)


def test_the_roles_do_hold_what_is_theirs():
    """Were the names above misspelt, nothing would ever be found."""
    assert {"gate_decide", "dkim_sign", "policy_parse", "sealer_open", "sealer_unseal",
            "database_open", "smtp_password_matches", "spool_accept"} <= functions("postern-core")
    assert {"stream_open", "listener_open", "tls_server_new"} <= functions("postern-front")
    assert "stream_connect" in functions("postern-courier")
    assert {"dns_update_write", "dns_exchange"} <= functions("postern-resolver")


@pytest.mark.parametrize("library, program", ONLY_HERE.items())
def test_one_role_alone_links(library, program):
    roles = ["postern-front", "postern-core", "postern-courier", "postern-resolver"]
    assert [role for role in roles if library in libraries(role)] == [program]
