/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FL_PARITY_NONE,
  FL_PARITY_EVEN,
  FL_PARITY_ODD,
} FlParity;

/* How bytes look on the wire. AN3155 wants 8 data bits, even parity, 1 stop bit; WB0 and WL3 have no parity. */
typedef struct
{
  guint    baud;      /* bits per second */
  guint8   data_bits; /* 5 to 8 */
  FlParity parity;
  guint8   stop_bits; /* 1 or 2 */
} FlLineSettings;

/* The modem lines; "set" means asserted, which is the LOW voltage on the pin of a TTL adapter. */
typedef enum
{
  FL_LINE_DTR = 1 << 0, /* output */
  FL_LINE_RTS = 1 << 1, /* output */
  FL_LINE_CTS = 1 << 2, /* input */
  FL_LINE_DSR = 1 << 3, /* input */
  FL_LINE_DCD = 1 << 4, /* input */
  FL_LINE_RI  = 1 << 5, /* input */
} FlLines;

/* What the receiver found wrong with the bytes that came in. */
typedef enum
{
  FL_LINE_ERROR_PARITY  = 1 << 0,
  FL_LINE_ERROR_FRAMING = 1 << 1,
  FL_LINE_ERROR_OVERRUN = 1 << 2,
  FL_LINE_ERROR_BREAK   = 1 << 3,
} FlLineErrors;

#define FL_TYPE_TRANSPORT (fl_transport_get_type ())
G_DECLARE_INTERFACE (FlTransport, fl_transport, FL, TRANSPORT, GObject)

/**
 * FlTransportInterface:
 * @write: sends all of @data or fails; @deadline is in fl_transport_get_time()'s microseconds
 * @read_some: waits until at least one byte is there or @deadline has passed; takes up to @length bytes. Returns %TRUE
 *   with *@n_read = 0 when the deadline passed; %FALSE only with an error
 * @set_settings: changes the line; fails with %FL_ERROR_PORT_UNFIT when the port reads back something else
 * @get_settings: what is in force
 * @set_lines: drives those outputs of @mask (DTR, RTS) to the levels in @lines, all in one go where that can be done
 * @get_lines: outputs as last set, inputs as they are now; may be %NULL when there are none
 * @discard: throws away what came in and was not read
 * @take_errors: what was wrong with bytes since the last call; may be %NULL
 * @is_low_latency: whether the driver was asked to hand over at once what comes in, and does; may be %NULL
 * @get_time: microseconds on the transport's own monotonic clock (the virtual clock of a simulated board)
 * @wait: lets time pass on that clock until @until
 * @get_name: what to call it in messages: "/dev/ttyUSB0"
 * @close: gives the port back; later calls fail with %FL_ERROR_PORT_GONE
 *
 * What an implementation provides. It need not check arguments or cancellation before it starts: the functions below
 * do. While it waits it looks at the cancellable at least every 100 ms.
 */
struct _FlTransportInterface
{
  GTypeInterface parent_iface;

  gboolean     (*write)        (FlTransport *self, const guint8 *data, gsize length, gint64 deadline,
                                GCancellable *cancellable, GError **error);
  gboolean     (*read_some)    (FlTransport *self, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                                GCancellable *cancellable, GError **error);
  gboolean     (*set_settings) (FlTransport *self, const FlLineSettings *settings, GError **error);
  void         (*get_settings) (FlTransport *self, FlLineSettings *settings);
  gboolean     (*set_lines)    (FlTransport *self, FlLines mask, FlLines lines, GError **error);
  gboolean     (*get_lines)    (FlTransport *self, FlLines *lines, GError **error);
  gboolean     (*discard)      (FlTransport *self, GError **error);
  FlLineErrors (*take_errors)  (FlTransport *self);
  gboolean     (*is_low_latency) (FlTransport *self);
  gint64       (*get_time)     (FlTransport *self);
  gboolean     (*wait)         (FlTransport *self, gint64 until, GCancellable *cancellable, GError **error);
  const char  *(*get_name)     (FlTransport *self);
  void         (*close)        (FlTransport *self);
};

gboolean     fl_transport_write        (FlTransport *self, const guint8 *data, gsize length, guint timeout_ms,
                                        GCancellable *cancellable, GError **error);
gboolean     fl_transport_read         (FlTransport *self, guint8 *data, gsize length, guint timeout_ms,
                                        gsize *n_read, GCancellable *cancellable, GError **error);
gboolean     fl_transport_read_some    (FlTransport *self, guint8 *data, gsize length, guint timeout_ms,
                                        gsize *n_read, GCancellable *cancellable, GError **error);
gboolean     fl_transport_set_settings (FlTransport *self, const FlLineSettings *settings, GError **error);
void         fl_transport_get_settings (FlTransport *self, FlLineSettings *settings);
gboolean     fl_transport_set_lines    (FlTransport *self, FlLines mask, FlLines lines, GError **error);
gboolean     fl_transport_get_lines    (FlTransport *self, FlLines *lines, GError **error);
gboolean     fl_transport_discard      (FlTransport *self, GError **error);
FlLineErrors fl_transport_take_errors  (FlTransport *self);
gboolean     fl_transport_is_low_latency (FlTransport *self);
gint64       fl_transport_get_time     (FlTransport *self);
gboolean     fl_transport_sleep        (FlTransport *self, guint ms, GCancellable *cancellable, GError **error);
const char  *fl_transport_get_name     (FlTransport *self);
void         fl_transport_close        (FlTransport *self);

/* Opens what a user names as a port: "/dev/ttyUSB0", a link to one, a pty, "COM3", or "SCHEME:…" of a registered
 * scheme ("sim:0x467"). */
typedef FlTransport *(*FlTransportOpenFunc) (const char *name, const FlLineSettings *settings,
                                             GCancellable *cancellable, GError **error);

void         fl_transport_register_scheme (const char *scheme, FlTransportOpenFunc open);
FlTransport *fl_transport_open            (const char *name, const FlLineSettings *settings,
                                           GCancellable *cancellable, GError **error);
char        *fl_transport_dup_label       (const char *name);

guint        fl_line_settings_get_bits    (const FlLineSettings *settings);
char        *fl_line_settings_to_string   (const FlLineSettings *settings);
gboolean     fl_line_settings_from_string (const char *text, FlLineSettings *settings);
char        *fl_line_errors_to_string     (FlLineErrors errors);
FlLineErrors fl_line_errors_from_name     (const char *name);
extern const FlLineSettings fl_line_settings_default; /* 115200 8E1 */

G_END_DECLS
