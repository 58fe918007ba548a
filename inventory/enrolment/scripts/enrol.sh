#!/bin/sh
# Tells Homeroom what this computer is: Linux and macOS, POSIX sh, curl.
#
#   HOMEROOM_TOKEN=hrm_... sh enrol.sh --url https://homeroom.example.org
#
#   --url URL          the server; https, or http on this machine
#   --token-file FILE  where the enrolment token stands, instead of HOMEROOM_TOKEN
#   --tag TAG          the tag on the label that is on the device already
#   --no-software      leave the list of installed software out
#   --print            show what would be told, and send nothing
#
# Run it as root: serial numbers and the firewall can be read by nobody else. It changes nothing.
# Exit codes: 0 told, 1 could not be told, 2 called wrongly, 4 token refused, 5 a person must decide.
set -u
LC_ALL=C
export LC_ALL
PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"
export PATH

ROOT="${ENROL_ROOT:-}"
MOST_SOFTWARE=3000
url='' token="${HOMEROOM_TOKEN:-}" tag='' software=yes print=no

fail() {
  printf 'enrol: %s\n' "$2" >&2
  exit "$1"
}

have() { command -v "$1" >/dev/null 2>&1; }

# Text made fit to stand between quotes in JSON. What is no UTF-8 is dropped, and control characters
# other than the end of a line and a tab become blanks.
fit() {
  tr '\000-\010\013-\037\177' ' ' | utf8 |
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^ *//' -e 's/ *$//'
}

utf8() {
  if have iconv; then iconv -c -f UTF-8 -t UTF-8 2>/dev/null; else tr -cd '\011\012\040-\176'; fi
}

# One text as a JSON string.
json() { printf '"%s"' "$(printf '%s' "$1" | tr '\n\t' '  ' | fit)"; }

# The lines of standard input as a JSON list of strings.
json_list() {
  tr '\t' ' ' | fit | awk 'BEGIN { printf "[" } NF { printf "%s\"%s\"", comma, $0; comma = "," } END { printf "]" }'
}

# Lines of "name TAB version" as a JSON list of objects.
json_software() {
  fit | awk -F '\t' 'BEGIN { printf "[" }
    $1 != "" { printf "%s{\"name\":\"%s\",\"version\":\"%s\"}", comma, $1, $2; comma = "," }
    END { printf "]" }'
}

file() { [ -r "$ROOT$1" ] && head -n 1 "$ROOT$1" 2>/dev/null; }

# ---- Linux -------------------------------------------------------------------------------------

linux_identity() {
  manufacturer=$(file /sys/class/dmi/id/sys_vendor)
  model=$(file /sys/class/dmi/id/product_name)
  serial=$(file /sys/class/dmi/id/product_serial)
  # Lenovo keeps what is printed on the case here, and a number of its own in product_name.
  case "$manufacturer" in LENOVO*) model=$(file /sys/class/dmi/id/product_version) ;; esac
  if [ -z "$manufacturer$model" ]; then
    # Boards without a BIOS tell it here, with a zero byte at the end.
    model=$(file /proc/device-tree/model | tr -d '\000')
    serial=$(file /proc/device-tree/serial-number | tr -d '\000')
  fi
  chassis=$(file /sys/class/dmi/id/chassis_type)
  system=linux
  system_version=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$ROOT/etc/os-release" 2>/dev/null | head -n 1)
}

linux_macs() {
  for card in "$ROOT"/sys/class/net/*; do
    # A card of its own has a device behind it; bridges, tunnels and containers have none.
    [ -e "$card/device" ] && [ -r "$card/address" ] && head -n 1 "$card/address"
  done
}

linux_software() {
  if have dpkg-query; then
    dpkg-query -W -f='${Package}\t${Version}\n' 2>/dev/null
  elif have rpm; then
    rpm -qa --qf '%{NAME}\t%{VERSION}-%{RELEASE}\n' 2>/dev/null
  elif have pacman; then
    pacman -Q 2>/dev/null | tr ' ' '\t'
  elif have apk; then
    apk info -v 2>/dev/null | sed 's/-\([0-9][^-]*-r[0-9]*\)$/	\1/'
  fi
}

linux_encrypted() {
  have findmnt && have lsblk || return 0
  disk=$(findmnt -no SOURCE / 2>/dev/null | sed 's/\[.*$//')
  [ -n "$disk" ] || return 0
  kinds=$(lsblk -sno TYPE "$disk" 2>/dev/null) || return 0
  case "$kinds" in *crypt*) echo true ;; '') ;; *) echo false ;; esac
}

linux_firewall() {
  if have ufw && state=$(ufw status 2>/dev/null) && [ -n "$state" ]; then
    case "$state" in *'Status: active'*) echo true ;; *) echo false ;; esac
  elif have firewall-cmd; then
    if firewall-cmd --state >/dev/null 2>&1; then echo true; else echo false; fi
  fi
}

linux_administrators() {
  awk -F: '$3 == 0 && $1 != "root" { print $1 }' "$ROOT/etc/passwd" 2>/dev/null
  awk -F: '$1 == "sudo" || $1 == "wheel" || $1 == "admin" { print $4 }' "$ROOT/etc/group" 2>/dev/null | tr ',' '\n'
}

# ---- macOS -------------------------------------------------------------------------------------

mac_identity() {
  manufacturer=Apple
  hardware=$(system_profiler SPHardwareDataType 2>/dev/null)
  model=$(printf '%s\n' "$hardware" | sed -n 's/^ *Model Name: //p')
  identifier=$(printf '%s\n' "$hardware" | sed -n 's/^ *Model Identifier: //p')
  [ -n "$identifier" ] && model="$model ($identifier)"
  serial=$(printf '%s\n' "$hardware" | sed -n 's/^ *Serial Number (system): //p')
  case "$model" in *Book*) chassis=9 ;; *) chassis=3 ;; esac
  system=macos
  system_version="macOS $(sw_vers -productVersion 2>/dev/null)"
}

mac_macs() { networksetup -listallhardwareports 2>/dev/null | sed -n 's/^Ethernet Address: //p' | grep -i '^[0-9a-f:]*$'; }

mac_software() {
  for folder in "$ROOT"/Applications/*.app "$ROOT"/Applications/Utilities/*.app; do
    [ -d "$folder" ] || continue
    version=$(defaults read "$folder/Contents/Info" CFBundleShortVersionString 2>/dev/null)
    printf '%s\t%s\n' "$(basename "$folder" .app)" "$version"
  done
}

mac_encrypted() {
  case "$(fdesetup status 2>/dev/null)" in *'is On'*) echo true ;; *'is Off'*) echo false ;; esac
}

mac_firewall() {
  case "$("$ROOT/usr/libexec/ApplicationFirewall/socketfilterfw" --getglobalstate 2>/dev/null)" in
    *enabled*) echo true ;; *disabled*) echo false ;;
  esac
}

mac_administrators() {
  dscl . -read /Groups/admin GroupMembership 2>/dev/null | sed 's/^GroupMembership://' | tr ' ' '\n' |
    grep -v '^root$'
}

# ---- Anti-malware, as far as it is known ---------------------------------------------------------

day_of() { # a file's day of change, as 2026-11-25
  if [ -e "$1" ]; then date -r "$1" +%Y-%m-%d 2>/dev/null; fi
}

protection() { # name, running (true, false or null), day of definitions
  [ "$guards" = '[' ] || guards="$guards,"
  day=null
  [ -n "$3" ] && day=$(json "$3")
  guards="$guards{\"product\":$(json "$1"),\"running\":$2,\"definitions_on\":$day}"
}

runs() { if pgrep -x "$1" >/dev/null 2>&1; then echo true; else echo false; fi; }

protections() {
  guards='['
  for data in daily.cld daily.cvd; do
    if [ -e "$ROOT/var/lib/clamav/$data" ]; then
      protection ClamAV "$(runs clamd)" "$(day_of "$ROOT/var/lib/clamav/$data")"
      break
    fi
  done
  if have mdatp; then
    state=$(mdatp health --field real_time_protection_enabled 2>/dev/null)
    case "$state" in true | false) ;; *) state=null ;; esac
    protection 'Microsoft Defender' "$state" ''
  fi
  [ -d "$ROOT/opt/CrowdStrike" ] && protection 'CrowdStrike Falcon' "$(runs falcon-sensor)" ''
  [ -d "$ROOT/opt/sophos-spl" ] && protection Sophos "$(runs sophos_managementagent)" ''
  bundle=/Library/Apple/System/Library/CoreServices/XProtect.bundle/Contents/Info.plist
  [ -e "$ROOT$bundle" ] && protection XProtect true "$(day_of "$ROOT$bundle")"
  printf '%s]' "$guards"
}

# ---- All of it -----------------------------------------------------------------------------------

kind() { # of the case, as SMBIOS numbers it (DSP0134, 7.4.1)
  case "$1" in
    8 | 9 | 10 | 14 | 31 | 32) echo laptop ;;
    30) echo tablet ;;
    17 | 23 | 28 | 29) echo server ;;
    *) echo workstation ;;
  esac
}

report() {
  case "${ENROL_SYSTEM:-$(uname -s)}" in
    Linux) on=linux ;;
    Darwin) on=mac ;;
    *) fail 1 "this is neither Linux nor macOS" ;;
  esac
  manufacturer='' model='' serial='' chassis='' system='' system_version=''
  "${on}_identity"
  encrypted=$("${on}_encrypted") firewall=$("${on}_firewall")
  printf '{"manufacturer":%s,"model":%s,"serial":%s' \
    "$(json "$manufacturer")" "$(json "$model")" "$(json "$serial")"
  printf ',"kind":"%s","name":%s' "$(kind "$chassis")" "$(json "$(hostname 2>/dev/null)")"
  printf ',"system":"%s","system_version":%s' "$system" "$(json "$system_version")"
  printf ',"macs":%s' "$("${on}_macs" | json_list)"
  printf ',"encrypted":%s,"firewall":%s' "${encrypted:-null}" "${firewall:-null}"
  printf ',"antimalware":%s' "$(protections)"
  printf ',"administrators":%s' "$("${on}_administrators" | sort -u | json_list)"
  if [ "$software" = yes ]; then
    printf ',"software":%s' "$("${on}_software" | sort -u | head -n "$MOST_SOFTWARE" | json_software)"
  fi
  [ -n "$tag" ] && printf ',"tag":%s' "$(json "$tag")"
  printf '}\n'
}

send() {
  have curl || fail 1 'curl is not installed'
  answer=$(mktemp) || fail 1 'no room for a temporary file'
  told=$(mktemp) || fail 1 'no room for a temporary file'
  trap 'rm -f "$answer" "$told"' EXIT
  report >"$told"
  # One run counts once, also where curl asks again because an answer was lost.
  run="enrol-$$-$(date +%s)"
  # The token goes in by standard input: arguments can be read by everybody on the machine.
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --max-time 60 --retry 3 --config - --output "$answer" \
      --write-out '%{http_code}' --header 'Content-Type: application/json' \
      --header "Idempotency-Key: $run" \
      --data-binary "@$told" "$url/api/v1/enrolments") || fail 1 "$url cannot be reached"
  case "$status" in
    200 | 201) ;;
    401 | 403) fail 4 "the token was refused ($status): $(field detail)" ;;
    *) fail 1 "the server answered $status: $(field detail)" ;;
  esac
  if [ "$(field outcome)" = conflict ]; then
    fail 5 "a person must decide: $(sed -n 's/.*"reasons": *\["\([^]]*\)"\].*/\1/p' "$answer" | head -n 1)"
  fi
  printf '%s\n' "$(field tag)"
  printf 'enrol: %s, tag %s\n' "$(field outcome)" "$(field tag)" >&2
}

field() { # of the answer; its texts hold no quotes where it matters here
  sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p' "$answer" | head -n 1
}

while [ $# -gt 0 ]; do
  case "$1" in
    --url) url="${2:-}"; shift ;;
    --token-file) token=$(head -n 1 "${2:-}" 2>/dev/null) || fail 2 "cannot read ${2:-}"; shift ;;
    --tag) tag="${2:-}"; shift ;;
    --no-software) software=no ;;
    --print) print=yes ;;
    *) fail 2 "unknown option $1" ;;
  esac
  shift
done

if [ "$print" = yes ]; then
  report
  exit 0
fi
url=${url%/}
case "$url" in
  https://?* | http://127.0.0.1:* | http://localhost:*) ;;
  *) fail 2 'needs --url https://...' ;;
esac
case "$token" in
  hrm_*[!A-Za-z0-9_-]* | '') fail 2 'needs a token: HOMEROOM_TOKEN or --token-file' ;;
  hrm_*) ;;
  *) fail 2 'that is no token of Homeroom' ;;
esac
send
