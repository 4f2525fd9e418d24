# Sourced by the tests that run programs of npm.

# npm_packages <dir> <cache> <log>: installs the packages of <dir>/package-lock.json below <cache>, once for each lock file. Their
# place is in $modules then. Fails, with npm's output in <log>, when npm does.
npm_packages() {
  local dir="$1" cache="$2" log="$3" sum
  sum="$(sha256sum "$dir/package-lock.json" | cut -c1-16)"
  modules="$cache/$sum"
  (
    flock 9
    [[ -f "$modules/complete" ]] && exit 0
    rm -rf "$modules" && mkdir -p "$modules"
    cp "$dir/package.json" "$dir/package-lock.json" "$modules/"
    npm ci --prefix "$modules" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || exit 1
    touch "$modules/complete"
  ) 9>"$cache/lock"
}
