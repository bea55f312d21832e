/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-report.h"

#include <glib/gi18n-lib.h>

#include "fl-diagnosis.h"
#include "fl-error.h"
#include "fl-job-facts.h"
#include "fl-program-job.h"

static void append_row (GString *text, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
append_row (GString *text, const char *name, const char *format, ...)
{
  va_list arguments;

  g_string_append_printf (text, "  %s: ", name);
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
  g_string_append_c (text, '\n');
}

static void
append_heading (GString *text, const char *heading)
{
  g_string_append_printf (text, "\n%s\n", heading);
}

static const char *
entry_to_string (FlEntryMethod entry)
{
  switch (entry)
    {
    case FL_ENTRY_DTR_RTS:
      return _ ("by the adapter's DTR and RTS");
    case FL_ENTRY_APP:
      return _ ("by a jump of the application");
    case FL_ENTRY_MANUAL:
    default:
      return _ ("BOOT0 and reset by hand");
    }
}

static void
append_connection (GString *text, FlSession *session)
{
  const FlConnectOptions *options = fl_session_get_options (session);
  FlLineSettings line = { fl_session_get_baud (session), 8, options->parity, 1 };
  g_autofree char *in_use = line.baud > 0 ? fl_line_settings_to_string (&line) : NULL;

  append_heading (text, _ ("Connection"));
  append_row (text, _ ("Port"), "%s", options->port);
  if (options->baud > 0)
    append_row (text, _ ("Speed"), "%u", options->baud);
  else
    append_row (text, _ ("Speed"), "%s", _ ("automatic"));
  if (in_use != NULL)
    append_row (text, _ ("In use"), "%s", in_use);
  append_row (text, _ ("Into the bootloader"), "%s", entry_to_string (options->entry));
  if (options->preset != NULL)
    append_row (text, _ ("Wiring"), "%s", options->preset);
}

static void
append_device (GString *text, FlDevice *device)
{
  g_autofree char *name = fl_device_dup_name (device);
  g_autofree char *version = fl_device_dup_version (device);
  g_autofree char *uid = fl_device_dup_uid (device);
  g_autofree char *layout = device->layout != NULL ? fl_layout_to_string (device->layout) : NULL;

  append_heading (text, _ ("Device"));
  append_row (text, _ ("Name"), "%s", name);
  append_row (text, _ ("Product ID"), "0x%03X", device->pid);
  append_row (text, _ ("Bootloader"), "%s, ID 0x%02X", version, device->bootloader_id);
  if (device->flash_kib > 0)
    append_row (text, _ ("Flash"), "%u KiB%s", device->flash_kib,
                device->flash_kib_read ? "" : _ (" (taken from the database)"));
  if (layout != NULL)
    append_row (text, _ ("Layout"), "%s", layout);
  if (uid != NULL)
    append_row (text, _ ("Unique ID"), "%s", uid);
  for (guint i = 0; i < device->remarks->len; i++)
    append_row (text, _ ("Remark"), "%s", (const char *) g_ptr_array_index (device->remarks, i));
}

static void
append_firmware (GString *text, const FlReport *report)
{
  FlImage *image = report->image;

  append_heading (text, _ ("Firmware"));
  append_row (text, _ ("File"), "%s", report->file);
  if (image == NULL)
    return;
  append_row (text, _ ("Format"), "%s", fl_image_format_get_name (fl_image_get_format (image)));
  append_row (text, _ ("Size"), "%" G_GUINT64_FORMAT, fl_image_get_size (image));
  append_row (text, "SHA-256", "%s", fl_image_get_sha256 (image));
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);

      append_row (text, _ ("Segment"), "0x%08X, %" G_GSIZE_FORMAT, segment->address, g_bytes_get_size (segment->data));
    }
  if (report->judgement != NULL)
    append_row (text, _ ("Check"), "%s", report->judgement);
}

static void
append_programmed (GString *text, const FlProgramResult *result, gboolean ok)
{
  if (ok)
    append_row (text, _ ("Verdict"), "%s",
                result->verified ? _ ("Programmed and verified") : _ ("Programmed, not verified"));
  append_row (text, _ ("Bytes written"), "%" G_GUINT64_FORMAT, result->bytes_written);
  append_row (text, _ ("Bytes verified"), "%" G_GUINT64_FORMAT, result->bytes_verified);
  append_row (text, _ ("Pages erased"), "%u", result->sectors_erased);
  append_row (text, _ ("Pages that held the file already"), "%u", result->sectors_unchanged);
  if (result->sectors_by_checksum > 0)
    append_row (text, _ ("Compared by the bootloader’s checksum"), "%u", result->sectors_by_checksum);
  append_row (text, _ ("Repeated exchanges"), "%u", result->retries);
  append_row (text, _ ("Seconds"), "%.1f", result->seconds);
  append_row (text, _ ("Seconds on the wire"), "%.1f", result->wire_seconds);
}

static void
append_result (GString *text, const FlReport *report)
{
  FlJob *job = report->job;
  const FlExplanation *explanation = fl_job_get_explanation (job);
  const char *board_state = fl_job_get_board_state (job);

  append_heading (text, _ ("Result"));
  if (g_error_matches (report->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    append_row (text, _ ("Verdict"), "%s", _ ("Cancelled"));
  else if (report->error != NULL)
    append_row (text, _ ("Verdict"), "%s (%s): %s", _ ("Failed"), fl_error_get_code (report->error),
                report->error->message);
  if (FL_IS_PROGRAM_JOB (job))
    append_programmed (text, fl_program_job_get_result (FL_PROGRAM_JOB (job)), report->error == NULL);
  else
    append_row (text, _ ("Seconds"), "%.1f", fl_job_get_seconds (job));
  if (board_state != NULL)
    append_row (text, _ ("State of the board"), "%s", board_state);
  if (explanation != NULL && report->facts == NULL) /* a diagnosis knows more */
    {
      g_autofree char *words = fl_explanation_to_text (explanation);

      g_string_append_printf (text, "\n%s\n", words);
    }
}

static void
append_diagnosis (GString *text, const FlReport *report)
{
  g_autoptr (FlFacts) facts = fl_report_dup_facts (report);
  g_autoptr (FlDiagnosis) diagnosis = fl_diagnose (facts, fl_job_facts_find_chip (facts));
  g_autofree char *words = NULL;

  if (diagnosis->causes->len == 0)
    return;
  words = fl_diagnosis_to_text (diagnosis);
  append_heading (text, _ ("Diagnosis"));
  g_string_append (text, words);
}

/**
 * fl_report_to_text:
 *
 * Returns: (transfer full): settings, device, firmware, plan, result, diagnosis and log as plain text
 */
char *
fl_report_to_text (const FlReport *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  FlDevice *device = self->session != NULL ? fl_session_get_device (self->session) : NULL;

  g_string_append_printf (text, "Flashloader %s, %s\n", FL_VERSION, time);
  if (self->session != NULL)
    append_connection (text, self->session);
  if (device != NULL)
    append_device (text, device);
  if (self->file != NULL)
    append_firmware (text, self);
  if (self->plan != NULL)
    {
      g_autofree char *plan = fl_plan_to_text (self->plan);

      append_heading (text, _ ("Plan"));
      g_string_append (text, plan);
    }
  if (self->job != NULL)
    append_result (text, self);
  if (self->facts != NULL)
    append_diagnosis (text, self);
  append_heading (text, _ ("Log"));
  g_string_append (text, self->log != NULL ? self->log : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}
