/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libserialport.h>

#include "fl-transport.h"

G_BEGIN_DECLS

/**
 * FlPortHandle:
 *
 * What a system lets a program do with a port that libserialport has opened, beyond what libserialport offers. One file
 * for each system implements it.
 */
typedef struct _FlPortHandle FlPortHandle;

FlPortHandle *fl_port_handle_claim       (const char *path, GError **error);             /* before the port is opened */
void          fl_port_handle_attach      (FlPortHandle *self, struct sp_port *port);     /* when it is */
void          fl_port_handle_release     (FlPortHandle *self);                           /* closes it */
gboolean      fl_port_handle_tune        (FlPortHandle *self, const FlLineSettings *settings); /* after they were set */
int           fl_port_handle_read        (FlPortHandle *self, guint8 *data, gsize length);
int           fl_port_handle_write       (FlPortHandle *self, const guint8 *data, gsize length);
gboolean      fl_port_handle_is_present  (FlPortHandle *self);
gboolean      fl_port_handle_set_lines   (FlPortHandle *self, const char *path, FlLines mask, FlLines lines,
                                          GError **error);
FlLineErrors  fl_port_handle_take_errors (FlPortHandle *self);
gboolean      fl_port_handle_is_low_latency (FlPortHandle *self); /* the driver was asked for it, and grants it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPortHandle, fl_port_handle_release)

G_END_DECLS
