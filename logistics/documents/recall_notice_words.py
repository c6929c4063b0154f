"""Words of the recall notice in both languages (glossary: 回収, 保留)."""

from documents.words import Words

WORDS: dict[str, Words] = {
    "title": Words("回収通知書", "Recall notice"),
    "other_title": Words("RECALL NOTICE", "回収通知書"),
    "form_number": Words("GP-RCL-01", "GP-RCL-01"),
    "recall": Words("回収番号", "Recall"),
    "about": Words("対象", "About"),
    "part": Words("品番", "Part"),
    "period": Words("期間", "Period"),
    "any": Words("指定なし", "any"),
    "opened": Words("開始", "opened"),
    "closed": Words("終了", "closed"),
    "holds": Words("保留(未解除 / 全)", "Holds (open / all)"),
    "where": Words("所在別の数", "Where"),
    "place": Words("所在", "Place"),
    "racks": Words("ラック", "Racks"),
    "trays": Words("トレイ", "Trays"),
    "loose": Words("単品", "Loose parts"),
    "rows": Words("該当品の一覧", "What is hit"),
    "rows_note": Words("理由となる経路つき", "with the path that says why"),
    "number": Words("番号", "Number"),
    "kind": Words("種類", "Kind"),
    "held": Words("保留", "Held"),
    "why": Words("理由と経路", "Why, and the path"),
    "act": Words("お願い", "What to do"),
    "act_1": Words(
        "1. 該当品を使わず、動かさず、保留札を付けてください。",
        "1. Do not use or move what is listed; put a hold tag on it.",
    ),
    "act_2": Words(
        "2. 表示の番号と現物を照合し、相違があれば品質保証部へ連絡してください。",
        "2. Compare the numbers with the things; tell quality of any difference.",
    ),
    "act_3": Words(
        "3. 処置は品質保証部の指示に従ってください。保留の解除は品質保証部が記録します。",
        "3. Follow the disposition of quality, who record the release of the holds.",
    ),
    "legend": Words(
        "保留 ○:保留中 ×:保留なし。経路は該当品から上位の順、( ) は取付位置。",
        "Held ○ yes × no. Paths run from the unit that is hit upwards; positions in ( ).",
    ),
}

ABOUT: dict[str, Words] = {
    "lots": Words("ロット", "Lots"),
    "serials": Words("製造番号", "Serials"),
    "supplier": Words("仕入先の納入品", "Deliveries of supplier"),
    "station": Words("ステーション", "Station"),
    "tool": Words("工具", "Tool"),
    "operator": Words("作業者", "Person at work"),
    "firmware": Words("ファームウェア", "Firmware"),
}

PLACES: dict[str, Words] = {
    "floor": Words("工場内", "On the floor"),
    "crate": Words("梱包済み(工場)", "Packed, at the plant"),
    "transit": Words("輸送中", "On the road"),
    "site": Words("現地(川内)", "At the site"),
    "gone": Words("現存せず", "No longer there"),
}

KINDS: dict[str, Words] = {
    "rack": Words("ラック", "Rack"),
    "tray": Words("トレイ", "Tray"),
    "loose": Words("部品", "Part"),
}


def why(how: str, what: str, detail: str) -> Words:
    """Why a unit is hit (see inventory.queries.recall_starts.Start)."""
    if how == "handled" and detail == "fitted":
        return Words(f"{what} が取付け", f"fitted by {what}")
    told: dict[str, Words] = {
        "used": Words(f"ロット {what} を使用", f"lot {what} used in it"),
        "made": Words(f"ロット {what} の品", f"of lot {what}"),
        "named": Words("一覧の番号", "on the list"),
        "supplied": Words(f"{what} の納入品", f"delivered by {what}"),
        "worked": Words(f"ステーション {what} で工程 {detail}", f"operation {detail} at station {what}"),
        "tooled": Words(f"工具 {what} で工程 {detail}", f"operation {detail} with tool {what}"),
        "handled": Words(f"{what} が工程 {detail}", f"operation {detail} by {what}"),
        "runs": Words(f"{detail} {what} の申告", f"{detail} {what} reported"),
    }
    return told[how]
