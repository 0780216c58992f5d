"""The texts of the night of 14/03/2026, in the story's own figures, as the desk's modules write them; one page for all.

Each row: the hour, what says it (in the page), and the text an officer reads.
"""

from __future__ import annotations

from tests.desk.officer import OfficersScreen

GIVEN = """
    const [alarm, outage, readiness, strips] = await Promise.all(
        ["alarm_words", "outage_words", "readiness", "words"].map(name => import(`/static/js/${name}.js`)));
    const { t, hour, exactly } = strips;
    const now = Date.parse("2026-03-14T11:52:20Z");
    const fund = {
        id: 1, device_id: "BELL-DV-009", kind: "hold_up", state: "UNACKNOWLEDGED",
        place: "Quỹ tín dụng nhân dân minh họa",
        position: "Quầy giao dịch 1", raised_at: "2026-03-14T11:52:00Z", received_at: "2026-03-14T11:52:00Z",
        rung_at: "2026-03-14T11:52:00Z", presses: 4, duplicates: 8, late_s: 0,
        is_audible: true, is_silent_at_site: true,
        incident: { id: 1, code: "BD-260314-0001", stage: "DISPATCHED" },
    };
    const taken = { ...fund, state: "ACKNOWLEDGED", acknowledged_at: "2026-03-14T11:52:20Z",
        acknowledged_by: "Trực ban ca đêm" };
    const cut = { ...fund, kind: "outage", device_id: null, outage: {
        cause: "feeder", name: "LT-2", key: "LT-2", devices: 40, down: 40, eyes: 40, eyes_down: 40, groups: 8 } };
    const kinds = (camera) => new Map([["camera", { working: camera, registered: 118 }],
        ["mast", { working: 8, registered: 8 }], ["bell", { working: 21, registered: 21 }]]);
    const facts = one => alarm.factsOf(one).map(({ text }) => text);
"""
NIGHT = (
    ("18:05", "[readiness.workingLine(kinds(115)), t('live.no_alarm')].join(' · ')",
     "Hoạt động 115/118 mắt · Tầm cao 8/8 · Chuông 21/21 · Không có báo động"),
    ("18:05", "t('live.ok_age')", "vừa xong"),
    ("18:43", "alarm.headOf(cut)", "Mất kết nối diện rộng: 40 mắt – tuyến LT-2 (8 tổ)"),
    ("18:43", "readiness.workingLine(kinds(75))", "Hoạt động 75/118 mắt · Tầm cao 8/8 · Chuông 21/21"),
    ("18:43", "t('groups.effective', { n: 13, m: 21 })", "Độ phủ hiệu lực 13/21"),
    ("18:43", "outage.outageFacts(cut.outage)[0]", "Có thể: Mất điện"),
    ("18:43", "alarm.acknowledgeWord(cut)", "Ghi nhận – gọi điện lực"),
    ("18:52", "alarm.cryOf(fund)", "BÁO ĐỘNG CƯỚP – Quỹ tín dụng nhân dân minh họa"),
    ("18:52", "alarm.pressedWords(fund, now)",
     "Quầy giao dịch 1 · Bấm lúc 18:52:00 · Đã bấm 4 lần · Gộp 8 tín hiệu trùng"),
    ("18:52", "facts(fund)[0]", "Chuông im lặng tại chỗ – KHÔNG gọi lại số của cơ sở"),
    ("18:52", "alarm.timerWords(fund, 3)", "Chưa tiếp nhận: 3 giây"),
    ("18:52", "facts({ ...fund, late_s: 9 })[1]", "Tin đến trễ 9 giây (mất kết nối)"),
    ("18:52:20", "alarm.takenWords(taken, now)", "Đã tiếp nhận 18:52:20 – Trực ban ca đêm (20 giây)"),
    ("18:52:30", "t('alarm.escalated.commander', { time: hour('2026-03-14T11:52:30Z') })",
     "Đã chuyển chỉ huy lúc 18:52:30"),
    ("18:52:50", "alarm.incidentOf(fund)", "BD-260314-0001 · Đã điều lực lượng"),
    ("18:57:10", "exactly(310)", "5 phút 10 giây"),
    ("20:15", "outage.restoredOf({ ...cut.outage, down: 0 })", "Đã khôi phục 40/40 mắt"),
    ("23:40", "t('live.lost')", "Màn hình mất kết nối máy chủ – đang nối lại"),
)  # fmt: skip


def test_it_says_what_the_night_wants_word_for_word(screen: OfficersScreen) -> None:
    asked = ", ".join(said for _, said, _ in NIGHT)
    said = screen.page.evaluate(f"async () => {{ {GIVEN} return [{asked}] }}")
    assert said == [text for _, _, text in NIGHT]
