"""Sample facts for looking at the templates; invented, and shaped as the contract at the top of each template says."""

# ruff: noqa: E501, E731, PLR0917 - tables of facts read best as tables

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from assembly.elevation import Brace, RackFace, Row, lens

Facts = dict[str, Any]
TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 16, 5, 20, tzinfo=TOKYO)


def thing(**facts: Any) -> SimpleNamespace:
    """Facts with dots."""
    return SimpleNamespace(**facts)


def a_page(count: int = 23, shown: int = 9) -> Any:
    """What Django's Page tells a pager."""
    paginator = thing(count=count, per_page=50)
    return thing(
        paginator=paginator,
        start_index=1,
        end_index=shown,
        has_other_pages=True,
        has_previous=False,
        has_next=True,
        next_page_number=2,
        previous_page_number=1,
    )


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A time in the plant, of the sample's year."""
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO)


def sections(current: int) -> list[Any]:
    """The main menu."""
    names = ["司令室", "ラック", "エージング", "リードタイム", "検査", "監査"]
    return [thing(label=name, url=f"/{i}/", current=i == current) for i, name in enumerate(names)]


SLOT_RU = {**{n: n + 10 for n in range(1, 9)}, **{n: n + 10 for n in range(18, 28)}}


def rows(states: dict[int, tuple[str, str, str]], *, links: bool, built_to: int = 27) -> tuple[Row, ...]:
    """A front like that of the reference pages: states by slot number, as (state, text, short)."""
    made = [Row(44, "mgmt", slot="M2"), Row(43, "mgmt", slot="M1")]
    made += [
        Row(ru, "shelf", slot=f"P{i}") for ru, i in zip((41, 40, 39, 38, 10, 9, 8, 7), range(8, 0, -1), strict=True)
    ]
    for slot in range(1, 28):
        kind = "switch" if 9 <= slot <= 17 else "compute"
        serial = f"MT2615X0{400 + slot * 3:04}" if kind == "switch" else f"CT26-00316{slot + 40}"
        state, text, short = states.get(slot, ("built" if slot <= built_to else "empty", serial, ""))
        text = "" if state == "empty" else text or serial
        href = f"#slot-{slot}" if links else ""
        made.append(Row(slot + 10, kind, 1, str(slot), state, text, short, href, f"スロット {slot} {text}"))
    return tuple(made)


BRACES = (Brace(28, 37, "T8–17"), Brace(19, 27, "NVSW"), Brace(11, 18, "T0–7"))


def floor(ja: bool) -> Facts:
    """What every floor page knows."""
    return {
        "station": thing(code="A3", name="組立 3" if ja else "Assembly 3"),
        "operation": thing(code="230", name="トレイ挿入" if ja else "Tray insertion"),
        "operator": thing(
            name="林 芽衣" if ja else "Mei Hayashi", shift="二直 · 14:00 から" if ja else "2nd shift · since 14:00"
        ),
        "operator_session": "0b0f8f4e-1111-4222-8333-444455556666",
        "next_seq": 14,
        "scan_id": "1b0f8f4e-1111-4222-8333-444455556666",
        "now": NOW,
        "leave_url": "/stations/",
        "undo_url": "/stations/A3/undo/",
    }


def station(language: str) -> Facts:
    """A tray was fitted."""
    ja = language == "ja"
    states = {22: ("just", "CT26-0031874", ""), 23: ("next", "", "次 トレイ 13" if ja else "NEXT")}
    face = RackFace(
        "k", 44, rows(states, links=False, built_to=21), "ラック正面図", "スロット22を取付けた。次はスロット23", BRACES
    )
    return {
        **floor(ja),
        "drawing": lens(face, 33),
        "caption": thing(
            id="RK26-00142",
            text="計算トレイ 13/18 · スイッチ 9/9" if ja else "Compute trays 13/18 · switches 9/9",
            stale="",
        ),
        "answer": thing(
            state="ok",
            say=["スロット 22 に取付けました"] if ja else ["Fitted in slot 22"],
            then=[
                thing(code="CT26-0031874"),
                thing(
                    text="計算トレイ 12 · 品番・版数・保留 照合済"
                    if ja
                    else "Compute tray 12 · part, revision and holds checked"
                ),
            ],
        ),
        "tag": thing(
            name="作業中のラック" if ja else "Rack in work",
            id="RK26-00142",
            more=[
                thing(text="GB300 NVL72 版数 C" if ja else "GB300 NVL72 rev C"),
                thing(
                    text="指図" if ja else "Order",
                    code="MO-26-0418",
                    after="凍結設計 D-31" if ja else "frozen design D-31",
                ),
            ],
        ),
        "next": thing(
            what="スロット 23 のラベルを読取る" if ja else "Scan the label of slot 23",
            then="そのあと計算トレイ 13(台車 K-07 の 3 段目)を読取り、両側のラッチが掛かるまで押込む。"
            if ja
            else "Then scan compute tray 13 (cart K-07, shelf 3) and push until both latches catch.",
        ),
    }


def refused(language: str) -> Facts:
    """A tray under hold was refused."""
    ja = language == "ja"
    states = {23: ("stop", "", "停止" if ja else "STOP")}
    face = RackFace("k", 44, rows(states, links=False, built_to=22), "ラック正面図", "スロット23は空きのまま", BRACES)
    act = thing(label="班長を呼ぶ" if ja else "Call the line leader", icon="call", post="/andon/", plain=False)
    why = thing(
        label="保留の理由を見る" if ja else "See the reason of the hold", href="#", post="", plain=True, icon=""
    )
    return {
        **station(language),
        "drawing": lens(face, 33),
        "caption": thing(
            id="RK26-00142", text="記録は変わっていません" if ja else "The record has not changed", stale=""
        ),
        "tag": None,
        "next": None,
        "answer": thing(
            state="stop",
            say=["このトレイは保留中です。", "取付けないでください。"]
            if ja
            else ["This tray is on hold.", "Do not fit it."],
            wrong="CT26-0031902 は不適合 NC-26-0187 で保留(漏れ試験の再確認、田中 恵、本日 13:20)"
            if ja
            else "CT26-0031902 is on hold for NC-26-0187 (leak test to be repeated, Megumi Tanaka, today 13:20)",
            true="スロット 23 は空きのまま。ラックの記録に変更なし"
            if ja
            else "Slot 23 is still empty. The rack's record is unchanged.",
            do="赤棚 H-2 に置き、台車 K-07 の 4 段目のトレイを読取る"
            if ja
            else "Put it on red shelf H-2 and scan the tray on shelf 4 of cart K-07",
            acts=[act, why],
        ),
        "hint": "スロット 23 用の別のトレイを読取る" if ja else "Scan another tray for slot 23",
    }


def measuring(language: str) -> Facts:
    """Values are asked for."""
    value = lambda name, label, unit, low, high, now, error="": thing(
        name=name, label=label, unit=unit, low=low, high=high, value=now, error=error
    )
    return {
        **station(language),
        "tag": None,
        "next": None,
        "measure": thing(
            action="/stations/A3/values/",
            key="k",
            title="漏れ試験(ラック、乾式)",
            note="WI-250 版数 4",
            tool=thing(code="LT-04", due=date(2027, 2, 10)),
            values=[
                value("p0", "開始圧力", "kPa", 590.0, 610.0, 600.4),
                value("p1", "終了圧力", "kPa", None, None, 604.0, "開始より 3.6 kPa 高い値です。測り直してください。"),
                value("dw", "保持時間", "分", 30, None, None),
                value("ta", "周囲温度", "℃", 18.0, 28.0, 31.2),
            ],
        ),
    }


def signing(language: str) -> Facts:
    """A PIN is asked for."""
    return {
        **station(language),
        "tag": None,
        "next": None,
        "sign": thing(
            action="/stations/A3/sign/",
            key="k",
            meaning="検査",
            statement="自分で測定し、値が正しいことを確かめました。",
            subject="RK26-00142 · OP 250 漏れ試験",
            person="佐藤 健司",
            second=False,
            error="",
            length=6,
        ),
    }


def racks(language: str) -> Facts:
    """The list of the reference."""

    def rack(
        number: str,
        operation: str,
        need: date | None,
        late: float | None,
        state: str,
        word: str,
        minutes: int,
        **more: Any,
    ) -> Any:
        return thing(**{
            "number": number, "url": "#", "need_by": need, "operation": operation, "stay_days": 1.1, "trays": "18 · 9",
            "eta": at(24, 10), "eta_late": at(25, 10), "late": late, "state": state, "word": word, "updated": NOW - timedelta(minutes=minutes),
            "stale": False, "void": False, "selected": False, **more,
        })  # fmt: skip

    option = lambda value, label: thing(value=value, label=label)
    return {
        "sections": sections(1),
        "role": "物流",
        "now": NOW,
        "total": 100,
        "page": a_page(),
        "exports": [thing(label="CSV", url="#"), thing(label="XLSX", url="#")],
        "print_url": "#",
        "filters": [
            thing(name="q", label="番号・指図・出荷", value="", kind="search", options=[], placeholder="読取るか入力"),
            thing(
                name="operation",
                label="工程",
                value="test",
                kind="select",
                options=[option("", "すべて"), option("test", "試験・エージング")],
            ),
            thing(name="need_by", label="必要日", value="", kind="date", options=[], placeholder=""),
        ],
        "chosen": [thing(label="工程:試験・エージング", url="?"), thing(label="必要日:12/05 まで", url="?")],
        "etas": True,
        "racks": [
            rack("RK26-00116", "350 エージング A-10", date(2026, 11, 25), 0.2, "done", "ソーク完了", 1),
            rack("RK26-00118", "350 エージング A-01", date(2026, 11, 26), 0.27, "run", "ソーク中", 1),
            rack(
                "RK26-00131",
                "350 エージング A-07",
                date(2026, 11, 27),
                0.81,
                "hold",
                "保留 漏れ再試験",
                2,
                selected=True,
            ),
            rack("RK26-00134", "350 エージング A-09", date(2026, 11, 28), 0.35, "stale", "欠測 24 分", 24, stale=True),
            rack("RK26-00137", "340 総合試験", date(2026, 11, 28), 0.55, "fail", "不合格 NVLink BER", 12),
            rack("RK26-00143", "320 構成照合", None, None, "unknown", "申告待ち", 5, eta=None),
            rack("RK26-00120", "指図取消、部品は在庫へ", date(2026, 12, 2), None, "void", "", 5000, void=True),
        ],
    }


def burn_in(language: str) -> Facts:
    """The board of cells."""
    gauge = lambda done, gap=0: thing(width=72, label=f"ソーク {done} / 72 時間", ticks=[24, 48], limits=[], parts=[
        thing(kind="fine", x=0, width=done), thing(kind="gap", x=done, width=gap)])  # fmt: skip
    figure = lambda label, value, unit: thing(label=label, value=value, unit=unit, prefix="")

    def cell(
        name: str,
        state: str,
        word: str,
        rack: str,
        done: float,
        foot: str,
        why: str = "",
        drawing: str = "",
        gap: float = 0,
    ) -> Any:
        return thing(name=name, state=state, word=word, drawing=drawing, rack=rack, rack_url="#", run_url="#", soak=done, soak_needed=72, foot=foot, why=why,
                     gauge=gauge(done, gap), values=[figure("電力", 134, "kW"), figure("流量", 186, "L/min"), figure("供給→戻り", "38→47", "℃")])  # fmt: skip

    feed = lambda name, now, kept, limit, unit, sub: thing(name=name, now=now, kept=kept, limit=limit, unit=unit, sub=sub, gauge=thing(
        width=100, label=name, ticks=[], limits=[89.7], parts=[thing(kind="used", x=0, width=now / limit * 89), thing(kind="kept", x=now / limit * 89, width=kept / limit * 89)]))  # fmt: skip
    act = thing(label="処置を決める", url="#", kind="stop", post="")
    return {
        "sections": sections(2),
        "role": "試験",
        "hall": "A 棟",
        "now": NOW,
        "every": 10,
        "board_url": "",
        "total": 12,
        "running": 8,
        "reserve_url": "#",
        "feeds": [
            feed("給電 F1", 402, 0, 450, "kW", "A-01 A-02 A-03"),
            feed("給電 F2", 268, 136, 450, "kW", "A-04 A-05 A-06"),
            feed("冷却 L1", 907, 185, 1200, "L/min", "供給 38.1 ℃"),
        ],
        "cells": [
            cell("A-01", "ok", "ソーク中", "RK26-00118", 66.4, "完了 11/20 21:40", drawing="run"),
            cell(
                "A-04",
                "late",
                "注意",
                "RK26-00125",
                37.5,
                "完了 11/22 02:35",
                "戻り 54.2 ℃(上限 55.0)。流量が 12 % 低い",
            ),
            cell("A-06", "wait", "予約 18:30", "RK26-00140", 0, "開始 11/20 18:30"),
            cell(
                "A-07",
                "stop",
                "停止・保留",
                "RK26-00131",
                18.3,
                "時計停止 14:22",
                "漏液 14:22:06–14:22:43 スロット 5。漏れ再試験まで再開できません",
            ),
            cell(
                "A-09",
                "stale",
                "欠測 24 分",
                "RK26-00134",
                10.7,
                "完了 不明",
                "値は 15:41 のもの。時計は停止中",
                gap=0.8,
            ),
            cell("A-12", "empty", "", "", 0, "", "整備済み。予約できます:136 kW、185 L/min まで"),
        ],
        "alarms": [
            thing(
                state="stop",
                title="A-07 漏液 スロット 5 マニホールド",
                code="",
                detail="14:22:06 発生 · 14:22:43 復帰(37 秒)。復帰しても保留は続きます。",
                acts=[act],
            ),
            thing(state="stale", title="A-09 計測が届いていません", code="", detail="15:41:30 から 24 分。", acts=[]),
        ],
        "coming": [
            thing(at=at(20, 21, 40), cell="A-01", rack="RK26-00144"),
            thing(at=at(21, 22, 53), cell="A-03", rack=""),
        ],
    }


SAMPLES: dict[str, tuple[str, Callable[[str], Facts]]] = {
    "station": ("assembly/station.html", station),
    "station-refused": ("assembly/station.html", refused),
    "station-measure": ("assembly/station.html", measuring),
    "station-sign": ("assembly/station.html", signing),
    "racks": ("assembly/racks.html", racks),
    "burn-in": ("assembly/burn_in.html", burn_in),
}
