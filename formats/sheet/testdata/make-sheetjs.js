// Writes sheetjs.xlsx and sheetjs.xls with SheetJS (npm install xlsx@0.18.5), from values set here; what they hold goes
// to the .cells files in the form that make.py describes.
const fs = require("fs"), path = require("path");
const XLSX = require("xlsx");

const cells = {
  A1: { t: "s", v: "贴息名单" },
  A2: { t: "s", v: "借款人" }, B2: { t: "s", v: "利率" }, C2: { t: "s", v: "日期" }, D2: { t: "s", v: "已付利息" },
  A3: { t: "s", v: "买买提·吐尔逊 𬱖䶮" }, B3: { t: "n", v: 0.0345, z: "0.00%" }, C3: { t: "n", v: 46194, z: "yyyy-mm-dd" }, D3: { t: "n", v: 440.83 },
  A4: { t: "s", v: " a<b>&\"c\" " }, B4: { t: "n", v: 3.45 }, C4: { t: "s", v: "2026年6月21日" }, D4: { t: "n", v: -1234.5 },
  A5: { t: "s", v: "合计" }, B5: { t: "b", v: true }, C5: { t: "e", v: 0x2a, w: "#N/A" }, D5: { t: "n", v: 21568.059999999998 },
  D6: { t: "n", v: 140100199001010000 },
};
const expected = [
  ["A1", "Text", "贴息名单", ""], ["B1", "Text", "贴息名单", "covered"], ["C1", "Text", "贴息名单", "covered"], ["D1", "Text", "贴息名单", "covered"],
  ["A2", "Text", "借款人", ""], ["B2", "Text", "利率", ""], ["C2", "Text", "日期", ""], ["D2", "Text", "已付利息", ""],
  ["A3", "Text", "买买提·吐尔逊 𬱖䶮", ""], ["B3", "Number", "0.0345", "percent"], ["C3", "Number", "46194", "date"], ["D3", "Number", "440.83", ""],
  ["A4", "Text", " a<b>&\"c\" ", ""], ["B4", "Number", "3.45", ""], ["C4", "Text", "2026年6月21日", ""], ["D4", "Number", "-1234.5", ""],
  ["A5", "Text", "合计", ""], ["B5", "Bool", "TRUE", ""], ["C5", "Error", "#N/A", ""], ["D5", "Number", "21568.06", ""],
  ["D6", "Number", "140100199001010000", "long"],
];

const sheet = Object.assign({ "!ref": "A1:D6", "!merges": [XLSX.utils.decode_range("A1:D1")] }, cells);
const hidden = { "!ref": "A1", A1: { t: "s", v: "隐藏的表" } };
const book = {
  SheetNames: ["贴息名单", "隐藏"], Sheets: { 贴息名单: sheet, 隐藏: hidden },
  Workbook: { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] },
};
for (const [name, options] of [["sheetjs.xlsx", { bookType: "xlsx", bookSST: true }], ["sheetjs.xls", { bookType: "biff8" }]]) {
  fs.writeFileSync(path.join(__dirname, name), XLSX.write(book, Object.assign({ type: "buffer" }, options)));
  const lines = expected.map(([address, kind, text, flags]) => [0, address, kind, JSON.stringify(text), flags].join("\t"));
  lines.push(["1", "A1", "Text", JSON.stringify("隐藏的表"), ""].join("\t"));
  fs.writeFileSync(path.join(__dirname, name + ".cells"), lines.join("\n") + "\n");
}
