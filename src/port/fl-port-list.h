/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-port-info.h"

G_BEGIN_DECLS

/**
 * FlPortList:
 *
 * A #GListModel of #FlPortInfo: the serial ports that are there now. Rescans in a worker, once a second while it is
 * active, and emits only the differences, so that a selection is kept. Main context only.
 */
#define FL_TYPE_PORT_LIST (fl_port_list_get_type ())
G_DECLARE_FINAL_TYPE (FlPortList, fl_port_list, FL, PORT_LIST, GObject)

FlPortList *fl_port_list_new        (void);
void        fl_port_list_set_active (FlPortList *self, gboolean active); /* FALSE while a job runs */
GPtrArray  *fl_port_list_scan       (GError **error);                    /* once, now; blocks: not in the main context */
FlPortInfo *fl_port_list_find       (const char *name);                  /* (transfer full) nullable: one of them */

G_END_DECLS
