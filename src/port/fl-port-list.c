/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-port"

#include "config.h"

#include "fl-port-list.h"

#include <glib/gi18n-lib.h>
#include <libserialport.h>

#include "fl-error.h"
#include "fl-thread.h"

/* Listing opens every port of the mainboard, so not more often than this. */
#define SCAN_INTERVAL_S 1

struct _FlPortList
{
  GObject parent_instance;

  /* Main context only. */
  GPtrArray *ports; /* of FlPortInfo */
  gboolean active;
  guint timer;                   /* source id; 0: none */
  GCancellable *scanning;        /* of the scan that runs; NULL: none */
  gboolean reported_scan_failed; /* so that a system without ports does not fill the log */
};

static void fl_port_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlPortList, fl_port_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, fl_port_list_model_init))

/* Windows calls a port "USB-SERIAL CH340 (COM5)": what it is, without which. NULL where the system says nothing. */
static char *
dup_description (struct sp_port *port)
{
  const char *text = sp_get_port_description (port);
  g_autofree char *suffix = g_strdup_printf (" (%s)", sp_get_port_name (port));

  if (text == NULL || !g_utf8_validate (text, -1, NULL) || !g_str_has_suffix (text, suffix))
    return NULL;
  return g_strndup (text, strlen (text) - strlen (suffix));
}

static FlPortInfo *
describe_port (struct sp_port *port)
{
  g_autofree char *product = dup_description (port);
  int vid = -1;
  int pid = -1;

  switch (sp_get_port_transport (port))
    {
    case SP_TRANSPORT_USB:
      if (sp_get_port_usb_vid_pid (port, &vid, &pid) < 0)
        vid = pid = -1;
      if (product == NULL)
        product = g_strdup (sp_get_port_usb_product (port));
      return fl_port_info_new (FL_PORT_USB, sp_get_port_name (port), product, sp_get_port_usb_manufacturer (port),
                               sp_get_port_usb_serial (port), vid, pid);
    case SP_TRANSPORT_BLUETOOTH:
      return fl_port_info_new (FL_PORT_BLUETOOTH, sp_get_port_name (port), product, NULL, NULL, -1, -1);
    case SP_TRANSPORT_NATIVE:
    default:
      return fl_port_info_new (FL_PORT_NATIVE, sp_get_port_name (port), product, NULL, NULL, -1, -1);
    }
}

/* "ttyUSB10" after "ttyUSB9": runs of digits count as numbers. */
static int
compare_names (const char *a, const char *b)
{
  while (*a != '\0' && *b != '\0')
    {
      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          char *a_end;
          char *b_end;
          guint64 a_number = g_ascii_strtoull (a, &a_end, 10);
          guint64 b_number = g_ascii_strtoull (b, &b_end, 10);

          if (a_number != b_number)
            return a_number < b_number ? -1 : 1;
          a = a_end;
          b = b_end;
        }
      else if (*a != *b)
        return (guchar) *a < (guchar) *b ? -1 : 1;
      else
        {
          a++;
          b++;
        }
    }
  return (*a != '\0') - (*b != '\0');
}

/* USB adapters first: a board on the desk hangs on one. */
static int
compare_ports (gconstpointer a, gconstpointer b)
{
  FlPortInfo *first = *(FlPortInfo *const *) a;
  FlPortInfo *second = *(FlPortInfo *const *) b;
  gboolean first_usb = fl_port_info_get_kind (first) == FL_PORT_USB;
  gboolean second_usb = fl_port_info_get_kind (second) == FL_PORT_USB;

  if (first_usb != second_usb)
    return first_usb ? -1 : 1;
  return compare_names (fl_port_info_get_name (first), fl_port_info_get_name (second));
}

/**
 * fl_port_list_scan:
 * @error: return location
 *
 * Lists the serial ports that are there now: USB adapters first, then by name. Takes some milliseconds, and opens ports
 * of the mainboard to see whether they are real: not for the main context.
 *
 * Errors: %FL_ERROR_PORT_FAILED.
 *
 * Returns: (transfer container) (element-type FlPortInfo): the ports, or %NULL; freeing the array frees them
 */
GPtrArray *
fl_port_list_scan (GError **error)
{
  GPtrArray *found;
  struct sp_port **ports;

  if (sp_list_ports (&ports) < 0)
    {
      g_autofree char *reason = fl_error_dup_system_text (sp_last_error_code ());

      g_set_error (error, FL_ERROR, FL_ERROR_PORT_FAILED, _ ("The serial ports cannot be listed: %s"), reason);
      return NULL;
    }
  found = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; ports[i] != NULL; i++)
    g_ptr_array_add (found, describe_port (ports[i]));
  sp_free_port_list (ports);
  g_ptr_array_sort (found, compare_ports);
  return found;
}

/**
 * fl_port_list_find:
 * @name: as in the list: no link to a port
 *
 * Asks the system about one port; no other is touched, and none is opened. Any thread.
 *
 * Returns: (transfer full) (nullable): what is known of it; %NULL: it is none of those that would be listed
 */
FlPortInfo *
fl_port_list_find (const char *name)
{
  struct sp_port *port;
  FlPortInfo *info;

  g_return_val_if_fail (name != NULL, NULL);

  if (sp_get_port_by_name (name, &port) != SP_OK)
    return NULL;
  info = describe_port (port);
  sp_free_port (port);
  return info;
}

/* Main context. Walks both sorted lists side by side; each run that differs is one items-changed. */
static void
fl_port_list_update (FlPortList *self, GPtrArray *found)
{
  guint position = 0;

  FL_ASSERT_MAIN ();
  for (guint i = 0; i < found->len || position < self->ports->len;)
    {
      FlPortInfo *new_port = i < found->len ? g_ptr_array_index (found, i) : NULL;
      FlPortInfo *old_port = position < self->ports->len ? g_ptr_array_index (self->ports, position) : NULL;
      int order;

      if (new_port != NULL && old_port != NULL && fl_port_info_equal (old_port, new_port))
        {
          position++; /* the old object stays: a selection holds on to it */
          i++;
          continue;
        }
      order = new_port == NULL ? -1 : old_port == NULL ? 1 : compare_ports (&old_port, &new_port);
      if (order <= 0) /* gone, or another adapter under the same name: that is added in the next round */
        {
          g_ptr_array_remove_index (self->ports, position);
          g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
        }
      else
        {
          g_ptr_array_insert (self->ports, (int) position, g_object_ref (new_port));
          g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
          position++;
          i++;
        }
    }
}

/* Worker. */
static void
fl_port_list_scan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *found = fl_port_list_scan (&error);

  if (found == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

/* Main context. */
static void
fl_port_list_scanned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FlPortList) self = data; /* the reference taken at the start */
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->scanning);
  if (found != NULL)
    {
      self->reported_scan_failed = FALSE;
      fl_port_list_update (self, found);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !self->reported_scan_failed)
    {
      self->reported_scan_failed = TRUE;
      g_message ("%s", error->message);
    }
}

static gboolean
fl_port_list_timer_cb (gpointer data)
{
  FlPortList *self = FL_PORT_LIST (data);
  g_autoptr (GTask) task = NULL;

  if (self->scanning != NULL)
    return G_SOURCE_CONTINUE; /* a slow one: never two at a time */
  self->scanning = g_cancellable_new ();
  /* Not as its source: the thread may be the last to let go of a task, and what goes with it goes there. */
  task = g_task_new (NULL, self->scanning, fl_port_list_scanned_cb, g_object_ref (self));
  g_task_set_source_tag (task, fl_port_list_timer_cb);
  g_task_run_in_thread (task, fl_port_list_scan_thread);
  return G_SOURCE_CONTINUE;
}

/**
 * fl_port_list_set_active:
 * @self: a port list
 * @active: whether to look for ports once a second
 *
 * A new list is not active. While it is not, it keeps what it has; a scan that is under way is dropped. Switched on, it
 * looks at once. To be switched off while a job has a port open.
 */
void
fl_port_list_set_active (FlPortList *self, gboolean active)
{
  g_return_if_fail (FL_IS_PORT_LIST (self));

  active = !!active;
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    {
      GSource *timer = g_timeout_source_new_seconds (SCAN_INTERVAL_S);

      g_source_set_callback (timer, fl_port_list_timer_cb, self, NULL);
      self->timer = g_source_attach (timer, g_main_context_get_thread_default ());
      g_source_unref (timer);
      fl_port_list_timer_cb (self);
    }
  else
    {
      g_source_destroy (g_main_context_find_source_by_id (g_main_context_get_thread_default (), self->timer));
      self->timer = 0;
      g_cancellable_cancel (self->scanning);
    }
}

static GType
fl_port_list_get_item_type (GListModel *model)
{
  return FL_TYPE_PORT_INFO;
}

static guint
fl_port_list_get_n_items (GListModel *model)
{
  return FL_PORT_LIST (model)->ports->len;
}

static gpointer
fl_port_list_get_item (GListModel *model, guint position)
{
  FlPortList *self = FL_PORT_LIST (model);

  return position < self->ports->len ? g_object_ref (g_ptr_array_index (self->ports, position)) : NULL;
}

static void
fl_port_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fl_port_list_get_item_type;
  iface->get_n_items = fl_port_list_get_n_items;
  iface->get_item = fl_port_list_get_item;
}

static void
fl_port_list_dispose (GObject *object)
{
  FlPortList *self = FL_PORT_LIST (object);

  fl_port_list_set_active (self, FALSE);
  G_OBJECT_CLASS (fl_port_list_parent_class)->dispose (object);
}

static void
fl_port_list_finalize (GObject *object)
{
  FlPortList *self = FL_PORT_LIST (object);

  g_ptr_array_unref (self->ports);
  g_clear_object (&self->scanning);
  G_OBJECT_CLASS (fl_port_list_parent_class)->finalize (object);
}

static void
fl_port_list_class_init (FlPortListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fl_port_list_dispose;
  object_class->finalize = fl_port_list_finalize;
}

static void
fl_port_list_init (FlPortList *self)
{
  self->ports = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fl_port_list_new:
 *
 * Returns: (transfer full): an empty list, not active yet
 */
FlPortList *
fl_port_list_new (void)
{
  return g_object_new (FL_TYPE_PORT_LIST, NULL);
}
