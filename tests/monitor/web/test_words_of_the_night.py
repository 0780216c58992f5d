"""The texts of the night of 14/03/2026 that pages beside the desk show, from the catalogue they are written with."""

from __future__ import annotations

import pytest

from monitor.web.catalogue_reader import Catalogue

CATALOGUE = Catalogue()
NIGHT: tuple[tuple[str, str, dict[str, object], str], ...] = (
    ("17:58", "shift.start", {}, "Nhận ca"),
    ("17:58", "shift.sound", {}, "Thử chuông: nghe rõ?"),
    ("17:58", "shift.pending", {"n": 2}, "Còn 2 việc chưa xong"),
    ("17:58", "shift.open.eyes", {"n": 3}, "3 mắt hỏng"),
    ("17:58", "shift.test_late", {"device": "BELL-DV-014", "n": 4}, "BELL-DV-014 quá hạn kiểm tra 4 ngày"),
    ("17:58", "shift.read_back", {}, "Tôi đã đọc và nhận bàn giao"),
    ("18:52:05", "incident.eyes_down", {"n": 7, "m": 7}, "7/7 camera gần nhất KHÔNG hoạt động"),
    ("18:52:05", "cause.feeder", {}, "mất điện"),
    ("18:52:05", "incident.nearest_working", {"id": "CAM-DV-0036", "d": 727},
     "Camera còn hoạt động gần nhất: CAM-DV-0036, cách 727 m"),
    ("18:52:05", "incident.role.area_officer", {}, "CSKV"),
    ("18:52:05", "incident.role.security_team", {}, "Tổ bảo vệ ANTT"),
    ("18:52:50", "incident.stage.DISPATCHED", {}, "Đã điều lực lượng"),
    ("18:52:50", "zalo.sent", {"n": 2, "m": 2}, "Đã gửi Zalo 2/2 nhóm"),
    ("18:54", "incident.merge_question", {"code": "BD-260314-0001"}, "Gộp vào BD-260314-0001?"),
    ("18:57:10", "incident.stage.ON_SCENE", {}, "Có mặt tại hiện trường"),
    ("18:57:10", "incident.after", {"time": "18:57:10", "span": "5 phút 10 giây"}, "18:57:10 (5 phút 10 giây)"),
    ("19:10", "footage.request", {}, "Đề nghị trích xuất hình ảnh"),
    ("19:10", "footage.expires", {"n": 2}, "Sẽ bị ghi đè sau 2 ngày"),
    ("20:30", "incident.disposition.genuine_crime", {}, "Báo thật: có tội phạm"),
)  # fmt: skip


@pytest.mark.parametrize(("at", "key", "values", "text"), NIGHT)
def test_it_has_the_words_of_the_night(at: str, key: str, values: dict[str, object], text: str) -> None:
    assert CATALOGUE.translate("vi", key, values) == text, at
