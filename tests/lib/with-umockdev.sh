#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with-umockdev.sh COMMAND [ARGUMENT…]: as umockdev-wrapper, but a sanitizer's library comes first in LD_PRELOAD. Address
# Sanitizer insists on that, and umockdev-wrapper puts itself before what is there.
set -e
sanitizer=$(ldd "$1" 2>/dev/null | sed -n 's/.*\(lib[at]san\.so[^ ]*\) => \([^ ]*\) .*/\2/p' | head -n 1)
LD_PRELOAD="${sanitizer:+$sanitizer:}libumockdev-preload.so.0${LD_PRELOAD:+:$LD_PRELOAD}"
export LD_PRELOAD
exec "$@"
