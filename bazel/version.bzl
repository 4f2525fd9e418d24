"""Kratos's version; tests/package/run.sh compares it with CMakeLists.txt."""

KRATOS_VERSION = "0.1.0"
