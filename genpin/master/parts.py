"""The parts of GB200 and GB300 NVL72, their levels, and what supplier-built boards hold (domain/nvl72.md section 3).

Numbers that NVIDIA's or the makers' tools report are real ones; where none is public the number is the plant's own
(`PLANT`). Customs and export figures are candidates for counsel, never a judgement: so they say it, and `gaihi`
(該非判定) is left blank until a named person judges.

What sits in a power shelf has serials of its own that only the supplier knows: PSUs and the PMC are positions born
when `reported`, by the ship notice's `parent` and `position` columns; until then the shelf shows them as 不明.
"""

from __future__ import annotations

from decimal import Decimal

from inventory.operations.parts import BuiltInRow, PartRow

PLANT = "(plant number)"
HS_MACHINE = "8471.50 (candidate)"  # japan.md section 3, U
HS_PART = "8473.30 (candidate)"  # japan.md section 3, U
ECCN_CHIP = "3A090 (candidate)"  # japan.md section 4.2, U
ECCN_COMPUTER = "4A090 (candidate)"  # japan.md section 4.2, U


def _kg(text: str) -> Decimal:
    return Decimal(text)


def _superchip(number: str, gpu: str, name: str) -> PartRow:
    """A board is one scanned unit; its CPU is born with it, its GPUs when first reported (RULINGS 10)."""
    return PartRow(
        number=number, revision="A", name_ja=f"スーパーチップ基板 {name}", name_en=f"Superchip board {name}",
        kind="superchip", level="board", manufacturer="NVIDIA", hs_code=HS_PART, eccn=ECCN_COMPUTER,
        weight_kg=_kg("4.2"),  # L
        self_reported=True,
        built_in=[
            BuiltInRow(position="cpu_0", part_number="CPU-GRACE", revision="A", born="receipt"),
            BuiltInRow(position="gpu_0", part_number=gpu, revision="A1", born="reported"),
            BuiltInRow(position="gpu_1", part_number=gpu, revision="A1", born="reported"),
        ],
    )  # fmt: skip


def _gpu(number: str, name: str) -> PartRow:
    return PartRow(
        number=number, revision="A1", name_ja=f"GPU {name}", name_en=f"GPU {name}", kind="gpu", level="chip",
        manufacturer="NVIDIA", eccn=ECCN_CHIP, self_reported=True,
    )  # fmt: skip


RACKS = (
    PartRow(
        number="GB200-NVL72", revision="B", name_ja="ラック GB200 NVL72", name_en="Rack GB200 NVL72", kind="rack",
        level="rack", trace_level=4, hs_code=HS_MACHINE, eccn=ECCN_COMPUTER, country="JP",
        weight_kg=_kg("1360"),  # loaded, 3.1, M
    ),
    PartRow(
        number="GB300-NVL72", revision="C", name_ja="ラック GB300 NVL72", name_en="Rack GB300 NVL72", kind="rack",
        level="rack", trace_level=4, hs_code=HS_MACHINE, eccn=ECCN_COMPUTER, country="JP",
        weight_kg=_kg("1360"),  # loaded, 3.1, M
    ),
)  # fmt: skip

TRAYS = (
    PartRow(
        number="GB200-CT", revision="B", name_ja="計算トレイ GB200", name_en="Compute tray GB200", kind="compute",
        level="tray", hs_code=HS_MACHINE, eccn=ECCN_COMPUTER, country="JP", weight_kg=_kg("29"),  # L
        aliases=["B81.11810.000D"],  # Wiwynn's number of the chassis, H [GBX]
    ),
    PartRow(
        number="GB300-CT", revision="C", name_ja="計算トレイ GB300", name_en="Compute tray GB300", kind="compute",
        level="tray", hs_code=HS_MACHINE, eccn=ECCN_COMPUTER, country="JP", weight_kg=_kg("29"),  # L
        aliases=["SC57C26750"],  # Lenovo's number of the chassis, H [GBX]
    ),
    PartRow(
        number="N5200_LD", revision="A", name_ja="スイッチトレイ", name_en="NVLink switch tray", kind="switch",
        level="tray", manufacturer="NVIDIA", hs_code=HS_PART, weight_kg=_kg("27"),  # L
        built_in=[
            BuiltInRow(position=f"nvswitch_{n}", part_number="920-9K36W-00MV-GS0", revision="A", born="receipt")
            for n in range(2)
        ],
    ),
    PartRow(
        number="PF-1333-7R", revision="02", name_ja="電源シェルフ 33 kW", name_en="Power shelf 33 kW", kind="shelf",
        level="tray", manufacturer="LiteOn", hs_code="8504.40 (candidate)",  # U
        weight_kg=_kg("32"),  # L
        built_in=[
            *(
                BuiltInRow(position=f"psu_{n}", part_number="PSU-5K5", revision="01", born="reported")
                for n in range(6)
            ),
            BuiltInRow(position="pmc_0", part_number="PMC-1333", revision="01", born="reported"),
        ],
    ),
    PartRow(
        number="SN2201-DC", revision="A1", name_ja="管理スイッチ SN2201", name_en="Management switch SN2201",
        kind="mgmt", level="tray", manufacturer="NVIDIA", hs_code="8517.62 (candidate)",  # U
        weight_kg=_kg("6"),  # L
    ),
)  # fmt: skip

RACK_MODULES = (
    PartRow(
        number="750-0567-002", revision="A", name_ja="ケーブルカートリッジ", name_en="NVLink cable cartridge",
        kind="cartridge", level="module", manufacturer="NVIDIA", hs_code=HS_PART, weight_kg=_kg("18"),  # L
    ),
    PartRow(
        number="BB-1400-A", revision="01", name_ja="バスバー 1400 A", name_en="Bus bar 1400 A", kind="bus_bar",
        level="module", manufacturer=PLANT, weight_kg=_kg("22"),  # L
    ),
    PartRow(
        number="MF-44U-S", revision="03", name_ja="マニホールド(供給)", name_en="Manifold, supply", kind="manifold",
        level="module", manufacturer=PLANT, weight_kg=_kg("9"),  # L
    ),
    PartRow(
        number="MF-44U-R", revision="03", name_ja="マニホールド(戻り)", name_en="Manifold, return", kind="manifold",
        level="module", manufacturer=PLANT, weight_kg=_kg("9"),  # L
    ),
    PartRow(
        number="CPL-CT", revision="B", name_ja="コールドプレート・ループ", name_en="Cold-plate loop", kind="loop",
        level="module", manufacturer=PLANT, weight_kg=_kg("3.1"),  # L
    ),
)  # fmt: skip

BOARDS = (
    _superchip("900-2G548-A801-000", "2941-892-A1", "GB200"),  # board and GPU numbers, H [K8S]
    _superchip("900-2G548-A901-000", "31C2-892-A1", "GB300"),  # family H [K8S], suffix U
    PartRow(
        number="900-24768-0002-000", revision="A", name_ja="IO基板 ConnectX-7", name_en="IO board ConnectX-7",
        kind="io_board", level="board", manufacturer="NVIDIA", hs_code=HS_PART,  # H [GBX]
    ),
    PartRow(
        number="900-9X86E-00CX-ST0", revision="A", name_ja="IO基板 ConnectX-8", name_en="IO board ConnectX-8",
        kind="io_board", level="board", manufacturer="NVIDIA", hs_code=HS_PART,  # H [GBX]
    ),
    PartRow(
        number="900-9D3B6-00CV-AA0", revision="A", name_ja="DPU BlueField-3", name_en="DPU BlueField-3", kind="dpu",
        level="board", manufacturer="NVIDIA", hs_code=HS_PART,  # H [GBX]
    ),
    PartRow(
        number="SSD-E1S-3T84", revision="A", name_ja="E1.S SSD 3.84 TB", name_en="E1.S SSD 3.84 TB", kind="e1s",
        level="board", manufacturer="Samsung", aliases=["MZTL63T8HFLT-00AW7"],  # model as reported, H
    ),
    # The substitute of the same size: fitted by an approved deviation only, so no design names it.
    PartRow(
        number="SSD-E1S-3T84-B", revision="A", name_ja="E1.S SSD 3.84 TB(代替)",
        name_en="E1.S SSD 3.84 TB (substitute)", kind="e1s", level="board", manufacturer=PLANT,
    ),
    PartRow(
        number="SSD-M2-1T92", revision="A", name_ja="M.2 SSD 1.92 TB(起動)", name_en="M.2 SSD 1.92 TB (boot)",
        kind="m2", level="board", manufacturer=PLANT,
    ),
    PartRow(
        number="BMC-DCSCM", revision="A", name_ja="BMCカード(DC-SCM)", name_en="BMC card (DC-SCM)", kind="bmc",
        level="board", manufacturer=PLANT,
    ),
    PartRow(
        number="HMC-GB", revision="A", name_ja="HMCモジュール", name_en="HMC module", kind="hmc", level="board",
        manufacturer=PLANT,
    ),
    PartRow(
        number="PDB-CT", revision="A", name_ja="配電基板(PDB)", name_en="Power distribution board", kind="pdb",
        level="board", manufacturer=PLANT,
    ),
    PartRow(
        number="692-13809-1404-000", revision="A", name_ja="スイッチBMCカード P3809", name_en="Switch BMC card P3809",
        kind="bmc", level="board", manufacturer="NVIDIA", aliases=["P3809"],  # H [GBX]
    ),
    PartRow(
        number="PSU-5K5", revision="01", name_ja="電源ユニット 5.5 kW", name_en="Power supply unit 5.5 kW", kind="psu",
        level="board", manufacturer="LiteOn", hs_code="8504.40 (candidate)",  # U
    ),
    PartRow(
        number="PMC-1333", revision="01", name_ja="電源管理コントローラー(PMC)",
        name_en="Power management controller (PMC)", kind="pmc", level="board", manufacturer="LiteOn",
    ),
)  # fmt: skip

CHIPS = (
    PartRow(
        number="CPU-GRACE", revision="A", name_ja="CPU Grace", name_en="CPU Grace", kind="cpu", level="chip",
        manufacturer="NVIDIA",
    ),
    _gpu("2941-892-A1", "GB200"),
    _gpu("31C2-892-A1", "GB300"),
    PartRow(
        number="920-9K36W-00MV-GS0", revision="A", name_ja="NVSwitchチップ", name_en="NVSwitch ASIC", kind="nvswitch",
        level="chip", manufacturer="NVIDIA", hs_code="8542.31 (candidate)",  # U
    ),
)  # fmt: skip

LOTS = (
    PartRow(
        number="TIM-PCM-01", revision="A", name_ja="放熱材(TIM)", name_en="Thermal interface material", kind="tim",
        level="chip", traceability="lot", manufacturer=PLANT,
    ),
    PartRow(
        number="PG25", revision="A", name_ja="冷却液 PG25", name_en="Coolant PG25", kind="coolant", level="chip",
        traceability="lot", manufacturer=PLANT,
    ),
    PartRow(
        number="SCR-M3X8", revision="A", name_ja="小ねじ M3×8", name_en="Screw M3×8", kind="screw", level="chip",
        traceability="lot", trace_level=2, manufacturer=PLANT,
    ),
)  # fmt: skip

CRATES = (
    PartRow(
        number="CRATE-NVL72", revision="A", name_ja="ラック用密閉木箱", name_en="Closed wooden crate for a rack",
        kind="crate", level="crate", manufacturer=PLANT,
        weight_kg=_kg("320"),  # tare; crated 1.6 to 1.9 t, japan.md section 2, L
    ),
)  # fmt: skip

PARTS: tuple[PartRow, ...] = (*CHIPS, *BOARDS, *RACK_MODULES, *TRAYS, *RACKS, *LOTS, *CRATES)
"""`self_reported` marks what a tool whose files Genpin reads names (nvidia-smi, dcgm-diag): boards and GPUs."""
