"""Reading the files of student information systems: rows in, people out. Knows no database."""
