#!/usr/bin/env python3
"""Writes loan books with programs that are not ours, and loans.tsv, what each of them holds.

    /usr/bin/python3 make.py      needs openpyxl and xlwt

loans.tsv comes from the values that this script sets, never from reading a workbook back. People are made up: area
code 149901 is assigned to nobody.
"""

import datetime
import os

import openpyxl
import xlwt

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = datetime.date


def resident(first17):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, weights)) % 11]


# borrower, id, contract, tranche, amount, balance (fen), rate (percent), disbursed, matures, class, days late, renewals, township, village
LOANS = [
    ("王小明", resident("14990119900101001"), "清农商借字〔2026〕第0001号", "JJ001", 5000000, 5000000, "3.45", DAY(2026, 4, 1), DAY(2027, 4, 1), "正常", 0, 0, "河口镇", "上河村"),
    ("买买提·吐尔逊", resident("14990119750404004"), "清农商借字〔2026〕第0002号", "JJ002", 3000000, 1234567, "3.6", DAY(2026, 5, 2), DAY(2027, 5, 2), "关注", 12, 0, "河口镇", "下河村"),
    ("买买提·吐尔逊", resident("14990119750404004"), "清农商借字〔2026〕第0002号", "JJ003", 2000000, 2000000, "3.6", DAY(2026, 6, 3), DAY(2027, 5, 2), "关注", 0, 0, "河口镇", "下河村"),
    ("𬱖䶮", resident("14990119800505001"), "8801026000035", "", 10000000, 1, "4.35", DAY(2025, 9, 21), DAY(2026, 9, 20), "次级", 1, 1, "石楼坪乡", "南坡村"),
    ("李小花", resident("14990119851212012"), "8801026000036", "", 100000, 0, "3", DAY(2025, 1, 2), DAY(2026, 1, 2), "正常", 0, 0, "石楼坪乡", "南坡村"),
]
TITLE, AS_OF = "清水农商银行帮扶小额信贷贷款台账", "数据日期：2026年9月20日"
HEADS = ["序号", "客户名称", "证件号码", "合同编号", "借据号", "贷款金额", "贷款余额", "年利率", "发放日", "到期日", "五级分类", "逾期天数", "续贷次数", "乡镇", "行政村", "客户经理"]


def rows(unit):
    for i, (name, rid, contract, tranche, amount, balance, rate, start, end, grade, late, renewals, town, village) in enumerate(LOANS, 1):
        yield [i, name, rid, contract, tranche or None, amount / 100 / unit, balance / 100 / unit, float(rate) / 100, start, end, grade, late, renewals, town, village, "钱经理"]


def total(unit):
    return ["合计", None, None, None, None, sum(l[4] for l in LOANS) / 100 / unit, sum(l[5] for l in LOANS) / 100 / unit]


def with_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet["A1"], sheet["A2"] = TITLE, AS_OF
    sheet.merge_cells("A1:P1")
    # a group heading over two of the columns
    for c, title in enumerate(HEADS, 1):
        sheet.cell(4, c, title)
    sheet["F3"] = "贷款情况"
    sheet.merge_cells("F3:J3")
    for c in [c for c in range(1, 17) if not 6 <= c <= 10]:
        sheet.cell(3, c, HEADS[c - 1])
        sheet.cell(4, c).value = None
        sheet.merge_cells(start_row=3, start_column=c, end_row=4, end_column=c)
    for r, values in enumerate(rows(1), 5):
        for c, value in enumerate(values, 1):
            cell = sheet.cell(r, c, value)
            cell.number_format = {6: "#,##0.00", 7: "#,##0.00", 8: "0.00%", 9: "yyyy-mm-dd", 10: 'yyyy"年"m"月"d"日"'}.get(c, "General")
    last = 5 + len(LOANS)
    for c, value in enumerate(total(1), 1):
        sheet.cell(last, c, value)
    sheet.cell(last + 2, 1, "制表人：孙一")
    sheet.cell(last + 2, 4, "复核：李二")
    sheet.row_dimensions[6].hidden = True
    notes = book.create_sheet("说明")
    notes["A1"] = "本表由信贷系统导出"
    book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)
    book.save(os.path.join(HERE, "openpyxl.xlsx"))


def with_xlwt(name, date1904, unit):
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, TITLE + "（" + AS_OF + "）")
    sheet.write(1, 0, "单位：万元" if unit == 10000 else "单位：元")
    for c, title in enumerate(HEADS):
        sheet.write(2, c, title)
    dated, share = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="0.00%")
    for r, values in enumerate(rows(unit), 3):
        for c, value in enumerate(values):
            if isinstance(value, DAY):
                epoch = DAY(1904, 1, 1) if date1904 else DAY(1899, 12, 30)
                sheet.write(r, c, (value - epoch).days, dated)
            elif c == 7:
                sheet.write(r, c, value, share)
            elif value is not None:
                sheet.write(r, c, value)
    for c, value in enumerate(total(unit)):
        if value is not None:
            sheet.write(3 + len(LOANS), c, value)
    book.save(os.path.join(HERE, name))


def as_csv():
    lines = [TITLE, AS_OF, ",".join(HEADS)]
    for v in rows(1):
        v[1] = v[1].replace("𬱖", "\U0002cc56")
        v[7] = "%.2f%%" % (v[7] * 100)
        lines.append(",".join("" if x is None else ('"%s"' % format(x, ",.2f") if isinstance(x, float) else str(x)) for x in v))
    lines.append(",".join("" if x is None else ('"%s"' % format(x, ",.2f") if isinstance(x, float) else str(x)) for x in total(1)))
    with open(os.path.join(HERE, "gb18030.csv"), "w", encoding="gb18030", newline="\r\n") as f:
        f.write("\n".join(lines) + "\n")


def expected():
    with open(os.path.join(HERE, "loans.tsv"), "w", encoding="utf-8", newline="\n") as f:
        for name, rid, contract, tranche, amount, balance, rate, start, end, grade, late, renewals, town, village in LOANS:
            f.write("\t".join(map(str, [name, rid, contract, tranche, amount, balance, rate, start, end, grade, late > 0, renewals, town, village])) + "\n")


with_openpyxl()
with_xlwt("xlwt.xls", False, 1)
with_xlwt("xlwt-1904-wan.xls", True, 10000)
as_csv()
expected()
