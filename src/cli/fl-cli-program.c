/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "fl-cli.h"
#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-judge.h"
#include "fl-notebook.h"
#include "fl-program-job.h"
#include "fl-program-width.h"

static char *address;
static char *erase;
static gboolean no_verify;
static gboolean keep_blank;
static gboolean preserve;
static gboolean rewrite;
static gboolean dry_run;
static gboolean start;
static gboolean yes;
static char *voltage;

static const GOptionEntry options[] = {
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("Where a raw binary goes (default: the start of flash)"),
    N_ ("A") },
  { "erase", 0, 0, G_OPTION_ARG_STRING, &erase, N_ ("Erase what is needed (default), or all"), N_ ("needed|all") },
  { "no-verify", 0, 0, G_OPTION_ARG_NONE, &no_verify, N_ ("Do not read back; nothing is known of the result then"),
    NULL },
  { "keep-blank", 0, 0, G_OPTION_ARG_NONE, &keep_blank, N_ ("Write blocks too that are blank"), NULL },
  { "preserve", 0, 0, G_OPTION_ARG_NONE, &preserve, N_ ("Keep other data in pages that are shared with the file"),
    NULL },
  { "rewrite", 0, 0, G_OPTION_ARG_NONE, &rewrite,
    N_ ("Erase and write pages too that hold the file already, and erase blank ones"), NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Say what would be done, and do nothing"), NULL },
  { "start", 0, 0, G_OPTION_ARG_NONE, &start, N_ ("Start the application afterwards"), NULL },
  { "voltage", 0, 0, G_OPTION_ARG_STRING, &voltage,
    N_ ("What the board's chip is supplied with: F2, F4 and F7 are programmed faster from 2.1 V on. Kept for this "
        "board"),
    N_ ("V|unknown") },
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Erase all of bank 2 where its page numbers are in doubt; do not ask"),
    NULL },
  G_OPTION_ENTRY_NULL,
};

static gboolean
parse_options (FlPlanOptions *plan, GError **error)
{
  *plan = fl_plan_options_default;
  plan->verify = !no_verify;
  plan->keep_blank = keep_blank;
  plan->preserve = preserve;
  plan->only_changed = !rewrite;
  plan->whole_bank = yes;
  if (voltage != NULL && !fl_supply_parse (voltage, &plan->supply, error))
    return FALSE;
  if (erase == NULL || g_str_equal (erase, "needed"))
    plan->erase = FL_ERASE_NEEDED;
  else if (g_str_equal (erase, "all"))
    plan->erase = FL_ERASE_ALL;
  else
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("--erase is needed or all, not “%s”"), erase);
      return FALSE;
    }
  return TRUE;
}

/* The device on the port; or, for a dry run without one, the database's idea of --device. */
static FlDevice *
find_device (FlCli *cli, GError **error)
{
  g_autoptr (FlDevice) device = NULL;
  const FlChip *chip;

  if (!dry_run || cli->port != NULL || cli->pid < 0)
    return fl_cli_connect (cli, error) ? g_object_ref (fl_session_get_device (cli->session)) : NULL;
  device = fl_device_new ((guint16) cli->pid);
  chip = device->chip;
  if (chip == NULL && cli->declared != NULL && fl_device_declare (device, cli->declared))
    {
      fl_cli_warn_declared (cli, device);
      return g_steal_pointer (&device);
    }
  if (chip == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                   _ ("Product ID 0x%03X is not in the database; “flashloader-cli devices” lists those that are"),
                   (guint) cli->pid);
      return NULL;
    }
  fl_device_set_geometry (device, chip->flash_kib, FALSE);
  return g_steal_pointer (&device);
}

static gboolean
print_judgement (FlCli *cli, FlImage *image, FlDevice *device, GError **error)
{
  g_autoptr (FlJudgement) judgement = fl_judge_image (image, device->chip, device);

  fl_cli_print (cli, "%s", judgement->summary);
  for (guint i = 0; i < judgement->remarks->len; i++)
    fl_cli_print (cli, _ ("Note: %s"), (const char *) g_ptr_array_index (judgement->remarks, i));
  if (judgement->error != NULL)
    {
      g_propagate_error (error, g_error_copy (judgement->error));
      return FALSE;
    }
  return TRUE;
}

/* Also of a job that never began: who reads the answer finds every field. */
static void
add_result (FlCli *cli, const FlProgramResult *result, FlImage *image)
{
  fl_cli_add_int (cli, "bytes_written", (gint64) result->bytes_written);
  fl_cli_add_int (cli, "bytes_verified", (gint64) result->bytes_verified);
  fl_cli_add_int (cli, "pages_erased", result->sectors_erased);
  fl_cli_add_int (cli, "sectors_blank", result->sectors_blank);
  fl_cli_add_int (cli, "sectors_unchanged", result->sectors_unchanged);
  fl_cli_add_int (cli, "sectors_by_checksum", result->sectors_by_checksum);
  json_builder_set_member_name (cli->result, "seconds");
  json_builder_add_double_value (cli->result, result->seconds);
  json_builder_set_member_name (cli->result, "wire_seconds");
  json_builder_add_double_value (cli->result, result->wire_seconds);
  fl_cli_add_string (cli, "sha256", image != NULL ? fl_image_get_sha256 (image) : NULL);
  fl_cli_add_int (cli, "retries", result->retries);
  json_builder_set_member_name (cli->result, "verified");
  json_builder_add_boolean_value (cli->result, result->verified);
  json_builder_set_member_name (cli->result, "started");
  json_builder_add_boolean_value (cli->result, result->started);
}

/* A plan that can be carried out: where it takes all of bank 2, somebody has agreed. */
static FlPlan *
get_agreed (FlCli *cli, FlPlan *plan, GError **error)
{
  FlDevice *device = fl_plan_get_device (plan);
  FlPlanOptions plan_options = *fl_plan_get_options (plan);

  if (!fl_plan_needs_whole_bank (plan))
    return g_object_ref (plan);
  if (!fl_cli_ask_whole_bank (cli, device->chip, fl_plan_get_doubt (plan), yes, error))
    return NULL;
  plan_options.whole_bank = TRUE;
  return fl_plan_new (device, fl_plan_get_image (plan), &plan_options, error);
}

/* How the bootloader numbers bank 2 may come to light only while it erases, and make the question necessary. */
static gboolean
run_job (FlCli *cli, FlPlan *plan, FlProgramResult *result, GError **error)
{
  g_autoptr (FlPlan) agreed = get_agreed (cli, plan, error);
  g_autoptr (FlPlan) again = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean ok;

  if (agreed == NULL)
    return FALSE;
  job = fl_program_job_new (cli->session, agreed, start);
  ok = fl_cli_run_job (cli, job, &problem);
  *result = *fl_program_job_get_result (FL_PROGRAM_JOB (job));
  if (ok)
    return TRUE;
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_NEEDS_CONSENT) && fl_plan_get_doubt (agreed) == NULL)
    again = fl_plan_new (fl_plan_get_device (plan), fl_plan_get_image (plan), fl_plan_get_options (plan), NULL);
  if (again != NULL && fl_plan_get_doubt (again) != NULL)
    return run_job (cli, again, result, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* What was not erased because it was blank, if anything. */
static void
print_blank (FlCli *cli, FlPlan *plan, guint n_blank)
{
  guint n = fl_plan_get_n_erased (plan);

  if (n_blank > 0)
    fl_cli_print (cli,
                  fl_chip_has_sectors (fl_plan_get_device (plan)->chip)
                      ? ngettext ("%u of %u sector was blank already, and was not erased",
                                  "%u of %u sectors were blank already, and were not erased", n)
                      : ngettext ("%u of %u page was blank already, and was not erased",
                                  "%u of %u pages were blank already, and were not erased", n),
                  n_blank, n);
}

/* What was left as it was, if anything. */
static void
print_unchanged (FlCli *cli, FlPlan *plan, guint n_unchanged, guint n_by_checksum)
{
  gboolean sectors = fl_chip_has_sectors (fl_plan_get_device (plan)->chip);
  guint n = fl_plan_get_n_erased (plan);

  if (n_unchanged == 0)
    return;
  fl_cli_print (cli,
                sectors ? ngettext ("%u of %u sector held the file already, and was left as it was",
                                    "%u of %u sectors held the file already, and were left as they were", n)
                        : ngettext ("%u of %u page held the file already, and was left as it was",
                                    "%u of %u pages held the file already, and were left as they were", n),
                n_unchanged, n);
  if (n_by_checksum > 0)
    fl_cli_print (
        cli,
        sectors ? ngettext ("%u sector was compared by the bootloader’s checksum, and not read back",
                            "%u sectors were compared by the bootloader’s checksum, and not read back", n_by_checksum)
                : ngettext ("%u page was compared by the bootloader’s checksum, and not read back",
                            "%u pages were compared by the bootloader’s checksum, and not read back", n_by_checksum),
        n_by_checksum);
}

static gboolean
run_plan (FlCli *cli, FlPlan *plan, FlImage *image, GError **error)
{
  FlProgramResult result = { 0 };
  gboolean ok = run_job (cli, plan, &result, error);

  add_result (cli, &result, image);
  if (!ok)
    return FALSE;
  fl_cli_look_again (cli, image);
  fl_cli_print (cli,
                result.verified ? _ ("Programmed and verified: %" PRIu64 " bytes in %.1f s, SHA-256 %s")
                                : _ ("Programmed, NOT verified: %" PRIu64 " bytes in %.1f s, SHA-256 %s"),
                fl_image_get_size (image), result.seconds, fl_image_get_sha256 (image));
  print_blank (cli, plan, result.sectors_blank);
  print_unchanged (cli, plan, result.sectors_unchanged, result.sectors_by_checksum);
  return TRUE;
}

/* The supply voltage: as said now, and kept; otherwise as it was said of this very board. */
static void
settle_supply (FlCli *cli, FlDevice *device, FlSupply *supply)
{
  g_autofree char *notebook = fl_notebook_dup_path ();
  g_autoptr (GError) problem = NULL;

  if (voltage == NULL)
    *supply = fl_program_width_recall (notebook, device);
  else if (device->chip == NULL || device->chip->supply_address == 0)
    fl_cli_print (cli, _ ("Note: this chip is programmed the same at every voltage; --voltage is not used."));
  else if (!fl_program_width_remember (notebook, device, *supply, &problem))
    fl_cli_print (cli, _ ("Note: the voltage could not be kept for this board: %s"), problem->message);
}

/* All that can be known before the flash is touched. What was found is set also when something is in the way. */
static gboolean
prepare (FlCli *cli, const char *path, FlImage **image, FlDevice **device, FlPlan **plan, GError **error)
{
  FlPlanOptions plan_options;

  if (!parse_options (&plan_options, error))
    return FALSE;
  /* A file that cannot be read is known before the board is touched. */
  *image = fl_cli_load_image (cli, path, address, error);
  if (*image == NULL)
    return FALSE;
  cli->n_bytes = dry_run ? 0 : fl_image_get_size (*image);
  *device = find_device (cli, error);
  if (*device == NULL)
    return FALSE;
  if (address == NULL && fl_image_get_format (*image) == FL_IMAGE_BIN && (*device)->chip != NULL
      && (*device)->chip->flash_start != fl_image_get_start (*image))
    {
      g_clear_object (image);
      *image = fl_cli_load_image (cli, path, NULL, error);
      if (*image == NULL)
        return FALSE;
    }
  if (!print_judgement (cli, *image, *device, error))
    return FALSE;
  settle_supply (cli, *device, &plan_options.supply);
  *plan = fl_plan_new (*device, *image, &plan_options, error);
  return *plan != NULL;
}

static gboolean
run_program (FlCli *cli, char **arguments, GError **error)
{
  static const FlProgramResult nothing_done;
  g_autoptr (FlDevice) device = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlPlan) plan = NULL;
  g_autofree char *text = NULL;
  gboolean ready = prepare (cli, arguments[0], &image, &device, &plan, error);

  fl_cli_add_device (cli, device);
  fl_cli_add_int (cli, "baud", cli->session != NULL ? fl_session_get_baud (cli->session) : 0);
  if (!ready)
    {
      add_result (cli, &nothing_done, image);
      return FALSE;
    }
  if (!dry_run)
    return run_plan (cli, plan, image, error);
  text = fl_plan_to_text (plan);
  fl_cli_print (cli, "%s", text);
  fl_cli_add_string (cli, "plan", text);
  fl_cli_add_string (cli, "doubt", fl_plan_get_doubt (plan));
  fl_cli_add_int (cli, "pages_to_erase", fl_plan_get_n_erased (plan));
  fl_cli_add_int (cli, "bytes_to_write", (gint64) fl_plan_get_write_bytes (plan));
  fl_cli_add_string (cli, "sha256", fl_image_get_sha256 (image));
  return TRUE;
}

const FlCliCommand fl_cli_program_command = {
  .name = "program",
  .arguments = "FILE",
  .description = N_ ("write a file into the flash, and verify it"),
  .options = options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_program,
};
