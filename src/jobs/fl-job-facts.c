/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-job-facts.h"

#include "fl-boot0.h"
#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-port-errors.h"
#include "fl-trace-facts.h"
#include "fl-write-protect.h"

/**
 * fl_job_facts_add:
 * @other: what is newer, or better known: it takes the place of what @facts has
 */
void
fl_job_facts_add (FlFacts *facts, const FlFacts *other)
{
  g_autoptr (GPtrArray) names = NULL;

  g_return_if_fail (facts != NULL && other != NULL);
  names = fl_facts_dup_names (other);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *text = fl_facts_get_text (other, name);

      fl_facts_set (facts, name, fl_facts_get (other, name));
      if (text != NULL)
        fl_facts_say (facts, name, "%s", text);
    }
}

/**
 * fl_job_facts_take_options:
 * @in_use: (nullable): how the line is set now
 *
 * Sets the "set." facts: what the user has chosen, or the program where the choice was left to it; and the "chip."
 * facts where the user says which chip it is.
 */
void
fl_job_facts_take_options (FlFacts *facts, const FlConnectOptions *options, const FlLineSettings *in_use)
{
  static const char *const parities[] = {
    [FL_PARITY_NONE] = "none",
    [FL_PARITY_EVEN] = "even",
    [FL_PARITY_ODD] = "odd",
  };
  static const char *const entries[] = {
    [FL_ENTRY_MANUAL] = "manual",
    [FL_ENTRY_DTR_RTS] = "lines",
    [FL_ENTRY_APP] = "app",
  };

  g_return_if_fail (facts != NULL && options != NULL);
  if (options->baud > 0)
    fl_facts_set_number (facts, "set.baud", options->baud);
  else if (in_use != NULL)
    fl_facts_set_number (facts, "set.baud", in_use->baud);
  fl_facts_set (facts, "set.parity", parities[options->parity]);
  fl_facts_set (facts, "set.entry", entries[options->entry]);
  if (options->pid < 0)
    return;
  fl_facts_take_chip (facts, fl_chip_db_find ((guint16) options->pid));
  fl_facts_set (facts, "chip.from", "user");
}

/**
 * fl_job_facts_take_device:
 *
 * Sets what the chip has told of itself when it was connected.
 */
void
fl_job_facts_take_device (FlFacts *facts, FlDevice *device)
{
  g_autofree char *pid = NULL;
  g_autofree char *version = NULL;
  FlBoot0 boot0;

  g_return_if_fail (facts != NULL && FL_IS_DEVICE (device));
  pid = g_strdup_printf ("0x%03X", device->pid);
  version = g_strdup_printf ("0x%02X", device->bootloader_version);
  fl_facts_set (facts, "id.pid", pid);
  fl_facts_set (facts, "id.version", version);
  fl_facts_set_flag (facts, "id.known", device->chip != NULL && device->declaration == NULL);
  if (device->n_commands > 0)
    {
      g_autofree char *commands = fl_bytes_to_hex (device->commands, device->n_commands, device->n_commands);

      fl_facts_set (facts, "id.get", commands);
    }
  fl_facts_take_chip (facts, device->chip);
  fl_facts_set (facts, "chip.from", "board");
  if (device->protection == FL_PROTECTION_READOUT)
    fl_facts_set (facts, "read.flash", "nack-command");
  else if (device->protection == FL_PROTECTION_NONE)
    fl_facts_set_flag (facts, "flash.blank", device->blank);
  if (device->options == NULL)
    return;
  boot0 = fl_boot0_get (device->options);
  if (boot0 != FL_BOOT0_UNKNOWN)
    {
      fl_facts_set_flag (facts, "options.boot0-ignored", boot0 == FL_BOOT0_FLASH || boot0 == FL_BOOT0_LOCKED);
      fl_facts_set_flag (facts, "options.boot-forced", boot0 == FL_BOOT0_ROM);
    }
  if (device->layout != NULL)
    {
      g_autofree guint8 *sectors = fl_write_protect_get (device->options, device->layout);
      guint n = sectors != NULL ? fl_layout_get_n_sectors (device->layout) : 0;

      if (n > 0)
        fl_facts_set_flag (facts, "options.write-protected", memchr (sectors, TRUE, n) != NULL);
    }
}

/**
 * fl_job_facts_take_surroundings:
 *
 * Sets what is known of the adapter, and of what else is plugged.
 */
void
fl_job_facts_take_surroundings (FlFacts *facts, const FlSurroundings *around)
{
  static const char *const kinds[] = {
    [FL_PORT_NATIVE] = "native", [FL_PORT_USB] = "usb",           [FL_PORT_BLUETOOTH] = "bluetooth",
    [FL_PORT_OTHER] = "other",   [FL_PORT_PRACTICE] = "practice",
  };

  g_return_if_fail (facts != NULL && around != NULL);
  if (around->port != NULL)
    fl_facts_set (facts, "port.kind", kinds[fl_port_info_get_kind (around->port)]);
  if (around->port != NULL && fl_port_info_get_vid (around->port) >= 0)
    {
      guint vid = (guint) fl_port_info_get_vid (around->port);
      int pid = fl_port_info_get_pid (around->port);
      g_autofree char *usb =
          pid >= 0 ? g_strdup_printf ("%04x:%04x", vid, (guint) pid) : g_strdup_printf ("%04x:", vid);

      fl_facts_set (facts, "port.usb", usb);
    }
  if (around->driver != NULL)
    fl_facts_set (facts, "port.driver", around->driver);
  fl_facts_set_flag (facts, "host.dfu", around->has_dfu);
  fl_facts_set_flag (facts, "host.st-link", around->has_st_link);
}

/**
 * fl_job_facts_find_chip:
 *
 * Returns: (transfer none) (nullable): the chip as it says itself, or else as the user had said
 */
const FlChip *
fl_job_facts_find_chip (const FlFacts *facts)
{
  static const char *const names[] = { "id.pid", "chip.pid" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *pid = fl_facts_get (facts, names[i]);
      guint64 number = pid != NULL ? g_ascii_strtoull (pid, NULL, 16) : 0;
      const FlChip *chip = number > 0 && number <= G_MAXUINT16 ? fl_chip_db_find ((guint16) number) : NULL;

      if (chip != NULL)
        return chip;
    }
  return NULL;
}

/* One row for each way in which opening a port ends. */
static const struct
{
  FlError code;
  const char *open;
} port_errors[] = {
  { FL_ERROR_PORT_MISSING, "missing" }, { FL_ERROR_PORT_PERMISSION, "permission" }, { FL_ERROR_PORT_BUSY, "busy" },
  { FL_ERROR_PORT_UNFIT, "unfit" },     { FL_ERROR_PORT_FAILED, "failed" },
};

/**
 * fl_job_facts_take_error:
 * @stage: where it happened
 * @error: what a job failed with; being cancelled is no failure
 *
 * Sets the "fail." facts, and what the error says of the port.
 */
void
fl_job_facts_take_error (FlFacts *facts, FlStage stage, const GError *error)
{
  g_return_if_fail (facts != NULL && error != NULL);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  fl_facts_set (facts, "fail.stage", stage != FL_STAGE_IDLE ? fl_stage_get_id (stage) : NULL);
  fl_facts_set (facts, "fail.code", fl_error_get_code (error));
  for (guint i = 0; i < G_N_ELEMENTS (port_errors); i++)
    if (g_error_matches (error, FL_ERROR, port_errors[i].code))
      {
        fl_facts_set (facts, "port.open", port_errors[i].open);
        fl_facts_say (facts, "port.open", "%s", error->message);
      }
  if (g_error_matches (error, FL_ERROR, FL_ERROR_PORT_GONE))
    fl_facts_set_flag (facts, "port.gone", TRUE);
  if (g_error_matches (error, FL_ERROR, FL_ERROR_ERASE))
    fl_facts_set_flag (facts, "erase.unchanged", TRUE);
}

/**
 * fl_job_facts_take_port:
 * @port: the port that the job uses, or tried to
 *
 * Sets what it is called, and where it is in use, by whom. The latter looks through /proc: for a worker.
 */
void
fl_job_facts_take_port (FlFacts *facts, const char *port)
{
  g_autofree char *label = NULL;
  g_autofree char *name = NULL;
  g_autofree char *holder = NULL;
  g_autofree char *program = NULL;

  g_return_if_fail (facts != NULL && port != NULL);
  label = fl_transport_dup_label (port);
  name = g_utf8_make_valid (label, -1);
  fl_facts_set (facts, "port.name", name);
  if (g_strcmp0 (fl_facts_get (facts, "port.open"), "busy") != 0)
    return;
  holder = fl_port_errors_dup_holder (port);
  program = holder != NULL ? g_utf8_make_valid (holder, -1) : NULL;
  fl_facts_set (facts, "port.holder", program);
}

/* What the traffic of this job shows. */
static void
fl_job_take_trace_facts (FlJob *self, FlFacts *facts)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  FlTrace *trace = fl_session_get_trace (priv->session);
  g_autoptr (GPtrArray) exchanges = fl_decode_trace (trace, priv->first_record, fl_trace_get_end (trace));

  fl_trace_facts_take (exchanges, FL_TRACE_OURS, facts);
}

/**
 * fl_job_conclude_facts:
 * @stage: where the job is
 * @error: (nullable): what it failed with
 *
 * Worker, at the job's end: all that it has seen, from its traffic, its settings, the chip, and its own findings, which
 * know better than the traffic.
 */
void
fl_job_conclude_facts (FlJob *self, FlStage stage, const GError *error)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autoptr (FlFacts) own = g_steal_pointer (&priv->facts);
  FlFacts *facts = fl_facts_new ();
  FlTransport *transport = fl_session_get_transport (priv->session);
  FlDevice *device = fl_session_get_device (priv->session);
  FlLineSettings settings;

  if (!FL_JOB_GET_CLASS (self)->own_facts)
    fl_job_take_trace_facts (self, facts);
  fl_facts_set (facts, "fail.stage", NULL); /* this program goes on where others give up: the job knows */
  if (transport != NULL)
    {
      fl_transport_get_settings (transport, &settings);
      fl_facts_set (facts, "port.open", "ok");
    }
  fl_job_facts_take_options (facts, fl_session_get_options (priv->session), transport != NULL ? &settings : NULL);
  if (device != NULL)
    fl_job_facts_take_device (facts, device);
  if (error != NULL)
    fl_job_facts_take_error (facts, stage, error);
  if (fl_session_get_options (priv->session)->port != NULL)
    fl_job_facts_take_port (facts, fl_session_get_options (priv->session)->port);
  fl_job_facts_add (facts, own);
  priv->facts = facts;
}

/**
 * fl_job_get_own_facts:
 *
 * Returns: (transfer none): where a kind of job puts what it alone can know. Worker.
 */
FlFacts *
fl_job_get_own_facts (FlJob *self)
{
  return fl_job_get_private (self)->facts;
}

/**
 * fl_job_get_facts:
 *
 * Returns: (transfer none) (nullable): what the job has seen, after it ended; %NULL before
 */
const FlFacts *
fl_job_get_facts (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return priv->used && !priv->running ? priv->facts : NULL;
}
