/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-private.h"

G_DEFINE_FINAL_TYPE (FlBoot, fl_boot, G_TYPE_OBJECT)

/* For a chip of which nothing is known: the slowest of all families (AN3155 gives no times; the erase times are those
 * of a 128 KiB sector programmed byte by byte, and of the mass erase of 2 MiB). */
const FlBootLimits fl_boot_limits_default = {
  .answer_ms = 1000,
  .program_ms = 1000,
  .erase_page_ms = 5000,
  .erase_mass_ms = 40000,
  .option_ms = 2000,
  .startup_ms = 600,
  .max_pages = FL_BOOT_MAX_PAGES,
};

/**
 * fl_command_get_name:
 * @command: the first byte of a command
 *
 * The names are AN3155's own and are not translated: one looks them up there.
 *
 * Returns: (nullable): "Read Memory"; %NULL when AN3155 has no such command
 */
const char *
fl_command_get_name (guint8 command)
{
  static const struct
  {
    guint8 code;
    const char *name;
  } names[] = {
    { FL_COMMAND_GET, "Get" },
    { FL_COMMAND_GET_VERSION, "Get Version" },
    { FL_COMMAND_GET_ID, "Get ID" },
    { FL_COMMAND_READ, "Read Memory" },
    { FL_COMMAND_GO, "Go" },
    { FL_COMMAND_WRITE, "Write Memory" },
    { FL_COMMAND_ERASE, "Erase" },
    { FL_COMMAND_EXTENDED_ERASE, "Extended Erase" },
    { FL_COMMAND_SPECIAL, "Special" },
    { FL_COMMAND_EXTENDED_SPECIAL, "Extended Special" },
    { FL_COMMAND_WRITE_PROTECT, "Write Protect" },
    { FL_COMMAND_WRITE_UNPROTECT, "Write Unprotect" },
    { FL_COMMAND_READOUT_PROTECT, "Readout Protect" },
    { FL_COMMAND_READOUT_UNPROTECT, "Readout Unprotect" },
    { FL_COMMAND_GET_CHECKSUM, "Get Checksum" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].code == command)
      return names[i].name;
  return NULL;
}

static void
fl_boot_finalize (GObject *object)
{
  FlBoot *self = FL_BOOT (object);

  g_clear_object (&self->transport);
  G_OBJECT_CLASS (fl_boot_parent_class)->finalize (object);
}

static void
fl_boot_class_init (FlBootClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_boot_finalize;
}

static void
fl_boot_init (FlBoot *self)
{
  self->limits = fl_boot_limits_default;
  self->max_retries = 3;
  self->read_size = FL_BOOT_MAX_BLOCK;
}

/**
 * fl_boot_new:
 * @transport: the line, which stays open for as long as this lives
 *
 * Returns: (transfer full): the host's side of the protocol, not yet synchronised
 */
FlBoot *
fl_boot_new (FlTransport *transport)
{
  FlBoot *self;

  g_return_val_if_fail (FL_IS_TRANSPORT (transport), NULL);
  self = g_object_new (FL_TYPE_BOOT, NULL);
  self->transport = g_object_ref (transport);
  self->last_sent = fl_transport_get_time (transport);
  return self;
}

/* Returns: (transfer none): the line */
FlTransport *
fl_boot_get_transport (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), NULL);
  return self->transport;
}

/**
 * fl_boot_set_limits:
 * @limits: what the chip's row says; a time or count of 0 takes that of fl_boot_limits_default
 */
void
fl_boot_set_limits (FlBoot *self, const FlBootLimits *limits)
{
  const FlBootLimits *defaults = &fl_boot_limits_default;

  g_return_if_fail (FL_IS_BOOT (self));
  g_return_if_fail (limits != NULL);
  self->limits = *limits;
  self->limits.answer_ms = limits->answer_ms > 0 ? limits->answer_ms : defaults->answer_ms;
  self->limits.program_ms = limits->program_ms > 0 ? limits->program_ms : defaults->program_ms;
  self->limits.erase_page_ms = limits->erase_page_ms > 0 ? limits->erase_page_ms : defaults->erase_page_ms;
  self->limits.erase_mass_ms = limits->erase_mass_ms > 0 ? limits->erase_mass_ms : defaults->erase_mass_ms;
  self->limits.option_ms = limits->option_ms > 0 ? limits->option_ms : defaults->option_ms;
  self->limits.startup_ms = limits->startup_ms > 0 ? limits->startup_ms : defaults->startup_ms;
  self->limits.max_pages = limits->max_pages > 0 ? MIN (limits->max_pages, FL_BOOT_MAX_PAGES) : defaults->max_pages;
}

/* Returns: (transfer none): the limits in force, without zeros */
const FlBootLimits *
fl_boot_get_limits (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), NULL);
  return &self->limits;
}

/**
 * fl_boot_set_max_retries:
 * @n_retries: how often one exchange may be tried again; 0 takes every answer at its word
 */
void
fl_boot_set_max_retries (FlBoot *self, guint n_retries)
{
  g_return_if_fail (FL_IS_BOOT (self));
  self->max_retries = n_retries;
}

/**
 * fl_boot_set_retry_func:
 * @func: (nullable): is told of each repeat, in the thread that runs the command
 */
void
fl_boot_set_retry_func (FlBoot *self, FlBootRetryFunc func, gpointer user_data)
{
  g_return_if_fail (FL_IS_BOOT (self));
  self->retry_func = func;
  self->retry_data = user_data;
}

/* Returns: how many exchanges had to be repeated since this was made */
guint
fl_boot_get_n_retries (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), 0);
  return self->n_retries;
}

/**
 * fl_boot_get_round_trip_ms:
 *
 * What the adapter and the chip add to the time that the bytes need on the wire, for one packet and its answer.
 *
 * Returns: milliseconds, the shortest of all Get ID commands; 0 when there was none
 */
double
fl_boot_get_round_trip_ms (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), 0);
  return self->round_trip_ms;
}
