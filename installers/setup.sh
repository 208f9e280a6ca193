# What installers/run and installers/test share: system packages, the environment, a stamp so that a second run sets nothing up.
# Sourced, not run. Needs $root (the project's folder).

# Qt's own list for a bare Debian 12, offscreen and on a display, and letters for Chinese names; softhsm2 gives the demonstration
# its tokens.
packages_run="python3-venv ca-certificates softhsm2 libegl1 libgl1 libglib2.0-0 libfontconfig1 libfreetype6 libxkbcommon0 \
libdbus-1-3 fonts-dejavu-core fonts-wqy-microhei libpulse0 libgssapi-krb5-2"
packages_display="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-randr0 \
libxcb-xkb1 libxkbcommon-x11-0 libxcb-sync1 libxcb-xfixes0"
# jq and openssl run the commands of docs/verify.md
packages_test="gcc libc6-dev iproute2 jq openssl"

say() { printf 'countersign: %s\n' "$*" >&2; }

# system_packages NAME…: install what is missing, as root or by sudo without a question; else print the one line and exit 3.
system_packages() {
  local missing=() name
  command -v dpkg-query >/dev/null || return 0
  for name in "$@"; do
    case "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null)" in ii*|hi*) ;; *) missing+=("$name") ;; esac
  done
  # a Python that is not Debian's own brings its venv along
  if [ "$python" != /usr/bin/python3 ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing=($(printf '%s\n' "${missing[@]}" | grep -vx python3-venv || true))
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  local as=()
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as=(sudo -n); else
      say "these system packages are missing; install them and start again:"
      printf 'sudo apt-get install -y --no-install-recommends %s\n' "${missing[*]}"
      exit 3
    fi
  fi
  say "installing system packages: ${missing[*]}"
  { "${as[@]}" apt-get -qq update && DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >&2 \
    || { say "apt-get could not install them; see above"; exit 3; }
}

# a Python from 3.11 to 3.13, with which the locked requirements were resolved
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
    [ -n "$candidate" ] && candidate=$(command -v "$candidate") || continue
    if "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then
      echo "$candidate"; return 0
    fi
  done
  say "Python 3.11, 3.12 or 3.13 is needed; none was found"; exit 3
}

# environment LOCK: .venv/ holding exactly what LOCK names, checked by hash; done once for each content of LOCK.
environment() {
  local lock=$1 want stamp="$root/.venv/countersign.stamp"
  want="$(sha256sum <"$lock" | cut -d' ' -f1) $("$python" -c 'import sys; print(sys.version_info[:2])')"
  if [ -x "$root/.venv/bin/python" ] && [ -f "$stamp" ] && grep -qxF "$want" "$stamp"; then return 0; fi
  say "setting up .venv (once)"
  [ -x "$root/.venv/bin/python" ] || "$python" -m venv "$root/.venv" >&2
  "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" >&2 \
    || { say "the Python packages could not be fetched; check the network and start again"; exit 3; }
  local site; site=$("$root/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$root/app" >"$site/countersign.pth"
  printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m countersign "$@"\n' "$root" >"$root/.venv/bin/countersign"
  chmod +x "$root/.venv/bin/countersign"
  # bytecode now: a command need not compile its modules first, even where Python may write none
  "$root/.venv/bin/python" -m compileall -q "$root/app" >&2 || true
  # the test lock contains the run lock: whoever has it needs no second set-up for installers/run
  if [ "$lock" = "$root/installers/requirements-test.txt" ]; then
    printf '%s %s\n' "$(sha256sum <"$root/installers/requirements.txt" | cut -d' ' -f1)" "${want#* }" >"$stamp"
  else
    : >"$stamp"
  fi
  printf '%s\n' "$want" >>"$stamp"
}
