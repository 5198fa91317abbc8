"""Write tasks/strip/data/places.txt: the names of China's counties, cities and districts, in use or abolished.

    python tools/make_places.py areacodes.csv

Source: yescallop/areacodes (CC0), every administrative division from county level up since 1981. Its columns, by
position: code, province, prefecture, name, level, state, since, until, successor. Taiwan's and Hong Kong's divisions
are not in it and stand below. One line a province and level: the first two digits of its code, `p` for
prefectures or `c` for counties, then the names, simplified, in order.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parent.parent / "tasks" / "strip" / "data" / "places.txt"
LEVELS = {"省级": "p", "地级": "p", "县级": "c"}
# Rows that hold a group of divisions, not a place.
GROUPS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖"})
FURTHER = {
    ("71", "p"): "台北市 新北市 桃园市 台中市 台南市 高雄市 基隆市 新竹市 嘉义市",
    ("71", "c"): (
        "新竹县 苗栗县 彰化县 南投县 云林县 嘉义县 屏东县 宜兰县 花莲县 台东县 澎湖县 金门县 连江县 "
        "桃园县 台中县 台南县 高雄县 台北县"
    ),
    ("81", "c"): (
        "中西区 东区 南区 湾仔区 九龙城区 观塘区 深水埗区 黄大仙区 油尖旺区 离岛区 葵青区 北区 西贡区 "
        "沙田区 大埔区 荃湾区 屯门区 元朗区"
    ),
}


def main(source: Path) -> None:
    """Read the table at `source`, write the names, and say how many there are."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            code, name, level = row[0], row[3], row[4]
            if name not in GROUPS:
                names[code[:2], LEVELS[level]].add(name)
    for key, more in FURTHER.items():
        names[key].update(more.split())
    lines = [" ".join([province, level, *sorted(found)]) for (province, level), found in sorted(names.items())]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {sum(map(len, names.values()))} names")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
