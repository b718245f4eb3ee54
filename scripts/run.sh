#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds into build/ and runs the demo. Arguments go to `weir demo`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need "${build_packages[@]}" "${device_packages[@]}"
echo "Building into $root/build"
build "$root/build" -DWEIR_TESTS=OFF -DWEIR_BENCH=OFF
exec "$root/build/weir" demo "$@"
