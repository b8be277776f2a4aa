#!/usr/bin/env python3
"""Writes the workbooks of this folder with programs that are not ours, and beside each one what it holds.

    python3 make.py      needs openpyxl, xlwt and LibreOffice (soffice)

The .cells files come from the values that this script sets, never from reading a workbook back: one line a cell,
sheet, address, kind, text (JSON) and flags between tabs, in the order in which the cells must come.
"""

import datetime
import decimal
import json
import os
import random
import shutil
import subprocess
import tempfile

import openpyxl
import xlwt
from openpyxl.utils import get_column_letter

HERE = os.path.dirname(os.path.abspath(__file__))
DATE, LONG_DATE, PERCENT, MONEY = "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "0.00%", "#,##0.00"


def serial(day, date1904=False):
    return (day - (datetime.date(1904, 1, 1) if date1904 else datetime.date(1899, 12, 30))).days


def plain(number):
    """What a spreadsheet shows of a number at most: 15 significant digits."""
    with decimal.localcontext() as context:
        context.prec, context.rounding = 15, decimal.ROUND_HALF_UP
        text = format(+decimal.Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# One list of cells for every writer: (row, column, value, number format or None).
def cells():
    yield 1, 1, "清水农商银行2026年第三季度贴息名单", None
    for c, title in enumerate(["序号", "借款人", "身份证号", "原贷款情况", None, "日期", "年利率", "实付利息", "备注"], 1):
        if title:
            yield 2, c, title, None
    yield 3, 4, "贷款金额", None
    yield 3, 5, "合同号", None
    day = datetime.date(2026, 6, 21)
    names = ["张三", " 李四 ", "买买提·吐尔逊", "𬱖䶮", "A&B <\"c\">", "两行\n文字", "é café", "１２３　全角", "x" * 300, "长" * 3000]
    for i in range(40):
        r = 4 + i
        yield r, 1, i + 1, None
        yield r, 2, names[i % len(names)], None
        yield r, 3, "14990119900101%04d" % i, None
        if i % 2 == 0:
            yield r, 4, 50000 - i, MONEY
        yield r, 5, "晋清农信借字(2026)第%04d号" % i, None
        yield r, 6, day + datetime.timedelta(days=i), DATE if i % 3 else LONG_DATE
        yield r, 7, 0.0345, PERCENT
        yield r, 8, [440.83, 21568.059999999998, -1234.5, 0.1, 1e-7, 123456789012345, 140100199001010000, 0, -7, 0.285][i % 10], MONEY
        yield r, 9, True if i % 2 else "无", None
    yield 50, 1, "合计", None


MERGES = [(1, 1, 1, 9), (2, 4, 2, 5)] + [(r, 4, r + 1, 4) for r in range(4, 44, 2)]


class Expected:
    def __init__(self):
        self.cells, self.merges = {}, []

    def put(self, sheet, row, column, value, number_format, date1904=False):
        flags = ""
        if isinstance(value, bool):
            kind, text = "Bool", "TRUE" if value else "FALSE"
        elif isinstance(value, datetime.date):
            kind, text, flags = "Number", str(serial(value, date1904)), "date"
        elif isinstance(value, (int, float)):
            kind, text = "Number", plain(value)
            if number_format == PERCENT:
                flags = "percent"
            if abs(value) >= 10**15:
                flags = "long"
        else:
            kind, text = "Text", value
        self.set(sheet, row, column, kind, text, flags)

    def set(self, sheet, row, column, kind, text, flags=""):
        self.cells[sheet, row, column] = (kind, text, flags)

    def merge(self, sheet, r1, c1, r2, c2):
        kind, text, flags = self.cells[sheet, r1, c1]
        for r in range(r1, r2 + 1):
            for c in range(c1, c2 + 1):
                if (r, c) != (r1, c1):
                    self.set(sheet, r, c, kind, text, ",".join(filter(None, [flags, "covered"])))

    def write(self, name):
        with open(os.path.join(HERE, name + ".cells"), "w", encoding="utf-8", newline="\n") as f:
            for (sheet, r, c), (kind, text, flags) in sorted(self.cells.items()):
                f.write("\t".join([str(sheet), get_column_letter(c) + str(r), kind, json.dumps(text, ensure_ascii=False), flags]) + "\n")


def common(date1904=False):
    e = Expected()
    for r, c, value, number_format in cells():
        e.put(0, r, c, value, number_format, date1904)
    for m in MERGES:
        e.merge(0, *m)
    e.put(1, 1, 1, "隐藏的表", None)
    return e


def with_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "贴息名单"
    for r, c, value, number_format in cells():
        cell = sheet.cell(r, c)
        cell.value = value
        if number_format:
            cell.number_format = number_format
    for r1, c1, r2, c2 in MERGES:
        sheet.merge_cells(start_row=r1, start_column=c1, end_row=r2, end_column=c2)
    sheet.row_dimensions[7].hidden = True
    sheet["J4"] = "=H4*2"
    sheet["J5"] = "#DIV/0!"
    hidden = book.create_sheet("隐藏")
    hidden["A1"] = "隐藏的表"
    hidden.sheet_state = "hidden"
    book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)
    book.save(os.path.join(HERE, "openpyxl.xlsx"))
    e = common()
    e.set(0, 4, 10, "Uncached", "")
    e.set(0, 5, 10, "Error", "#DIV/0!")
    e.write("openpyxl.xlsx")


def with_xlwt(name, date1904):
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    sheet = book.add_sheet("贴息名单")
    general = xlwt.XFStyle()
    styles = {None: general}
    for code in (DATE, LONG_DATE, PERCENT, MONEY):
        styles[code] = xlwt.XFStyle()
        styles[code].num_format_str = code
    covered = {(r, c) for r1, c1, r2, c2 in MERGES for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    e = common(date1904)
    values = {(r, c): (v, f) for r, c, v, f in cells()}
    for (r, c), (value, number_format) in values.items():
        if (r, c) in covered:
            continue
        if isinstance(value, datetime.date):
            value = serial(value, date1904)
        sheet.write(r - 1, c - 1, value, styles[number_format])
    for r1, c1, r2, c2 in MERGES:
        value, number_format = values[r1, c1]
        sheet.write_merge(r1 - 1, r2 - 1, c1 - 1, c2 - 1, value, styles[number_format])
    sheet.write(50, 9, xlwt.Formula("H4*2"))  # xlwt stores "" as its value
    e.set(0, 51, 10, "Text", "")
    sheet.row(50).set_cell_error(10, 0x2A)
    e.set(0, 51, 11, "Error", "#N/A")
    sheet.write_rich_text(51, 0, [("富", xlwt.easyfont("bold true")), "文本abc"])
    e.set(0, 52, 1, "Text", "富文本abc")
    # Strings past 8,224 bytes, narrow and wide by turns, so that CONTINUE records begin inside of characters.
    chance = random.Random(1)
    for i in range(300):
        alphabet = "abcdefghij" if chance.random() < 0.5 else "贴息名单甲乙丙丁é"
        text = "%d" % i + "".join(chance.choice(alphabet) for _ in range(chance.choice([3, 40, 200, 9000 if i % 50 == 0 else 100])))
        sheet.write(60 + i, 0, text)
        e.set(0, 61 + i, 1, "Text", text)
    hidden = book.add_sheet("隐藏")
    hidden.write(0, 0, "隐藏的表")
    hidden.visibility = 2
    book.save(os.path.join(HERE, name))
    e.write(name)


def with_libreoffice(source, target):
    """LibreOffice reads one of the above, computes its formulas and writes it anew."""
    with tempfile.TemporaryDirectory() as folder:
        kind = target.rsplit(".", 1)[1]
        subprocess.run(["soffice", "--headless", "-env:UserInstallation=file://" + folder + "/profile", "--convert-to", kind,
                        "--outdir", folder, os.path.join(HERE, source)], check=True, stdout=subprocess.DEVNULL)
        shutil.move(os.path.join(folder, source.rsplit(".", 1)[0] + "." + kind), os.path.join(HERE, target))
    e = common()
    e.set(0, 4, 10, "Number", plain(440.83 * 2))
    e.set(0, 5, 10, "Error", "#DIV/0!")
    e.write(target)


if __name__ == "__main__":
    with_openpyxl()
    with_xlwt("xlwt.xls", False)
    with_xlwt("xlwt-1904.xls", True)
    with_libreoffice("openpyxl.xlsx", "libreoffice.xlsx")
    with_libreoffice("openpyxl.xlsx", "libreoffice.xls")
