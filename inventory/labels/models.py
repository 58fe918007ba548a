"""Tables: label stock that the district described itself, and printers that are a little off."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from inventory.db import moment

NAME_LENGTH = 80


class LabelStock(SQLModel, table=True):
    """Stock that does not come along with Homeroom; in millimetres, as in `stock.Stock`."""

    __tablename__ = "label_stock"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=NAME_LENGTH, unique=True)
    page_width: float = Field()
    page_height: float = Field()
    columns: int = Field(default=1)
    rows: int = Field(default=1)
    width: float = Field()
    height: float = Field()
    left: float = Field(default=0.0)
    top: float = Field(default=0.0)
    pitch_x: float = Field(default=0.0)
    pitch_y: float = Field(default=0.0)
    created_at: datetime = moment()


class LabelPrinter(SQLModel, table=True):
    """By how much a printer is off, in millimetres: `dx` to the right, `dy` down."""

    __tablename__ = "label_printer"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=NAME_LENGTH, unique=True)
    dx: float = Field(default=0.0)
    dy: float = Field(default=0.0)
    created_at: datetime = moment()
