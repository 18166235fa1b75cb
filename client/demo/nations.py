"""Nationalities of the demo years: 51 in programme year 2024, of which one first comes in that year."""

from random import Random

COMMON = "US"
NEWCOMER = "IS"  # nobody holds it before 2024


def _all(countries: str, weight: float) -> dict[str, float]:
    return dict.fromkeys(countries.split(), weight)


WEIGHTS: dict[str, float] = {
    "US": 100,
    "GB": 18,
    "CA": 11,
    "AU": 6,
    "NZ": 5,
    "ZA": 5,
    "IE": 2.5,
    "JM": 3,
    "TT": 4,
    "PH": 6,
    "SG": 2,
    "IN": 1,
    "BB": 0.8,
    "GH": 0.3,
    **_all("KE FJ LK MY CN KR MN VN TH ID MM NP KH", 0.15),
    **_all("DE AT CH FR BE IT ES PT NL SE NO DK FI EE PL CZ HU RO BG", 0.12),
    **_all("BR MX PE AR", 0.12),
}
CIR_WEIGHTS: dict[str, float] = {
    "US": 25,
    "GB": 8,
    "CA": 8,
    "AU": 8,
    "CN": 12,
    "KR": 12,
    "VN": 6,
    "BR": 5,
    "DE": 4,
    "FR": 5,
    "NZ": 3,
    "TH": 2,
    "MN": 2,
    "ID": 2,
    "IE": 2,
    **_all("ES IT NL PE SG MX FI PL MY", 1.0),
}
SEA_COUNTRIES = ("CN", "KR", "US", "FR", "DE")


def draw_nationality(rng: Random, job: str) -> str:
    if job == "SEA":
        return rng.choice(SEA_COUNTRIES)
    weights = WEIGHTS if job == "ALT" else CIR_WEIGHTS
    return rng.choices(list(weights), weights=list(weights.values()))[0]
