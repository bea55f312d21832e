/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "fl-error.h"
#include "fl-file.h"
#include "fl-flash-jobs.h"
#include "fl-fld-run.h"
#include "fl-program-job.h"

/* A job whose pages are told one by one, as they are done. */
typedef struct
{
  const char *label; /* "downloading" */
  FlLayout *layout;
  FlImage *image;
  FlSectorState done; /* what a page is then */
  guint8 *told;       /* one byte a sector */
} Pages;

/* What the image has in a sector. */
static guint32
count_bytes (FlImage *image, const FlSector *sector, guint32 *first)
{
  guint64 sector_end = (guint64) sector->address + sector->size;
  guint32 n = 0;

  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      guint64 end = (guint64) segment->address + g_bytes_get_size (segment->data);
      guint64 from = MAX (segment->address, sector->address);

      if (end <= sector->address || segment->address >= sector_end)
        continue;
      if (n == 0)
        *first = (guint32) from;
      n += (guint32) (MIN (end, sector_end) - from);
    }
  return n;
}

/* As the old program: label, page, address, size. */
static void
tell_page (Pages *pages, guint index, gboolean ok)
{
  guint32 first = 0;
  guint32 n = count_bytes (pages->image, fl_layout_get_sector (pages->layout, index), &first);

  pages->told[index] = TRUE;
  if (n > 0)
    g_print ("%s \t page %u \t @0x %8X \t size %.2f(KB) \t [%s]\n", pages->label, index, first, n / 1024.0,
             ok ? "OK" : "KO");
}

static void
sectors_changed_cb (FlJob *job, Pages *pages)
{
  guint n;
  const guint8 *states = fl_job_get_sectors (job, &n);

  for (guint i = 0; states != NULL && i < n; i++)
    if (!pages->told[i] && (states[i] == pages->done || states[i] == FL_SECTOR_FAILED))
      tell_page (pages, i, states[i] == pages->done);
}

/* Runs a job, and tells its pages. A failure that is no page's gets a line of its own. */
static gboolean
run_with_pages (FlFldRun *self, FlJob *job, const char *label, FlImage *image, FlSectorState done, GError **error)
{
  FlLayout *layout = fl_session_get_device (self->cli->session)->layout;
  g_autofree guint8 *told = g_malloc0 (fl_layout_get_n_sectors (layout));
  Pages pages = { label, layout, image, done, told };
  gulong handler = g_signal_connect (job, "sectors-changed", G_CALLBACK (sectors_changed_cb), &pages);
  gboolean ok = fl_fld_run_job (self, job, error);

  g_signal_handler_disconnect (job, handler);
  if (!ok)
    fl_fld_say (FALSE, "%s", label);
  return ok;
}

/* --- -e --- */

static char *
dup_codes (const GArray *codes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < codes->len; i++)
    g_string_append_printf (text, "<%u>", g_array_index (codes, guint, i));
  return g_string_free (text, FALSE);
}

static gboolean
erase_sectors (FlFldRun *self, const guint8 *wanted, GError **error)
{
  FlLayout *layout = fl_session_get_device (self->cli->session)->layout;
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (FlJob) job = NULL;

  for (guint i = 0; wanted != NULL && i < fl_layout_get_n_sectors (layout); i++)
    if (wanted[i])
      g_array_append_val (sectors, i);
  job = fl_erase_job_new (self->cli->session, (const guint *) (gpointer) sectors->data, sectors->len);
  if (!fl_fld_run_job (self, job, error))
    return FALSE;
  fl_fld_set_erased (self, wanted);
  return TRUE;
}

/**
 * fl_fld_erase:
 *
 * -e: all, or the sectors with these codes; read back, so that [OK] means blank.
 */
gboolean
fl_fld_erase (FlFldRun *self, const FlFldStep *step, GError **error)
{
  g_autofree guint8 *wanted = NULL;
  g_autofree char *codes = NULL;
  gboolean ok;

  if (fl_fld_connect (self, error) == NULL)
    return FALSE;
  fl_fld_say_title ("ERASING");
  if (step->kind == FL_FLD_ERASE_ALL)
    {
      ok = erase_sectors (self, NULL, error);
      fl_fld_say (ok, "erasing all pages");
      return ok;
    }
  codes = dup_codes (step->codes);
  wanted = fl_fld_find_codes (self, step->codes, error);
  ok = wanted != NULL && erase_sectors (self, wanted, error);
  fl_fld_say (ok, "erasing %u sectors : %s", step->codes->len, codes);
  return ok;
}

/* --- -u --- */

/**
 * fl_fld_upload:
 *
 * -u: the whole flash into a file, whose format its name says.
 */
gboolean
fl_fld_upload (FlFldRun *self, const FlFldStep *step, GError **error)
{
  g_autoptr (FlJob) job = NULL;
  FlLayout *layout;
  guint64 length;
  guint32 start = 0;
  gboolean ok;

  if (fl_fld_connect (self, error) == NULL)
    return FALSE;
  fl_fld_say_title ("UPLOADING");
  layout = fl_fld_get_layout (self, error);
  if (layout != NULL)
    {
      start = fl_layout_get_start (layout);
      length = fl_layout_get_end (layout) - start;
      if (fl_file_check_room (step->path, fl_image_get_saved_size (fl_cli_choose_format (step->path), length), error))
        job = fl_read_job_new (self->cli->session, start, (guint32) length);
    }
  ok = job != NULL && fl_fld_run_job (self, job, error);
  fl_fld_say (ok, "Uploading");
  if (!ok)
    return FALSE;
  ok = fl_cli_save_image (step->path, fl_cli_choose_format (step->path), start,
                          fl_read_job_get_data (FL_READ_JOB (job)), error);
  fl_fld_say (ok, "Writing data");
  if (ok)
    g_print ("Uploaded data is dumped on %s\n", step->path);
  return ok;
}

/* --- -d --- */

/* Whether the file goes only where this script has erased before. Elsewhere a chip acknowledges writes that do not take
 * (AN3155, Write Memory), so that an ACK is no reason to say [OK]. */
static gboolean
is_on_blank (FlFldRun *self, FlPlan *plan)
{
  guint n = fl_layout_get_n_sectors (fl_session_get_device (self->cli->session)->layout);

  for (guint i = 0; i < n; i++)
    if (fl_plan_get_action (plan, i) != FL_PLAN_KEEP && (self->erased == NULL || !self->erased[i]))
      return FALSE;
  return TRUE;
}

static void
forget_erased (FlFldRun *self, FlPlan *plan)
{
  guint n = fl_layout_get_n_sectors (fl_session_get_device (self->cli->session)->layout);

  for (guint i = 0; self->erased != NULL && i < n; i++)
    if (fl_plan_get_action (plan, i) != FL_PLAN_KEEP)
      self->erased[i] = FALSE;
}

static gboolean
write_image (FlFldRun *self, FlPlan *plan, GError **error)
{
  g_autoptr (FlJob) job = fl_program_job_new (self->cli->session, plan, FALSE);

  return run_with_pages (self, job, "downloading", fl_plan_get_image (plan), FL_SECTOR_WRITTEN, error);
}

static gboolean
verify_image (FlFldRun *self, FlImage *image, GError **error)
{
  g_autoptr (FlJob) job = fl_verify_job_new (self->cli->session, image);

  fl_fld_say_title ("VERIFYING");
  return run_with_pages (self, job, "verifying", image, FL_SECTOR_VERIFIED, error);
}

static FlImage *
load_image (FlFldRun *self, const FlFldStep *step, GError **error)
{
  g_autofree char *address = step->has_address ? g_strdup_printf ("%X", step->address) : NULL;
  FlImage *image = fl_cli_load_image (self->cli, step->path, address, error);

  if (image != NULL && step->has_address && fl_image_get_format (image) != FL_IMAGE_BIN
      && fl_image_get_start (image) != step->address)
    fl_fld_note (_ ("%s says itself where its data belong: --a is not used."), step->path);
  return image;
}

/**
 * fl_fld_download:
 *
 * -d: writes a file, and erases nothing. It is read back when --v says so, and also where it does not go onto flash
 * that this script has erased.
 */
gboolean
fl_fld_download (FlFldRun *self, const FlFldStep *step, GError **error)
{
  FlPlanOptions options = { .erase = FL_ERASE_NONE, .verify = FALSE, .keep_blank = !step->skip_blank };
  FlDevice *device = fl_fld_connect (self, error);
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlPlan) plan = NULL;
  gboolean on_blank;

  if (device == NULL)
    return FALSE;
  fl_fld_say_title ("DOWNLOADING");
  if (fl_fld_get_layout (self, error) != NULL)
    image = load_image (self, step, error);
  if (image != NULL)
    plan = fl_plan_new (device, image, &options, error);
  if (plan == NULL)
    {
      fl_fld_say (FALSE, "downloading");
      return FALSE;
    }
  on_blank = is_on_blank (self, plan);
  forget_erased (self, plan);
  if (!write_image (self, plan, error))
    return FALSE;
  if (!step->verify && on_blank)
    {
      fl_fld_note (_ ("Written and acknowledged: %" PRIu64 " bytes. Not verified; --v reads them back."),
                   fl_image_get_size (image));
      return TRUE;
    }
  if (!step->verify)
    fl_fld_note (_ ("This script did not erase all that the file covers. A chip acknowledges writes onto old data and "
                    "does not do them, so the file is read back, also without --v."));
  if (!verify_image (self, image, error))
    {
      g_free (self->state);
      self->state = g_strdup (on_blank ? _ ("Flash: written, and not what the file holds. Erase and write it again.")
                                       : _ ("Flash: written without being erased before, and not what the file holds. "
                                            "Put -e --all before -d."));
      return FALSE;
    }
  fl_fld_note (_ ("Written and verified: %" PRIu64 " bytes, SHA-256 %s"), fl_image_get_size (image),
               fl_image_get_sha256 (image));
  return TRUE;
}

/* --- -r --- */

/**
 * fl_fld_start:
 *
 * -r: Go; without an address to the start of the flash.
 */
gboolean
fl_fld_start (FlFldRun *self, const FlFldStep *step, GError **error)
{
  FlDevice *device = fl_fld_connect (self, error);
  g_autoptr (FlJob) job = NULL;

  if (device == NULL)
    return FALSE;
  if (!step->has_address && device->chip == NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                           _ ("This chip is not known: say with -r --a where the application stands"));
      return FALSE;
    }
  job = fl_start_job_new (self->cli->session, step->has_address ? step->address : device->chip->flash_start);
  self->left = fl_fld_run_job (self, job, error);
  fl_fld_say (self->left, self->left ? "Your code is running..." : "run fails");
  return self->left;
}
