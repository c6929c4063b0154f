"""How trays are built and tested: operations 100 to 140 of domain/nvl72.md section 6.1, minutes from there.

Every limit is the plant's to change (P); its source stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from assembly.operations.routing_specs import OperationSpec, ReentrySpec
from genpin.master.routing_words import CHECKED, count, leak_test, number, seen


@dataclass(frozen=True, slots=True)
class RoutingRow:
    """A routing to release."""

    code: str
    revision: str
    operations: tuple[OperationSpec, ...]
    reentry: tuple[ReentrySpec, ...]


@dataclass(frozen=True, slots=True)
class TrayLimits:
    """Lower limits of a tray's test in GB/s; None: no public figure yet, recorded and not judged."""

    host_to_device: str | None
    device_to_host: str | None
    device_to_device: str | None
    all_reduce: str | None


GB200 = TrayLimits("201", "193", "1530", "680")  # section 7, H [AZ]
GB300 = TrayLimits(None, None, None, None)  # section 7 has none: from the golden tray

TRAY_SLOTS = ("pdb", "superchip", "loop", "io_board", "dpu", "bmc", "hmc", "e1s", "m2")

KIT = OperationSpec(
    100, "配膳", "Kitting", "kit", "WC-TRAY", "kit", 30,
    fields=(count("shortages", "欠品数 / Shortages", 0),),
    instruction_ja="部品表どおりに台車へそろえます。先入れ先出し。放熱材の有効期限を見ます。",
    instruction_en="Set out the bill of material on the cart, first in first out. Look at the expiry of TIM.",
)  # fmt: skip


def _assembly() -> OperationSpec:
    return OperationSpec(
        110, "トレイ組立", "Tray assembly", "assemble", "WC-TRAY", "tray_build", 120,  # 2 h, M
        slot_kinds=TRAY_SLOTS, tool_kinds=("torque",),
        fields=(
            # vendor-private, section 6.1: the plant's own values, L
            number("torque_board", "基板 締付トルク / Board torque", "N·m", "0.55", "0.65"),
            number("torque_coldplate", "コールドプレート 締付トルク / Cold plate torque", "N·m", "0.80", "1.00"),
        ),
        instruction_ja="基板、コールドプレート、ドライブの順に取付け、部品ごとに読取ります。ねじは対角の順に2回で締めます。",
        instruction_en="Fit boards, cold plates, then drives; scan each part. Tighten crosswise in two passes.",
    )  # fmt: skip


LEAK = OperationSpec(
    120, "トレイ漏れ試験", "Tray leak test", "measure", "WC-TRAY", "tray_build", 20,
    tool_kinds=("leak_tester",), fields=leak_test("10"),
    instruction_ja="窒素で加圧し、弁を閉じて10分保持します。降下が規格内なら減圧してからカプラを外します。",
    instruction_en="Pressurise with nitrogen, close the valve and hold for 10 minutes. Release before uncoupling.",
)  # fmt: skip

ELECTRICAL = OperationSpec(
    130, "電気安全試験", "Electrical safety", "measure", "WC-TRAY", "tray_build", 5, signs=CHECKED,
    fields=(
        number("ground_bond", "接地導通 / Ground bond", "Ω", "0", "0.1"),  # IEC 62368-1 practice, U
        number("insulation", "絶縁抵抗 / Insulation resistance", "MΩ", "1"),  # L
    ),
    instruction_ja="リストストラップを外し、手を離してから印加します。測定は二人で確認します。",
    instruction_en="Take the wrist strap off and keep hands away before applying voltage. A second person checks.",
)  # fmt: skip


def _compute_test(limits: TrayLimits) -> OperationSpec:
    return OperationSpec(
        140, "トレイ試験 (L10)", "Tray test (L10)", "test", "WC-TTEST", "tray_test", 120,  # 1.5 to 3 h
        required_tools=("dcgm-diag", "nvidia-smi"),
        fields=(
            count("gpus", "GPU数 / GPUs", 4),  # H [HV]
            number("h2d", "ホスト→GPU帯域 / Host to device", "GB/s", limits.host_to_device),
            number("d2h", "GPU→ホスト帯域 / Device to host", "GB/s", limits.device_to_host),
            number("d2d", "GPU間帯域 / Device to device", "GB/s", limits.device_to_device),
            number("nccl_node", "NCCL 4 GPU帯域 / NCCL, 4 GPUs", "GB/s", limits.all_reduce),
            count("sel_open", "未解決イベント数 / Open log events", 0),
        ),
        instruction_ja="ファームウェアをそろえ、DCGMとnvidia-smiを流し、ファイルを取込みます。欠けた項目は合格ではありません。",
        instruction_en="Align firmware, run DCGM and nvidia-smi and import both files. A missing result is no pass.",
    )  # fmt: skip


# Section 6.2 has the rack's rules; a tray's follow them: leak test where a joint was opened, test always. L
COMPUTE_REENTRY = (
    ReentrySpec("pdb", (110, 130, 140)),
    ReentrySpec("superchip", (110, 120, 130, 140)),
    ReentrySpec("loop", (110, 120, 140)),
    ReentrySpec("io_board", (110, 140)),
    ReentrySpec("dpu", (110, 140)),
    ReentrySpec("bmc", (110, 140)),
    ReentrySpec("hmc", (110, 140)),
    ReentrySpec("e1s", (110, 140)),
    ReentrySpec("m2", (110, 140)),
)


def compute(code: str, limits: TrayLimits) -> RoutingRow:
    """The routing of a compute tray."""
    return RoutingRow(code, "A", (KIT, _assembly(), LEAK, ELECTRICAL, _compute_test(limits)), COMPUTE_REENTRY)


SWITCH_ASSEMBLY = OperationSpec(
    110, "BMCカード取付け", "Fit BMC card", "assemble", "WC-TRAY", "tray_build", 20, slot_kinds=("bmc",),
    fields=(seen("qd_clean", "カプラ清浄 / Couplings clean"),),
    instruction_ja="BMCカードを差し、両端のねじを締めます。カプラの面に傷と異物がないことを見ます。",
    instruction_en="Insert the BMC card and tighten both screws. Look for scratches and dirt on the couplings.",
)  # fmt: skip

SWITCH_TEST = OperationSpec(
    140, "スイッチトレイ試験 (L10)", "Switch tray test (L10)", "measure", "WC-TTEST", "tray_test", 60,
    fields=(
        count("asics", "NVSwitch数 / NVSwitch ASICs", 2),  # 3.3, H [GBX]
        count("leak_detectors", "漏液検知器数 / Leak detectors", 8),  # 3.3, H
        count("firmware_differences", "FW相違数 / Firmware differences", 0),
        count("sel_open", "未解決イベント数 / Open log events", 0),
    ),
    instruction_ja="NVOSを起動し、版数を指図の基準と照合します。漏液検知器を一つずつ確かめます。",
    instruction_en="Boot NVOS and compare versions with the order's baseline. Check each leak detector.",
)  # fmt: skip

TRAY_ROUTINGS = (
    compute("RT-CT-GB200", GB200),
    compute("RT-CT-GB300", GB300),
    RoutingRow("RT-ST", "A", (KIT, SWITCH_ASSEMBLY, LEAK, ELECTRICAL, SWITCH_TEST), (ReentrySpec("bmc", (110, 140)),)),
)
