#!/usr/bin/env python3
"""Every public header compiles alone, and none lets a heavy library through.

    check_headers.py COMPILER INCLUDE_ROOT [FLAG...]

Heavy are Boost, cpp-httplib, RapidJSON, gRPC, spdlog, prometheus-cpp, yaml-cpp and pugixml: their headers cost seconds in every file that sees one.
OpenSSL, zlib, brotli and zstd are nobody else's business.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HEAVY = re.compile(r"(?<!kratos)/(boost/|httplib\.h|rapidjson/|grpc/|grpcpp/|spdlog/|prometheus/|yaml-cpp/|pugixml\.hpp|openssl/|brotli/|zlib\.h|zstd\.h)")


def check(compiler, flags, root, header):
    name = header.relative_to(root)
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "alone.cc"
        # Twice: an include guard that is missing shows.
        source.write_text(f'#include "{name}"\n#include "{name}"\n')
        depends = pathlib.Path(scratch) / "alone.d"
        command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror",
                   "-MD", "-MF", str(depends), *flags, str(source)]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            return f"{name} does not compile alone:\n{run.stderr}"
        heavy = sorted(set(HEAVY.findall(depends.read_text())))
        if heavy:
            return f"{name} reaches {', '.join(heavy)}"
    return None


def main():
    compiler, root, flags = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    headers = sorted(root.rglob("*.h"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(lambda h: check(compiler, flags, root, h), headers) if fault]
    for fault in faults:
        print(fault)
    print(f"{len(headers)} headers checked, {len(faults)} faults")
    return 1 if faults or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
