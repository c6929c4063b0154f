"""How a rack is built, tested, soaked and packed: operations 200 to 520 of domain/nvl72.md section 6.1, with minutes.

Every limit is the plant's to change (P); its source stands beside it. The re-entry rules are those of section 6.2.
"""

from __future__ import annotations

from assembly.operations.routing_specs import OperationSpec, ReentrySpec
from genpin.master.routing_words import CHECKED, count, leak_test, number, seen
from genpin.master.routings_tray import TRAY_ROUTINGS, RoutingRow

SOAK_MINUTES = 72 * 60  # 72 h: common, M [LEV] [ADC]; 168 h strict elsewhere

BUILD = (
    OperationSpec(
        200, "ラック準備", "Rack preparation", "assemble", "WC-RACK", "rack_build", 180,
        slot_kinds=("bus_bar", "manifold"), tool_kinds=("torque",),
        fields=(
            number("busbar_torque", "バスバー 締付トルク / Bus bar torque", "N·m", "21", "23"),  # L
            number("manifold_torque", "マニホールド 締付トルク / Manifold torque", "N·m", "8", "10"),  # L
            seen("leak_rope", "漏液検知ロープ / Leak rope"),
        ),
        instruction_ja="バスバーと供給・戻りマニホールドを取付け、規定トルクで締めます。漏液検知ロープを底まで通します。",
        instruction_en="Fit bus bar and both manifolds at the given torque. Lay the leak rope down to the floor.",
    ),
    OperationSpec(
        210, "カートリッジ取付け・検査", "Cartridge fit and inspection", "assemble", "WC-RACK", "rack_build", 90,
        slot_kinds=("cartridge",),
        fields=(count("bent_pins", "曲がりピン数 / Bent pins", 0),),  # "no bent pin", section 6.1
        instruction_ja="カートリッジ4本を取付け、全コネクタのピンを拡大鏡で見て写真を残します。",
        instruction_en="Fit the four cartridges, look at every connector's pins under a magnifier and keep photos.",
    ),
    OperationSpec(
        220, "電源シェルフ取付け・確認", "Power shelves", "assemble", "WC-RACK", "rack_build", 90,
        slot_kinds=("shelf",), signs=CHECKED,
        fields=(
            seen("polarity", "極性 / Polarity"),
            number("rack_bond", "ラック接地 / Rack bonding", "Ω", "0", "1"),  # below 1 Ω, M [LEV]
            number("insulation", "絶縁抵抗 / Insulation resistance", "MΩ", "1"),  # L
            number("hipot_leakage", "耐電圧 漏れ電流 / Hi-pot leakage", "mA", "0", "5"),  # L
        ),
        instruction_ja="シェルフ8台を二人で挿入します。極性と導通を確かめてから耐電圧を印加します。",
        instruction_en="Insert the eight shelves, two persons each. Check polarity and continuity before hi-pot.",
    ),
    OperationSpec(
        230, "トレイ挿入", "Tray insertion", "assemble", "WC-RACK", "rack_build", 150,
        slot_kinds=("compute", "switch", "mgmt"),
        fields=(count("latches", "ラッチ確認数 / Trays latched", 27),),  # 18 + 9
        instruction_ja="スロットのラベル、次にトレイを読取り、両側のラッチが掛かるまで押込みます。下から順に。",
        instruction_en="Scan the slot label, then the tray; push until both latches catch. From the bottom up.",
    ),
    OperationSpec(
        240, "配線", "Cabling", "assemble", "WC-RACK", "rack_build", 180,
        beside=(230,),  # the rack is without power and a second pair of hands cables what is in (P)
        fields=(number("lldp_match", "LLDP一致率 / LLDP match", "%", "100", "100"),),  # 100 % match, section 6.1
        instruction_ja="管理線、MPO、DACを配線図どおりに挿し、両端にラベルを貼ります。",
        instruction_en="Connect management, MPO and DAC cables by the plan; label both ends.",
    ),
    OperationSpec(
        250, "漏れ試験(ラック、乾式)", "Rack dry leak test", "measure", "WC-RACK", "rack_build", 60, signs=CHECKED,
        tool_kinds=("leak_tester",), fields=leak_test("30"),
        instruction_ja="全カプラが掛かっていることを見て窒素で加圧し、30分保持します。周囲温度を必ず書きます。",
        instruction_en="See that every coupling is locked, pressurise with nitrogen, hold 30 minutes; note ambient.",
    ),
    OperationSpec(
        260, "注液・脱気", "Fill and deaerate", "measure", "WC-RACK", "rack_build", 120,
        fields=(
            number("litres", "注液量 / Coolant filled", "L"),
            number("glycol", "グリコール濃度 / Glycol", "%", "25", "30"),  # PG25, M [COOL]
            number("filter", "フィルター / Filter", "µm", None, "50"),  # M [COOL]
            number("conductivity", "導電率 / Conductivity", "µS/cm"),
            number("ph", "pH / pH", "", "8", "10"),  # inhibited propylene glycol, L
        ),
        instruction_ja="冷却液のロットを読取り、下から注液して泡が消えるまで循環させます。",
        instruction_en="Scan the coolant lot, fill from below and circulate until no bubble is seen.",
    ),
)  # fmt: skip

POWER_ON = OperationSpec(
    300, "初回電源投入", "First power-on", "measure", "WC-RTEST", "rack_test", 90, signs=CHECKED,
    fields=(
        count("trays_found", "検出した計算トレイ / Compute trays found", 18),  # 18 / 9 / 8 found, section 6.1
        count("switches_found", "検出したスイッチ / Switch trays found", 9),
        count("shelves_found", "検出したシェルフ / Shelves found", 8),
        number("busbar_voltage", "バスバー電圧 / Bus bar voltage", "V", "48", "54"),  # ORv3 class, L
    ),
    instruction_ja="シェルフを1台ずつ入れ、電圧とPMCを読みます。周囲に人がいないことを声で確かめます。",
    instruction_en="Switch the shelves on one by one, read voltage and PMC. Call out that nobody is near.",
)  # fmt: skip

FIRMWARE = OperationSpec(
    310, "ファームウェア更新", "Firmware", "firmware", "WC-RTEST", "rack_test", 240,
    fields=(
        seen("baseline", "基準版の確認 / Baseline confirmed"),
        count("firmware_differences", "FW相違数 / Firmware differences", 0),  # equals the order's baseline
    ),
    instruction_ja="署名付きの束だけを使い、前後の版数を機器ごとに残します。",
    instruction_en="Use signed bundles only; keep the version before and after for each device.",
)  # fmt: skip

CONFIGURATION = OperationSpec(
    320, "構成照合", "Configuration check", "configuration", "WC-RTEST", "rack_test", 10,
    instruction_ja="読取った構成と機器の申告を照合します。不明と相違が一つでもあれば合格しません。",
    instruction_en="Scanned against reported. One unknown or one difference and it does not pass.",
)  # fmt: skip

NVLINK = OperationSpec(
    330, "NVLink立上げ", "NVLink bring-up", "measure", "WC-RTEST", "rack_test", 30,
    fields=(
        count("nvlinks_active", "NVLink稼働本数 / NVLinks active", 1296),  # 72 × 18, H [HV]
        count("nvlinks_inactive", "NVLink停止本数 / NVLinks inactive", 0),  # H [HV]
        number("nvlink_speed", "NVLink速度 / NVLink speed", "MB/s", "53125"),  # H [HV]
    ),
    instruction_ja="ファブリックを立上げ、リンクごとの速度と誤り率を残します。",
    instruction_en="Bring the fabric up; keep speed and error rate of each link.",
)  # fmt: skip


def _functional(all_reduce: str | None) -> OperationSpec:
    """dcgm-diag is not demanded: one file speaks for one tray of 18, and a missing tray must not pass for a rack."""
    return OperationSpec(
        340, "ラック機能試験 (L11)", "Rack functional test (L11)", "test", "WC-RTEST", "rack_test", 480,  # 4 to 12 h
        required_tools=("nccl-tests",),
        fields=(
            count("gpus", "GPU数 / GPUs", 72),
            number("all_reduce", "all-reduce帯域 8 GiB / All-reduce at 8 GiB", "GB/s", all_reduce),
        ),
        instruction_ja="72ランクでnccl-testsを流し、ファイルを取込みます。帯域は最大サイズで判定します。",
        instruction_en="Run nccl-tests with 72 ranks and import the file. Bandwidth is judged at the largest size.",
    )  # fmt: skip


END = (
    OperationSpec(
        350, "エージング", "Burn-in", "burn_in", "WC-BURN", "burn_in", SOAK_MINUTES, soak_minutes=SOAK_MINUTES,
        instruction_ja="セルへ入れ、給電と冷却をつないでから始めます。欠測が5分を超えると時計は止まります。",
        instruction_en="Dock at the cell, connect power and coolant, then start. A gap over 5 minutes stops the clock.",
    ),
    OperationSpec(
        360, "エージング後検査", "After burn-in", "measure", "WC-RTEST", "rack_test", 180,
        fields=(
            seen("leak_check", "漏れ再確認 / Leak re-check"),
            count("ecc_delta", "訂正不能ECC増分 / Uncorrectable ECC, growth", 0),  # no new one, section 6.1
            count("remap_delta", "行リマップ増分 / Row remaps, growth", 0),
            count("nvlinks_active", "NVLink稼働本数 / NVLinks active", 1296),  # H [HV]
            count("sel_open", "未解決イベント数 / Open log events", 0),
        ),
        instruction_ja="漏れ、誤り計数、イベントログをエージング前と比べます。",
        instruction_en="Compare leaks, error counters and event logs with those before burn-in.",
    ),
    OperationSpec(
        510, "最終検査", "Final inspection", "inspect", "WC-QC", "pack", 120, signs=CHECKED,
        fields=(
            count("drives_sanitised", "消去済みドライブ / Drives sanitised", 90),  # 18 × (4 + 1), section 3.2
            seen("labels", "ラベル一式 / Label set"),
            seen("appearance", "外観 / Appearance"),
        ),
        instruction_ja="データを消去し、ログを消し、ラベルと外観を見て写真を残します。保留が残れば合格しません。",
        instruction_en="Sanitise drives, clear logs, look at labels and appearance, keep photos. No hold may remain.",
    ),
    OperationSpec(
        520, "梱包", "Packing", "pack", "WC-PACK", "pack", 90,
        fields=(
            number("gross", "総質量 / Gross mass", "kg", "1500", "1900"),  # crated 1.6 to 1.9 t, japan.md 2, L
            number("humidity", "箱内湿度 / Humidity in the crate", "%", None, "40"),  # L
        ),
        instruction_ja="衝撃・傾斜インジケーターの番号と状態を読取り、乾燥剤を入れて閉じます。",
        instruction_en="Scan the shock and tilt indicators and their state, add desiccant, close the crate.",
    ),
)  # fmt: skip

# Section 6.2 (P), by the kind of slot that was emptied. A removal also demands the operation that fills the slot anew.
# 320 is added wherever a replaced unit changes the as-built record. "350 shortened" is not known here: 350 is whole.
RACK_REENTRY = (
    ReentrySpec("compute", (230, 250, 320, 330, 340, 350)),  # tray replaced after 250
    ReentrySpec("switch", (210, 230, 250, 320, 330, 340, 350)),  # and: cartridge or switch tray touched
    ReentrySpec("cartridge", (210, 320, 330, 340)),  # cartridge touched
    ReentrySpec("shelf", (220, 300, 310, 320)),  # power shelf replaced
    ReentrySpec("psu", (220, 300, 310, 320)),  # PSU replaced
    ReentrySpec("pmc", (220, 300, 310, 320)),
    ReentrySpec("bus_bar", (200, 220, 300)),  # L
    ReentrySpec("manifold", (200, 250, 260, 360)),  # fluid joint opened
    ReentrySpec("mgmt", (230, 240, 320)),  # L
    # No slots, but what section 6.2 also names: for whoever demands rework by hand.
    ReentrySpec("fluid_joint", (250, 360)),
    ReentrySpec("firmware", (320, 340)),
)


def rack(code: str, all_reduce: str | None) -> RoutingRow:
    """The routing of a rack; `all_reduce` is the lower limit in GB/s."""
    tests = (POWER_ON, FIRMWARE, CONFIGURATION, NVLINK, _functional(all_reduce))
    return RoutingRow(code, "A", (*BUILD, *tests, *END), RACK_REENTRY)


ROUTINGS = (
    *TRAY_ROUTINGS,
    rack("RT-RACK-GB200", "835"),  # 835 to 847 at 8 GiB, section 7, H [CW]
    rack("RT-RACK-GB300", None),  # no public figure: from the golden rack
)
