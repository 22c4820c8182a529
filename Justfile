# The commands of this repository. `just` lists them; without just: `npx --yes rust-just`.

export CGO_ENABLED := "1"

tool := "go tool -modfile=.ci/tools.mod"

# List the commands.
default:
    @{{ quote(just_executable()) }} --list --unsorted

# Build the screens if their sources changed, and run the server.
run *args: needs screens
    go run ./server {{ args }}

# Install what tests need if it is missing, and run all of them.
test: needs packages screens vet lint house && e2e vulnerabilities
    go test -timeout 20m ./cockpits/... ./fixtures/... ./server/simulate # nothing there runs beside anything else
    go test -race -parallel 4 -timeout 20m $(go list ./server/... ./frontend/... | grep -v 'server/simulate$')
    cd frontend && npx vue-tsc --noEmit && npx vitest run

# Check form and habits: Go and screens.
lint: needs screens
    test -z "$(gofmt -l cockpits server fixtures frontend/frontend.go)" || { gofmt -l cockpits server fixtures; exit 1; }
    {{ tool }} golangci-lint run --config .ci/golangci.yml ./...
    cd frontend && npx eslint --max-warnings 0 .

# Measure what has a benchmark.
bench: needs
    go test -run '^$' -bench . -benchmem ./...

# Let every fuzz target look for trouble for so long each; `just test` runs their seeds.
fuzz time="60s": needs
    #!/bin/sh
    set -eu
    grep -rn '^func Fuzz' --include='*_test.go' cockpits server | sed 's|^\(.*\)/[^/]*:[0-9]*:func \(Fuzz[A-Za-z0-9]*\).*|\1 \2|' |
        while read -r place target; do
            echo "$place $target"
            go test -run '^$' -fuzz "^$target\$" -fuzztime {{ quote(time) }} "./$place" </dev/null
        done

# Drive the real program with a real browser.
e2e: needs packages screens
    mkdir -p bin && go build -o bin/citydeck ./server
    cd frontend && CITYDECK_BIN="$PWD/../bin/citydeck" npx playwright test

# Run go vet.
vet: needs
    go vet ./...

# Check who imports whom.
house: needs
    go test -run TestTheHouse ./server

# Look for known vulnerabilities; without its database this only warns.
vulnerabilities:
    #!/bin/sh
    set -eu
    out=$(mktemp)
    trap 'rm -f "$out"' EXIT
    if {{ tool }} govulncheck ./... >"$out" 2>&1; then exit 0; fi
    cat "$out"
    grep -q 'fetching vulnerabilities' "$out" || exit 1
    echo "warning: known vulnerabilities were not checked: the database can't be reached" >&2

# Build the screens if their sources changed.
screens:
    #!/bin/sh
    set -eu
    cd frontend
    if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
        npm ci --no-audit --no-fund
    fi
    built=node_modules/.screens-built
    if [ ! -f dist/index.html ] || [ ! -f "$built" ] ||
        [ -n "$(find . \( -name node_modules -o -name dist -o -name e2e -o -name test-results -o -name playwright-report \) -prune -o -type f -newer "$built" -print | head -n 1)" ]; then
        touch node_modules/.screens-begun
        npm run build
        mv node_modules/.screens-begun "$built" # as old as the build's begin: what changed meanwhile is newer
    fi

# Say plainly what is missing to build.
[private]
needs:
    #!/bin/sh
    for tool in go gcc node npm; do
        command -v "$tool" >/dev/null || { echo "$tool is missing: Citydeck needs Go 1.26, gcc and Node.js 20 with npm" >&2; exit 1; }
    done
    major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    [ "$major" -ge 20 ] || { echo "Node.js is $(node --version): Citydeck needs 20 or newer" >&2; exit 1; }

# Install redis-server, Chromium, a Chinese font and the readers of PDF and XML where they are missing.
[private]
packages:
    #!/bin/sh
    set -eu
    missing=
    command -v redis-server >/dev/null || missing="$missing redis-server"
    command -v pdftotext >/dev/null || missing="$missing poppler-utils"
    command -v xmllint >/dev/null || missing="$missing libxml2-utils"
    [ -x /usr/bin/chromium ] || missing="$missing chromium"
    fc-list 2>/dev/null | grep -q 'Noto Sans CJK' || missing="$missing fonts-noto-cjk fontconfig"
    [ -n "$missing" ] || exit 0
    command -v apt-get >/dev/null || { echo "missing:$missing (they are installed with apt-get, which is not here either)" >&2; exit 1; }
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get update
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
