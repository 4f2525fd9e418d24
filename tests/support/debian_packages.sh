# Sourced by tests that need packages of another Debian release, or the sources of this one's: they are fetched with apt,
# signatures checked, and unpacked into a directory. Nothing is installed, and apt's own configuration stays untouched.

# debian_mirror: the first archive this machine takes its own release from.
debian_mirror() {
  local codename
  codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$codename" '$2 == release && $3 == "main" { print $1; exit }'
}

# unpack_debian <directory> <suites> <pins> <package>...: the packages and what they depend on, in <directory>, which must
# not exist. <suites> are separated by spaces; <pins> is the text of an apt preferences file. On failure the status is 1
# and a reason is printed.
unpack_debian() {
  local to="$1" suites="$2" pins="$3" uri work apt deb name
  shift 3
  command -v apt-get >/dev/null || { echo "apt is needed to fetch packages"; return 1; }
  uri="$(debian_mirror)"
  [[ -n "$uri" ]] || { echo "apt knows no archive of this machine's release"; return 1; }
  mkdir -p "$(dirname "$to")"
  work="$(mktemp -d "$to.XXXXXX")"
  mkdir -p "$work"/{lists/partial,archives/partial,sources,root}
  : >"$work/status"
  printf '%s\n' "$pins" >"$work/preferences"
  cat >"$work/sources/other.sources" <<EOF
Types: deb
URIs: $uri
Suites: $suites
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
  apt=(apt-get -q -y -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$work/sources"
    -o "Dir::Etc::preferences=$work/preferences" -o "Dir::Etc::preferencesparts=/dev/null"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o "Dir::State::status=$work/status"
    -o "Acquire::Languages=none" -o "APT::Sandbox::User=$(id -un)" -o "APT::Install-Recommends=false"
    -o "Debug::NoLocking=1")
  if ! { "${apt[@]}" update && "${apt[@]}" --download-only install "$@"; } >"$work/log" 2>&1; then
    tail -n 5 "$work/log"
    rm -rf "$work"
    return 1
  fi
  # Debian's directories, which base-files would make.
  mkdir -p "$work/root/usr"/{bin,sbin,lib,lib64}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$work/root/$name"; done
  for deb in "$work"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --no-same-owner --keep-directory-symlink -C "$work/root" || return 1
    dpkg-deb --show --showformat '${Package} ${Version}\n' "$deb" >>"$work/root/packages.txt"
  done
  mv "$work/root" "$to"
  rm -rf "$work"
}

# unpack_debian_sources <directory> <package>=<version>...: source packages from where this machine takes its own release, each
# in <directory>/<package>. On failure the status is 1 and a reason is printed.
unpack_debian_sources() {
  local to="$1" codename work apt package
  shift
  command -v apt-get >/dev/null && command -v dpkg-source >/dev/null || { echo "apt and dpkg-dev are needed to fetch sources"; return 1; }
  codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  mkdir -p "$to"
  work="$(mktemp -d "$to/apt.XXXXXX")"
  mkdir -p "$work"/{lists/partial,archives/partial}
  # Of updates and security updates too, for there the version at hand may have come from.
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$codename" '$2 ~ "^" release "(-|$)" && $3 == "main" {
      print "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $1 " " $2 " main"
    }' | sort -u >"$work/sources.list"
  [[ -s "$work/sources.list" ]] || { echo "apt knows no archive of this machine's release"; rm -rf "$work"; return 1; }
  apt=(apt-get -q -y -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=/dev/null"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o "Acquire::Languages=none" -o "APT::Sandbox::User=$(id -un)"
    -o "Debug::NoLocking=1")
  if ! { "${apt[@]}" update && (cd "$work" && "${apt[@]}" --download-only source "$@"); } >"$work/log" 2>&1; then
    tail -n 5 "$work/log"
    rm -rf "$work"
    return 1
  fi
  for package in "$@"; do
    package="${package%%=*}"
    rm -rf "${to:?}/$package"
    dpkg-source --no-check -x "$work/$package"_*.dsc "$to/$package" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
  done
  rm -rf "$work"
}
