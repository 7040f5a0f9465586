#!/usr/bin/env python3
"""Make the dictionary that new archives compress small bodies with (docs/format.md §5.4).

    dictionary.py ARCHIVE CUSTODY KEY_COPY [ARCHIVE CUSTODY KEY_COPY]... > src/archive/body.dictionary

The archives hold the sample transfer: that of `make demo`, which trusts the sample's root, and one that trusts nobody.
Needs tests/interop/requirements.txt.

Nothing of a real record goes in: it is trained on the bodies of the sample transfer, which is invented, and on variants
of them in which agencies, names, subjects and numbers are put together at random out of the lists below. Digests,
identifiers and serial numbers are random in each, so none of them is worth a place. Entropy tables come with it (RFC
8878 §5): they are a tenth of what is saved. The same archives and the same zstd give the same dictionary.
"""
import json
import random
import re
import sys
import tempfile
from pathlib import Path

import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "interop"))
import read_format

SEED, LEVEL, BYTES = 2026, 3, 64 << 10
# Variants of each body. One validation run is as long as five records, and says the same in each.
VARIANTS, VARIANTS_OF_RUN = 60, 12
# Parts of names of persons, as common as they are: no two make anybody in particular.
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Lương".split()
MIDDLE = "Văn Thị Đức Minh Quốc Hữu Thanh Ngọc Xuân Thu Quang Công Thành Kim Hồng Anh Tuấn Đình".split()
GIVEN = ("An Anh Bình Châu Chi Cường Dũng Dung Giang Hà Hải Hạnh Hiền Hiếu Hòa Hoa Hùng Hương Khánh Lan Linh Long Mai "
         "Minh Nam Nga Ngọc Nhung Phong Phúc Phương Quân Quang Sơn Tâm Thảo Thắng Thủy Trang "
         "Trung Tú Tuấn Vân Vinh Yến").split()
# Names and notations of agencies as Decree 30/2020/ND-CP and the decrees on specialised agencies have them.
AGENCIES = {
    "Sở Nội vụ": "SNV", "Sở Tài chính": "STC", "Sở Xây dựng": "SXD", "Sở Y tế": "SYT", "Sở Tư pháp": "STP",
    "Sở Giáo dục và Đào tạo": "SGDĐT", "Sở Kế hoạch và Đầu tư": "SKHĐT", "Sở Công Thương": "SCT",
    "Sở Tài nguyên và Môi trường": "STNMT", "Sở Thông tin và Truyền thông": "STTTT", "Thanh tra thành phố": "TTTP",
    "Sở Giao thông vận tải": "SGTVT", "Sở Khoa học và Công nghệ": "SKHCN", "Sở Văn hóa và Thể thao": "SVHTT",
    "Sở Nông nghiệp và Phát triển nông thôn": "SNNPTNT", "Sở Lao động - Thương binh và Xã hội": "SLĐTBXH",
    "Ủy ban nhân dân huyện": "UBND", "Ủy ban nhân dân quận": "UBND", "Ủy ban nhân dân thị xã": "UBND",
    "Ủy ban nhân dân thành phố": "UBND", "Ủy ban nhân dân phường": "UBND", "Ủy ban nhân dân tỉnh": "UBND",
    "Văn phòng Ủy ban nhân dân": "VP", "Hội đồng nhân dân": "HĐND",
}  # fmt: skip
UNITS = "VP TCCB KHTC TTr QLĐT TNMT KT NV TP PC QLXD GD VX TH TCKH CNTT BCVT".split()
POSITIONS = ["CHỦ TỊCH", "PHÓ CHỦ TỊCH", "GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "CHÁNH VĂN PHÒNG",
             "PHÓ CHÁNH VĂN PHÒNG", "CHÁNH THANH TRA"]
# The types of Circular 05/2025/TT-BNV with their abbreviations (Decree 30/2020/ND-CP, annex III).
TYPES = [
    ("01", "NQ", "Nghị quyết"), ("02", "QĐ", "Quyết định"), ("03", "CT", "Chỉ thị"), ("04", "QC", "Quy chế"),
    ("05", "QyĐ", "Quy định"), ("06", "TC", "Thông cáo"), ("07", "TB", "Thông báo"), ("08", "HD", "Hướng dẫn"),
    ("09", "CTr", "Chương trình"), ("10", "KH", "Kế hoạch"), ("11", "PA", "Phương án"), ("12", "ĐA", "Đề án"),
    ("13", "DA", "Dự án"), ("14", "BC", "Báo cáo"), ("15", "TTr", "Tờ trình"), ("20", "BB", "Biên bản"),
    ("21", "HĐ", "Hợp đồng"), ("22", "CV", "Công văn"), ("23", "CĐ", "Công điện"), ("26", "GM", "Giấy mời"),
    ("27", "GGT", "Giấy giới thiệu"), ("32", "GP", "Giấy phép"),
]  # fmt: skip
BEGINNINGS = ["Về việc", "Về việc phê duyệt", "Về việc ban hành", "Về việc triển khai thực hiện",
              "Về việc tăng cường", "V/v"]
ACTS = ["kế hoạch", "quy định", "kiểm tra", "giải quyết", "đôn đốc", "thẩm định", "điều chỉnh",
        "báo cáo kết quả thực hiện", "lấy ý kiến dự thảo", "hướng dẫn thực hiện", "cung cấp thông tin, tài liệu về",
        "công khai", "phối hợp thực hiện"]
# Matters that the laws on agencies' duties name: topic as sidecars have it, matter, what it is about.
MATTERS = [
    ("dat-dai", "đất đai, giải phóng mặt bằng", [
        "thu hồi đất", "bồi thường, hỗ trợ, tái định cư", "giao đất, cho thuê đất",
        "cấp giấy chứng nhận quyền sử dụng đất",
    ]),
    ("xay-dung", "xây dựng, quy hoạch", [
        "cấp giấy phép xây dựng", "quy hoạch chi tiết", "trật tự xây dựng", "nghiệm thu công trình",
    ]),
    ("tai-chinh", "tài chính, ngân sách", [
        "dự toán ngân sách", "quyết toán", "quản lý tài sản công", "thanh toán vốn đầu tư",
    ]),
    ("can-bo", "tổ chức, cán bộ", [
        "tuyển dụng, bổ nhiệm công chức, viên chức", "nâng lương", "đánh giá, xếp loại", "tinh giản biên chế",
    ]),
    ("giao-duc", "giáo dục, đào tạo", [
        "tuyển sinh", "thi tốt nghiệp", "kiểm định chất lượng giáo dục", "năm học mới",
    ]),
    ("y-te", "y tế, dân số", [
        "phòng, chống dịch bệnh", "an toàn thực phẩm", "khám bệnh, chữa bệnh", "bảo hiểm y tế",
    ]),
    ("moi-truong", "tài nguyên, môi trường", [
        "đánh giá tác động môi trường", "quản lý chất thải", "khai thác khoáng sản", "tài nguyên nước",
    ]),
    ("cchc", "cải cách hành chính, chuyển đổi số", [
        "thủ tục hành chính", "dịch vụ công trực tuyến", "ứng dụng công nghệ thông tin",
    ]),
    ("van-thu", "văn thư, lưu trữ", ["lập hồ sơ, nộp lưu hồ sơ", "tài liệu lưu trữ điện tử", "quản lý con dấu"]),
    ("thanh-tra", "thanh tra, khiếu nại, tố cáo", ["giải quyết khiếu nại", "tiếp công dân", "kết luận thanh tra"]),
    ("an-sinh", "lao động, an sinh xã hội", [
        "giảm nghèo bền vững", "trợ giúp xã hội", "người có công với cách mạng", "giải quyết việc làm",
    ]),
    ("giao-thong", "giao thông vận tải", ["an toàn giao thông", "duy tu, sửa chữa đường bộ", "vận tải hành khách"]),
    ("nong-nghiep", "nông nghiệp, nông thôn", [
        "xây dựng nông thôn mới", "phòng, chống thiên tai", "thú y, chăn nuôi",
    ]),
    ("kinh-te", "kinh tế, đầu tư", [
        "chủ trương đầu tư", "đấu thầu", "phát triển kinh tế - xã hội", "hỗ trợ doanh nghiệp",
    ]),
    ("van-hoa", "văn hóa, thể thao, du lịch", [
        "tổ chức lễ hội", "di tích lịch sử - văn hóa", "hoạt động thể thao",
    ]),
]  # fmt: skip
PLACES = ["trên địa bàn tỉnh", "trên địa bàn huyện", "trên địa bàn thành phố", "trên địa bàn quận",
          "thuộc phường", "thuộc xã", ""]
PERIODS = [("Vĩnh viễn", None)] + [(f"{years} năm", years) for years in (70, 50, 30, 20, 15, 10, 5, 5, 2)]
RANDOM = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b")


def bodies(archive, custody, key_copy):
    """The texts of every body but that of entry 0, as the archive holds them."""
    found, decompress = [], read_format.decompress

    def kept(data, codec, dictionary):
        plain = decompress(data, codec, dictionary)
        if codec == 2:
            found.append(plain.decode())
        return plain

    read_format.decompress = kept
    with tempfile.TemporaryDirectory() as out:
        read_format.read(Path(archive), Path(custody), Path(key_copy), Path(out))
    read_format.decompress = decompress
    return found


class Invented:
    """What a variant says, put together at random."""

    def __init__(self, dice):
        self.dice = dice
        self.agency, notation = dice.choice(list(AGENCIES.items()))
        self.agency_code = f"H{dice.randrange(1, 64):02}.{dice.randrange(1, 60)}"
        self.kind, short, self.kind_name = dice.choice(TYPES)
        self.short, self.number = short, dice.randrange(1, 4000)
        self.notation = f"{notation}-{dice.choice(UNITS)}" if short == "CV" else f"{short}-{notation}"
        self.topic, self.matter, about = dice.choice(MATTERS)
        self.about = dice.choice(about)
        self.year = dice.randrange(2005, 2026)
        self.date = f"{self.year}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        self.file_code = f"{self.agency_code}.{self.year}.{dice.randrange(1, 400):03}"
        where = dice.choice(PLACES)
        words = [dice.choice(BEGINNINGS), dice.choice(ACTS), self.about, where]
        words.append(f"năm {self.year}" if dice.random() < 0.7 else "")
        self.subject = " ".join(word for word in words if word)
        self.title = f"Hồ sơ về {self.matter} năm {self.year}"
        self.signer = " ".join(map(dice.choice, (FAMILY, MIDDLE, GIVEN)))
        self.position = dice.choice(POSITIONS)
        self.period, self.years = dice.choice(PERIODS)
        self.name = f"{dice.randrange(100_000):08}"
        self.size, self.pages = dice.randrange(20_000, 200_000), dice.randrange(1, 9)

    def record(self, body):
        ordinal = self.dice.randrange(1, 30)
        doc_code = f"{self.file_code}.{ordinal:07}"
        prefix = body["arc_doc_code"].removesuffix(body["doc_code"])
        symbol = f"{self.number}/{self.notation}"
        body |= {
            "file_code": self.file_code, "ordinal": ordinal, "doc_code": doc_code, "arc_doc_code": prefix + doc_code,
            "agency_code": self.agency_code, "organ_name": self.agency, "code_number": str(self.number),
            "code_notation": self.notation, "symbol": symbol,
            "identifier": f"{self.agency_code} {self.year} {symbol}", "type_name": self.kind,
            "type_text": self.kind_name, "issued_date": self.date, "subject": self.subject,
            "signer": self.signer, "signer_position": self.position,
            "keyword": [self.matter, self.about], "number_of_page": self.pages, "maintenance_text": self.period,
        }  # fmt: skip
        raw = json.loads(body["raw"])
        raw |= {
            "id": self.name, "agency_code": self.agency_code, "agency_name": self.agency, "doc_type": self.short,
            "doc_type_name": self.kind_name, "number": self.number, "symbol": symbol, "subject": self.subject,
            "issued_date": self.date, "signer": self.signer, "signer_position": self.position,
            "file_code": self.file_code, "file_title": self.title, "retention": self.period, "topic": self.topic,
            "keywords": [self.matter, self.about], "pages": self.pages, "size": self.size,
        }  # fmt: skip
        body["raw"] = json.dumps(raw, ensure_ascii=False, indent=1)
        return body

    def dossier(self, body):
        prefix = body["arc_file_code"].removesuffix(body["file_code"])
        until = None if self.years is None else f"{self.year + self.years}-12-31"
        kept = {"years": self.years, "permanent": self.years is None, "until": until, "citation": self.period}
        retention = body["retention"] | kept
        return body | {
            "file_code": self.file_code, "arc_file_code": prefix + self.file_code, "title": self.title,
            "agency_code": self.agency_code, "agency_name": self.agency, "year": self.year, "retention": retention,
        }  # fmt: skip

    def variant(self, text):
        manifest, body = text.split("\n", 1)
        read = json.loads(body)
        if "ordinal" in read and list(json.loads(read["raw"]))[:1] == ["id"]:
            name, size = read["components"][0]["name"], str(read["components"][0]["size"])
            body = json.dumps(self.record(read), ensure_ascii=False, separators=(",", ":"))
            text = f"{manifest}\n{body}".replace(name, f"{self.name}.pdf")
            text = text.replace(f'"size":{size}', f'"size":{self.size}')
        elif "arc_file_code" in read:
            text = manifest + "\n" + json.dumps(self.dossier(read), ensure_ascii=False, separators=(",", ":"))
        known = {}

        def another(found):
            digits = [self.dice.choice("0123456789abcdef") if c != "-" else c for c in found[0]]
            return known.setdefault(found[0], "".join(digits))

        return RANDOM.sub(another, text)


def main(arguments):
    if not arguments or len(arguments) % 3 != 0:
        print(__doc__, file=sys.stderr)
        return 2
    dice, samples = random.Random(SEED), []
    for at in range(0, len(arguments), 3):
        for text in bodies(*arguments[at : at + 3]):
            count = VARIANTS_OF_RUN if '\n{"mode":' in text else VARIANTS
            samples += [Invented(dice).variant(text).encode() for _ in range(count)]
    dice.shuffle(samples)
    dictionary = zstandard.train_dictionary(BYTES, samples, level=LEVEL)
    sys.stdout.buffer.write(dictionary.as_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
