#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints docs/accuracy.md, made from the committed results.
cd "$(dirname "$0")/.." && LC_ALL=C awk -f bench/accuracy.awk bench/results/accuracy/*.json
