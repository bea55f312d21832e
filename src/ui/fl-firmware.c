/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-firmware"

#include "fl-firmware.h"

#include <glib/gi18n.h>

#include "fl-error.h"
#include "fl-notebook.h"
#include "fl-program-width.h"
#include "fl-ui.h"

#define MAX_RECENT        8
#define RELOAD_DELAY_MS   300 /* a compiler writes a file in several steps */
#define USUAL_FLASH_START 0x08000000

struct _FlFirmware
{
  GObject parent_instance;

  GFile *file;
  GFileMonitor *monitor;
  guint reload_id;
  GCancellable *loading; /* NULL when nothing is being read */
  gboolean reloaded;
  GDateTime *read_time;
  FlImage *image;

  FlSession *session;
  double round_trip_ms; /* of the session's link */
  guint read_waits;     /* round trips that a block costs */
  guint write_waits;
  FlJudgement *judgement;
  FlPlan *plan;
  FlSupply supply;     /* of the session's board: what was said of it, now or earlier */
  gboolean whole_bank; /* the user agreed to lose all of bank 2 where it takes that */
  GError *error;
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlFirmware, fl_firmware, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/**
 * fl_firmware_get_device:
 * @self: a firmware
 *
 * Returns: (transfer none) (nullable): the device that was connected last
 */
FlDevice *
fl_firmware_get_device (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->session != NULL ? fl_session_get_device (self->session) : NULL;
}

/* How long it takes depends on the link as it is now, or was when it was last connected. */
static void
fl_firmware_set_link (FlFirmware *self)
{
  const FlConnectOptions *options = fl_session_get_options (self->session);
  FlDevice *device = fl_session_get_device (self->session);
  guint baud = fl_session_get_baud (self->session);
  FlLineSettings line = { 0, 8, options->parity, 1 };

  if (device->chip != NULL && device->chip->no_parity)
    line.parity = FL_PARITY_NONE;
  line.baud = baud > 0 ? baud : (options->baud > 0 ? options->baud : fl_line_settings_default.baud);
  fl_plan_set_link (self->plan, line.baud, fl_line_settings_get_bits (&line), self->round_trip_ms, self->read_waits,
                    self->write_waits);
}

static void
fl_firmware_plan (FlFirmware *self)
{
  FlDevice *device = fl_firmware_get_device (self);
  GSettings *settings = fl_ui_get_settings ();
  FlPlanOptions options = fl_plan_options_default;

  g_clear_object (&self->plan);
  g_clear_pointer (&self->judgement, fl_judgement_free);
  if (self->image == NULL || device == NULL)
    return;
  g_clear_error (&self->error);
  self->judgement = fl_judge_image (self->image, device->chip, device);
  options.erase = g_settings_get_boolean (settings, "erase-all") ? FL_ERASE_ALL : FL_ERASE_NEEDED;
  options.verify = g_settings_get_boolean (settings, "verify");
  options.keep_blank = !g_settings_get_boolean (settings, "skip-blank");
  options.preserve = g_settings_get_boolean (settings, "preserve") && options.erase != FL_ERASE_ALL;
  options.only_changed = g_settings_get_boolean (settings, "only-changed");
  options.whole_bank = self->whole_bank;
  options.supply = self->supply;
  if (self->judgement->verdict == FL_VERDICT_REFUSE && self->judgement->error != NULL)
    {
      self->error = g_error_copy (self->judgement->error);
      return;
    }
  if (device->protection == FL_PROTECTION_READOUT)
    {
      self->error = g_error_new_literal (FL_ERROR, FL_ERROR_PROTECTED,
                                         _ ("The chip is protected against reading and writing. Take the protection "
                                            "off first; that erases everything in it."));
      return;
    }
  self->plan = fl_plan_new (device, self->image, &options, &self->error);
  if (self->plan != NULL)
    fl_firmware_set_link (self);
}

static void
fl_firmware_changed (FlFirmware *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fl_firmware_replan (FlFirmware *self)
{
  fl_firmware_plan (self);
  fl_firmware_changed (self);
}

/**
 * fl_firmware_get_supply:
 * @self: a firmware
 *
 * Returns: what was said of the board that is connected; %FL_SUPPLY_UNKNOWN when nothing was
 */
FlSupply
fl_firmware_get_supply (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), FL_SUPPLY_UNKNOWN);

  return self->supply;
}

/**
 * fl_firmware_set_supply:
 * @self: a firmware
 * @supply: what the board that is connected is supplied with
 *
 * Plans anew. It is kept for this board; another one is asked about again.
 */
void
fl_firmware_set_supply (FlFirmware *self, FlSupply supply)
{
  g_autofree char *notebook = fl_notebook_dup_path ();
  g_autoptr (GError) error = NULL;

  g_return_if_fail (FL_IS_FIRMWARE (self));

  if (supply == self->supply || fl_firmware_get_device (self) == NULL)
    return;
  self->supply = supply;
  if (!fl_program_width_remember (notebook, fl_firmware_get_device (self), supply, &error))
    g_message ("The supply voltage could not be kept: %s", error->message);
  fl_firmware_replan (self);
}

/* What was agreed to was agreed with other options. */
static void
fl_firmware_options_cb (FlFirmware *self)
{
  self->whole_bank = FALSE;
  fl_firmware_replan (self);
}

/**
 * fl_firmware_get_address:
 * @self: a firmware
 *
 * Returns: where a raw binary goes: what the user said, else the start of flash
 */
guint32
fl_firmware_get_address (FlFirmware *self)
{
  FlDevice *device = fl_firmware_get_device (self);
  guint32 address = g_settings_get_uint (fl_ui_get_settings (), "binary-address");

  if (address != 0)
    return address;
  return device != NULL && device->layout != NULL ? fl_layout_get_start (device->layout) : USUAL_FLASH_START;
}

/**
 * fl_firmware_parse_address:
 * @text: "0x08004000", "08004000": hexadecimal either way
 * @address: (out): the address
 *
 * Returns: whether @text is an address of 32 bits
 */
gboolean
fl_firmware_parse_address (const char *text, guint32 *address)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *digits = stripped;
  guint64 value;

  if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
    digits += 2;
  if (!g_ascii_string_to_unsigned (digits, 16, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *address = (guint32) value;
  return TRUE;
}

/* Whether it was, or could not be, read for another address. */
static gboolean
fl_firmware_is_elsewhere (FlFirmware *self)
{
  return self->file != NULL
         && (self->image == NULL
             || (fl_image_get_format (self->image) == FL_IMAGE_BIN
                 && fl_image_get_start (self->image) != fl_firmware_get_address (self)));
}

static void
remember (GFile *file)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autofree char *uri = g_file_get_uri (file);
  g_auto (GStrv) old = g_settings_get_strv (settings, "recent-files");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) recent = NULL;
  guint n_kept = 1;

  g_strv_builder_add (builder, uri);
  for (guint i = 0; old[i] != NULL && n_kept < MAX_RECENT; i++)
    if (!g_str_equal (old[i], uri))
      {
        g_strv_builder_add (builder, old[i]);
        n_kept++;
      }
  recent = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "recent-files", (const char *const *) recent);
}

/* What the thread works on that reads a file. */
typedef struct
{
  GFile *file;
  guint32 address;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->file);
  g_free (reading);
}

/* Reads it, and makes out what it means: of 2 MiB in hexadecimal that takes longer than a frame. */
static void
read_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  const Reading *reading = task_data;
  g_autoptr (GError) error = NULL;
  FlImage *image = fl_image_load_file (reading->file, reading->address, cancellable, &error);

  if (image != NULL)
    g_task_return_pointer (task, image, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
fl_firmware_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlFirmware) self = user_data; /* the reference taken at the start */
  g_autoptr (GError) error = NULL;
  FlImage *image = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it is being read anew, or another one is */
  g_clear_object (&self->loading);
  g_clear_object (&self->image);
  g_clear_error (&self->error);
  self->image = image;
  self->error = g_steal_pointer (&error);
  if (image != NULL)
    {
      g_clear_pointer (&self->read_time, g_date_time_unref);
      self->read_time = g_date_time_new_now_local ();
      remember (self->file);
    }
  fl_firmware_replan (self);
}

/* What was read before stays until then, but for a plan with another address. */
static void
fl_firmware_load (FlFirmware *self)
{
  g_autoptr (GTask) task = NULL;
  Reading *reading = g_new (Reading, 1);

  if (fl_firmware_is_elsewhere (self))
    g_clear_object (&self->plan);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  reading->file = g_object_ref (self->file);
  reading->address = fl_firmware_get_address (self);
  /* Not as its source: the thread may be the last to let go of a task, and what goes with it goes there. */
  task = g_task_new (NULL, self->loading, fl_firmware_read_cb, g_object_ref (self));
  g_task_set_source_tag (task, fl_firmware_load);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_thread);
  fl_firmware_changed (self);
}

/* A raw binary moves with the address, and with the chip's start of flash. */
static void
fl_firmware_address_cb (FlFirmware *self)
{
  if (fl_firmware_is_elsewhere (self))
    fl_firmware_load (self);
}

static gboolean
fl_firmware_reload_cb (gpointer user_data)
{
  FlFirmware *self = user_data;

  self->reload_id = 0;
  self->reloaded = TRUE;
  fl_firmware_load (self);
  return G_SOURCE_REMOVE;
}

static void
fl_firmware_monitor_cb (FlFirmware *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  if (event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    return; /* what was read stays: many compilers delete a file and write it anew */
  g_clear_handle_id (&self->reload_id, g_source_remove);
  self->reload_id = g_timeout_add (RELOAD_DELAY_MS, fl_firmware_reload_cb, self);
}

/**
 * fl_firmware_open:
 * @self: a firmware
 * @file: what to read, and to watch
 *
 * Chooses a file. It is read without blocking; "changed" follows at the start and at the end.
 */
void
fl_firmware_open (FlFirmware *self, GFile *file)
{
  g_return_if_fail (FL_IS_FIRMWARE (self));
  g_return_if_fail (G_IS_FILE (file));

  g_set_object (&self->file, file);
  g_clear_object (&self->image);
  g_clear_error (&self->error);
  g_clear_handle_id (&self->reload_id, g_source_remove);
  self->reloaded = FALSE;
  self->whole_bank = FALSE;
  fl_firmware_plan (self);

  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL) /* a file system that cannot tell is not worth an error */
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (fl_firmware_monitor_cb), self, G_CONNECT_SWAPPED);
  fl_firmware_load (self);
}

/**
 * fl_firmware_set_session:
 * @self: a firmware
 * @session: (nullable): what is connected; no job may be running on it
 */
void
fl_firmware_set_session (FlFirmware *self, FlSession *session)
{
  g_autofree char *notebook = fl_notebook_dup_path ();
  FlDevice *device;
  FlBoot *boot;

  g_return_if_fail (FL_IS_FIRMWARE (self));

  g_set_object (&self->session, session);
  device = fl_firmware_get_device (self);
  self->supply = device != NULL ? fl_program_width_recall (notebook, device) : FL_SUPPLY_UNKNOWN;
  boot = session != NULL ? fl_session_get_boot (session) : NULL;
  if (boot != NULL)
    {
      self->round_trip_ms = fl_boot_get_round_trip_ms (boot);
      fl_boot_get_waits (boot, &self->read_waits, &self->write_waits);
    }
  fl_firmware_plan (self);
  if (self->image != NULL && fl_firmware_is_elsewhere (self))
    fl_firmware_load (self); /* and says so */
  else
    fl_firmware_changed (self);
}

GFile *
fl_firmware_get_file (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->file;
}

/**
 * fl_firmware_dup_name:
 * @self: a firmware
 *
 * Returns: (transfer full) (nullable): the file's name without its folder, for people
 */
char *
fl_firmware_dup_name (FlFirmware *self)
{
  g_autofree char *base = NULL;

  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  base = self->file != NULL ? g_file_get_basename (self->file) : NULL;
  return base != NULL ? g_filename_display_name (base) : NULL;
}

gboolean
fl_firmware_is_loading (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), FALSE);

  return self->loading != NULL;
}

GDateTime *
fl_firmware_get_read_time (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->read_time;
}

gboolean
fl_firmware_was_reloaded (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), FALSE);

  return self->reloaded;
}

FlImage *
fl_firmware_get_image (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->image;
}

const FlJudgement *
fl_firmware_get_judgement (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->judgement;
}

FlPlan *
fl_firmware_get_plan (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->plan;
}

const GError *
fl_firmware_get_error (FlFirmware *self)
{
  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  return self->error;
}

/**
 * fl_firmware_agree:
 * @self: a firmware
 *
 * The user agreed to what fl_firmware_dup_loss() says: where it takes that, the plan erases all of bank 2 from now on.
 * It holds until another file is chosen, or other options.
 */
void
fl_firmware_agree (FlFirmware *self)
{
  g_return_if_fail (FL_IS_FIRMWARE (self));

  if (self->plan == NULL || !fl_plan_needs_whole_bank (self->plan))
    return;
  self->whole_bank = TRUE;
  fl_firmware_replan (self);
}

/**
 * fl_firmware_refresh:
 * @self: a firmware
 *
 * Plans anew: a job may have found out more about the chip.
 */
void
fl_firmware_refresh (FlFirmware *self)
{
  g_return_if_fail (FL_IS_FIRMWARE (self));

  if (self->plan != NULL)
    fl_firmware_replan (self);
}

static void
fl_firmware_dispose (GObject *object)
{
  FlFirmware *self = FL_FIRMWARE (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_handle_id (&self->reload_id, g_source_remove);
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);
  g_clear_object (&self->image);
  g_clear_object (&self->session);
  g_clear_object (&self->plan);
  g_clear_pointer (&self->judgement, fl_judgement_free);
  g_clear_pointer (&self->read_time, g_date_time_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (fl_firmware_parent_class)->dispose (object);
}

static void
fl_firmware_class_init (FlFirmwareClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_firmware_dispose;

  signals[CHANGED] = g_signal_new ("changed", FL_TYPE_FIRMWARE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_firmware_init (FlFirmware *self)
{
  static const char *const keys[] = { "changed::erase-all", "changed::verify", "changed::skip-blank",
                                      "changed::preserve", "changed::only-changed" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_signal_connect_object (fl_ui_get_settings (), keys[i], G_CALLBACK (fl_firmware_options_cb), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (fl_ui_get_settings (), "changed::binary-address", G_CALLBACK (fl_firmware_address_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * fl_firmware_new:
 *
 * Returns: (transfer full): no file yet
 */
FlFirmware *
fl_firmware_new (void)
{
  return g_object_new (FL_TYPE_FIRMWARE, NULL);
}
