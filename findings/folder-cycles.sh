#!/bin/sh
# What dependency-cruiser takes for a circle of folders (`scope: 'folder'`).
#
# Expected: a rule whose `from` and `to` leave out tests by `pathNot` says nothing of a circle that only a test closes, as it
# does of modules; and a folder that imports from one inside of it, which imports from the outer one, is a circle.
# Seen (dependency-cruiser 18.7.2):
#   a test closes the circle, `pathNot` leaves tests out      reported all the same, for both folders: a folder has its own path,
#                                                             and no longer knows which of its modules an import came from
#   the same, tests left out by `options.exclude`             not reported
#   a folder and one inside of it import each other's modules not reported: what lies inside counts as the folder itself
# So whoever wants production code alone looked at cruises a second time without tests, and circles between a folder and
# those inside of it are looked for among modules, or not at all.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dependency-cruiser@18.7.2 node@24.21.0 >/dev/null
cruise() { node_modules/.bin/node node_modules/dependency-cruiser/bin/dependency-cruiser.mjs --output-type err --config "$1" "$2" 2>&1 | grep -c '^  error' || true; }
expect() { echo "$1: $2 reported"; [ "$2" -eq "$3" ] || { echo "changed: $3 were" >&2; exit 1; }; }

mkdir -p beside/a beside/b
echo "import '../b/y.mjs'; export {};" > beside/a/x.mjs
echo 'export const y = 1;' > beside/b/y.mjs
echo "import '../a/x.mjs';" > beside/b/y.test.mjs
mkdir -p inside/outer/inner
echo "import './inner/k.mjs'; export {};" > inside/outer/x.mjs
echo 'export {};' > inside/outer/z.mjs
echo "import '../z.mjs'; export {};" > inside/outer/inner/k.mjs

rule="name: 'circle', severity: 'error', scope: 'folder', from: { pathNot: 'test' }, to: { circular: true, pathNot: 'test' }"
echo "module.exports = { forbidden: [{ $rule }], options: {} };" > by-path.cjs
echo "module.exports = { forbidden: [{ $rule }], options: { exclude: { path: 'test' } } };" > excluded.cjs
expect 'closed by a test, pathNot' "$(cruise by-path.cjs beside)" 2
expect 'closed by a test, excluded' "$(cruise excluded.cjs beside)" 0
expect 'a folder and one inside of it' "$(cruise excluded.cjs inside)" 0
