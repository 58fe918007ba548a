"""Labels for devices: QR code, bar code and a few words in real millimetres, as PDF and as ZPL."""
