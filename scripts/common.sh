# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it: where the repository is, and Debian packages by name.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# need PACKAGE...: installs what is missing; says what and how where it may not.
need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These Debian packages are missing, and there is no sudo: ${missing[*]}" >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    echo "Installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# What every build needs, and the two software devices that stand in for GPUs.
build_packages=(gcc libc6-dev binutils cmake ninja-build pkg-config glslang-tools libvulkan-dev
    opencl-c-headers libcjson-dev libstb-dev zlib1g-dev)
device_packages=(ocl-icd-libopencl1 pocl-opencl-icd libvulkan1 mesa-vulkan-drivers)

# build FOLDER [CMAKE-OPTION...]: configures once and builds.
build() {
    local folder=$1
    shift
    # A folder that another checkout configured is of no use here.
    if [ -f "$folder/CMakeCache.txt" ] &&
        ! grep -qx "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
        rm -rf "$folder"
    fi
    mkdir -p "$folder"
    cmake -S "$root" -B "$folder" -G Ninja "$@" >"$folder/build.log" 2>&1 ||
        { cat "$folder/build.log" >&2; exit 1; }
    if [ -t 1 ]; then
        cmake --build "$folder"
    elif ! cmake --build "$folder" >>"$folder/build.log" 2>&1; then
        tail -n 60 "$folder/build.log" >&2
        echo "The build in $folder failed; all of it is in $folder/build.log" >&2
        exit 1
    fi
}
