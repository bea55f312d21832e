/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-judge.h"

static char *address;

static const GOptionEntry options[] = {
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("Where a raw binary would go (default: the start of flash)"),
    N_ ("A") },
  G_OPTION_ENTRY_NULL,
};

static const char *
verdict_name (FlVerdict verdict)
{
  switch (verdict)
    {
    case FL_VERDICT_FITS:
      return "fits";
    case FL_VERDICT_DOUBT:
      return "doubt";
    case FL_VERDICT_REFUSE:
    default:
      return "refuse";
    }
}

static void
print_contents (FlCli *cli, FlImage *image)
{
  GPtrArray *remarks = fl_image_get_remarks (image);

  fl_cli_print (cli, _ ("%s, %" PRIu64 " bytes of data, SHA-256 %s"),
                fl_image_format_get_name (fl_image_get_format (image)), fl_image_get_size (image),
                fl_image_get_sha256 (image));
  fl_cli_add_string (cli, "format", fl_image_format_get_name (fl_image_get_format (image)));
  fl_cli_add_string (cli, "sha256", fl_image_get_sha256 (image));
  fl_cli_add_int (cli, "bytes", (gint64) fl_image_get_size (image));
  json_builder_set_member_name (cli->result, "segments");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size = g_bytes_get_size (segment->data);

      fl_cli_print (cli, "  0x%08X – 0x%08X  %zu", segment->address, (guint32) (segment->address + size - 1), size);
      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "address", segment->address);
      fl_cli_add_int (cli, "size", (gint64) size);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
  for (guint i = 0; i < remarks->len; i++)
    fl_cli_print (cli, _ ("Note: %s"), (const char *) g_ptr_array_index (remarks, i));
}

static gboolean
judge (FlCli *cli, FlImage *image, const FlChip *chip, GError **error)
{
  g_autoptr (FlJudgement) judgement = fl_judge_image (image, chip, NULL);

  fl_cli_print (cli, "%s", judgement->summary);
  fl_cli_add_string (cli, "verdict", verdict_name (judgement->verdict));
  fl_cli_add_string (cli, "summary", judgement->summary);
  if (judgement->has_vectors)
    {
      fl_cli_add_int (cli, "stack_pointer", judgement->stack_pointer);
      fl_cli_add_int (cli, "reset_vector", judgement->reset_vector);
    }
  json_builder_set_member_name (cli->result, "remarks");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < judgement->remarks->len; i++)
    {
      const char *remark = g_ptr_array_index (judgement->remarks, i);

      fl_cli_print (cli, _ ("Note: %s"), remark);
      json_builder_add_string_value (cli->result, remark);
    }
  json_builder_end_array (cli->result);
  if (judgement->error != NULL)
    {
      g_propagate_error (error, g_error_copy (judgement->error));
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_check (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlImage) image = NULL;
  const FlChip *chip = NULL;

  if (cli->pid >= 0)
    {
      chip = fl_chip_db_find ((guint16) cli->pid);
      if (chip == NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                       _ ("Product ID 0x%03X is not in the database; “flashloader-cli devices” lists those that are"),
                       (guint) cli->pid);
          return FALSE;
        }
    }
  image = fl_cli_load_image (cli, arguments[0], address, error);
  if (image == NULL)
    return FALSE;
  print_contents (cli, image);
  if (chip == NULL)
    fl_cli_print (cli, _ ("Say with --device PID for which chip it is to be judged."));
  return judge (cli, image, chip, error);
}

const FlCliCommand fl_cli_check_command = {
  .name = "check",
  .arguments = "FILE",
  .description = N_ ("judge a firmware file without a board"),
  .options = options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_check,
};
