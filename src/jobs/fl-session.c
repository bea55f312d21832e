/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-session-private.h"

#include <glib/gi18n-lib.h>

#include "fl-describe.h"
#include "fl-error.h"
#include "fl-listen-transport.h"
#include "fl-thread.h"
#include "fl-trace-transport.h"

/* For the begin of a session and its latest part. At the end of a job they are decoded, which takes as much again. */
#define TRACE_BYTES (8 * 1024 * 1024)

struct _FlSession
{
  GObject parent_instance;

  FlConnectOptions *options; /* constant */
  FlTrace *trace;            /* constant; locks by itself */

  FlThreadOwner owner; /* of what follows: the worker while a job runs */
  FlTransport *transport;
  FlBoot *boot;
  gint64 clock_offset; /* what to take from the transport's clock to get the session's, microseconds */
  gint64 elapsed;      /* the session's clock when the port was last given back */
  gboolean stale;      /* a job broke off: the bootloader may wait for the rest of a command */
  gboolean climbed;    /* the rate is higher than the usual one, and was chosen by the program */
  guint damage_before; /* repeats that the bootloader's side had counted when the rate was set */
  guint n_damaged;     /* blocks that were read wrong at this rate, without any sign of it on the line */
  FlSupply supply;     /* what the bootloader was told of the supply voltage since its last reset */
  FlChecksumTrust checksum;

  FlDevice *device;   /* atomic: set by the worker; what it points to is constant */
  GPtrArray *devices; /* the worker's: all that device ever was, kept for those who still read them */
  int open;           /* atomic */
  guint baud;         /* atomic */

  gboolean busy;       /* main context: a job runs */
  gboolean connected;  /* main context: as last announced */
  FlDevice *announced; /* (unowned) main context */
};

enum
{
  PROP_0,
  PROP_CONNECTED,
  PROP_DEVICE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FlSession, fl_session, G_TYPE_OBJECT)

/**
 * fl_connect_options_new:
 * @port: what fl_transport_open() takes
 *
 * Returns: (transfer full): automatic speed, even parity, BOOT0 and reset by hand, the chip's own ID
 */
FlConnectOptions *
fl_connect_options_new (const char *port)
{
  FlConnectOptions *self = g_new0 (FlConnectOptions, 1);

  self->port = g_strdup (port);
  self->parity = FL_PARITY_EVEN;
  self->entry = FL_ENTRY_MANUAL;
  self->pid = -1;
  return self;
}

FlConnectOptions *
fl_connect_options_copy (const FlConnectOptions *self)
{
  FlConnectOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->port = g_strdup (self->port);
  copy->preset = g_strdup (self->preset);
  copy->notebook = g_strdup (self->notebook);
  if (self->declared != NULL)
    fl_declaration_ref (self->declared);
  return copy;
}

void
fl_connect_options_free (FlConnectOptions *self)
{
  if (self == NULL)
    return;
  g_free (self->port);
  g_free (self->preset);
  g_free (self->notebook);
  g_clear_pointer (&self->declared, fl_declaration_unref);
  g_free (self);
}

/**
 * fl_session_new:
 * @options: how to reach the board; copied
 *
 * Returns: (transfer full): a session that is closed until a connect job has run
 */
FlSession *
fl_session_new (const FlConnectOptions *options)
{
  FlSession *self;

  g_return_val_if_fail (options != NULL && options->port != NULL, NULL);

  self = g_object_new (FL_TYPE_SESSION, NULL);
  self->options = fl_connect_options_copy (options);
  return self;
}

const FlConnectOptions *
fl_session_get_options (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), NULL);
  return self->options;
}

FlTrace *
fl_session_get_trace (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), NULL);
  return self->trace;
}

FlDevice *
fl_session_get_device (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), NULL);
  return g_atomic_pointer_get (&self->device);
}

FlTransport *
fl_session_get_transport (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), NULL);
  FL_ASSERT_OWNER (&self->owner);
  return self->transport;
}

FlBoot *
fl_session_get_boot (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), NULL);
  FL_ASSERT_OWNER (&self->owner);
  return self->boot;
}

/**
 * fl_session_is_connected:
 *
 * Returns: whether the port is open and the device known; any thread
 */
gboolean
fl_session_is_connected (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), FALSE);
  return g_atomic_int_get (&self->open) && g_atomic_pointer_get (&self->device) != NULL;
}

guint
fl_session_get_baud (FlSession *self)
{
  g_return_val_if_fail (FL_IS_SESSION (self), 0);
  return (guint) g_atomic_int_get (&self->baud);
}

/**
 * fl_session_get_elapsed:
 *
 * Returns: microseconds since the port was first opened, on the transport's clock; stands still while it is closed
 */
gint64
fl_session_get_elapsed (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  return self->transport != NULL ? fl_transport_get_time (self->transport) - self->clock_offset : self->elapsed;
}

static void
fl_session_drop_transport (FlSession *self)
{
  if (self->transport == NULL)
    return;
  self->elapsed = fl_session_get_elapsed (self);
  fl_transport_close (self->transport);
  self->n_damaged = fl_session_count_damage (self);
  g_clear_object (&self->boot);
  g_clear_object (&self->transport);
  g_atomic_int_set (&self->open, FALSE);
  g_atomic_int_set (&self->baud, 0);
}

/**
 * fl_session_close:
 *
 * Gives the port back; trace and device stay. In the main context while no job runs, or in the worker.
 */
void
fl_session_close (FlSession *self)
{
  g_return_if_fail (FL_IS_SESSION (self));
  FL_ASSERT_OWNER (&self->owner);

  fl_session_drop_transport (self);
  if (!self->busy)
    {
      fl_session_announce (self);
      fl_thread_owner_release (&self->owner);
    }
}

/**
 * fl_session_open:
 * @settings: baud rate and frame
 *
 * Opens the port anew, with a trace of all that passes. Worker.
 *
 * Errors: those of fl_transport_open().
 */
gboolean
fl_session_open (FlSession *self, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_autoptr (FlTransport) inner = NULL;
  g_autoptr (FlTransport) listening = NULL;

  g_return_val_if_fail (FL_IS_SESSION (self) && settings != NULL, FALSE);
  FL_ASSERT_WORKER ();
  FL_ASSERT_OWNER (&self->owner);

  fl_session_drop_transport (self);
  inner = fl_transport_open (self->options->port, settings, cancellable, error);
  if (inner == NULL)
    return FALSE;
  listening = self->options->listen ? fl_listen_transport_new (inner) : NULL;
  self->transport = fl_trace_transport_new (listening != NULL ? listening : inner, self->trace);
  self->clock_offset = fl_transport_get_time (self->transport) - self->elapsed;
  self->boot = fl_boot_new (self->transport);
  self->stale = FALSE;
  self->supply = FL_SUPPLY_UNKNOWN;
  self->checksum = FL_CHECKSUM_UNTRIED;
  fl_session_set_climbed (self, FALSE);
  g_atomic_int_set (&self->open, TRUE);
  g_atomic_int_set (&self->baud, (int) settings->baud);
  return TRUE;
}

/**
 * fl_session_set_line:
 *
 * Changes baud rate or frame of the open port. Worker.
 */
gboolean
fl_session_set_line (FlSession *self, const FlLineSettings *settings, GError **error)
{
  FL_ASSERT_OWNER (&self->owner);
  g_return_val_if_fail (self->transport != NULL, FALSE);

  if (!fl_transport_set_settings (self->transport, settings, error))
    return FALSE;
  g_atomic_int_set (&self->baud, (int) settings->baud);
  return TRUE;
}

/**
 * fl_session_enter_bootloader:
 *
 * Resets the board by the adapter's lines, as the options say they are wired, and gives its bootloader time to start.
 * The first byte at it must be 0x7F. Worker.
 *
 * Errors: %FL_ERROR_USAGE when there is no such wiring; those of the line.
 */
gboolean
fl_session_enter_bootloader (FlSession *self, GCancellable *cancellable, GError **error)
{
  const char *id = self->options->preset != NULL ? self->options->preset : "";
  const FlEntryPreset *preset = fl_entry_preset_find (id);

  FL_ASSERT_OWNER (&self->owner);
  g_return_val_if_fail (self->transport != NULL, FALSE);

  if (preset == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("There is no arrangement of DTR and RTS called “%s”."), id);
      return FALSE;
    }
  fl_session_set_supply (self, FL_SUPPLY_UNKNOWN);
  return fl_entry_run (self->transport, preset->enter, cancellable, error)
         && fl_transport_sleep (self->transport, fl_boot_get_limits (self->boot)->startup_ms, cancellable, error);
}

/**
 * fl_session_set_climbed:
 * @climbed: whether the rate in use is one that nobody asked for, and higher than the usual one
 *
 * From now on damage is counted anew. Worker.
 */
void
fl_session_set_climbed (FlSession *self, gboolean climbed)
{
  FL_ASSERT_OWNER (&self->owner);
  self->climbed = climbed;
  self->damage_before = fl_boot_get_n_retries (self->boot);
  self->n_damaged = 0;
}

gboolean
fl_session_has_climbed (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  return self->climbed && self->boot != NULL;
}

/* Something was read wrong, and right the second time. Worker. */
void
fl_session_add_damage (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  self->n_damaged++;
}

/* Returns: what went wrong on the line since the rate was set, up to when the port was closed. Worker. */
guint
fl_session_count_damage (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  if (self->boot == NULL)
    return self->n_damaged;
  return fl_boot_get_n_retries (self->boot) - self->damage_before + self->n_damaged;
}

/**
 * fl_session_set_supply:
 * @supply: what the bootloader has taken for the supply voltage; it forgets it at each reset
 *
 * How long it may take to erase and to program goes by that. Worker.
 */
void
fl_session_set_supply (FlSession *self, FlSupply supply)
{
  FlDevice *device = fl_session_get_device (self);

  FL_ASSERT_OWNER (&self->owner);
  self->supply = supply;
  if (device != NULL && device->chip != NULL && device->chip->supply_address != 0)
    fl_describe_set_limits (self->boot, device->chip, device->bootloader_id, supply);
}

FlSupply
fl_session_get_supply (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  return self->supply;
}

/* What has become known of the bootloader's Get Checksum since the port was opened. Worker. */
void
fl_session_set_checksum (FlSession *self, FlChecksumTrust trust)
{
  FL_ASSERT_OWNER (&self->owner);
  self->checksum = trust;
}

FlChecksumTrust
fl_session_get_checksum (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  return self->checksum;
}

/**
 * fl_session_take_device:
 * @device: (transfer full): what the connect job found; never changed from now on
 */
void
fl_session_take_device (FlSession *self, FlDevice *device)
{
  g_return_if_fail (FL_IS_SESSION (self) && FL_IS_DEVICE (device));
  g_return_if_fail (g_atomic_pointer_get (&self->device) == NULL);
  FL_ASSERT_OWNER (&self->owner);

  g_ptr_array_add (self->devices, device);
  g_atomic_pointer_set (&self->device, device);
}

/**
 * fl_session_replace_device:
 * @device: (transfer full): what the same chip says of itself now that its option bytes have changed; never changed
 * from now on. The one before stays readable. Worker.
 */
void
fl_session_replace_device (FlSession *self, FlDevice *device)
{
  g_return_if_fail (FL_IS_SESSION (self) && FL_IS_DEVICE (device));
  g_return_if_fail (g_atomic_pointer_get (&self->device) != NULL);
  FL_ASSERT_OWNER (&self->owner);

  g_ptr_array_add (self->devices, device);
  g_atomic_pointer_set (&self->device, device);
}

/**
 * fl_session_set_stale:
 *
 * Says that a job broke off in the middle of an exchange, so that the next one begins with bringing the two sides back
 * to the start of a command. Worker.
 */
void
fl_session_set_stale (FlSession *self, gboolean stale)
{
  FL_ASSERT_OWNER (&self->owner);
  self->stale = stale;
}

gboolean
fl_session_is_stale (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  return self->stale;
}

/**
 * fl_session_begin_job:
 *
 * Hands the session to a worker. Main context.
 */
void
fl_session_begin_job (FlSession *self)
{
  g_return_if_fail (!self->busy);

  self->busy = TRUE;
  fl_thread_owner_release (&self->owner);
}

/**
 * fl_session_leave_worker:
 *
 * The last thing that a worker does with a session.
 */
void
fl_session_leave_worker (FlSession *self)
{
  FL_ASSERT_OWNER (&self->owner);
  fl_thread_owner_release (&self->owner);
}

/**
 * fl_session_end_job:
 *
 * Takes the session back into the main context, and announces what the job did to it.
 */
void
fl_session_end_job (FlSession *self)
{
  self->busy = FALSE;
  fl_session_announce (self);
}

/**
 * fl_session_announce:
 *
 * Notifies "connected" and "device" where they changed. Main context.
 */
void
fl_session_announce (FlSession *self)
{
  gboolean connected = fl_session_is_connected (self);
  FlDevice *device = fl_session_get_device (self);

  if (self->announced != device)
    {
      self->announced = device;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE]);
    }
  if (self->connected == connected)
    return;
  self->connected = connected;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}

static void
fl_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlSession *self = FL_SESSION (object);

  switch (id)
    {
    case PROP_CONNECTED:
      g_value_set_boolean (value, self->connected);
      break;
    case PROP_DEVICE:
      g_value_set_object (value, self->announced);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_session_finalize (GObject *object)
{
  FlSession *self = FL_SESSION (object);

  fl_thread_owner_release (&self->owner);
  fl_session_drop_transport (self);
  g_ptr_array_unref (self->devices);
  g_clear_object (&self->trace);
  fl_connect_options_free (self->options);
  G_OBJECT_CLASS (fl_session_parent_class)->finalize (object);
}

static void
fl_session_class_init (FlSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_session_get_property;
  object_class->finalize = fl_session_finalize;
  properties[PROP_CONNECTED] =
      g_param_spec_boolean ("connected", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DEVICE] =
      g_param_spec_object ("device", NULL, NULL, FL_TYPE_DEVICE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fl_session_init (FlSession *self)
{
  self->trace = fl_trace_new (TRACE_BYTES);
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
}
