/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-jobs.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"
#include "fl-memory-map.h"

struct _FlReadJob
{
  FlJob parent_instance;

  guint32 address;
  guint32 length;
  GByteArray *read; /* the worker's while it runs */
  GBytes *data;     /* made from it when it is asked for */
};

G_DEFINE_FINAL_TYPE (FlReadJob, fl_read_job, FL_TYPE_JOB)

/**
 * fl_read_job_new:
 * @address: the first byte, anywhere that the bootloader lets read
 * @length: bytes, at least 1
 *
 * Returns: (transfer full): a job that reads memory
 */
FlJob *
fl_read_job_new (FlSession *session, guint32 address, guint32 length)
{
  FlReadJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session), NULL);

  self = g_object_new (FL_TYPE_READ_JOB, "session", session, NULL);
  self->address = address;
  self->length = length;
  return FL_JOB (self);
}

/**
 * fl_read_job_get_data:
 *
 * Returns: (transfer none) (nullable): what was read, from the beginning on; less than was asked for after a failure,
 * %NULL when it was nothing. Not while it runs.
 */
GBytes *
fl_read_job_get_data (FlReadJob *self)
{
  g_return_val_if_fail (FL_IS_READ_JOB (self), NULL);
  g_return_val_if_fail (!fl_job_is_running (FL_JOB (self)), NULL);

  if (self->data == NULL && self->read->len > 0)
    self->data = g_bytes_new (self->read->data, self->read->len);
  return self->data;
}

static gboolean
fl_read_job_check (FlReadJob *self, FlDevice *device, GError **error)
{
  if (!fl_ops_check_readable (device, error))
    return FALSE;
  if (self->length > 0 && (guint64) self->address + self->length <= G_GUINT64_CONSTANT (0x100000000))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("%u bytes cannot be read at 0x%08X."), self->length, self->address);
  return FALSE;
}

/* Whether all of it is in one memory that the chip is known to have. */
static gboolean
fl_read_job_is_inside (FlReadJob *self, FlDevice *device)
{
  g_autoptr (GArray) areas = fl_memory_map_new (device);

  if (device->layout != NULL && fl_layout_contains (device->layout, self->address, self->length))
    return TRUE;
  for (guint i = 0; i < areas->len; i++)
    {
      const FlMemoryArea *area = &g_array_index (areas, FlMemoryArea, i);

      if (fl_range_contains (area->start, area->size, self->address, self->length))
        return TRUE;
    }
  return FALSE;
}

/* Some chips have more memory than they say, so that the chip is asked; and at once, not after minutes of reading what
 * is then of no use. */
static gboolean
fl_read_job_try_end (FlReadJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  guint read_size = fl_boot_get_read_size (boot);
  guint32 at = (self->length - 1) / read_size * read_size; /* the block that would be the last */
  guint32 last = self->address + (self->length - 1);
  guint8 block[FL_BOOT_MAX_BLOCK];
  g_autoptr (GError) problem = NULL;

  if (fl_boot_read (boot, self->address + at, block, self->length - at, cancellable, &problem))
    return TRUE;
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_NACK))
    /* Translators: addresses; what the chip answered follows. */
    g_prefix_error (&problem, _ ("There is no memory from 0x%08X all the way to 0x%08X: "), self->address, last);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
fl_read_job_read (FlReadJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree char *size = g_format_size_full (self->length, G_FORMAT_SIZE_IEC_UNITS);
  guint read_size = fl_boot_get_read_size (boot);
  guint64 n_blocks = ((guint64) self->length + read_size - 1) / read_size;

  fl_job_set_total (job, self->length + n_blocks * FL_OPS_READ_WIRE (0));
  fl_job_set_text (job, _ ("Reading %s"), size);
  fl_job_begin_step (job, _ ("Reading %s at 0x%08X"), size, self->address);
  for (guint32 at = 0; at < self->length;)
    {
      guint8 block[FL_BOOT_MAX_BLOCK];
      guint32 length = MIN (self->length - at, fl_boot_get_read_size (boot));

      fl_job_mark (job);
      if (!fl_boot_read (boot, self->address + at, block, length, cancellable, error))
        {
          g_prefix_error (error, _ ("At 0x%08X: "), self->address + at);
          return FALSE;
        }
      g_byte_array_append (self->read, block, length);
      fl_job_add_done (job, FL_OPS_READ_WIRE (length));
      at += length;
    }
  fl_job_end_step (job, "");
  return TRUE;
}

static gboolean
fl_read_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlReadJob *self = FL_READ_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  FlDevice *device = fl_session_get_device (fl_job_get_session (job));

  if (boot == NULL)
    return FALSE;
  fl_job_enter_stage (job, FL_STAGE_READ);
  if (fl_read_job_check (self, device, error)
      && (fl_read_job_is_inside (self, device) || fl_read_job_try_end (self, boot, cancellable, error))
      && fl_read_job_read (self, boot, cancellable, error))
    return TRUE;
  fl_job_set_board_state (job, "%s", _ ("Flash: nothing was changed. The board is as it was."));
  return FALSE;
}

static void
fl_read_job_finalize (GObject *object)
{
  FlReadJob *self = FL_READ_JOB (object);

  g_byte_array_unref (self->read);
  g_clear_pointer (&self->data, g_bytes_unref);
  G_OBJECT_CLASS (fl_read_job_parent_class)->finalize (object);
}

static void
fl_read_job_class_init (FlReadJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_read_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_read_job_run;
}

static void
fl_read_job_init (FlReadJob *self)
{
  self->read = g_byte_array_new ();
}
