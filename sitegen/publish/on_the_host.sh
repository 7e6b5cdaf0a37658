# What a host does for `publish rsync:HOST:DIR`. rsync.py sets the variables, sends all this, and calls functions.
# $releases, $current, $history, $lock and $marker are names in $root; $manifest is a name in a release, $prefix begins
# the name of what is not in place yet, which nothing else has; $busy, $nothing, $not_ours and $within are exit statuses;
# $published is the marker of a publication, $built and $unfinished begin that of a build.

LC_ALL=C; export LC_ALL  # names are bytes
foreign() { echo "$1"; exit "$not_ours"; }
is_hex() { case $1 in ''|*[!0-9a-f]*) return 1;; esac; }
is_named() { is_hex "$1" && [ ${#1} -eq 16 ]; }
is_staged() { case $1 in "$prefix"*) set -- "${1#"$prefix"}"; is_hex "$1" && case ${#1} in 8|12|16) ;; *) return 1;; esac;; *) return 1;; esac; }
is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }
is_file() { [ -f "$1" ] && [ ! -L "$1" ]; }
is_free() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
is_marked() { is_file "$1/$marker" && [ "$(cat "$1/$marker"; echo .)" = "$published
." ]; }
is_built() { is_file "$1/$marker" && case $(head -n 1 "$1/$marker") in "$built"|"$unfinished") ;; *) return 1;; esac; }

# Whether a path is a link as publications make it, whatever is at its end.
leads_to_release() {
  [ -L "$1" ] || return 1
  link=$(readlink "$1"; echo .); link=${link%?.}
  [ "${link%/*}" = "$releases" ] && is_named "${link##*/}"
}

# Prints the files of a part of a manifest as `sha256sum` prints them.
sums() { sed -n '/^ "'"$1"'": {$/,/^ }/{s/\\"/"/g;s/^  "\(.*\)": "[0-9]* \([0-9a-f]*\)",*$/\2  \1/p;}' "$2/$manifest"; }

# Whether a release has the manifest that its name is made from, and which is as `Manifest.as_json` writes it.
fits() {
  is_file "$1/$manifest" || return 1
  digest=$(sums files "$1" | sha256sum); digest=${digest%% *}
  case $digest in "${1##*/}"*) ;; *) return 1;; esac
  again=$(awk -v digest="$digest" '
    BEGIN { printf "{\n \"version\": 1,\n \"digest\": \"%s\",\n \"files\": {", digest }
    /^ "kept"/ { printf "%s,\n \"kept\": {", n ? "\n }" : "}"; n = 0 }
    /^  "/ { sub(/,$/, ""); printf "%s\n%s", n++ ? "," : "", $0 }
    END { printf "%s\n}\n", n ? "\n }" : "}" }
  ' "$1/$manifest" | sha256sum)
  [ "$again" = "$(sha256sum <"$1/$manifest")" ]
}

# Whether a release has nothing but what its manifest names, as it is named there; some of it may be gone.
is_as_published() (
  fits "$1" && cd "$1" || exit 1
  [ -z "$(find . ! -type f ! -type d -o -name "*
*" | head -n 1)" ] || exit 1
  { sums files .; sums kept .; echo; find . -type f; find . -type d ! -name . | sed 's,$,/,'; } | awk -v own="./$manifest" '
    BEGIN { ours[own] }
    $0 == "" { is_there = 1; next }
    is_there { if (!($0 in ours)) exit 1; next }
    { for (path = "./" substr($0, 67); path != "./"; sub(/[^\/]+\/?$/, "", path)) ours[path] }
  ' && { sums files .; sums kept .; sha256sum "$manifest"; } | sha256sum --status --strict --ignore-missing -c -
)

# Prints the names of the existing releases, oldest first, whatever an editor has put around them.
past() {
  is_file "$history" || return 0
  byte_order_mark=$(printf '\357\273\277')
  around=$(printf '\t\r ')
  LC_ALL=C tr -d '\000\376\377' <"$history" |  # what UTF-16 has around ASCII, and UTF-8 has not
    sed -n "s/^$byte_order_mark//; s/^[$around]*\([0-9a-f]\{16\}\)[$around]*\$/\1/p" |
    awk '!($0 in known) { known[$0]; print }' | while read -r past; do
      ! is_file "$releases/$past/$manifest" || echo "$past"
    done
}

# Prints the names of the releases that a damaged history doesn't have, oldest first.
unlisted() {
  listed=$(past)
  ls -1tr "$releases"/*/"$manifest" | sed -n "s|^$releases/\([0-9a-f]\{16\}\)/$manifest\$|\1|p" | grep -vxF -e "$listed" |
    while read -r other; do ! is_file "$releases/$other/$manifest" || echo "$other"; done
}

# Makes sure that the folder is not in another's releases, nor within a built site; prints what it is in.
check_place() (
  place=$(realpath -m -- "$root")
  while [ -n "$place" ]; do
    above=${place%/*}
    [ "${place##*/}" != "$releases" ] || ! { is_marked "$above" || leads_to_release "$above/$current"; } ||
      { echo "$place"; exit "$within"; }
    ! is_built "$above" || { echo "$above"; exit "$within"; }
    place=$above
  done
)

# Makes sure that everything a publication replaces or removes was made by one, as `_foreign` in folder.py does; prints
# what was not.
check_ours() (
  is_free "$releases" || is_folder "$releases" || foreign "$releases"
  for path in "$history" "$marker" "$lock"; do is_free "$path" || is_file "$path" || foreign "$path"; done
  is_free "$current" || leads_to_release "$current" || foreign "$current"
  set -- "$marker" "$current" "$history"
  for path in "$releases"/* "$releases"/.[!.]* "$releases"/..?*; do is_free "$path" || { set -- "$marker"; break; }; done
  for path in "$@"; do is_free "$path" || is_marked . || foreign "$path"; done
  for path in "$releases"/* "$releases"/.[!.]* "$releases"/..?*; do
    is_free "$path" && continue
    is_folder "$path" && { is_named "${path##*/}" || is_staged "${path##*/}"; } || foreign "$path"
    is_marked . || fits "$path" || is_marked . || foreign "$path"
  done
)

# Makes room for a release; prints its folder, then the manifest of the current release.
prepare() {
  check_place
  mkdir -p "$root"
  cd "$root"
  check_ours
  is_marked . || { new=$(mktemp "${prefix}XXXXXXXXXXXX"); printf '%s\n' "$published" >"$new"; chmod 644 "$new"; mv -T "$new" "$marker"; }
  mkdir -p "$releases"
  stage=$releases/$name
  [ -d "$stage" ] || { stage=$releases/$prefix$name; mkdir -p "$stage"; touch "$stage"; }
  echo "$stage"
  ! is_file "$current/$manifest" || cat "$current/$manifest" 2>/dev/null || true  # nothing is taken from what can't be read
}

# Prints which of the files whose checksums come from the input the current release itself has, as they are named there.
right() {
  cd "$root/$current"
  { cat; echo; find . -type f; } | awk '
    $0 == "" { is_there = 1; next }
    is_there { if ($0 in sums) print sums[$0]; next }
    { sums["./" substr($0, 67)] = $0 }
  ' | { sha256sum --strict -c - 2>/dev/null || true; } | sed -n 's/: OK$//p'
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
  now=$(readlink "$current" || true)
  if [ -n "$wanted" ]; then name=$(past | grep -xF -e "$wanted" | tail -n 1)
  else name=$(past | sed "/^${now##*/}\$/,\$d" | tail -n 1); fi
  [ -n "$name" ] || exit "$nothing"
  echo "${now##*/}"
  echo "$releases/$name"
  cat "$releases/$name/$manifest"
}

# Links what is kept of the release before, compares all files with the checksums from the input, and switches; a new
# release is recorded before, and what is old is removed afterwards, when nothing may fail any more.
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
    [ -e "$stage/$path" ] || { mkdir -p "$stage/${path%/*}"; ln "$current/$path" "$stage/$path" || cp -p "$current/$path" "$stage/$path"; }
  done
  unset IFS; set +f
  strange=$(find "$stage" ! -type d ! -type f | head -n 1)  # a pipe would never be read to its end
  [ -z "$strange" ] || { echo "$strange is not a part of it" >&2; exit 1; }
  (cd "$stage" && sha256sum --quiet --strict -c - >&2)
  [ "$(find "$stage" -type f | wc -l)" -eq "$count" ] || { echo "$stage holds what is not a part of it" >&2; exit 1; }
  [ "$stage" = "$releases/$name" ] || mv -T "$stage" "$releases/$name"
  [ -z "$keep" ] || remember
  sync
  new=$(mktemp -u "${prefix}XXXXXXXXXXXX"); ln -s "$releases/$name" "$new"; mv -T "$new" "$current"
  [ -z "$keep" ] || tidy
}

# Records the new release as the last one.
remember() {
  new=$(mktemp "${prefix}XXXXXXXXXXXX")
  {
    { unlisted; past; } | grep -vxF -e "$name" -e "$now" || true
    [ -z "$now" ] || [ "$now" = "$name" ] || echo "$now"
    echo "$name"
  } | tail -n "$keep" >"$new"
  chmod 644 "$new"
  mv -T "$new" "$history"
}

# Removes the releases beyond the last ones, unless something was put into them, and what was interrupted a day ago.
tidy() {
  for old in "$releases"/*; do
    grep -qxF -e "${old##*/}" "$history" || ! is_as_published "$old" || {
      left=$releases/$prefix${old##*/}; mv -T "$old" "$left" && rm -rf "$left"; } || true
  done
  find "$releases" -maxdepth 1 -name "$prefix*" -mtime +0 -exec rm -rf {} + || true
  find . -maxdepth 1 -name "$prefix*" ! -type d -mtime +0 -exec rm -f {} + || true
}
