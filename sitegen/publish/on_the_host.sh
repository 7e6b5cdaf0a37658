# What a host does for `publish rsync:HOST:DIR`. rsync.py sets the variables, sends all this, and calls functions.
# $releases, $current, $history, $lock and $marker are names in $root; $manifest is a name in a release, $prefix begins
# the name of what is not in place yet, which nothing else has; $busy, $nothing and $not_ours are exit statuses.

foreign() { echo "$1"; exit "$not_ours"; }
is_named() { case $1 in ????????????????) case $1 in *[!0-9a-f]*) return 1;; esac;; *) return 1;; esac; }
fits() { grep -q '^ "digest": "'"${1##*/}" "$1/$manifest" 2>/dev/null; }

# Makes sure that everything a publication replaces or removes was made by one; prints what was not.
check_ours() (
  cd "$root"
  for path in "$releases" "$history" "$marker"; do [ ! -L "$path" ] || foreign "$path"; done
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
  check_ours
  cd "$root"
  new=$(mktemp "${prefix}XXXXXXXXXXXX"); printf '%s\n' "$marker_text" >"$new"; mv -T "$new" "$marker"
  mkdir -p "$releases"
  stage=$releases/$name
  [ -d "$stage" ] || { stage=$releases/$prefix$name; mkdir -p "$stage"; }
  echo "$stage"
  cat "$current/$manifest" 2>/dev/null || true
}

# Prints when each release was published, in seconds since 1970, its name, and "current" for the current one.
list() {
  cd "$root" || exit "$nothing"
  check_ours
  now=$(readlink "$current" || true)
  while read -r name; do
    listed=$releases/$name/$manifest
    [ ! -f "$listed" ] || echo "$(stat -c %Y "$listed") $name $([ "${now##*/}" != "$name" ] || echo current)"
  done <"$history"
}

# Prints the current release, then the folder of the one before it, or of the wanted one, then its manifest.
earlier() {
  cd "$root" || exit "$nothing"
  check_ours
  now=$(readlink "$current") || exit "$nothing"
  if [ -n "$wanted" ]; then name=$(grep -xF -e "$wanted" "$history") || exit "$nothing"
  else name=$(sed "/^${now##*/}\$/,\$d" "$history" | tail -n 1); fi
  [ -n "$name" ] || exit "$nothing"
  echo "${now##*/}"
  echo "$releases/$name"
  cat "$releases/$name/$manifest"
}

# Links what is kept of the release before, compares all files with the checksums from the input, and switches.
switch() {
  cd "$root"
  exec 9>"$lock"
  flock -n 9 || exit "$busy"
  check_ours
  now=$(readlink "$current" || true); now=${now##*/}
  set -f; IFS='
'
  for path in $kept; do
    [ -e "$stage/$path" ] || { mkdir -p "$stage/${path%/*}"; ln "$current/$path" "$stage/$path"; }
  done
  unset IFS; set +f
  (cd "$stage" && sha256sum --quiet --strict -c - >&2)
  [ "$(find "$stage" -type f | wc -l)" -eq "$count" ] || { echo "$stage holds what is not a part of it" >&2; exit 1; }
  [ "$stage" = "$releases/$name" ] || mv -T "$stage" "$releases/$name"
  sync
  new=$(mktemp -u "${prefix}XXXXXXXXXXXX"); ln -s "$releases/$name" "$new"; mv -T "$new" "$current"
}

# After `switch`: records the current release; removes those beyond the last ones, unless they hold more than their
# manifest lists, and what was interrupted a day ago.
remember() {
  touch "$history"
  new=$(mktemp "${prefix}XXXXXXXXXXXX")
  {
    grep -vxF -e "$name" -e "$now" "$history" || true
    [ -z "$now" ] || [ "$now" = "$name" ] || echo "$now"
    echo "$name"
  } | tail -n "$keep" >"$new"
  mv -T "$new" "$history"
  for old in "$releases"/*; do
    listed=$(grep -cE '": "[0-9]+ [0-9a-f]{64}"' "$old/$manifest" || true)
    [ "$(find "$old" ! -type d | wc -l)" -gt $((listed + 1)) ] || grep -qxF "${old##*/}" "$history" || rm -rf "$old"
  done
  find "$releases" -maxdepth 1 -name "$prefix*" -mtime +0 -exec rm -rf {} +
}
