"""Tables and a chart of what was measured."""

import html
import statistics

LEFT, WIDTH, BAR, GAP = 250, 900, 18, 8


def median(values):
    return statistics.median(values) if values else None


def table(rows, columns):
    """Markdown; rows are dicts, columns (key, heading, format)."""
    lines = ["| " + " | ".join(heading for _, heading, _ in columns) + " |",
             "|" + "|".join("---" if i == 0 else "---:" for i in range(len(columns))) + "|"]
    for row in rows:
        cells = []
        for key, _, form in columns:
            value = row.get(key)
            cells.append("–" if value is None else format(value, form) if form else str(value))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def chart(title, groups):
    """An SVG of horizontal bars: groups is [(heading, [(label, value, ours)])], smaller is better."""
    rows = sum(len(bars) + 2 for _, bars in groups)
    height = 60 + rows * (BAR + GAP)
    most = max(value for _, bars in groups for _, value, _ in bars)
    scale = (WIDTH - LEFT - 90) / most
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           'font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
           f'<text x="12" y="26" font-size="17" fill="#222222">{html.escape(title)}</text>']
    y = 50
    for heading, bars in groups:
        out.append(f'<text x="12" y="{y + 14}" font-weight="bold" fill="#222222">'
                   f'{html.escape(heading)}</text>')
        y += BAR + GAP
        for label, value, ours in bars:
            colour = "#0b6e4f" if ours else "#9aa5b1"
            out.append(f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#222222">'
                       f'{html.escape(label)}</text>')
            out.append(f'<rect x="{LEFT}" y="{y}" width="{max(1, value * scale):.1f}" '
                       f'height="{BAR}" fill="{colour}"/>')
            out.append(f'<text x="{LEFT + value * scale + 6:.1f}" y="{y + 13}" fill="#222222">'
                       f'{value:.2f}</text>')
            y += BAR + GAP
        y += BAR
    out.append("</svg>")
    return "\n".join(out) + "\n"
