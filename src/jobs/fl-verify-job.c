/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-jobs.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"

struct _FlVerifyJob
{
  FlJob parent_instance;

  FlImage *image;
  guint64 n_equal; /* the worker's while it runs */
};

G_DEFINE_FINAL_TYPE (FlVerifyJob, fl_verify_job, FL_TYPE_JOB)

/**
 * fl_verify_job_new:
 *
 * Returns: (transfer full): a job that reads back all that the image covers, and compares; it changes nothing
 */
FlJob *
fl_verify_job_new (FlSession *session, FlImage *image)
{
  FlVerifyJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session) && FL_IS_IMAGE (image), NULL);

  self = g_object_new (FL_TYPE_VERIFY_JOB, "session", session, NULL);
  self->image = g_object_ref (image);
  return FL_JOB (self);
}

/**
 * fl_verify_job_get_bytes:
 *
 * Returns: how many bytes were read and are equal, also after a failure; not while it runs
 */
guint64
fl_verify_job_get_bytes (FlVerifyJob *self)
{
  g_return_val_if_fail (FL_IS_VERIFY_JOB (self), 0);
  g_return_val_if_fail (!fl_job_is_running (FL_JOB (self)), 0);
  return self->n_equal;
}

static gboolean
fl_verify_job_check (FlVerifyJob *self, FlDevice *device, GError **error)
{
  if (!fl_ops_check_readable (device, error))
    return FALSE;
  if (fl_image_get_n_segments (self->image) == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("The file holds no data: there is nothing to compare."));
      return FALSE;
    }
  for (guint i = 0; device->layout != NULL && i < fl_image_get_n_segments (self->image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (self->image, i);

      if (fl_layout_contains (device->layout, segment->address, g_bytes_get_size (segment->data)))
        continue;
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                   _ ("The file’s data at 0x%08X, %zu bytes, are not within this chip’s flash."), segment->address,
                   g_bytes_get_size (segment->data));
      return FALSE;
    }
  return TRUE;
}

static gboolean
fl_verify_job_compare (FlVerifyJob *self, FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree char *size = g_format_size_full (fl_image_get_size (self->image), G_FORMAT_SIZE_IEC_UNITS);
  FlComparePass compare = {
    .job = job,
    .boot = boot,
    .device = device,
    .image = self->image,
    .mark_sectors = device->layout != NULL,
    .unwritten = TRUE,
  };
  gboolean ok;

  if (device->layout != NULL)
    fl_job_init_sectors (job, fl_layout_get_n_sectors (device->layout));
  fl_job_set_total (job, fl_compare_pass_get_wire (&compare));
  fl_job_set_text (job, _ ("Verifying %s"), size);
  fl_job_begin_step (job, _ ("Verifying %s"), size);
  ok = fl_compare_pass_run (&compare, cancellable, error);
  self->n_equal = compare.n_equal;
  if (!ok)
    return FALSE;
  if (compare.n_different > 0)
    {
      fl_compare_pass_set_error (&compare, error);
      return FALSE;
    }
  fl_job_end_step (job, "");
  return TRUE;
}

static gboolean
fl_verify_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlVerifyJob *self = FL_VERIFY_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  FlDevice *device = fl_session_get_device (fl_job_get_session (job));

  if (boot == NULL)
    return FALSE;
  fl_job_enter_stage (job, FL_STAGE_VERIFY);
  if (fl_verify_job_check (self, device, error) && fl_verify_job_compare (self, boot, device, cancellable, error))
    return TRUE;
  fl_job_set_board_state (job, "%s", _ ("Flash: nothing was changed. The board is as it was."));
  return FALSE;
}

static void
fl_verify_job_finalize (GObject *object)
{
  FlVerifyJob *self = FL_VERIFY_JOB (object);

  g_clear_object (&self->image);
  G_OBJECT_CLASS (fl_verify_job_parent_class)->finalize (object);
}

static void
fl_verify_job_class_init (FlVerifyJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_verify_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_verify_job_run;
}

static void
fl_verify_job_init (FlVerifyJob *self)
{
}
