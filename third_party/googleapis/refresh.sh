#!/usr/bin/env bash
# Replaces the vendored protos by those of one release of the npm package google-proto-files.
#
#   third_party/googleapis/refresh.sh [VERSION]     (default: the version in VERSION)
#
# Files are taken over byte for byte; LICENSE is the package's own. Needs npm and tar.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=${1:-$(cat "$here/VERSION")}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$scratch" && npm pack --silent "google-proto-files@$version" >/dev/null && tar xf ./*.tgz)
rm -rf "$here/google"
mkdir -p "$here/google/api" "$here/google/rpc"
cp "$scratch"/package/google/api/*.proto "$here/google/api/"
cp "$scratch"/package/google/rpc/*.proto "$here/google/rpc/"
cp "$scratch/package/LICENSE" "$here/LICENSE"
echo "$version" >"$here/VERSION"
echo "third_party/googleapis is now google-proto-files $version"
