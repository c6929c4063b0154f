"""Sample facts for the pages of logistics, inventory and documents, and for the shells; invented."""

# ruff: noqa: E501, E731 - tables of facts read best as tables

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.safestring import mark_safe

from tests.ui.samples import NOW, Facts, a_page, at, floor, sections, thing
from tests.ui.samples_rack import a_rack, a_tray

SVG = '<svg class="chart" viewBox="0 0 720 260" role="img" aria-label="x"><path class="series k1" d="M20 240L200 140L480 60L700 20"/></svg>'
CHART = thing(svg=SVG, id="c", spec=None, label="x", src="")
PDF = thing(label="比較書 PDF", url="#", icon="print", kind="primary")


def act(label: str, icon: str = "", kind: str = "") -> Any:
    """A button of a page head."""
    return thing(label=label, url="#", icon=icon, kind=kind, post="")


def readout(label: str, value: Any, unit: str = "") -> Any:
    """One figure."""
    return thing(label=label, value=value, unit=unit, url="", state="")


def shipment(number: str, state: str, word: str, late: float | None, **more: Any) -> Any:
    """One row of shipments."""
    facts = {
        "url": "#",
        "racks": 3,
        "where": "志布志、出発前",
        "where_stale": "",
        "need_by": date(2026, 11, 25),
        "eta": at(25, 9),
        "eta_late": at(26, 9),
    }
    return thing(
        number=number,
        state=state,
        word=word,
        late=late,
        **{"stale": False, "drawing": "", "void": False, **facts, **more},
    )


SHIPMENTS = [
    shipment("SH-26-0091", "ok", "輸送中", 0.01, drawing="run", where="③ 出水 IC 15:48"),
    shipment("SH-26-0093", "stale", "9 時間前", 0.15, where="① フェリー", where_stale="07:10 の報告", stale=True),
    shipment("SH-26-0094", "late", "欠航見込み", 0.65),
    shipment("SH-26-0096", "unknown", "", None, eta=None, where="未定、梱包中"),
    shipment("SH-26-0098", "wait", "積込み予約", 0.03),
]


def control_tower(language: str) -> Facts:
    """The dashboard."""
    stage = lambda name, count, hot=False: thing(name=name, count=count, p50=1.2, p95=3.0, url="#", hot=hot)
    lane = lambda name, state, word, then, grade="": thing(
        name=name, state=state, word=word, next=then, grade=grade, affected=3
    )
    short = thing(
        part="750-0567-002",
        name="ケーブルカートリッジ",
        needed=24,
        good=14,
        held=2,
        short=8,
        stops=date(2026, 11, 25),
        answer=date(2026, 11, 27),
        grade="C",
    )
    return {
        "sections": sections(0), "role": "物流", "now": NOW, "plant": "播磨工場", "site": "薩摩川内", "open_count": 100,
        "acts": [act("CSV", "export"), act("納期回答を作る", "", "primary")],
        "readouts": [readout("到着済み / 計画", 26, "/ 30 本"), readout("年内到着の見込み P50 (P10–P90)", 54, "本 44–60、計画 58"), readout("遅れる確率 50 % 以上", 7, "本"), readout("保留", None)],
        "calls": [
            thing(state="late", title="志布志航路が 11/21 欠航見込み。出荷 3 件(6 本)を今日 17:30 までに振替えますか", code="", detail="新門司便に変えると到着 P80 は 11/26 → 11/24、費用 +¥412,000。", acts=[act("振替案を比べる"), act("待つ", "", "plain")]),
            thing(state="stop", title="漏液警報のあと保留。梱包の予約を外しますか", code="RK26-00131", detail="エージング A-07、警報 14:22 発生・14:23 復帰。", acts=[act("ラックを開く")]),
            thing(state="info", title="11/23(月・祝)は現地の受入れがありません", code="", detail="到着 2 件を 11/24 に予約済み。", acts=[]),
        ],
        "arrivals": thing(chart=CHART, table_url="#", delivered=26, open=100, note="12/29–1/3 は現地休業", grades={"A": 4, "B": 5, "C": 3}),
        "wip": thing(total=78, most=14, age=NOW, stages=[stage("部材待ち", 9), stage("トレイ組立", 14), stage("ラック組立", 11), stage("漏れ試験・注液", 5), stage("試験", 12), stage("エージング待ち", 8, True), stage("出荷前", 5)]),
        "map": None,
        "lanes": [lane("六甲 – 新門司", "ok", "運航", "11/20 20:00 · 締切 17:30"), lane("大阪南港 – 志布志", "late", "欠航見込み", "11/23 17:55 再開予定", "C")],
        "shipments": SHIPMENTS, "shipments_url": "#", "shortages": [short, thing(**{**vars(short), "part": "QD-UQD08-S", "answer": None})], "shortages_url": "#",
    }  # fmt: skip


def compare(language: str) -> Facts:
    """Domestic against overseas."""
    promise = lambda name, p50, p80, day, on_time, **more: thing(**{
        "name": name, "chosen": False, "p50": p50, "p80": p80, "p95": p80 + 9, "date": day, "on_time": on_time, "all_on_time": on_time / 2, "cost": 1900000,
        "grades": {"A": 2, "B": 1, "C": 6}, "borrowed": "", "best": day, "best_level": "P93", **more})  # fmt: skip
    return {
        "sections": sections(3), "role": "物流", "title": "次の 12 本を、国内で造るか海外で造るか",
        "summary": ["部材揃い 2026/11/20 → 薩摩川内の受入", "必要日 2026/12/20(30 日)", "10 万回の模擬、種 4711"], "acts": [act("前提を変える"), act("CSV", "export"), PDF],
        "state": "late", "verdict": mark_safe("国内が台湾・空路より速い確率は <em>60 %</em>。差は小さく、部材受入が 7 日を超えると答えは逆になります。"),
        "caution": "12 の前提のうち 9 つが確度 C(仮定)。確率は 5 % 単位に丸めています。",
        "arrive": thing(title="", note="各日数までに現地受入が済む確率", chart=CHART, footer="n = 26 到着 + 100 進行中"), "faster": thing(title="", note="同じ回どうしの差", chart=CHART, footer=""),
        "stages": thing(title="", note="", chart=CHART, footer=""), "tornado": thing(title="", note="台湾・空路との P50 の差、日", chart=CHART, footer=""),
        "pairs": [thing(name="台湾・空路", probability=0.6, mean=3.3, turn="部材受入 7 日"), thing(name="テキサス・空路", probability=0.9, mean=11.6, turn="")],
        "promises": [promise("国内(播磨)", 19.1, 24.7, date(2026, 12, 15), 0.9, chosen=True), promise("台湾・空路", 21.3, 27.9, date(2026, 12, 18), 0.85), promise("メキシコ・海路", 54.8, 64.3, date(2027, 1, 24), 0.01, borrowed="実績 n = 0、方式から借用")],
        "need_by": date(2026, 12, 20), "batch": 12, "footer": "費用は 1 本 1 日 ¥850,000 の遅延損。",
        **{name: thing(note="", chart=CHART, footer="", table=thing(heads=["月", "国内"], rows=[["1", "0 %"]], note="")) for name in ("spread", "season", "promise", "batch_chart")},
        "inputs": thing(heads=["前提", "国内"], rows=[["部材受入", thing(figure="3 / 5 / 9", grade="C", source="仮定", own=False)]]), "basis": "2 万回、種 4711",
    }  # fmt: skip


def one_shipment(language: str) -> Facts:
    """A shipment with its legs."""
    leg = lambda a, b, state, word, done: thing(mode="フェリー", from_place=a, to_place=b, planned_start=at(20, 20), actual_start=at(20, 20, 4) if done else None, planned_end=at(21, 8), actual_end=None, carrier="阪九", state=state, word=word)  # fmt: skip
    ok = thing(state="done", word="異常なし")
    return {
        "sections": sections(0), "role": "物流",
        "shipment": thing(number="SH-26-0093", state="run", word="輸送中", summary=["3 本", "六甲 – 新門司", "必要日 11/22"], crumbs_url="#"), "acts": [act("納品書", "print")], "notices": [],
        "readouts": [readout("到着見込み P50", "11/21 13:20"), readout("P80", "18:00"), readout("遅れる確率", "15 %")],
        "facts": [thing(label="運送会社", value="丸三"), thing(label="車両番号", value=None), thing(label="封印番号", value="S-009931", code=True)],
        "legs": [leg("播磨工場", "六甲", "done", "", True), leg("六甲", "新門司", "run", "輸送中", True), leg("新門司", "薩摩川内", "wait", "予定", False)],
        "milestones": EVENTS[:2], "etas": [thing(at=at(20, 7), p50=at(21, 13, 20), p80=at(21, 18), source="運送会社", grade="B", hit=None)], "eta_chart": None,
        "crates": [thing(sscc="0 4512345 000000012 3", rack="RK26-00101", rack_url="#", gross=1684, shock=ok, tilt=ok, humidity=thing(state="unknown", word=""))],
        "sheets": [thing(title="納品書 1 版", url="#", state="seal", word="署名有効")],
    }  # fmt: skip


def event(state: str, title: str, detail: str, by: str, position: int, **more: Any) -> Any:
    """One line of a record."""
    return thing(
        at=at(20, 14, 31),
        state=state,
        title=title,
        detail=detail,
        by=by,
        links=[thing(label="NC-26-0191", url="#")],
        position=position,
        hash="9f3a 51c0 … 77e2",
        **{"corrected_by": None, **more},
    )


EVENTS = [
    event("hold", "保留にした", "漏液警報、スロット 5 マニホールド", "田中 恵(品質)· 画面", 2918447),
    event("stop", "警報 発生と復帰", "14:22:06–14:22:43、37 秒", "計測中継 TR-1 · API", 2918431),
    event("done", "署名「検査」", "漏れ試験 合格 0.02 kPa / 10 分(上限 0.10)", "佐藤 健司", 2861198),
    event("void", "訂正した", "締付トルク 51 N·m → 5.1 N·m", "入力誤り", 2799874, corrected_by=2799902),
]
SHEETS = [
    thing(title="実装構成記録 4 版", url="#", state="seal", word="署名有効"),
    thing(title="実装構成記録 3 版", url="#", state="void", word="差替え済"),
    thing(title="出荷検査成績書 1 版", url="#", state="stop", word="署名が合いません"),
    thing(title="エージング成績書", url="", state="wait", word="未発行"),
]
QUERY = thing(
    text="CT26-0031702", as_of="2026/11/20 16:05", kind="", kinds=[thing(value="test", label="試験")], action="/audit/"
)


def audit_unit(language: str) -> Facts:
    """The record of one number."""
    proof = thing(
        state="seal",
        word="187 件すべて封印と一致",
        sealed=187,
        total=187,
        last_sealed=NOW,
        tree_size=2918460,
        witnesses="3 か所のうち 3 か所で一致",
        witness_at=NOW,
        root="7d1f 90ac 44e8 2b06",
        unsealed=0,
        computed=NOW,
    )
    return {
        "sections": sections(5), "role": "監査人", "query": QUERY, "acts": [act("無作為に 1 本選ぶ"), act("抜粋 PDF と証拠一式", "export", "primary")], "subject": thing(number="CT26-0031702", name="計算トレイ", url="#", state="hold", word=""),
        "events": EVENTS, "page": a_page(187, 4), "json_url": "#", "proof": proof, "sheets": SHEETS, "changes": [thing(what="締付トルク", before="51 N·m", after="5.1 N·m", why="入力誤り")],
    }  # fmt: skip


def a_unit(language: str) -> Facts:
    """One unit."""
    leaf = lambda name, number: thing(name=name, id=number, url="", kind="", state="", note="", void=False, children=[])
    return {
        "sections": sections(1), "role": "品質", "unit": thing(tag="CT26-0031702", serial="C9000", name="計算トレイ GB300", part="GB300-CT", revision="C", state="hold", word="", crumbs_url="#"), "acts": [act("現品票", "print"), act("保留を解除する", "", "primary")], "notices": [],
        "tag": thing(name="計算トレイ", id="CT26-0031702", url="", more=[thing(text="品番", code="GB300-CT", after="版数 C")]), "facts": [thing(label="仕入先", value="Wiwynn"), thing(label="入荷", value="2026/11/10"), thing(label="原産国", value=None)],
        "identifiers": [thing(kind="ラベル", value="C9000001000000000001Y0FA", raw="Ｃ９０００００１", from_at=at(10, 9), to_at=None, source="入荷の読取り", void=False), thing(kind="BMC MAC", value="3c:6d:66:00:00:01", raw="", from_at=at(10, 9), to_at=at(12, 9), source="試験", void=True)],
        "nodes": [thing(name="計算トレイ", id="CT26-0031702", url="#", kind="", state="hold", word="", note="", void=False, children=[leaf("スーパーチップ基板 0", "1653225001184"), leaf("GPU 0", "")])], "as_of": NOW, "as_of_url": "#",
        "hosts": [thing(name="ラック", number="RK26-00131", url="#", position="スロット 5", from_at=at(16, 10, 41), to_at=None), thing(name="棚 H-2", number="", url="", position="", from_at=at(12, 9), to_at=at(16, 10, 41))],
        "tray": a_tray(), "legend": (("done", 14), ("hold", 1)), "events": EVENTS, "page": a_page(187, 4), "holds": [thing(why="漏液警報のあとの再試験待ち", by="田中 恵", from_at=NOW, to_at=None, number="NC-26-0191", url="#", state="hold", word="")], "sheets": SHEETS[:2],
    }  # fmt: skip


def units(language: str) -> Facts:
    """The list of units."""
    unit = lambda tag, state, where: thing(tag=tag, serial="C9000001", url="#", part="GB300-CT", name="計算トレイ", revision="C", where=where, where_url="#" if where else "", state=state, word="", since=NOW, void=False)  # fmt: skip
    return {"sections": sections(1), "role": "計画", "units": [unit("CT26-0031702", "hold", "RK26-00131"), unit("CT26-0031703", "ok", "棚 A-3"), unit("CT26-0031704", "unknown", "")], "page": a_page(), "total": 5000, "now": NOW, "filters": [thing(name="q", label="製造番号", value="", kind="search", options=[], placeholder="")], "chosen": [], "exports": [thing(label="CSV", url="#")], "acts": [act("部品を登録する", "", "primary")]}  # fmt: skip


def ship_notice(language: str) -> Facts:
    """A notice with a difference."""
    line = lambda n, part, got, state, word: thing(line=n, part=part, name="ケーブルカートリッジ", lot="L-1", expected=8, received=got, unit="個", difference=got - 8, state=state, word=word)  # fmt: skip
    return {"sections": sections(1), "role": "物流", "notice": thing(number="ASN-2611-004", supplier="Amphenol", state="late", word="差異あり", summary=["11/18 発送"], crumbs_url="#"), "acts": [act("入荷を始める", "scan", "primary")], "readouts": [readout("入荷 / 案内", "14 / 16", "個")], "lines": [line(1, "750-0567-002", 6, "late", "2 個不足"), line(2, "750-0567-002", 8, "done", "揃い")], "units": [thing(serial="1825625019042", tag="U-00891", url="#", part="750-0567-002", parent="", position="", state="done", word="入荷済")], "page": None, "differences": [thing(state="late", title="行 1:2 個足りません", code="", detail="仕入先の回答待ち", acts=[act("仕入先に問合せる")])]}  # fmt: skip


def receiving(language: str) -> Facts:
    """The receiving station."""
    line = lambda part, got, state: thing(part=part, name="ケーブルカートリッジ", expected=8, received=got, state=state)
    answer = thing(state="wait", word="", say=["部品のラベルを読取ってください。"], then=[], wrong="", do="", acts=[])
    return {**floor(True), "notice": thing(number="ASN-2611-004", supplier="Amphenol", lines=[line("750-0567-002", 6, "run"), line("PF-1333-7R", 8, "done"), line("QD-UQD08-S", 0, "empty")]), "answer": answer, "tag": thing(name="入荷中の出荷案内", id="ASN-2611-004", url="", more=[]), "next": thing(what="部品のラベルを読取る", then="箱の外のラベルでもかまいません。")}  # fmt: skip


def verify(language: str) -> Facts:
    """The public check."""
    sheet = thing(
        title="工程移動票",
        number="RK26-00131",
        issue=3,
        issued_at=NOW,
        sha256="41be" * 16,
        replaced_by_url="",
        replaced_by="",
        subject="RK26-00131",
    )
    return {"code": "7d1f90ac44e82b06f35a9912c0de61b7", "sheet": sheet, "result": thing(state="seal", word="発行したままの最新版です", say="この書類は工場が発行し、その後に差替えられていません。"), "checked": None, "now": NOW}  # fmt: skip


def burn_in_run(language: str) -> Facts:
    """One run."""
    row = thing(
        name="戻り温度",
        unit="℃",
        last=47.1,
        min=38.0,
        mean=46.2,
        max=54.2,
        low=None,
        high=55.0,
        samples=4320,
        state="done",
        word="規格内",
    )
    gauge = thing(width=72, label="ソーク 18.3 / 72 時間", ticks=[24, 48], limits=[], parts=[thing(kind="fine", x=0, width=9.1), thing(kind="gap", x=9.1, width=0.8), thing(kind="fine", x=9.9, width=9.2), thing(kind="off", x=19.1, width=1.7)])  # fmt: skip
    alarm = thing(
        name="漏液 スロット 5",
        raised=NOW,
        cleared=NOW,
        seconds=37,
        value="",
        consequence="保留 NC-26-0191",
        state="stop",
        word="処置待ち",
    )
    return {"sections": sections(2), "role": "試験", "run": thing(title="エージング BI-26-0071", rack="RK26-00131", rack_url="#", cell="A-07", state="stop", word="停止・保留", summary=["給電 F3", "冷却 L2"], crumbs_url="#"), "acts": [act("再開する", "", "primary")], "notices": [], "readouts": [readout("ソーク", "18.3", "/ 72 h"), readout("電力", "0", "kW")], "gauge": gauge, "gaps": [thing(from_at=NOW, to_at=NOW, minutes=48.0, why="計測中継 TR-2")], "charts": [thing(title="戻り温度は上限に近づいたか", note="1 分ごと", chart=CHART, footer="n = 4,320")], "series": [row], "alarms": [alarm], "verdict": None}  # fmt: skip


def login(language: str) -> Facts:
    """The door."""

    class Door(forms.Form):
        username = forms.CharField(label="利用者名", help_text="社員番号ではありません")
        password = forms.CharField(label="パスワード", widget=forms.PasswordInput)

    return {"form": Door({"username": "mei", "password": ""}), "next": "/"}


def plain(language: str) -> Facts:
    """A page without facts."""
    return {"sections": sections(9), "role": "品質"}


def stations(language: str) -> Facts:
    """The choice of a station."""
    place = lambda name, code, operation: thing(name=name, code=code, operation=operation, url="#", state="", word="")
    return {"station": thing(code="", name="現品"), "heading": "ステーション", "sign_out": True, "now": NOW, "stations": [place("組立 3", "A3", "OP 230 トレイ挿入"), place("漏れ試験 1", "L1", "OP 250"), place("入荷 1", "R1", "受入")]}  # fmt: skip


def audit(language: str) -> Facts:
    """The search before the first number."""
    return {
        "sections": sections(5),
        "role": "監査人",
        "query": QUERY,
        "acts": [act("無作為に 1 本選ぶ")],
        "hits": None,
        "page": None,
    }


MORE: dict[str, tuple[str, Callable[[str], Facts]]] = {
    "rack": ("assembly/rack.html", a_rack),
    "control-tower": ("logistics/control_tower.html", control_tower),
    "compare": ("logistics/compare.html", compare),
    "shipment": ("logistics/shipment.html", one_shipment),
    "audit-unit": ("logistics/audit_unit.html", audit_unit),
    "audit": ("documents/audit.html", audit),
    "verify": ("documents/verify.html", verify),
    "unit": ("inventory/unit.html", a_unit),
    "units": ("inventory/units.html", units),
    "ship-notice": ("inventory/ship_notice.html", ship_notice),
    "receiving": ("inventory/receiving.html", receiving),
    "burn-in-run": ("assembly/burn_in_run.html", burn_in_run),
    "login": ("login.html", login),
    "404": ("404.html", plain),
    "403": ("403.html", plain),
    "500": ("500.html", lambda language: {}),
    "stations": ("assembly/stations.html", stations),
}
