"""Charts as SVG, for docs/reference/benchmarks: panels of bars, or of points on a logarithmic axis."""
import math
from xml.sax.saxutils import escape

WIDTH = 760
LABEL = 150  # Of a row, at the left.
VALUE = 130  # Of a row, at the right.
ROW = 20
HEAD = 34  # Of a panel.
STYLE = (
    "text{font:12px sans-serif;fill:#222}.t{font-weight:bold;font-size:14px}.p{font-weight:bold}.v{fill:#555}"
    ".a{fill:#c9632c}.b{fill:#7d8ea3}.s{stroke:#222;stroke-width:1}.g{stroke:#ddd}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.v{fill:#aaa}.s{stroke:#ddd}.g{stroke:#444}}"
)


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


class Canvas:
    def __init__(self, title):
        self.lines, self.y = [], 24
        self.text(8, self.y, title, "t")

    def text(self, x, y, text, kind="", anchor="start"):
        self.lines.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, kind):
        self.lines.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def finish(self):
        height = self.y + 12
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
                f"<style>{STYLE}</style>\n" + "\n".join(self.lines) + "\n</svg>\n")


def kind_of(label):
    return "a" if label.startswith("kratos") else "b"


def bars(title, panels):
    """`panels`: (title, [(label, median, min, max)]); a line shows from min to max. Each panel has a scale of its own."""
    canvas = Canvas(title)
    room = WIDTH - LABEL - VALUE
    for name, rows in panels:
        canvas.y += HEAD
        canvas.text(8, canvas.y - 6, name, "p")
        scale = room / max(row[3] for row in rows)
        for label, median, low, high in rows:
            middle = canvas.y + ROW / 2
            canvas.text(LABEL - 8, middle + 4, label, anchor="end")
            canvas.lines.append(f'<rect x="{LABEL}" y="{canvas.y + 3}" width="{max(median * scale, 1):.1f}" height="{ROW - 6}" '
                                f'class="{kind_of(label)}"/>')
            canvas.line(LABEL + low * scale, middle, LABEL + high * scale, middle, "s")
            canvas.text(LABEL + high * scale + 6, middle + 4, number(median), "v")
            canvas.y += ROW
    return canvas.finish()


def points(title, panels):
    """`panels`: (title, [(label, [values])]), each value a point on one logarithmic axis for all panels."""
    canvas = Canvas(title)
    everything = [value for _, rows in panels for _, values in rows for value in values]
    low, high = math.floor(math.log10(min(everything))), math.ceil(math.log10(max(everything)))
    room = WIDTH - LABEL - 2 * VALUE

    def at(value):
        return LABEL + room * (math.log10(value) - low) / max(high - low, 1)

    for name, rows in panels:
        canvas.y += HEAD + ROW
        canvas.text(8, canvas.y - 6 - ROW, name, "p")
        for power in range(low, high + 1):
            canvas.line(at(10**power), canvas.y, at(10**power), canvas.y + ROW * len(rows), "g")
            canvas.text(at(10**power), canvas.y - 6, f"{10**power:,}", "v", "middle")
        for label, values in rows:
            middle = canvas.y + ROW / 2
            canvas.text(LABEL - 8, middle + 4, label, anchor="end")
            canvas.line(at(values[0]), middle, at(values[-1]), middle, "s")
            for value in values:
                canvas.lines.append(f'<circle cx="{at(value):.1f}" cy="{middle}" r="4" class="{kind_of(label)}"/>')
            canvas.text(WIDTH - 2 * VALUE + 24, middle + 4, " / ".join(number(value) for value in values), "v")
            canvas.y += ROW
    return canvas.finish()
