#!/usr/bin/env python3
"""Cut the Tinos fonts of this folder out of the released ones.

    pip install fonttools==4.68.0
    python3 fonts/subset.py FOLDER-WITH-TINOS-TTF

Keeps Latin with all Vietnamese letters, Greek, Cyrillic, punctuation and currency; drops hinting, kerning and
other scripts. The same input and the same fonttools give the same bytes. The digests of the input are checked.
"""
import hashlib
import pathlib
import sys

from fontTools import subset

SOURCES = {
    "Tinos-Regular.ttf": "cf264a22292950ca1679b2ade07e9e6ecb26c649ab70975d0e113f979efa827a",
    "Tinos-Bold.ttf": "971d6af5fcb3a0c05535a92a635fb63a86ea5eb935639c9b864be33f3bfaba80",
    "Tinos-Italic.ttf": "0f949a3fa0e23cd0ca94a0c4784bd8f9efb99c20070b9f73b5fd592b49c092ad",
    "Tinos-BoldItalic.ttf": "0cd67b90617a03a69a815e758d0649d00f2be48a0cb570615e94e8e5a13aae2e",
}
RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x00AC), (0x00AE, 0x017F), (0x0192, 0x0192), (0x01A0, 0x01A1), (0x01AF, 0x01B0),
    (0x0218, 0x021B), (0x0384, 0x03CE), (0x0400, 0x045F), (0x0490, 0x0491), (0x1E00, 0x1EFF), (0x2010, 0x2015),
    (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A),
    (0x2044, 0x2044), (0x20AB, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2195), (0x2212, 0x2212),
    (0x221A, 0x221A), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0x25A0, 0x25A1), (0x25CF, 0x25CF),
]


def main(folder):
    here = pathlib.Path(__file__).parent / "tinos"
    for name, digest in SOURCES.items():
        source = pathlib.Path(folder, name).read_bytes()
        if hashlib.sha256(source).hexdigest() != digest:
            sys.exit(f"{name} is not the font that the documents were set in")
        options = subset.Options(layout_features=[], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
                                 notdef_outline=True, recalc_timestamp=False, drop_tables=["GPOS", "GSUB", "GDEF"])
        font = subset.load_font(pathlib.Path(folder, name), options)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
        cut.subset(font)
        subset.save_font(font, here / name, options)
        print(name, (here / name).stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1])
