"""Charts as pictures drawn on the server, each with its numbers as a table. Pure functions.

All text passed in may be hostile: it is escaped, and control and direction marks are shown as
boxes. Links that lead elsewhere than to this site are dropped. The same input draws the same
picture. Ids inside follow from `id`, or from kind and title: two charts of one title on a page need
an `id` each.
"""

from inventory.web.chart_bars import bars
from inventory.web.chart_columns import columns
from inventory.web.chart_line import line
from inventory.web.chart_model import Bar, Cell, Chart, NumberFormat, Point, Row, plain_number
from inventory.web.chart_parts import stacked
from inventory.web.chart_scale import DateFormat, Grain, dates_in
from inventory.web.chart_small import level, sparkline

__all__ = [
    "Bar", "Cell", "Chart", "DateFormat", "Grain", "NumberFormat", "Point", "Row", "bars",
    "columns", "dates_in", "level", "line", "plain_number", "sparkline", "stacked",
]  # fmt: skip
