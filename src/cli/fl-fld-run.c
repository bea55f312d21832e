/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-fld-run.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-connect-job.h"
#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-fld-name.h"
#include "fl-port-job.h"

#ifdef G_OS_WIN32
#define NUMBERED_PORTS TRUE
#else
#define NUMBERED_PORTS FALSE
#endif

/**
 * fl_fld_run_job:
 *
 * Runs a job to its end, without a word. What is known of a failure, which is the last thing that happens, is kept.
 */
gboolean
fl_fld_run_job (FlFldRun *self, FlJob *job, GError **error)
{
  const FlExplanation *explanation;

  if (fl_cli_run_job (self->cli, job, error))
    return TRUE;
  explanation = fl_job_get_explanation (job);
  self->reason = explanation != NULL ? fl_explanation_to_text (explanation) : NULL;
  self->state = g_strdup (fl_job_get_board_state (job));
  return FALSE;
}

/* --- the port --- */

static void
close_session (FlFldRun *self)
{
  if (self->cli->session != NULL)
    fl_session_close (self->cli->session);
  g_clear_object (&self->cli->session);
  g_clear_pointer (&self->erased, g_free);
  self->left = FALSE;
}

/* The step that says which map the board behind a -c has; NULL: none does. */
static const FlFldStep *
find_identify (FlFldRun *self, guint connect)
{
  for (guint i = connect + 1; i < fl_fld_script_get_n_steps (self->script); i++)
    {
      const FlFldStep *step = fl_fld_script_get_step (self->script, i);

      if (step->kind == FL_FLD_CONNECT)
        return NULL;
      if (step->kind == FL_FLD_IDENTIFY && step->name != NULL)
        return step;
    }
  return NULL;
}

/* A map file is for chips that are not known: one that cannot be read matters then only, when it is missed. */
static FlDeclaration *
find_declaration (FlFldRun *self, guint connect)
{
  const FlFldStep *identify = find_identify (self, connect);
  g_autofree char *path = identify != NULL ? fl_fld_name_find_map (identify->name, self->program) : NULL;
  g_autoptr (FlStmap) map = path != NULL ? fl_stmap_load (path, NULL) : NULL;

  return map != NULL ? fl_declaration_new_for_map (map, NULL) : NULL;
}

static gboolean
run_port_job (FlFldRun *self, FlLines mask, FlLines lines, GError **error)
{
  g_autoptr (FlJob) job = fl_port_job_new (self->cli->session, mask, lines);

  return fl_fld_run_job (self, job, error);
}

static gboolean
open_port (FlFldRun *self, const FlFldStep *step, guint index, GError **error)
{
  g_autofree char *port = fl_fld_dup_port (step->port, NUMBERED_PORTS, error);

  if (port == NULL)
    return FALSE;
  close_session (self);
  g_clear_pointer (&self->options, fl_connect_options_free);
  self->options = fl_connect_options_new (port);
  self->options->baud = step->baud;
  self->options->parity = step->parity;
  self->options->two_stop_bits = step->two_stop_bits;
  self->options->listen = step->listen;
  self->options->timeout_s = (step->timeout_ms + 999) / 1000;
  self->options->declared = find_declaration (self, index);
  self->cli->session = fl_session_new (self->options);
  return run_port_job (self, 0, 0, error);
}

/* After the bootloader was left, the next one that answers may be another: it is called and described anew. */
static void
renew_session (FlFldRun *self)
{
  if (!self->left)
    return;
  close_session (self);
  self->cli->session = fl_session_new (self->options);
}

static gboolean
drive_line (FlFldRun *self, const FlFldStep *step, GError **error)
{
  gboolean ok;

  renew_session (self);
  ok = run_port_job (self, step->line, step->set ? step->line : 0, error);
  fl_fld_say (ok, "%s %s line", step->set ? "Set" : "Reset", step->line == FL_LINE_DTR ? "Dtr" : "Rts");
  return ok;
}

/* --- the board --- */

static void
note_declaration (FlFldRun *self, FlDevice *device)
{
  g_autoptr (GPtrArray) sentences = fl_device_explain_declaration (device, self->options->declared);

  for (guint i = 0; i < sentences->len; i++)
    fl_fld_note ("%s", (const char *) g_ptr_array_index (sentences, i));
}

/**
 * fl_fld_connect:
 *
 * Calls the bootloader, with the lines as the script left them, unless it was called before.
 *
 * Returns: (transfer none): the chip; %NULL with an error
 */
FlDevice *
fl_fld_connect (FlFldRun *self, GError **error)
{
  g_autoptr (FlJob) job = NULL;
  FlDevice *device;
  gboolean ok;

  renew_session (self);
  if (fl_session_get_device (self->cli->session) != NULL)
    return fl_session_get_device (self->cli->session);
  job = fl_connect_job_new (self->cli->session);
  ok = fl_fld_run_job (self, job, error);
  fl_fld_say (ok, "Activating device");
  if (!ok)
    return NULL;
  device = fl_session_get_device (self->cli->session);
  if (device->declaration != NULL)
    note_declaration (self, device);
  return device;
}

/* The chip is not known: where a map would help, or why the one that is there does not. */
static void
note_missing_map (FlFldRun *self, const char *name, FlDevice *device)
{
  g_autofree char *path = name != NULL ? fl_fld_name_find_map (name, self->program) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlStmap) map = path != NULL ? fl_stmap_load (path, &error) : NULL;
  g_autoptr (FlDeclaration) declared = map != NULL ? fl_declaration_new_for_map (map, &error) : NULL;

  if (error != NULL)
    fl_fld_note ("%s", error->message);
  else if (declared != NULL && self->options->declared != NULL)
    note_declaration (self, device);
  else
    fl_fld_note (_ ("This chip is not known. A map file Map/%s.STmap beside the program or in this folder says how its "
                    "flash is divided."),
                 name != NULL ? name : "NAME");
}

static gboolean
identify (FlFldRun *self, const FlFldStep *step, GError **error)
{
  FlDevice *device = fl_fld_connect (self, error);
  g_autofree char *name = NULL;
  g_autofree char *doubt = NULL;

  if (device == NULL)
    return FALSE;
  name = fl_device_dup_name (device);
  fl_fld_note (_ ("Found: %s, PID 0x%03X"), name, device->pid);
  doubt = step->name != NULL ? fl_fld_name_dup_doubt (step->name, device) : NULL;
  if (doubt != NULL)
    fl_fld_note (_ ("Warning: %s"), doubt);
  if (device->chip == NULL)
    note_missing_map (self, step->name, device);
  return TRUE;
}

/**
 * fl_fld_get_layout:
 *
 * Errors: those of connecting, %FL_ERROR_UNKNOWN_DEVICE.
 *
 * Returns: (transfer none): how the flash of the connected chip is divided
 */
FlLayout *
fl_fld_get_layout (FlFldRun *self, GError **error)
{
  FlDevice *device = fl_fld_connect (self, error);

  if (device != NULL && device->layout == NULL)
    g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                 _ ("The chip with the product ID 0x%03X is not known, nor how its flash is divided: nothing of it is "
                    "erased or written"),
                 device->pid);
  return device != NULL ? device->layout : NULL;
}

/**
 * fl_fld_find_codes:
 * @codes: guint
 *
 * Errors: %FL_ERROR_RANGE for a code that no sector has.
 *
 * Returns: (transfer full): one byte a sector: whether its code is among them
 */
guint8 *
fl_fld_find_codes (FlFldRun *self, const GArray *codes, GError **error)
{
  FlLayout *layout = fl_fld_get_layout (self, error);
  guint n = layout != NULL ? fl_layout_get_n_sectors (layout) : 0;
  g_autofree guint8 *found = g_malloc0 (n + 1);

  for (guint i = 0; n > 0 && i < codes->len; i++)
    {
      guint code = g_array_index (codes, guint, i);
      guint sector = 0;

      while (sector < n && fl_layout_get_sector (layout, sector)->code != code)
        sector++;
      if (sector == n)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                       _ ("This chip has no sector or page with the code %u: it has %u, with the codes %u to %u"), code,
                       n, fl_layout_get_sector (layout, 0)->code, fl_layout_get_sector (layout, n - 1)->code);
          return NULL;
        }
      found[sector] = TRUE;
    }
  return layout != NULL ? g_steal_pointer (&found) : NULL;
}

/**
 * fl_fld_set_erased:
 * @sectors: (nullable): one byte a sector; %NULL: all
 *
 * Notes that this script has erased them, and that it was proved by reading them back.
 */
void
fl_fld_set_erased (FlFldRun *self, const guint8 *sectors)
{
  FlDevice *device = fl_session_get_device (self->cli->session);
  guint n = device->layout != NULL ? fl_layout_get_n_sectors (device->layout) : 0;

  if (self->erased == NULL)
    self->erased = g_malloc0 (n + 1);
  for (guint i = 0; i < n; i++)
    if (sectors == NULL || sectors[i])
      self->erased[i] = TRUE;
}

/* --- the script --- */

static gboolean
run_step (FlFldRun *self, const FlFldStep *step, guint index, GError **error)
{
  gboolean ok;

  switch (step->kind)
    {
    case FL_FLD_CONNECT:
      ok = open_port (self, step, index, error);
      fl_fld_say (ok, "Opening Port");
      return ok;
    case FL_FLD_LINE:
      return drive_line (self, step, error);
    case FL_FLD_IDENTIFY:
      return identify (self, step, error);
    case FL_FLD_ERASE_ALL:
    case FL_FLD_ERASE_SOME:
      return fl_fld_erase (self, step, error);
    case FL_FLD_UPLOAD:
      return fl_fld_upload (self, step, error);
    case FL_FLD_DOWNLOAD:
      return fl_fld_download (self, step, error);
    case FL_FLD_RUN:
      return fl_fld_start (self, step, error);
    case FL_FLD_PROTECT_WRITE:
    case FL_FLD_UNPROTECT_WRITE:
    case FL_FLD_PROTECT_READ:
    case FL_FLD_UNPROTECT_READ:
      return fl_fld_protect (self, step, error);
    case FL_FLD_GET_OPTIONS:
      return fl_fld_get_options (self, step, error);
    case FL_FLD_SET_OPTIONS:
    case FL_FLD_SET_VALUES:
      return fl_fld_set_options (self, step, error);
    case FL_FLD_HELP:
    default:
      return TRUE;
    }
}

/* Whether a step before this one writes the file that it reads. */
static gboolean
is_made_before (FlFldRun *self, guint index)
{
  const char *path = fl_fld_script_get_step (self->script, index)->path;

  for (guint i = 0; i < index; i++)
    {
      const FlFldStep *step = fl_fld_script_get_step (self->script, i);

      if ((step->kind == FL_FLD_UPLOAD || step->kind == FL_FLD_GET_OPTIONS) && g_str_equal (step->path, path))
        return TRUE;
    }
  return FALSE;
}

/* A file that cannot be read is known before the flash is erased for it. */
static gboolean
check_files (FlFldRun *self, GError **error)
{
  for (guint i = 0; i < fl_fld_script_get_n_steps (self->script); i++)
    {
      const FlFldStep *step = fl_fld_script_get_step (self->script, i);
      gboolean reads = step->kind == FL_FLD_DOWNLOAD || step->kind == FL_FLD_SET_OPTIONS;
      g_autoptr (FlImage) image = NULL;

      if (!reads || is_made_before (self, i))
        continue;
      image = fl_image_load (step->path, step->address, self->cli->cancellable, error);
      if (image != NULL)
        continue;
      if (!g_file_test (step->path, G_FILE_TEST_EXISTS))
        fl_fld_say (FALSE, "file does not exist %s", step->path);
      else
        fl_fld_say (FALSE, "cannot open file %s", step->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_script (FlFldRun *self, GError **error)
{
  if (!check_files (self, error))
    return FALSE;
  for (guint i = 0; i < fl_fld_script_get_n_steps (self->script); i++)
    if (!run_step (self, fl_fld_script_get_step (self->script, i), i, error))
      return FALSE;
  return TRUE;
}

/* What the old program said to a failure, where that tells anything: scripts may look for it. */
static void
print_old_words (const GError *error)
{
  int exit_code = fl_error_get_exit_code (error);

  if (exit_code == 2)
    g_print ("Cannot open the com port, the port may \n be used by another application\n");
  else if (g_error_matches (error, FL_ERROR, FL_ERROR_NO_ANSWER))
    g_print ("No response from the target, the Boot loader can not be started. \nPlease, verify the boot mode "
             "configuration, reset your device then try again.\n");
}

static int
report (FlFldRun *self, const GError *error)
{
  int exit_code = error != NULL ? fl_error_get_exit_code (error) : 0;

  if (error == NULL)
    return 0;
  print_old_words (error);
  g_print ("\n");
  fl_fld_note ("%s", error->message);
  if (self->reason != NULL)
    fl_fld_note ("%s", self->reason);
  if (self->state != NULL)
    fl_fld_note (_ ("State of the board: %s"), self->state);
  /* Translators: a short code such as "no-answer", then the exit code */
  fl_fld_note (_ ("Error: %s, exit code %d"), fl_error_get_code (error), exit_code);
  return exit_code;
}

static void
print_help (void)
{
  g_print (
      "%s",
      _ ("The arguments are a script of STMFlashLoader.exe, done from left to right; letter case does not matter.\n"
         "  -?                     this text; “flashloader-cli --help” for everything else\n"
         "  -c --pn N|PATH --br BAUD --db 8 --pr NONE|ODD|EVEN --sb 1|1.5|2 --ec OFF|LISTEN --to MS --co ON|OFF\n"
         "                         open the port: 5 is COM5; elsewhere a path, or sim:0x410 to practise\n"
         "  -Dtr --Hi|--Lo  -Rts --Hi|--Lo\n"
         "                         set or clear a line, as often as wanted\n"
         "  -i [NAME]              call the bootloader; the chip is recognised, NAME is compared with it\n"
         "  -e --all | --sec N CODE…\n"
         "                         erase\n"
         "  -d --a ADDRESS --fn FILE --v --o\n"
         "                         write a file, which erases nothing; --v: verify, --o: skip what is blank\n"
         "  -u --fn FILE           read the whole flash\n"
         "  -r --a ADDRESS         start the application\n"
         "  -p --ewp N CODE… | --dwp | --erp | --drp\n"
         "                         write protection on, off; readout protection on, off (off erases everything)\n"
         "  -o --get --fn FILE | --set --fn FILE | --set --vals --RDP x --User x --Data0 x --Data1 x --WRP0 x …\n"
         "                         option bytes\n"
         "  -v                     nothing, as before\n"
         "Nothing is asked and no key is waited for: what a script says is agreed to.\n"
         "Exit codes: 0 done, 1 usage, 2 port, 3 no bootloader answer, 4 communication failed,\n"
         "5 refused by the device, 6 verify failed, 7 bad file, 8 image does not fit, 9 cancelled.\n"));
}

static gboolean
asks_for_help (const FlFldScript *script)
{
  for (guint i = 0; i < fl_fld_script_get_n_steps (script); i++)
    if (fl_fld_script_get_step (script, i)->kind == FL_FLD_HELP)
      return TRUE;
  return FALSE;
}

/**
 * fl_fld_main:
 * @cli: with a cancellable; its session is closed by the caller
 * @arguments: (array zero-terminated=1): the program's name, and the script
 *
 * Carries out a command line in the grammar of STMFlashLoader.exe.
 *
 * Returns: the exit code (DESIGN.md §5)
 */
int
fl_fld_main (FlCli *cli, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlFldScript) script = fl_fld_script_parse (arguments + 1, &error);
  FlFldRun run = { .cli = cli, .script = script, .program = arguments[0] };
  int exit_code;

  cli->quiet = TRUE; /* the lines are those of the old program */
  if (script != NULL && asks_for_help (script))
    {
      print_help ();
      return 0;
    }
  if (script != NULL)
    run_script (&run, &error);
  exit_code = report (&run, error);
  g_clear_pointer (&run.options, fl_connect_options_free);
  g_free (run.erased);
  g_free (run.reason);
  g_free (run.state);
  return exit_code;
}
