"""Sample facts of one rack: its front, its back, a tray from above, what differs."""

# ruff: noqa: E501, E731 - tables of facts read best as tables

from __future__ import annotations

from typing import Any

from assembly.elevation import BackPart, Position, RackBack, RackFace, TrayTop, elevation, rear, tray_top
from tests.ui.samples import NOW, Facts, at, rows, sections, thing


def a_rack(language: str) -> Facts:
    """The rack page of the reference."""
    states = {5: ("hold", "CT26-0031702", ""), 14: ("fail", "MT2615X00417", ""), 20: ("swap", "CT26-0031723", "")}
    front = RackFace(
        "big", 44, rows(states, links=True), "ラック RK26-00131 の正面図", "スロット5は保留、14は不一致、20は代替品"
    )
    trays = tuple(range(11, 38))
    parts = (
        *(BackPart("cartridge", 11, 37, str(i), joins=trays) for i in range(4)),
        BackPart("busbar", 7, 41, "バスバー"),
        BackPart("supply", 6, 38, "供給", joins=trays),
        BackPart("return", 6, 38, "戻り", joins=trays),
    )
    leaf = lambda name, number: thing(name=name, id=number, url="", kind="", state="", note="", void=False, children=[])
    board = thing(name="スーパーチップ基板 0", id="1653225001184", url="#", kind="", state="", note="GPU 2 個が同じ番号を申告", void=False,
                  children=[leaf("GPU 0", "GPU-7c1e0f52-a91b"), leaf("GPU 1", "GPU-18d4b6aa-03f7")])  # fmt: skip
    gone = thing(name="コールドプレート・ループ", id="CPL-26-007940", url="#", kind="", state="void", word="取外し", note="11/14 13:02 – 11/18 15:05 · NC-26-0179",
                 void=True, children=[])  # fmt: skip
    tray = thing(name="計算トレイ", id="CT26-0031702", url="#", kind="", state="hold", word="保留", note="11/16 10:41 取付 · 林 芽衣 · 組立 3", void=False,
                 children=[board, leaf("スーパーチップ基板 1", "1653225001207"), gone])  # fmt: skip
    row = lambda place, position, part, designed, built, reported, state, word, **more: thing(
        place=place, position=position, part=part, designed=designed, built=built, reported=reported, state=state, word=word,
        **{"built_note": "", "note": "", "selected": False, "url": "#", **more})  # fmt: skip
    return {
        "sections": sections(1),
        "role": "品質",
        "crumbs_url": "/racks/",
        "rack": thing(
            number="RK26-00131",
            state="hold",
            word="",
            summary=["GB300 NVL72 版数 C", "指図 MO-26-0402", "凍結設計 D-31", "いま:エージング A-07(停止)"],
        ),
        "acts": [
            thing(label="記録を検証", url="#", icon="seal", kind=""),
            thing(label="移動票", url="#", icon="print", kind=""),
            thing(label="漏れ再試験を始める", url="#", icon="", kind="primary"),
        ],
        "notices": [
            thing(
                state="hold",
                title="スロット 5 の漏液警報(14:22:06–14:22:43)で保留しています。",
                text="警報は復帰しましたが、漏れ再試験が済むまで梱包できません。",
                url="#",
                link="NC-26-0191",
                more="田中 恵、本日 14:31",
                acts=[],
                alert=False,
            )
        ],
        "drawing": elevation(front),
        "back": rear(RackBack(44, parts, "背面図", "背面(模式図)", "カートリッジ")),
        "tabs": [
            thing(label=label, url="#", current=label == "構成", count=count)
            for label, count in (("構成", 539), ("試験", 214), ("履歴", 3418), ("書類", 12), ("出荷", 0))
        ],
        "tab": "configuration",
        "difference": thing(
            total=539,
            differing=4,
            reported_at=at(20, 9, 12),
            toggle_url="#",
            toggle_label="一致も表示",
            design="D-31",
            rows=[
                row(
                    "スロット 5",
                    "U15 · トレイ 4",
                    "計算トレイ",
                    "GB300-CT 版数 C",
                    "CT26-0031702",
                    "CT26-0031702",
                    "hold",
                    "",
                    selected=True,
                ),
                row(
                    "スロット 14",
                    "U24",
                    "スイッチトレイ",
                    "N5200_LD",
                    "MT2615X00417",
                    "MT2615X00471",
                    "fail",
                    "不一致",
                    note="読取り違いの疑い",
                ),
                row(
                    "スロット 20",
                    "U30 · トレイ 10",
                    "E1.S 2 番",
                    "SSD-E1S-3T84",
                    "SSD-E1S-3T84-B",
                    "SSD-E1S-3T84-B",
                    "done",
                    "承認済",
                    built_note="代替、逸脱 DV-26-0044",
                ),
                row("P3", "U9", "PSU 4", "PSU-5K5", "614FK0FXX00X0A3F1", None, "unknown", ""),
            ],
        ),
        "focus": thing(
            title="スロット 5 の構成履歴",
            as_of=NOW,
            as_of_url="#",
            nodes=[tray],
            tray=a_tray(),
            legend=(("done", 14), ("hold", 1), ("fail", 1)),
        ),
        "facts": [
            thing(label="計算トレイ", value="18 / 18"),
            thing(label="スイッチトレイ", value="9 / 9"),
            thing(label="GPU(UUID)", value="72、基板番号 36"),
            thing(label="質量", value="1,362 kg"),
            thing(label="直行率", value=None),
            thing(label="必要日", value="11/27", state="late", word="遅れる確率 80 %"),
        ],
    }


def a_tray() -> Any:
    """A compute tray from above."""
    positions = [Position("pdb", "PDB"), Position("connector", "CBC 0"), Position("connector", "CBC 1")]
    positions += [Position("fan", f"FAN {i}") for i in range(1, 9)]
    positions += [
        Position("loop", "コールドプレート・ループ", "swap", "CPL-26-008812"),
        Position("leak", "漏液 0"),
        Position("leak", "漏液 1"),
    ]
    positions += [
        Position("superchip", "スーパーチップ基板 0", "built", "1653225001184", "#"),
        Position("superchip", "スーパーチップ基板 1", "hold", "1653225001207", "#"),
    ]
    positions += [
        Position("bmc", "BMC", text="BM26-0091"),
        Position("hmc", "HMC", "unknown"),
        Position("nic", "1G NIC"),
    ]
    positions += [
        Position("io", "IO 0", "fail", "MT2611X00018"),
        Position("io", "IO 1", text="MT2611X00019"),
        Position("dpu", "DPU 0", "next"),
        Position("dpu", "DPU 1", "empty"),
    ]
    positions += [Position("m2", "M.2")] + [
        Position("drive", f"E1.S {i}", "empty" if i == 3 else "built") for i in range(4)
    ]
    return tray_top(
        TrayTop("tray", tuple(positions), "計算トレイを上から見た図", "スーパーチップ基板 1 は保留", "前面")
    )
