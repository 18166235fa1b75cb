"""Bad tokens: variants of a good one, each of which a strict reader must refuse, and why it might not.

Most are signed with the right key, so that only the strict reading can refuse them.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services.kit.auth.keys import Key, new_key, public_jwk
from services.kit.auth.tokens import ACCESS_LIFETIME, INTERNAL_LIFETIME

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
Claims = dict[str, Any]


def encoded(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def without(values: Claims, changed: Claims) -> Claims:
    """`...` takes a name away."""
    return {name: value for name, value in (values | changed).items() if value is not ...}


@dataclass(frozen=True)
class Kind:
    """One kind of token: the key that signs it, its header's `typ` and its good claims now."""

    key: Key
    algorithm: str
    typ: str
    good: Callable[[], Claims]
    lifetime: int
    other_types: tuple[str, ...]
    names: tuple[str, ...]  # claims that are names
    own: dict[str, Callable[["Kind"], str]] = field(default_factory=dict)

    def signed(
        self, header: Claims | None = None, payload: object = None, key: Key | None = None, **claims: Any
    ) -> str:
        said = without({"alg": self.algorithm, "typ": self.typ, "kid": str(self.key.kid)}, header or {})
        first = f"{encoded(said)}.{encoded(without(self.good(), claims) if payload is None else payload)}"
        return f"{first}.{encoded(self.signature(first, key or self.key))}"

    def signature(self, first: str, key: Key) -> bytes:
        made: bytes = jws.JWSRegistry.algorithms[self.algorithm].sign(first.encode(), key)
        return made

    def text(self, **claims: Any) -> str:
        return json.dumps(without(self.good(), claims))

    def zoo(self) -> dict[str, Callable[[], str]]:
        groups = (_forms, _algorithms, _headers, _signatures, _payloads, _times, _names)
        made = {name: make for group in groups for name, make in group(self).items()}
        return made | {name: partial(make, self) for name, make in self.own.items()}


Variants = dict[str, Callable[[], str]]


def _forms(kind: Kind) -> Variants:
    def parts() -> list[str]:
        return kind.signed().split(".")

    def json_form(flat: bool) -> str:
        first, second, third = parts()
        signature = {"protected": first, "signature": third}
        said = {"payload": second} | (signature if flat else {"signatures": [signature]})
        return json.dumps(said)

    return {
        "empty": lambda: "",
        "one part": lambda: parts()[0],
        "two parts": lambda: ".".join(parts()[:2]),
        "four parts": lambda: kind.signed() + ".a",
        "five parts, as of a JWE": lambda: ".".join([*parts(), "a", "b"]),
        "empty parts": lambda: "..",
        "header empty": lambda: "." + ".".join(parts()[1:]),
        "payload empty": lambda: f"{parts()[0]}..{parts()[2]}",
        "signature empty": lambda: ".".join(parts()[:2]) + ".",
        "dot before": lambda: "." + kind.signed(),
        "dot after": lambda: kind.signed() + ".",
        "padded": lambda: kind.signed() + "==",
        "padding in the middle": lambda: kind.signed().replace(".", "=.", 1),
        "standard alphabet": lambda: kind.signed() + "+/",
        "space after": lambda: kind.signed() + " x",
        "space within": lambda: kind.signed().replace(".", ". ", 1),
        "tab within": lambda: kind.signed().replace(".", ".\t", 1),
        "twice": lambda: f"{kind.signed()},{kind.signed()}",
        "twice with a space": lambda: f"{kind.signed()} {kind.signed()}",
        "in quotes": lambda: f'"{kind.signed()}"',
        "percent-encoded": lambda: kind.signed().replace(".", "%2E"),
        "not ASCII": lambda: kind.signed() + "é",
        "not canonical base64": lambda: _uncanonical(kind.signed()),
        "huge": lambda: kind.signed(pad="a" * 5_000),
        "JSON, flattened": lambda: json_form(True),
        "JSON, general": lambda: json_form(False),
        "nested": lambda: kind.signed(payload=kind.signed().encode()),
        "nested with cty": lambda: kind.signed({"cty": "JWT"}, payload=kind.signed().encode()),
    }


def _uncanonical(token: str) -> str:
    """The same signature in other characters: its last one carries bits that nobody reads."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def _algorithms(kind: Kind) -> Variants:
    def unsigned(name: str) -> str:
        return f"{encoded({'alg': name, 'typ': kind.typ, 'kid': str(kind.key.kid)})}.{encoded(kind.good())}."

    def shared(secret: bytes, digest: str = "sha256", name: str = "HS256") -> str:
        first = f"{encoded({'alg': name, 'typ': kind.typ, 'kid': str(kind.key.kid)})}.{encoded(kind.good())}"
        return f"{first}.{encoded(hmac.digest(secret, first.encode(), digest))}"

    public = kind.key.get_op_key("verify")
    der: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem: bytes = kind.key.as_pem(private=False)
    jwk = json.dumps(public_jwk(kind.key))
    named = {f"alg {name}, signed all the same": name for name in (
        "none", "None", "NONE", "nOnE", "", "HS256", "ES384", "ES512", "ES256K", "RS256", "PS256", "EdDSA", "Ed448",
        "es256", "ed25519", "ES256 ", "ECDH-ES", "A256KW", "dir",
    )}  # fmt: skip
    return (
        {title: partial(kind.signed, {"alg": name}) for title, name in named.items()}
        | {f"alg {name}, unsigned": partial(unsigned, name) for name in ("none", "None", "NONE", "nOnE")}
        | {
            "alg of the other kind": lambda: kind.signed(
                {"alg": {"ES256": "Ed25519"}.get(kind.algorithm, "ES256")}
            ),
            "alg missing": lambda: kind.signed({"alg": ...}),
            "alg null": lambda: kind.signed({"alg": None}),
            "alg a list": lambda: kind.signed({"alg": [kind.algorithm]}),
            "alg a number": lambda: kind.signed({"alg": 256}),
            "HS256 with the public key as PEM": lambda: shared(pem),
            "HS256 with the public key as PEM, stripped": lambda: shared(pem.strip()),
            "HS256 with the public key as DER": lambda: shared(der),
            "HS256 with the public key as JWK": lambda: shared(jwk.encode()),
            "HS256 with the kid": lambda: shared(str(kind.key.kid).encode()),
            "HS256 with nothing": lambda: shared(b""),
            "HS512 with the public key as PEM": lambda: shared(pem, "sha512", "HS512"),
            "right alg, a MAC of the public key": lambda: shared(pem, name=kind.algorithm),
            "RS256 with an own key": lambda: _rsa(kind),
        }
    )


def _rsa(kind: Kind) -> str:
    header = {"alg": "RS256", "typ": kind.typ, "kid": str(kind.key.kid)}
    return jws.serialize_compact(header, json.dumps(kind.good()), RSAKey.generate_key(2048), ["RS256"])


def _headers(kind: Kind) -> Variants:
    own = new_key("ES256" if kind.algorithm == "ES256" else "Ed25519")
    kids: dict[str, object] = {
        "missing": ..., "null": None, "empty": "", "unknown": "other", "a path": "../../../../dev/null",
        "a file": "/etc/passwd", "a URL": "http://evil.example/key", "SQL": "' OR '1'='1", "SQL with union": "x' UNION "
        "SELECT 'secret' --", "a command": "key; sleep 10", "a list": [str(kind.key.kid)], "a number": 1, "true": True,
        "an object": {"kid": str(kind.key.kid)}, "longer": f"{kind.key.kid}x", "shorter": str(kind.key.kid)[:-1],
        "with a NUL": f"{kind.key.kid}\0", "with a space": f" {kind.key.kid}", "in another case": str(kind.key.kid).swapcase(),
    }  # fmt: skip
    more: dict[str, Claims] = {
        "jwk of an own key": {"jwk": public_jwk(own)}, "jku": {"jku": "http://evil.example/jwks"},
        "x5u": {"x5u": "http://evil.example/x"}, "x5c": {"x5c": ["MIIB"]}, "x5t": {"x5t": "AAAA"},
        "x5t#S256": {"x5t#S256": "AAAA"}, "crit": {"crit": ["exp"]}, "crit unknown": {"crit": ["x"], "x": 1},
        "crit empty": {"crit": []}, "b64": {"b64": False, "crit": ["b64"]}, "b64 without crit": {"b64": True},
        "zip": {"zip": "DEF"}, "enc": {"enc": "A256GCM"}, "epk": {"epk": {}}, "cty": {"cty": "JWT"},
        "an unknown member": {"hello": "world"}, "claims in the header": {"iss": "x"},
    }  # fmt: skip
    types: dict[str, object] = {f"typ {name}": name for name in (*kind.other_types, "JWT", "jwt", "JOSE", "")}
    types |= {
        "typ in capitals": kind.typ.upper(), "typ with its media type": f"application/{kind.typ}", "typ missing": ...,
        "typ null": None, "typ a list": [kind.typ], "typ with a space": f"{kind.typ} ",
    }  # fmt: skip

    def again() -> str:
        """The kid twice: first another, then the right one."""
        text = f'{{"alg":"{kind.algorithm}","typ":"{kind.typ}","kid":"other","kid":"{kind.key.kid}"}}'
        first = f"{encoded(text.encode())}.{encoded(kind.good())}"
        return f"{first}.{encoded(kind.signature(first, kind.key))}"

    made: Variants = {f"kid {name}": partial(kind.signed, {"kid": kid}) for name, kid in kids.items()}
    made |= {name: partial(kind.signed, said) for name, said in more.items()}
    made |= {name: partial(kind.signed, {"typ": typ}) for name, typ in types.items()}
    return made | {
        "kid twice": again,
        "jwk of an own key that signs": lambda: kind.signed({"jwk": public_jwk(own)}, key=own),
        "header a list": lambda: f"{encoded([])}.{'.'.join(kind.signed().split('.')[1:])}",
        "header not JSON": lambda: f"{encoded(b'{')}.{'.'.join(kind.signed().split('.')[1:])}",
    }


def _signatures(kind: Kind) -> Variants:
    def made(change: Callable[[bytes], bytes]) -> str:
        first, _, _ = kind.signed().rpartition(".")
        return f"{first}.{encoded(change(kind.signature(first, kind.key)))}"

    def renamed() -> Key:
        """Another key that claims the kid of the right one."""
        type_ = ECKey if kind.algorithm == "ES256" else OKPKey
        fresh = new_key("ES256" if kind.algorithm == "ES256" else "Ed25519")
        return type_.import_key(fresh.as_dict(private=True) | {"kid": str(kind.key.kid)})

    def other_payload() -> str:
        header, _, signature = kind.signed().split(".")
        return f"{header}.{encoded(without(kind.good(), {'role': 'participant'}))}.{signature}"

    variants: Variants = {
        "another key with the same kid": lambda: kind.signed(key=renamed()),
        "signature of zeros": lambda: made(lambda signature: bytes(len(signature))),
        "signature of ones": lambda: made(lambda signature: b"\xff" * len(signature)),
        "signature one byte short": lambda: made(lambda signature: signature[:-1]),
        "signature one byte long": lambda: made(lambda signature: signature + b"\0"),
        "signature half": lambda: made(lambda signature: signature[:32]),
        "signature twice": lambda: made(lambda signature: signature * 2),
        "signature with one bit turned": lambda: made(lambda s: s[:-1] + bytes([s[-1] ^ 1])),
        "halves swapped": lambda: made(lambda signature: signature[32:] + signature[:32]),
        "payload changed after signing": other_payload,
        "signature of another token": lambda: (
            f"{kind.signed().rpartition('.')[0]}.{kind.signed(x=1).split('.')[2]}"
        ),
    }
    if kind.algorithm == "ES256":
        variants["signature in DER"] = lambda: made(_der)
        variants["s beyond the order"] = lambda: made(
            lambda s: s[:32] + ((int.from_bytes(s[32:]) + P256_ORDER) % 2**256).to_bytes(32)
        )
        variants["r zero"] = lambda: made(lambda signature: bytes(32) + signature[32:])
        variants["r the order"] = lambda: made(lambda signature: P256_ORDER.to_bytes(32) + signature[32:])
    return variants


def _der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))


def _payloads(kind: Kind) -> Variants:
    return {
        "payload a list": lambda: kind.signed(payload=[kind.good()]),
        "payload a text": lambda: kind.signed(payload="text"),
        "payload null": lambda: kind.signed(payload=b"null"),
        "payload not JSON": lambda: kind.signed(payload=b"{"),
        "payload not UTF-8": lambda: kind.signed(payload=b'{"a": "\xff"}'),
        "payload UTF-16": lambda: kind.signed(payload=kind.text().encode("utf-16")),
        "payload with a BOM": lambda: kind.signed(payload=b"\xef\xbb\xbf" + kind.text().encode()),
        "payload deep": lambda: kind.signed(payload=b"[" * 2500),
        "payload NaN": lambda: kind.signed(payload=(kind.text()[:-1] + ', "x": NaN}').encode()),
        "payload Infinity": lambda: kind.signed(payload=(kind.text()[:-1] + ', "x": Infinity}').encode()),
        "payload with more after it": lambda: kind.signed(payload=(kind.text() + "{}").encode()),
        "a claim twice": lambda: kind.signed(payload=(kind.text()[:-1] + ', "role": "registrar"}').encode()),
        "exp twice": lambda: kind.signed(payload=(kind.text()[:-1] + ', "exp": 9999999999}').encode()),
        "a claim twice by an escape": lambda: kind.signed(
            payload=(kind.text()[:-1] + ', "r\\u006fle": "registrar"}').encode()
        ),
    }


def _times(kind: Kind) -> Variants:
    now = int(time.time())
    ends = now + kind.lifetime
    wrong: dict[str, Claims] = {
        "exp missing": {"exp": ...}, "exp null": {"exp": None}, "exp a text": {"exp": str(ends)},
        "exp a fraction": {"exp": ends - 0.5}, "exp true": {"exp": True}, "exp a list": {"exp": [ends]},
        "exp negative": {"exp": -1}, "exp zero": {"exp": 0}, "exp huge": {"exp": 2**63}, "exp larger than all": {"exp": 10**30},
        "exp now": {"iat": now - kind.lifetime, "exp": now}, "exp over": {"iat": now - kind.lifetime, "exp": now - 1},
        "exp long over": {"iat": 1, "exp": 2}, "exp before iat": {"iat": now, "exp": now - 10},
        "exp at iat": {"iat": ends, "exp": ends}, "life too long": {"iat": now, "exp": now + kind.lifetime + 1},
        "life of a year": {"exp": now + 31_536_000}, "iat missing": {"iat": ...}, "iat null": {"iat": None},
        "iat a text": {"iat": str(now)}, "iat a fraction": {"iat": now + 0.5}, "iat true": {"iat": True},
        "iat negative": {"iat": -now}, "iat to come": {"iat": now + 60, "exp": now + 80}, "iat huge": {"iat": 2**53},
        "nbf to come": {"nbf": now + 60}, "nbf a text": {"nbf": str(now)}, "nbf null": {"nbf": None}, "nbf a fraction": {"nbf": now - 0.5},
    }  # fmt: skip
    return {name: partial(kind.signed, **said) for name, said in wrong.items()}


def _names(kind: Kind) -> Variants:
    wrong: Claims = {
        "missing": ..., "null": None, "empty": "", "a number": 1, "a list": ["x"], "an object": {}, "too long": "a" * 201,
        "with a line break": "a\nb", "with a NUL": "a\0", "with a space": "a b", "not ASCII": "担当",
    }  # fmt: skip
    made: Variants = {
        f"{name} {how}": partial(kind.signed, **{name: value})
        for name in kind.names
        for how, value in wrong.items()
    }
    scopes: dict[str, object] = {
        "missing": ..., "null": None, "a list": ["jet.things:read"], "with two spaces": "a:read  b:read",
        "with a quote": 'a:read"', "in capitals": "JET:READ", "with a line break": "a:read\nb:read",
    }  # fmt: skip
    made |= {f"scope {how}": partial(kind.signed, scope=value) for how, value in scopes.items()}
    ids: Claims = {
        "not a UUID": "13101", "null": None, "a number": 7, "in capitals": "0190A000-0000-7000-8000-000000000001",
        "in braces": "{0190a000-0000-7000-8000-000000000001}", "SQL": "' OR true --", "a list": [],
    }  # fmt: skip
    return made | {
        f"{name} {how}": partial(kind.signed, **{name: value})
        for name in ("org", "person")
        for how, value in ids.items()
    }


def access_kind(key: Key, issuer: str) -> Kind:
    def good() -> Claims:
        now = int(time.time())
        return {
            "iss": issuer, "aud": issuer, "sub": "zoo-tool", "client_id": "zoo-tool", "jti": "zoo", "iat": now,
            "exp": now + ACCESS_LIFETIME, "role": "coordinator", "scope": "jet.things:read",
        }  # fmt: skip

    wrong: dict[str, Claims] = {
        "aud missing": {"aud": ...}, "aud a list": {"aud": [issuer]}, "aud a list of two": {"aud": [issuer, "https://x.example"]},
        "aud empty": {"aud": ""}, "aud the name of a service": {"aud": "jet"}, "aud longer": {"aud": f"{issuer}.evil.example"},
        "aud with a slash": {"aud": f"{issuer}/"}, "aud shorter": {"aud": issuer[:-1]}, "aud in capitals": {"aud": issuer.upper()},
        "aud another service": {"aud": f"{issuer}/grants"}, "aud deeper": {"aud": f"{issuer}/jet/v1"}, "aud of earlier": {"aud": "kakehashi"},
        "aud up and down": {"aud": f"{issuer}/../jet"}, "iss missing": {"iss": ...}, "iss a list": {"iss": [issuer]},
        "iss longer": {"iss": f"{issuer}.evil.example"}, "iss with a slash": {"iss": f"{issuer}/"}, "iss shorter": {"iss": issuer[:-1]},
        "iss in capitals": {"iss": issuer.upper()}, "iss null": {"iss": None}, "iss with a user": {"iss": issuer.replace("//", "//x@")},
        "role of the database": {"role": "issuer"}, "role of the worker": {"role": "worker"}, "role nobody has": {"role": "king"},
        "role in capitals": {"role": "REGISTRAR"}, "role two": {"role": "organisation,registrar"},
        "version a text": {"cv": "1"}, "version negative": {"cv": -1}, "version a fraction": {"pv": 1.5}, "version null": {"pv": None},
    }  # fmt: skip
    own: dict[str, Callable[[Kind], str]] = {
        name: partial(Kind.signed, **said) for name, said in wrong.items()
    }
    types = ("kk-int+jwt", "client-authentication+jwt", "authorization-grant+jwt", "dpop+jwt", "id_token")
    names = ("sub", "client_id", "jti", "role")
    return Kind(key, "ES256", "at+jwt", good, ACCESS_LIFETIME, types, names, own)


def internal_kind(key: Key, audience: str, route: str) -> Kind:
    def good() -> Claims:
        now = int(time.time())
        return {
            "aud": audience, "route": route, "client": "zoo-tool", "tok": "zoo", "iat": now,
            "exp": now + INTERNAL_LIFETIME, "role": "registrar", "scope": "directory:read",
        }  # fmt: skip

    wrong: dict[str, Claims] = {
        "aud missing": {"aud": ...}, "aud a list": {"aud": [audience]}, "aud of no service": {"aud": "desk"},
        "aud of another service": {"aud": "grants" if audience == "jet" else "jet"}, "aud longer": {"aud": f"{audience}s"},
        "aud in capitals": {"aud": audience.upper()}, "aud empty": {"aud": ""}, "aud everything": {"aud": "*"},
        "another route": {"route": "jet_nothing_list"}, "route longer": {"route": f"{route}_all"}, "route everything": {"route": "*"},
        "life of 40 s": {"exp": int(time.time()) + 40}, "life of an access token": {"exp": int(time.time()) + 300},
    }  # fmt: skip
    own: dict[str, Callable[[Kind], str]] = {
        name: partial(Kind.signed, **said) for name, said in wrong.items()
    }
    types = ("at+jwt", "client-authentication+jwt", "kk-int", "JWT+kk-int")
    return Kind(
        key, "Ed25519", "kk-int+jwt", good, INTERNAL_LIFETIME, types, ("route", "client", "tok", "role"), own
    )
