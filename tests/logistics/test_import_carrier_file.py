"""A carrier's file into milestones: what is taken, what is passed over, what is refused by its line."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from documents import files
from inventory.operations.incoming_files import FileRefused
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Carrier, CarrierFile, CarrierLineNote, Eta, Milestone, MilestoneReview
from logistics.operations.carrier_files import NoDoubt, ReviewOdd, import_carrier_file, review_milestone
from logistics.operations.carrier_words import (
    CarrierWordOdd,
    UnknownCarrierWord,
    WaybillOdd,
    WaybillTaken,
    WordMeaning,
    define_carrier_words,
    record_waybill,
    retire_carrier_word,
)
from tests.cast import NOON, a_caller, mei, person
from tests.logistics.facts import refused
from tests.logistics.world import CARRIER, HOUR, a_shipment, arrived, departed

pytestmark = pytest.mark.django_db
LEFT = NOON - 20 * HOUR
JST = ZoneInfo("Asia/Tokyo")
WORDS = {"出発": "leg_departed", "到着": "leg_arrived", "通過": "position", "遅延": "delayed", "入力": "ignore"}


@pytest.fixture
def on_the_way():
    shipment = departed(at=LEFT)
    words = [WordMeaning(word, meaning) for word, meaning in WORDS.items()]
    define_carrier_words(caller=a_caller("rosa"), carrier_code=CARRIER, words=words)
    return shipment


def client_of(name: str) -> Client:
    client = Client(headers={"Accept-Language": "ja"})
    client.force_login(person(name))
    return client


def at(moment: datetime) -> str:
    local = moment.astimezone(JST)
    return f"令和{local.year - 2018}年{local.month}月{local.day}日 {local:%H:%M}"


def row(shipment, word="通過", moment=NOON - HOUR, place="広島", name=None):
    return ",".join([name or shipment.number, word, at(moment), place, ""])


def imported(*rows, user="rosa", encoding="cp932", **others):
    content = "\n".join(["出荷番号,状況,日時,場所,備考", *rows]).encode(encoding)
    return import_carrier_file(
        caller=a_caller(user, **others), carrier_code=CARRIER, file_sha256=files.put(content), file_name="ｷｬﾘｱ.csv"
    )


def faults(*rows, **others):
    with refused(FileRefused) as caught:
        imported(*rows, **others)
    return [(one.line, one.say) for one in caught.value.faults]


def ends_of(shipment):
    legs = list(shipment.lane.legs.order_by("number"))
    return [(leg.from_ja, leg.to_ja) for leg in legs]


def test_lines_are_reported_with_one_event_each_and_the_file_once(on_the_way):
    ends = ends_of(on_the_way)
    told = imported(
        row(on_the_way, "到着", LEFT + 3 * HOUR, ends[0][1]),
        row(on_the_way, "出発", LEFT + 4 * HOUR, ends[1][0]),
        row(on_the_way, "入力", LEFT + 4 * HOUR),
    )

    assert (told["lines"], told["reported"], told["already"]) == (3, 2, False)
    assert list(Milestone.objects.values_list("kind", "leg__number", "source")) == [
        ("leg_arrived", 1, f"file {CARRIER}"), ("leg_departed", 2, f"file {CARRIER}"),
    ]  # fmt: skip
    assert Event.objects.filter(kind="logistics.milestone-reported").count() == 2
    assert Event.objects.get(kind="logistics.carrier-file-imported").payload["reported"] == 2


def test_the_same_file_and_a_line_that_is_known_change_nothing(on_the_way):
    first = imported(row(on_the_way))

    again = imported(row(on_the_way))
    more = imported(row(on_the_way), row(on_the_way), row(on_the_way, moment=NOON - 2 * HOUR))

    assert again == {**first, "already": True}
    assert (more["lines"], more["reported"]) == (3, 1)
    assert Milestone.objects.count() == 2


def test_late_and_out_of_order_reports_are_taken(on_the_way):
    ends = ends_of(on_the_way)
    imported(row(on_the_way, "出発", LEFT + 10 * HOUR, ends[2][0]))  # the legs before are not reported

    told = imported(row(on_the_way, "到着", LEFT + 3 * HOUR, ends[0][1]))

    assert told["reported"] == 1
    page = client_of("rosa").get(reverse("shipment", args=[on_the_way.number])).content.decode()
    assert "順不同" in page
    assert "遅れ" in page


def test_a_stale_eta_and_one_too_far_ahead_lose_no_report_of_the_file(on_the_way):
    stale, good, mistyped = (
        ",".join([on_the_way.number, "通過", at(NOON - hours * HOUR), "広島", "", at(NOON + ahead * HOUR)])
        for hours, ahead in ((1, -2), (3, -2), (4, 24 * 366))
    )
    content = "\n".join(["出荷番号,状況,日時,場所,備考,到着予定", stale, good, mistyped]).encode()
    page = client_of("rosa").post(
        reverse("carrier_files"),
        {"carrier": CARRIER, "check": "1", "key": "k", "file": SimpleUploadedFile("a.csv", content)},
    )
    told = import_carrier_file(
        caller=a_caller("rosa"), carrier_code=CARRIER, file_sha256=files.put(content), file_name="a.csv"
    )

    assert page.content.decode().count("報告の時点で過ぎている") == 1
    assert page.content.decode().count("120 日より先") == 1
    assert (told["reported"], [one["line"] for one in told["aside"]]) == (3, [2, 4])
    assert Eta.objects.get().given_at == NOON - 3 * HOUR


def test_what_cannot_be_is_said_line_by_line(on_the_way):
    planned, ends = a_shipment(), ends_of(on_the_way)
    told = faults(
        row(on_the_way, moment=NOON + HOUR),
        row(on_the_way, moment=LEFT - HOUR),
        row(planned),
        row(on_the_way, name="SH-26-99999"),
        row(on_the_way, "謎"),
        row(on_the_way, "到着", LEFT + 3 * HOUR, "広島"),
        row(on_the_way, "到着", LEFT + 3 * HOUR, ends[0][1]),
        row(on_the_way, "到着", LEFT + 5 * HOUR, ends[0][1]),
        row(on_the_way, "出発", LEFT + 2 * HOUR, ends[1][0]),
    )

    assert [line for line, _say in told] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(say.endswith(("。", ".")) for _line, say in told)


def test_a_shipment_of_another_carrier_is_refused(on_the_way):
    with refused(FileRefused):
        content = "出荷番号,状況,日時\n".encode() + f"{on_the_way.number},通過,{at(NOON - HOUR)}".encode()
        import_carrier_file(
            caller=a_caller("rosa"), carrier_code=a_stranger(), file_sha256=files.put(content), file_name="x.csv"
        )


def a_stranger() -> str:
    return Carrier.objects.get_or_create(code="CR-NONE", name_ja="他社", name_en="Another")[0].code


def test_after_the_arrival_nothing_happens_on_the_way(on_the_way):
    arrived(on_the_way, at=NOON - 2 * HOUR)

    assert [line for line, _say in faults(row(on_the_way, moment=NOON - HOUR))] == [2]
    assert imported(row(on_the_way, moment=NOON - 3 * HOUR))["reported"] == 1


def test_waybill_and_sscc_name_the_shipment_and_must_agree(on_the_way):
    record_waybill(caller=a_caller("rosa"), shipment_id=on_the_way.pk, number="1234-5678-9012")
    sscc = on_the_way.crates.get().crate.sscc
    heading = "送り状番号,梱包番号,状況,日時,場所\n"
    good = f"123456789012,{sscc},通過,{at(NOON - HOUR)},広島"

    def taken(*rows):
        sha256 = files.put((heading + "\n".join(rows)).encode())
        return import_carrier_file(caller=a_caller("rosa"), carrier_code=CARRIER, file_sha256=sha256, file_name="w.csv")

    assert taken(good)["reported"] == 1
    with refused(FileRefused):
        taken(good.replace("123456789012", "999"))
    other = departed(at=LEFT)
    record_waybill(caller=a_caller("rosa"), shipment_id=other.pk, number="5555")
    with refused(FileRefused):
        taken(good.replace("123456789012", "5555"))


def test_the_other_sendai_is_held_for_a_person(on_the_way):
    told = imported(row(on_the_way, "到着", NOON - HOUR, "仙台"))

    note = CarrierLineNote.objects.select_related("milestone").get()
    assert told["doubts"] == 1
    assert (note.milestone.kind, note.milestone.leg, note.meant, note.doubt) == ("position", None, "leg_arrived", True)

    with refused(ReviewOdd):
        review(note, leg_number=None)
    for number, kind in ((1, "leg_arrived"), (2, "leg_departed"), (2, "leg_arrived"), (3, "leg_departed")):
        imported(leg_row(on_the_way, number, kind))
    review(note, leg_number=3)

    real = Milestone.objects.get(kind="leg_arrived", leg__number=3)
    assert (real.happened_at, real.source) == (note.milestone.happened_at, "review")
    with refused(NoDoubt):
        review(note, leg_number=3)
    assert imported(row(on_the_way, "到着", NOON - HOUR, "仙台"), row(on_the_way))["reported"] == 1  # known already


def leg_row(shipment, number, kind):
    start, end = ends_of(shipment)[number - 1]
    hours = 2 * number + (1 if kind == "leg_arrived" else 0)
    return row(
        shipment,
        *(("到着", LEFT + hours * HOUR, end) if kind == "leg_arrived" else ("出発", LEFT + hours * HOUR, start)),
    )


def review(note, leg_number=None, verdict="ours", user="rosa"):
    return review_milestone(
        caller=a_caller(user), milestone_id=note.milestone_id, whose=verdict, reason="運送会社に確認",
        leg_number=leg_number,
    )  # fmt: skip


def test_a_place_elsewhere_stays_a_position(on_the_way):
    imported(row(on_the_way, "到着", NOON - HOUR, "仙台"))

    review(CarrierLineNote.objects.get(), verdict="elsewhere")

    assert MilestoneReview.objects.get().verdict == "elsewhere"
    assert Milestone.objects.count() == 1


def test_the_page_says_what_would_become_of_every_line_and_changes_nothing(on_the_way):
    content = "\n".join(["出荷番号,状況,日時,場所", row(on_the_way), row(on_the_way, place="仙台")]).encode("cp932")
    fields = {"carrier": CARRIER, "check": "1", "key": "k"}
    answer = client_of("rosa").post(reverse("carrier_files"), {**fields, "file": SimpleUploadedFile("a.csv", content)})

    assert answer.status_code == 200
    assert "もう一つの" in answer.content.decode()
    assert (CarrierFile.objects.count(), Milestone.objects.count()) == (0, 0)


def test_the_api_takes_a_file(on_the_way):
    content = "\n".join(["出荷番号,状況,日時,場所", row(on_the_way)]).encode()
    client, url = client_of("rosa"), reverse("api_carrier_files")
    posts = [
        client.post(url, {"carrier": CARRIER, "file": SimpleUploadedFile("a.csv", content)}).status_code
        for _turn in range(2)
    ]

    assert posts == [201, 200]
    assert client.get(url).json()["results"][0]["reported"] == 1
    assert client_of("mei").post(url, {"carrier": CARRIER}).status_code == 403


def test_who_may_not_report_is_refused(on_the_way):
    mei()

    with refused(NotPermitted):
        imported(row(on_the_way), user="mei")


def test_questions_do_not_grow_with_the_file(on_the_way, django_assert_max_num_queries):
    rows = [row(on_the_way, moment=LEFT + HOUR + n * HOUR / 60) for n in range(300)]

    with django_assert_max_num_queries(40):
        assert imported(*rows)["reported"] == 300


def test_a_word_has_one_meaning_and_is_read_no_more_when_retired(on_the_way):
    define_carrier_words(caller=a_caller("rosa"), carrier_code=CARRIER, words=[WordMeaning(" 通 過 ", "delayed")])
    imported(row(on_the_way))
    assert Milestone.objects.get().kind == "delayed"

    retire_carrier_word(caller=a_caller("rosa"), carrier_code=CARRIER, word="通過")

    assert [line for line, _say in faults(row(on_the_way, moment=NOON - 2 * HOUR))] == [2]
    with refused(UnknownCarrierWord):
        retire_carrier_word(caller=a_caller("rosa"), carrier_code=CARRIER, word="通過")
    with refused(CarrierWordOdd):
        define_carrier_words(caller=a_caller("rosa"), carrier_code=CARRIER, words=[WordMeaning(" ", "delayed")])


def test_a_waybill_is_of_one_shipment(on_the_way):
    record_waybill(caller=a_caller("rosa"), shipment_id=on_the_way.pk, number="12-34")

    with refused(WaybillTaken):
        record_waybill(caller=a_caller("rosa"), shipment_id=on_the_way.pk, number="1234")
    with refused(WaybillOdd):
        record_waybill(caller=a_caller("rosa"), shipment_id=on_the_way.pk, number="--")
