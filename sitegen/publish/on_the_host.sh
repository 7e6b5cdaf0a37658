# What a host does for `publish rsync:HOST:DIR`. rsync.py sets the variables, sends all this, and calls functions.
# $releases, $current, $history, $lock and $marker are names in $root; $manifest is a name in a release, $prefix begins
# the name of what is not in place yet, which nothing else has; $busy, $nothing and $not_ours are exit statuses.

LC_ALL=C; export LC_ALL  # names are bytes
foreign() { echo "$1"; exit "$not_ours"; }
is_named() { case $1 in ????????????????) case $1 in *[!0-9a-f]*) return 1;; esac;; *) return 1;; esac; }
is_file() { [ -f "$1" ] && [ ! -L "$1" ]; }
is_free() { [ ! -e "$1" ] && [ ! -L "$1" ]; }

# Whether a release has the manifest that its name is made from: the digest of its files, as `sha256sum` prints them.
fits() {
  is_file "$1/$manifest" || return 1
  sums='/^ "files": {$/,/^ }/{s/\\"/"/g;s/^  "\(.*\)": "[0-9]* \([0-9a-f]*\)",*$/\2  \1/p;}'
  case $(sed -n "$sums" "$1/$manifest" | sha256sum) in "${1##*/}"*) ;; *) return 1;; esac
}

# Whether a release has no file but those of its manifest. Of a folder with a line break in its name, too, no line is.
is_only_ours() (
  fits "$1" && cd "$1" || exit 1
  find . ! -type d -o -name "*
*" | awk -v own="./$manifest" '
    NR == FNR { gsub(/\\"/, "\""); if (sub(/^  "/, "./") && sub(/": "[0-9]+ [0-9a-f]+",?$/, "")) ours[$0]; next }
    $0 != own && !($0 in ours) { exit 1 }
  ' "$manifest" -
)

# Prints the names of the existing releases, oldest first.
past() {
  is_file "$history" || return 0
  sed -n '/^[0-9a-f]\{16\}$/p' "$history" | while read -r past; do
    ! is_file "$releases/$past/$manifest" || echo "$past"
  done
}

# Makes sure that everything a publication replaces or removes was made by one; prints what was not.
check_ours() (
  is_free "$releases" || [ -d "$releases" ] && [ ! -L "$releases" ] || foreign "$releases"
  for path in "$history" "$marker" "$lock"; do is_free "$path" || is_file "$path" || foreign "$path"; done
  if [ -L "$current" ]; then
    link=$(readlink "$current")
    [ "${link%/*}" = "$releases" ] && is_named "${link##*/}" || foreign "$current"
  elif [ -e "$current" ]; then foreign "$current"
  fi
  marked=; [ "$(cat "$marker" 2>/dev/null)" = "$marker_text" ] && marked=1
  [ -n "$marked" ] || [ ! -e "$marker" ] || foreign "$marker"
  for path in "$releases"/* "$releases"/.[!.]* "$releases"/..?*; do
    [ -e "$path" ] || [ -L "$path" ] || continue
    name=${path##*/}
    [ -d "$path" ] && [ ! -L "$path" ] && is_named "${name#"$prefix"}" || foreign "$path"
    [ -n "$marked" ] || fits "$path" || foreign "$path"
  done
  [ -n "$marked" ] || [ -d "$releases" ] || for path in "$current" "$history"; do [ ! -e "$path" ] || foreign "$path"; done
)

# Makes room for a release; prints its folder, then the manifest of the current release.
prepare() {
  mkdir -p "$root"
  cd "$root"
  check_ours
  new=$(mktemp "${prefix}XXXXXXXXXXXX"); printf '%s\n' "$marker_text" >"$new"; mv -T "$new" "$marker"
  mkdir -p "$releases"
  stage=$releases/$name
  [ -d "$stage" ] || { stage=$releases/$prefix$name; mkdir -p "$stage"; }
  echo "$stage"
  ! is_file "$current/$manifest" || cat "$current/$manifest"
}

# Prints when each release was published, in seconds since 1970, its name, and "current" for the current one.
list() {
  cd "$root" || exit "$nothing"
  check_ours
  now=$(readlink "$current" || true)
  past | while read -r name; do
    echo "$(stat -c %Y "$releases/$name/$manifest") $name $([ "${now##*/}" != "$name" ] || echo current)"
  done
}

# Prints the current release, then the folder of the one before it, or of the wanted one, then its manifest.
earlier() {
  cd "$root" || exit "$nothing"
  check_ours
  now=$(readlink "$current") || exit "$nothing"
  if [ -n "$wanted" ]; then name=$(past | grep -xF -e "$wanted" | tail -n 1)
  else name=$(past | sed "/^${now##*/}\$/,\$d" | tail -n 1); fi
  [ -n "$name" ] || exit "$nothing"
  echo "${now##*/}"
  echo "$releases/$name"
  cat "$releases/$name/$manifest"
}

# Links what is kept of the release before, compares all files with the checksums from the input, and switches.
switch() {
  cd "$root"
  is_free "$lock" || is_file "$lock" || foreign "$lock"
  exec 9>>"$lock"  # which may hold the words of somebody
  flock -n 9 || exit "$busy"
  check_ours
  now=$(readlink "$current" || true); now=${now##*/}
  set -f; IFS='
'
  for path in $kept; do
    [ -e "$stage/$path" ] || { mkdir -p "$stage/${path%/*}"; ln "$current/$path" "$stage/$path"; }
  done
  unset IFS; set +f
  strange=$(find "$stage" ! -type d ! -type f | head -n 1)  # a pipe would never be read to its end
  [ -z "$strange" ] || { echo "$strange is not a part of it" >&2; exit 1; }
  (cd "$stage" && sha256sum --quiet --strict -c - >&2)
  [ "$(find "$stage" -type f | wc -l)" -eq "$count" ] || { echo "$stage holds what is not a part of it" >&2; exit 1; }
  [ "$stage" = "$releases/$name" ] || mv -T "$stage" "$releases/$name"
  sync
  new=$(mktemp -u "${prefix}XXXXXXXXXXXX"); ln -s "$releases/$name" "$new"; mv -T "$new" "$current"
}

# After `switch`: records the current release; removes those beyond the last ones, unless something was put into them,
# and what was interrupted a day ago.
remember() {
  new=$(mktemp "${prefix}XXXXXXXXXXXX")
  {
    past | grep -vxF -e "$name" -e "$now" || true
    [ -z "$now" ] || [ "$now" = "$name" ] || echo "$now"
    echo "$name"
  } | tail -n "$keep" >"$new"
  mv -T "$new" "$history"
  for old in "$releases"/*; do
    grep -qxF -e "${old##*/}" "$history" || ! is_only_ours "$old" || rm -rf "$old"
  done
  find "$releases" -maxdepth 1 -name "$prefix*" -mtime +0 -exec rm -rf {} +
}
