"""The patterns of a column's profile."""

import time

import pandas as pd
import pytest

from matchwright.core.spec import parse_spec
from matchwright.drafting import infer_spec
from matchwright.drafting.profile import profile_of


@pytest.mark.parametrize(
    ("value", "is_address"),
    [("ann@post.example", True), ("a.b+c@x.y.z", True), ("ann@post", False), ("@post.example", False),
     ("ann@.example", False), ("ann@post.", False), ("ann@post.example x", False), ("a@b@post.example", False)],
)  # fmt: skip
def test_an_email_address_has_one_at_sign_and_a_domain_with_a_dot(value, is_address):
    assert profile_of([[value]]).email == is_address


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("東京 電気 ポット ケトル 毛布 大型 軽量 防水 充電式 家庭用 ステンレス", "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本"),
        ("หม้อ หุงข้าว ไฟฟ้า กล้อง ถ่ายรูป เล็ก ใหญ่ สีดำ สีขาว กันน้ำ สำหรับ", "วิชัย สมชาย อรุณ มานี ปิติ ชูใจ วีระ"),
    ],
)
def test_long_texts_without_blanks_are_texts_and_short_ones_are_names(words, names):
    parts, short = words.split(), names.split()
    table = pd.DataFrame(
        {
            "id": range(120),
            "aa": ["".join(parts[(n * step + n // 11) % 11] for step in (1, 2, 3, 5, 7, 9)) for n in range(120)],
            "bb": [short[n % 7] + short[n // 7 % 7] for n in range(120)],
        }
    )
    assert [field.kind for field in parse_spec(infer_spec(table)).fields.values()] == ["text", "name"]


@pytest.mark.parametrize(
    "part", ["@", ".", "a.", "@.", "1", "1,", "1.", " 1", "-", "st ", "stra", "www.", "\u0301", "+1 ("]
)
def test_the_time_for_a_long_value_grows_no_faster_than_its_length(part):
    def seconds(length: int) -> float:
        values = [["a@1" + part * (length // len(part)) + "@" + str(number) for number in range(4)]]
        times = []
        for _ in range(5):
            start = time.process_time()
            profile_of(values)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(40_000) < 3 * seconds(20_000)
