/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-session.h"
#include "fl-supply.h"

G_BEGIN_DECLS

/* Between a session and the jobs on it; nobody else's. */

/* Whether the bootloader's Get Checksum takes the place of reading. */
typedef enum
{
  FL_CHECKSUM_UNTRIED,
  FL_CHECKSUM_PROVEN, /* that of a block which was read was right */
  FL_CHECKSUM_OFF,    /* it was wrong, or refused */
} FlChecksumTrust;

/* Worker. */
gint64   fl_session_get_elapsed  (FlSession *self);
gboolean fl_session_set_line     (FlSession *self, const FlLineSettings *settings, GError **error);
gboolean fl_session_enter_bootloader (FlSession *self, GCancellable *cancellable, GError **error);
void     fl_session_set_climbed  (FlSession *self, gboolean climbed);
void     fl_session_add_damage   (FlSession *self);
guint    fl_session_count_damage (FlSession *self);
void     fl_session_set_supply   (FlSession *self, FlSupply supply);
FlSupply fl_session_get_supply   (FlSession *self);
void     fl_session_set_checksum (FlSession *self, FlChecksumTrust trust);
FlChecksumTrust fl_session_get_checksum (FlSession *self);
void     fl_session_set_stale    (FlSession *self, gboolean stale);
gboolean fl_session_has_climbed  (FlSession *self);
gboolean fl_session_is_stale     (FlSession *self);
void     fl_session_leave_worker (FlSession *self);

/* Main context. */
void     fl_session_begin_job    (FlSession *self);
void     fl_session_end_job      (FlSession *self);
void     fl_session_announce     (FlSession *self);

G_END_DECLS
