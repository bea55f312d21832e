/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device may answer: connect, read, program, against a chip that says anything (bit 0 of the first byte is 0),
 * or a simulated board whose answers are damaged (1). The other bits choose the board. */
#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-program-job.h"
#include "fl-sim-transport.h"
#include "fuzz-main.h"
#include "job-board.h"

#define MAX_SECONDS 3600 /* of virtual time that a job may take, whatever is answered */
#define READ_BYTES  300

typedef struct
{
  gint64 time;
  guint8 byte;
  FlLineErrors errors;
} Reply;

#define FUZZ_TYPE_WIRE (fuzz_wire_get_type ())
G_DECLARE_FINAL_TYPE (FuzzWire, fuzz_wire, FUZZ, WIRE, GObject)

struct _FuzzWire
{
  GObject parent_instance;

  FlTransport *inner; /* its clock, and its board where there is one */
  GArray *replies;    /* Reply: what comes next */
  FlLineErrors errors;
  guint untouched; /* bytes that come through as they are */
  gboolean gone;
};

/* What is left of the input, and what was handed to the job: there is one wire at a time. */
static const guint8 *input;
static size_t n_input;
static gboolean is_board;
static JobBoard *board;
static guint64 n_handed;

static void fuzz_wire_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzWire, fuzz_wire, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fuzz_wire_iface_init))

static gboolean
take (guint8 *byte)
{
  if (n_input == 0)
    return FALSE;
  *byte = *input++;
  n_input--;
  return TRUE;
}

static gboolean
check_plugged (FuzzWire *self, GError **error)
{
  if (self->gone)
    g_set_error_literal (error, FL_ERROR, FL_ERROR_PORT_GONE, "The port is gone");
  return !self->gone;
}

static void
add_reply (FuzzWire *self, gint64 time, guint8 byte, FlLineErrors errors)
{
  Reply reply = { time, byte, errors };

  g_array_append_val (self->replies, reply);
}

/* The answer to one packet, up to a zero: 1…7F that many bytes follow; 80…BF a pause of so many times 50 ms; C0…DF the
 * next byte so many times nine; E0…EF the next byte has a line error; F0…F7 an ACK; F8…FE a NACK; FF the port is gone.
 */
static void
invent_answer (FuzzWire *self)
{
  gint64 time = fl_transport_get_time (self->inner) + 1000;
  FlLineErrors errors = 0;
  guint8 code, byte = 0;

  while (take (&code) && code != 0)
    if (code < 0x80)
      for (guint8 i = 0; i < code && take (&byte); i++)
        {
          add_reply (self, time, byte, errors);
          errors = 0;
        }
    else if (code < 0xC0)
      time += (code & 0x3F) * 50000;
    else if (code < 0xE0)
      {
        take (&byte);
        for (guint i = 0; i < ((code & 0x1Fu) + 1) * 9; i++)
          add_reply (self, time, byte, 0);
      }
    else if (code < 0xF0)
      errors = (FlLineErrors) (code & 0xF);
    else if (code < 0xFF)
      add_reply (self, time, code < 0xF8 ? 0x79 : 0x1F, errors);
    else
      self->gone = TRUE;
}

/* Something happens to a byte of the board: 0…BF nothing, and to so many behind it; C0…C7 a bit is wrong; C8…CF it is
 * lost; D0…D7 another byte comes before it; D8…DF a pause of so many times 100 ms; E0…E7 a NACK in its place; E8…EF
 * another byte in its place; F0…F7 a line error; F8…FE nothing for 256 bytes; FF the port is gone. */
static void
damage (FuzzWire *self, guint8 byte, FlLineErrors errors)
{
  gint64 time = fl_transport_get_time (self->inner);
  guint8 code = 0xF8, other = 0x79;

  if (self->untouched > 0 || !take (&code) || code < 0xC0 || (code >= 0xF8 && code < 0xFF))
    {
      self->untouched = self->untouched > 0 ? self->untouched - 1 : code < 0xC0 ? code : 255;
      add_reply (self, time, byte, errors);
      return;
    }
  switch (code >> 3 & 7)
    {
    case 0:
      add_reply (self, time, byte ^ (guint8) (1 << (code & 7)), errors);
      break;
    case 1:
      break;
    case 2:
      take (&other);
      add_reply (self, time, other, errors);
      add_reply (self, time, byte, errors);
      break;
    case 3:
      add_reply (self, time + ((code & 7) + 1) * 100000, byte, errors);
      break;
    case 4:
      add_reply (self, time, 0x1F, errors);
      break;
    case 5:
      take (&other);
      add_reply (self, time, other, errors);
      break;
    case 6:
      add_reply (self, time, byte, (FlLineErrors) ((code & 7) + 1));
      break;
    default:
      self->gone = TRUE;
      break;
    }
}

static gboolean
fuzz_wire_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline, GCancellable *cancellable,
                 GError **error)
{
  FuzzWire *self = FUZZ_WIRE (transport);

  if (!check_plugged (self, error))
    return FALSE;
  if (is_board)
    return FL_TRANSPORT_GET_IFACE (self->inner)->write (self->inner, data, length, deadline, cancellable, error);
  invent_answer (self);
  return TRUE;
}

/* Hands over what has come by now. */
static gsize
hand_over (FuzzWire *self, guint8 *data, gsize length)
{
  gint64 now = fl_transport_get_time (self->inner);
  gsize n = 0;

  while (n < length && n < self->replies->len && g_array_index (self->replies, Reply, n).time <= now)
    {
      const Reply *reply = &g_array_index (self->replies, Reply, n);

      data[n++] = reply->byte;
      self->errors |= reply->errors;
    }
  g_array_remove_range (self->replies, 0, (guint) n);
  n_handed += n;
  return n;
}

static gboolean
fuzz_wire_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                     GCancellable *cancellable, GError **error)
{
  FuzzWire *self = FUZZ_WIRE (transport);
  FlTransportInterface *inner = FL_TRANSPORT_GET_IFACE (self->inner);

  for (;;)
    {
      gint64 until = deadline;
      guint8 byte;
      gsize n;

      *n_read = hand_over (self, data, length);
      if (*n_read > 0)
        return TRUE;
      if (!check_plugged (self, error))
        return FALSE;
      if (fl_transport_get_time (self->inner) >= deadline)
        return TRUE;
      if (self->replies->len > 0)
        until = MIN (until, g_array_index (self->replies, Reply, 0).time);
      if (!is_board || self->replies->len > 0)
        {
          if (!inner->wait (self->inner, until, cancellable, error))
            return FALSE;
          continue;
        }
      if (!inner->read_some (self->inner, &byte, 1, until, &n, cancellable, error))
        return FALSE;
      if (n > 0)
        damage (self, byte, fl_transport_take_errors (self->inner));
    }
}

static gboolean
fuzz_wire_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  return check_plugged (FUZZ_WIRE (transport), error)
         && fl_transport_set_settings (FUZZ_WIRE (transport)->inner, settings, error);
}

static void
fuzz_wire_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  fl_transport_get_settings (FUZZ_WIRE (transport)->inner, settings);
}

static gboolean
fuzz_wire_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  return check_plugged (FUZZ_WIRE (transport), error)
         && fl_transport_set_lines (FUZZ_WIRE (transport)->inner, mask, lines, error);
}

static gboolean
fuzz_wire_discard (FlTransport *transport, GError **error)
{
  FuzzWire *self = FUZZ_WIRE (transport);
  guint8 bytes[64];

  while (hand_over (self, bytes, sizeof bytes) > 0)
    ;
  return check_plugged (self, error) && fl_transport_discard (self->inner, error);
}

static FlLineErrors
fuzz_wire_take_errors (FlTransport *transport)
{
  FlLineErrors errors = FUZZ_WIRE (transport)->errors;

  FUZZ_WIRE (transport)->errors = 0;
  return errors;
}

static gint64
fuzz_wire_get_time (FlTransport *transport)
{
  return fl_transport_get_time (FUZZ_WIRE (transport)->inner);
}

static gboolean
fuzz_wire_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlTransport *inner = FUZZ_WIRE (transport)->inner;

  return FL_TRANSPORT_GET_IFACE (inner)->wait (inner, until, cancellable, error);
}

static const char *
fuzz_wire_get_name (FlTransport *transport)
{
  return "fuzz";
}

static void
fuzz_wire_close (FlTransport *transport)
{
  fl_transport_close (FUZZ_WIRE (transport)->inner);
}

static void
fuzz_wire_iface_init (FlTransportInterface *iface)
{
  iface->write = fuzz_wire_write;
  iface->read_some = fuzz_wire_read_some;
  iface->set_settings = fuzz_wire_set_settings;
  iface->get_settings = fuzz_wire_get_settings;
  iface->set_lines = fuzz_wire_set_lines;
  iface->discard = fuzz_wire_discard;
  iface->take_errors = fuzz_wire_take_errors;
  iface->get_time = fuzz_wire_get_time;
  iface->wait = fuzz_wire_wait;
  iface->get_name = fuzz_wire_get_name;
  iface->close = fuzz_wire_close;
}

static void
fuzz_wire_finalize (GObject *object)
{
  g_clear_object (&FUZZ_WIRE (object)->inner);
  g_array_unref (FUZZ_WIRE (object)->replies);
  G_OBJECT_CLASS (fuzz_wire_parent_class)->finalize (object);
}

static void
fuzz_wire_class_init (FuzzWireClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fuzz_wire_finalize;
}

static void
fuzz_wire_init (FuzzWire *self)
{
  self->replies = g_array_new (FALSE, FALSE, sizeof (Reply));
}

static FlTransport *
open_wire (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  FuzzWire *self = g_object_new (FUZZ_TYPE_WIRE, NULL);

  self->inner = fl_sim_transport_new (board->board, settings, FALSE);
  return FL_TRANSPORT (self);
}

/* A job ends, in time, and says what went wrong: job_board_run() checks the latter. */
static gboolean
run (FlJob *job)
{
  g_autoptr (GError) error = NULL;
  gint64 began = fl_sim_board_get_time (board->board);
  gboolean ok = job_board_run (board, job, &error);

  g_assert_cmpint (fl_sim_board_get_time (board->board) - began, <, (gint64) MAX_SECONDS * G_USEC_PER_SEC);
  g_assert_true (ok || error->domain == FL_ERROR);
  g_assert_true (ok || g_utf8_validate (error->message, -1, NULL));
  return ok;
}

static FlImage *
make_image (guint32 address)
{
  g_autoptr (FlImage) image = fl_image_new ();
  guint8 data[READ_BYTES];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 2246822519u >> 13);
  g_assert_true (fl_image_add (image, address, data, sizeof data, NULL));
  g_assert_true (fl_image_add (image, address + 0x1234, data, 16, NULL));
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, NULL));
  return g_steal_pointer (&image);
}

/* The board's own flash against the file. */
static gboolean
holds (FlImage *image)
{
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (segment->data, &size);
      const guint8 *flash = fl_sim_board_peek (board->board, segment->address, size);

      if (flash == NULL || memcmp (flash, data, size) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
program (FlDevice *device)
{
  g_autoptr (FlImage) image = make_image (0x08000000);
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, NULL, NULL);
  g_autoptr (FlJob) job = NULL;
  const FlProgramResult *result;

  if (plan == NULL)
    return;
  job = fl_program_job_new (board->session, plan, FALSE);
  n_handed = 0;
  if (!run (job))
    return;
  result = fl_program_job_get_result (FL_PROGRAM_JOB (job));
  g_assert_true (result->verified);
  g_assert_cmpuint (result->bytes_verified, ==, fl_image_get_size (image));
  g_assert_cmpuint (n_handed, >=, result->bytes_verified);
  g_assert_true (!is_board || holds (image));
}

static void
work (void)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("fuzz:wire");
  g_autoptr (FlJob) connect = NULL;
  g_autoptr (FlJob) read = NULL;
  FlDevice *device;

  fl_transport_register_scheme ("fuzz", open_wire);
  job_board_session (board, options);
  connect = fl_connect_job_new (board->session);
  if (!run (connect))
    return;
  device = job_board_device (board);
  read = fl_read_job_new (board->session, 0x08000000, READ_BYTES);
  if (run (read))
    g_assert_cmpuint (g_bytes_get_size (fl_read_job_get_data (FL_READ_JOB (read))), ==, READ_BYTES);
  program (device);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const boards[] = {
    "0x410", "0x444", "0x460", "0x467,flash=128", "0x433", "0x435", "0x417", "0x425"
  };
  guint8 head = 0;

  input = data;
  n_input = size;
  take (&head);
  is_board = (head & 1) != 0;
  board = job_board_new (boards[head >> 1 & 7]);
  work ();
  g_clear_pointer (&board, job_board_free);
  return 0;
}
