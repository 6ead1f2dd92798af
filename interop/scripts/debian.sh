# Sourced by the scripts beside it: Debian packages of a chosen suite, unpacked into a folder of the clone.
# The machine's own packages and apt state stay as they are.

# Stops with a message unless every tool named is there. Arguments: pairs of a tool and the Debian package that has it.
require_tools() {
    while [ $# -ge 2 ]; do
        command -v "$1" >/dev/null || fail "$1 is missing; install it with: apt-get install $2"
        shift 2
    done
}

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# The Debian mirror this machine is set up with.
debian_mirror() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    # RELEASE is what the sources name: the codename, or "stable". Without release info it is known before the first update, too.
    apt-get --no-release-info indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 'Component: main' |
        awk -v codename="$codename" '($1 == codename || $1 == "stable") && $2 ~ /\/debian\/?$/ { print $2; exit }'
}

# unpack_debian SUITE FOLDER PACKAGE...: downloads the packages, without what they depend on, and unpacks them into FOLDER.
unpack_debian() {
    local suite=$1 folder=$2 mirror keyring apt
    shift 2
    require_tools apt-get apt dpkg dpkg
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail "no Debian mirror is configured; this script needs a Debian machine whose apt sources name one"
    keyring=$(dpkg -L debian-archive-keyring 2>/dev/null | grep '/debian-archive-keyring\.gpg$') ||
        fail "Debian's archive keys are missing; install them with: apt-get install debian-archive-keyring"

    mkdir -p "$folder"
    apt=$(mktemp -d "$folder/apt.XXXXXX")
    mkdir -p "$apt"/{lists,archives}/partial "$apt/no-parts"
    touch "$apt/status"
    echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
    # Read after the machine's own configuration: its proxies hold, its hooks after an update do not.
    cat >"$apt/apt.conf" <<EOF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/no-parts";
Dir::Etc::PreferencesParts "$apt/no-parts";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
EOF
    apt-get -c "$apt/apt.conf" -qq update || fail "Debian $suite's package lists could not be fetched"
    (cd "$apt/archives" && apt-get -c "$apt/apt.conf" -qq download "$@") ||
        fail "Debian $suite's packages could not be fetched: $*"
    find "$apt/archives" -name '*.deb' -exec dpkg -x {} "$folder" \;
    rm -rf "$apt"
}
