"""Writes test/corpus/tables: small tables as pandas 2 and spreadsheets write them. Run it with pandas and scikit-learn:
python3 test/corpus/tables.py"""

import gzip
import io
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris

FOLDER = Path(__file__).parent / "tables"
FOLDER.mkdir(exist_ok=True)

LABELS = ["oak", "elm", "oak", "ash", "elm", "ash", "oak", "elm", "ash", "oak"]
base = pd.DataFrame(
    {"height": [1.5, 2.25, 3, 0.5, 4.75, 2, 1, 3.5, 2.5, 0.75], "age": [3, 5, 7, 1, 9, 4, 2, 8, 6, 1], "tree": LABELS}
)


def put(name, frame, **options):
    options.setdefault("index", False)
    frame.to_csv(FOLDER / name, **options)


def text(name, content):
    (FOLDER / name).write_bytes(content if isinstance(content, bytes) else content.encode())


# What pandas writes by default, and again after it has read that.
put("index.csv", base, index=True)
put("index-twice.csv", pd.read_csv(FOLDER / "index.csv"), index=True)
put("row-names.csv", base.set_axis([f"plot {k}" for k in range(10)]), index=True)
put("index-filtered.csv", base[base.age > 1], index=True)

# Missing values, in the writings of several programs.
gaps = base.copy()
gaps.loc[2, "height"] = np.nan
gaps.loc[5, "age"] = np.nan
for name, rep in [("empty", ""), ("na", "NA"), ("null", "null"), ("nan", "NaN"), ("question", "?")]:
    put(f"missing-{name}.csv", gaps, na_rep=rep)
lost = base.copy()
lost.loc[1, "tree"] = np.nan
put("label-na.csv", lost, na_rep="NA")
put("label-empty.csv", lost)
put("column-empty.csv", base.assign(note=np.nan)[["height", "note", "age", "tree"]])

# Types.
put("bool.csv", base.assign(tall=base.height > 2)[["height", "tall", "tree"]])
put("bool-missing.csv", base.assign(tall=[True, None] * 5)[["height", "tall", "tree"]])
put("labels-float.csv", base.assign(tree=[1.0, 2, 1, 2, 1, 2, 1, 2, 1, 2]))
put("labels-mixed.csv", base.assign(tree=["1", "2.0", "1.0", "2", "1", "2", "1", "2.00", "1", "2"]))
put("dates.csv", base.assign(day=pd.date_range("2024-02-27", periods=10))[["day", "height", "tree"]])
put("times.csv", base.assign(at=pd.date_range("2024-02-27", periods=10, freq="h").strftime("%H:%M"))[["at", "tree"]])
put("constant.csv", base.assign(planet=3)[["height", "planet", "tree"]])
colours = pd.Categorical(["red", "blue", "red", "green", "blue", "red", "green", "blue", "red", "green"])
put("words.csv", base.assign(colour=colours)[["height", "colour", "tree"]])
put("words-missing.csv", base.assign(colour=colours.set_categories(["red", "blue"]))[["height", "colour", "tree"]])
put("numbered.csv", base.assign(id=range(100, 110))[["id", "height", "tree"]])
put("infinity.csv", base.assign(height=base.height.replace(3, np.inf)))
put("scientific.csv", base, float_format="%.3e")
put("percent.csv", base.assign(share=[f"{k}%" for k in range(10)])[["share", "tree"]])
iris = load_iris(as_frame=True)
species = iris.data.assign(species=[iris.target_names[k] for k in iris.target])
put("iris-sorted.csv", species)
put("price.csv", iris.data.rename(columns={"petal width (cm)": "width"}).assign(price=np.round(np.linspace(1, 9, 150), 2)))

# Signs between cells, in numbers and at the ends of lines.
put("semicolon-comma.csv", base, sep=";", decimal=",")
put("semicolon-point.csv", base, sep=";")
put("tab.csv", base, sep="\t")
put("pipe.csv", base, sep="|")
put("comma-quoted.csv", base, decimal=",")
put("crlf.csv", base, lineterminator="\r\n")
put("cr.csv", base, lineterminator="\r")
put("quoted.csv", base, quoting=1)
put("line-break.csv", base.assign(tree=[f"{one}\ntree" for one in LABELS]))
put("no-header.csv", base, header=False)
put("bom.csv", base, encoding="utf-8-sig")
put("utf16.csv", base, encoding="utf-16")
put("latin1.csv", base.assign(tree=base.tree.replace("elm", "érable")), encoding="latin-1")
with gzip.GzipFile(FOLDER / "packed.csv.gz", "wb", mtime=0) as file:
    file.write(base.to_csv(index=False).encode())

# Names.
put("names-twice.csv", pd.concat([base[["height"]], base[["height"]] * 2, base[["tree"]]], axis=1))
nfd = unicodedata.normalize("NFD", "größe")
put("names-nfd.csv", base.rename(columns={"height": nfd, "tree": unicodedata.normalize("NFD", "bäume")}))
both = [unicodedata.normalize(form, "bête") for form in ["NFC", "NFD"]]
put("labels-nfd.csv", base.assign(tree=[both[0], both[1], "elm", both[1], "elm"] * 2))
put("labels-case.csv", base.assign(tree=base.tree.replace({"ash": "Oak"})))

# As spreadsheets and people write.
thousands = [f"{1000 * k + 234}" for k in range(1, 11)]
dotted = [f"{x[:-3]}.{x[-3:]}" for x in thousands]
german = base.assign(price=[f"{x},5" for x in dotted])[["price", "tree"]]
put("thousands.csv", german, sep=";")
put("thousands-doubt.csv", base.assign(price=dotted)[["price", "tree"]], sep=";")
put("thousands-comma.csv", base.assign(price=[x.replace(".", ",") for x in dotted])[["price", "tree"]])
put("both-signs.csv", base.assign(price=["1,5", "2.5"] * 5)[["price", "tree"]], sep=";")
text("sep-line.csv", "sep=;\r\n" + base.to_csv(index=False, sep=";", lineterminator="\r\n"))
text("empty-rows.csv", base.to_csv(index=False) + ",,\n,,\n\n")
text("trailing-comma.csv", "".join(f"{line},\n" for line in base.to_csv(index=False).splitlines()))
book = io.BytesIO()
with zipfile.ZipFile(book, "w") as archive:
    archive.writestr(zipfile.ZipInfo("xl/workbook.xml"), "<workbook/>")
text("workbook.csv", book.getvalue())
