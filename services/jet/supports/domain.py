"""Where support goes: the prefecture of an organisation, and whether it is 都, 道, 府 or 県."""

# 全国地方公共団体コード, first two digits (JIS X 0401): 北海道, 東京都, 京都府 and 大阪府; all others are 県
NOT_KEN = {"01": "道", "13": "都", "26": "府", "27": "府"}
KINDS = ("都", "道", "府", "県")


def prefecture_kind(prefecture: str) -> str:
    return NOT_KEN.get(prefecture, "県")
