"""Words of the comparison report in both languages (glossary: リードタイム, 必要日, 確度)."""

from documents.words import Words

WORDS: dict[str, Words] = {
    "title": Words("リードタイム比較書", "Lead-time comparison"),
    "other_title": Words("LEAD-TIME COMPARISON", "リードタイム比較書"),
    "form_number": Words("GP-CMP-01", "GP-CMP-01"),
    "comparison": Words("比較", "Comparison"),
    "clock": Words("時計", "Clock"),
    "clock_words": Words("部材揃い → 現地受入の終わり、暦日", "kit ready → end of site receiving, calendar days"),
    "start": Words("部材揃い", "Kit ready"),
    "need_by": Words("必要日", "Needed by"),
    "days_unit": Words("日", "days"),
    "racks": Words("本数", "Racks"),
    "basis": Words("根拠", "Stands on"),
    "basis_words": Words(
        "模擬 {draws} 回(まとまり {batches}・感度 {bars})、種 {seed}、{at} 時点、n = 到着 {done} + 進行中 {open}",
        "{draws} runs a scenario, {batches} batches, {bars} a bar; seed {seed}; as of {at}; n = {done} + {open} open",
    ),
    "answer": Words("答え", "Answer"),
    "answer_words": Words(
        "国内が{other}より速い確率 {p}。{turn}", "The chance that domestic is faster than {other} is {p}. {turn}"
    ),
    "turn_words": Words(
        "国内の部材受入が {days} 日を超えると逆になる。", "It turns when domestic inbound passes {days} days."
    ),
    "no_turn": Words("国内の部材受入だけでは逆にならない。", "Domestic inbound alone does not turn it."),
    "kept": Words("内容の印", "Facts kept"),
    "results": Words("案ごとの結果", "Scenarios"),
    "results_note": Words("確率は仮定を含むとき 5 % 単位", "Chances that rest on assumptions are in steps of 5 %"),
    "scenario": Words("案", "Scenario"),
    "in_time": Words("必要日まで", "In time"),
    "all_in_time": Words("全数", "All"),
    "faster": Words("国内が速い", "Dom. faster"),
    "gap": Words("平均の差", "Mean gap"),
    "best": Words("最安の約束", "Cheapest promise"),
    "cost": Words("期待費用", "Its cost"),
    "grades": Words("確度", "Grades"),
    "arrive": Words("1. 必要日までに着くか", "1. Will they arrive by the day they are needed?"),
    "arrive_axis": Words("部材揃い → 現地受入、暦日", "kit ready → site receiving, calendar days"),
    "which": Words("2. どちらが速いか", "2. Which is faster?"),
    "which_note": Words("同じ回どうしの差の密度", "Density of the difference in the same run"),
    "which_axis": Words("{other} − 国内、日", "{other} − domestic, days"),
    "where": Words("3. 日数はどこで使われるか", "3. Where do the days go?"),
    "where_note": Words(
        "平均日数。平均は足せるが、P50 や P80 は足せない", "Mean days. Means add up; P50 and P80 do not"
    ),
    "where_axis": Words("日", "days"),
    "stage": Words("工程", "Stage"),
    "share": Words("分散", "Variance"),
    "waiting": Words("うち待ち", "of which waiting"),
    "what": Words("4. 何が答えを変えるか", "4. What changes the answer?"),
    "what_note": Words("前提を一つずつ動かしたときの P50 の差、日", "P50 gap in days as one input at a time is moved"),
    "what_axis": Words("P50 の差、日(正なら国内が速い)", "P50 gap, days (above zero domestic is faster)"),
    "input": Words("前提", "Input"),
    "low_high": Words("P50 の差 下 → 上", "P50 gap, low → high"),
    "p80_first": Words("国内 P80", "Domestic P80"),
    "p80_second": Words("相手 P80", "Other P80"),
    "season": Words("5. 台風の月はどうなるか", "5. What does a typhoon month do?"),
    "season_note": Words("{n} 本のまとまり、部材揃いの月別", "a batch of {n}, by month of kit ready"),
    "month": Words("月", "Month"),
    "struck": Words("当たる割合", "struck"),
    "stopped": Words("止まる本数", "racks stopped"),
    "later": Words("最後の遅れ", "last rack later"),
    "p80_last": Words("最後の P80", "P80 of the last"),
    "calm": Words("台風なし", "no storms"),
    "promise": Words("6. いつと約束するか", "6. Which day to promise?"),
    "promise_note": Words(
        "遅延 1 日 ¥{late}、早着 1 日 ¥{early}:最も安い約束は P{level}",
        "¥{late} a day late, ¥{early} a day early: P{level} costs least",
    ),
    "promise_axis": Words("約束日(部材揃いからの日数)", "promised, days after kit ready"),
    "batch": Words("7. いつ全数が揃うか", "7. When are all of them there?"),
    "batch_axis": Words("部材揃い → 最後の 1 本の受入、暦日", "kit ready → last rack received, calendar days"),
    "trust": Words("8. 予測はこれまで当たったか", "8. How good were past forecasts?"),
    "trust_words": Words(
        "P{level}:期限の来た {due} 件のうち {kept} 件が予測内", "P{level}: {kept} of {due} fallen due were kept"
    ),
    "no_trust": Words("まだ期限の来た予測がない。", "No forecast has fallen due yet."),
    "inputs": Words("9. 前提とその根拠", "9. Inputs and what they stand on"),
    "inputs_note": Words(
        "P10 / P50 / P90、暦日。A 実測・公的、B 公表値、C 仮定。* 自社の案の値",
        "P10 / P50 / P90, days. A measured or official, B published, C assumed. * differs from the base",
    ),
    "figures": Words("値", "Figures"),
    "grade": Words("確度", "Grade"),
    "source": Words("出所", "Source"),
    "legend": Words(
        "確率と日数は前提に基づく模擬の結果であり、保証ではない。同じ前提と種なら同じ値になる。",
        "Chances and days are simulated from the inputs, no warranty. Same inputs and seed give the same figures.",
    ),
}

MOVED: dict[str, Words] = {
    "first_pass_fail": Words("初回不合格率 {low} → {high} %", "First-pass failure {low} → {high} %"),
    "licence": Words("輸出審査:なし → 2 倍", "Licence review: never → twice as often"),
    "late_vessel": Words("船の遅れ:なし → 2 倍", "Late vessels: never → twice as often"),
    "air_roll": Words("積残し:なし → 2 倍", "Rolled flights: never → twice as often"),
    "storm_month": Words("台風:2 月 → 9 月", "Storms: February → September"),
}
"""What a bar of question 4 moves, where it is no stage."""

RISKS: dict[str, Words] = {
    "first_pass_fail": Words("初回不合格の割合", "First-pass failure, share"),
    "licence_share": Words("輸出審査を受ける割合", "Licence review, share"),
    "licence_days": Words("輸出審査の日数", "Licence review, days"),
    "air_roll_share": Words("積残しの割合", "Rolled flight, share"),
    "air_roll": Words("積残しの日数", "Rolled flight, days"),
    "late_vessel_share": Words("船が遅れる割合", "Late vessel, share"),
    "late_vessel_mean_days": Words("船の遅れの平均日数", "Late vessel, mean days"),
}
