/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-boot-entry.h"
#include "fl-boot.h"
#include "fl-device.h"
#include "fl-explain.h"
#include "fl-trace.h"

G_BEGIN_DECLS

/* Where the speed is automatic, and the adapter's lines can reset the board: whether to go beyond 115200 baud. */
typedef enum
{
  FL_CLIMB_REMEMBERED, /* to the rate that worked last time with this adapter and chip */
  FL_CLIMB_SEARCH,     /* … or, where none is remembered, to the highest that works now */
  FL_CLIMB_ANEW,       /* to the highest that works now */
  FL_CLIMB_NEVER,
} FlClimb;

/* How to reach a board; what a user sets on the Connect page. */
typedef struct
{
  char          *port;      /* what fl_transport_open() takes */
  guint          baud;      /* 0: automatic */
  FlParity       parity;
  gboolean       two_stop_bits;
  gboolean       listen;    /* the line brings back what is sent, see FlListenTransport */
  gboolean       one_by_one; /* each packet waits for its answer, whether or not the bootloader would keep up */
  FlEntryMethod  entry;
  char          *preset;    /* of fl_entry_preset_find(); nullable */
  int            pid;       /* override of the chip's own answer; -1: none */
  FlDeclaration *declared;  /* (owned) nullable: of a chip that the database does not know; not used for others */
  guint          timeout_s; /* for the bootloader's first answer; 0: the default */
  FlClimb        climb;
  char          *notebook;  /* where rates are remembered, see fl-notebook.h; nullable: nowhere */
} FlConnectOptions;

FlConnectOptions *fl_connect_options_new  (const char *port);
FlConnectOptions *fl_connect_options_copy (const FlConnectOptions *self);
void              fl_connect_options_free (FlConnectOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlConnectOptions, fl_connect_options_free)

/**
 * FlSession:
 *
 * A port that was opened and the board behind it, from connect to disconnect. Made by the main context, used by one
 * job at a time: while a job runs, transport and boot are the worker's. The device is set at the end of a connect job, and
 * may be read from then on; jobs that change option bytes replace it, and the one before stays readable as long as the
 * session. Properties (main context): "connected", "device" (notified when it was replaced).
 */
#define FL_TYPE_SESSION (fl_session_get_type ())
G_DECLARE_FINAL_TYPE (FlSession, fl_session, FL, SESSION, GObject)

FlSession              *fl_session_new             (const FlConnectOptions *options);
const FlConnectOptions *fl_session_get_options     (FlSession *self);
FlTrace                *fl_session_get_trace       (FlSession *self);
FlDevice               *fl_session_get_device      (FlSession *self);    /* (transfer none) nullable: not connected */
FlTransport            *fl_session_get_transport   (FlSession *self);    /* (transfer none) nullable: closed */
FlBoot                 *fl_session_get_boot        (FlSession *self);    /* (transfer none) nullable */
gboolean                fl_session_is_connected    (FlSession *self);
guint                   fl_session_get_baud        (FlSession *self);    /* in use; 0: closed */
void                    fl_session_close           (FlSession *self);    /* gives the port back; keeps trace and device */

/* For jobs, in the worker. */
gboolean                fl_session_open            (FlSession *self, const FlLineSettings *settings,
                                                    GCancellable *cancellable, GError **error);
void                    fl_session_take_device     (FlSession *self, FlDevice *device);
void                    fl_session_replace_device  (FlSession *self, FlDevice *device); /* after new option bytes */

G_END_DECLS
