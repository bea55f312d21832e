/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-fake-adapter.h"
#include "fl-sim-board.h"

G_BEGIN_DECLS

/**
 * FlFakeBoard:
 *
 * A simulated board behind a fake USB adapter: what libserialport does to the port, the board feels. It answers as fast
 * as it can; its clock goes at least as fast as the real one.
 */
typedef struct _FlFakeBoard FlFakeBoard;

FlFakeBoard *fl_fake_board_new          (FlFakeAdapter *adapter, FlSimBoard *board);
gboolean     fl_fake_board_is_unplugged (FlFakeBoard *self); /* the adapter is to vanish now */
gboolean     fl_fake_board_save         (FlFakeBoard *self, GError **error); /* to its state file, if it has one */
void         fl_fake_board_free         (FlFakeBoard *self); /* after the adapter */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFakeBoard, fl_fake_board_free)

G_END_DECLS
