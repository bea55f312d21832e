/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-surroundings.h"

#include "fl-port-list.h"
#include "fl-port-system.h"

#define ST          0x0483
#define ST_DFU      0xDF11
#define MIN_LETTERS 2 /* of a scheme: "C:" is none */
#define MAX_LINKS   8 /* that lead to each other */

typedef struct
{
  FlSurroundingsFunc look;
  const FlHands *hands;
} FlScheme;

static GMutex schemes_lock;
static GHashTable *schemes; /* name → FlScheme; guarded by schemes_lock */

static const char *const action_ids[] = {
  [FL_ACTION_RESET] = "reset",           [FL_ACTION_POWER_CYCLE] = "power-cycle",
  [FL_ACTION_SWAP_WIRES] = "swap-wires", [FL_ACTION_UNPLUG] = "unplug",
  [FL_ACTION_CHECK_PINS] = "check-pins", [FL_ACTION_BOOT1_LOW] = "boot1-low",
  [FL_ACTION_BOOT0_LOW] = "boot0-low",   [FL_ACTION_OTHER_ADAPTER] = "other-adapter",
};
G_STATIC_ASSERT (G_N_ELEMENTS (action_ids) == FL_N_ACTIONS);

/**
 * fl_action_get_id:
 *
 * Returns: "power-cycle": the fact about what came of it is "after.power-cycle"
 */
const char *
fl_action_get_id (FlAction action)
{
  g_return_val_if_fail ((guint) action < FL_N_ACTIONS, NULL);

  return action_ids[action];
}

/**
 * fl_surroundings_register:
 * @scheme: as for fl_transport_register_scheme()
 * @look: what is around a port of this scheme; it gets the whole name
 * @hands: (nullable): who can do something there; to stay for good
 *
 * From any thread.
 */
void
fl_surroundings_register (const char *scheme, FlSurroundingsFunc look, const FlHands *hands)
{
  FlScheme *row;

  g_return_if_fail (scheme != NULL && strlen (scheme) >= MIN_LETTERS && strchr (scheme, ':') == NULL);
  g_return_if_fail (look != NULL);

  row = g_new (FlScheme, 1);
  row->look = look;
  row->hands = hands;
  g_mutex_lock (&schemes_lock);
  if (schemes == NULL)
    schemes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (schemes, g_strdup (scheme), row);
  g_mutex_unlock (&schemes_lock);
}

/* Returns: whether @port begins with a registered scheme. */
static gboolean
find_scheme (const char *port, FlScheme *scheme)
{
  const char *colon = strchr (port, ':');
  g_autofree char *name = colon != NULL ? g_strndup (port, (gsize) (colon - port)) : NULL;
  const FlScheme *found = NULL;

  g_mutex_lock (&schemes_lock);
  if (name != NULL && schemes != NULL)
    found = g_hash_table_lookup (schemes, name);
  if (found != NULL)
    *scheme = *found;
  g_mutex_unlock (&schemes_lock);
  return found != NULL;
}

/**
 * fl_hands_find:
 * @port: what fl_transport_open() takes
 *
 * Returns: (transfer none) (nullable): the hands at a simulated board; %NULL at a real one, where only the user has
 * some
 */
const FlHands *
fl_hands_find (const char *port)
{
  FlScheme scheme = { NULL, NULL };

  g_return_val_if_fail (port != NULL, NULL);

  return find_scheme (port, &scheme) ? scheme.hands : NULL;
}

/* An ST-LINK of any generation is 0483:374x or 0483:375x. */
static void
note_usb (FlSurroundings *self, int vid, int pid)
{
  if (vid != ST)
    return;
  self->has_dfu = self->has_dfu || pid == ST_DFU;
  self->has_st_link = self->has_st_link || (pid & 0xFFF0) == 0x3740 || (pid & 0xFFF0) == 0x3750;
}

static void
note_usb_cb (int vid, int pid, gpointer user_data)
{
  note_usb (user_data, vid, pid);
}

static gboolean
is_listed (GPtrArray *ports, const char *name)
{
  for (guint i = 0; i < ports->len; i++)
    if (g_str_equal (fl_port_info_get_name (g_ptr_array_index (ports, i)), name))
      return TRUE;
  return FALSE;
}

/* As the list of ports has it, where @port is a link to one: /dev/serial/by-id/… */
static char *
dup_listed_name (GPtrArray *ports, const char *port)
{
  g_autofree char *name = fl_port_system_dup_name (port);
  g_autofree char *target = g_strdup (name);

  for (guint i = 0; i < MAX_LINKS && target != NULL; i++)
    {
      char *next;

      if (is_listed (ports, target))
        return g_steal_pointer (&target);
      next = fl_port_system_dup_target (target);
      g_free (target);
      target = next;
    }
  return g_steal_pointer (&name);
}

static FlSurroundings *
look_around (const char *port)
{
  FlSurroundings *self = g_new0 (FlSurroundings, 1);
  g_autoptr (GPtrArray) ports = fl_port_list_scan (NULL);
  g_autofree char *name = NULL;

  self->other_ports = g_ptr_array_new_with_free_func (g_free);
  self->chip = -1;
  if (ports == NULL)
    ports = g_ptr_array_new ();
  name = dup_listed_name (ports, port);
  for (guint i = 0; i < ports->len; i++)
    {
      FlPortInfo *info = g_ptr_array_index (ports, i);

      note_usb (self, fl_port_info_get_vid (info), fl_port_info_get_pid (info));
      if (g_str_equal (fl_port_info_get_name (info), name))
        self->port = g_object_ref (info);
      else if (fl_port_info_get_kind (info) != FL_PORT_BLUETOOTH) /* nobody has a board on that */
        g_ptr_array_add (self->other_ports, g_strdup (fl_port_info_get_name (info)));
    }
  fl_port_system_list_usb (note_usb_cb, self);
  self->driver = fl_port_system_dup_driver (name);
  self->latency_ms = fl_port_system_get_latency (name);
  return self;
}

/**
 * fl_surroundings_look:
 * @port: what fl_transport_open() takes
 *
 * Looks what is plugged now. Opens ports of the mainboard, as fl_port_list_scan() does: not for the main context. What
 * this system cannot tell stays unknown.
 *
 * Returns: (transfer full): what is around @port
 */
FlSurroundings *
fl_surroundings_look (const char *port)
{
  FlScheme scheme = { NULL, NULL };

  g_return_val_if_fail (port != NULL, NULL);

  return find_scheme (port, &scheme) ? scheme.look (port) : look_around (port);
}

/**
 * fl_surroundings_get_latency:
 * @port: what fl_transport_open() takes
 *
 * The one figure of fl_surroundings_look() that costs nothing: no other port is touched.
 *
 * Returns: the latency timer of @port's adapter in milliseconds, as it is now; -1: not known
 */
int
fl_surroundings_get_latency (const char *port)
{
  FlScheme scheme = { NULL, NULL };
  g_autoptr (FlSurroundings) known = NULL;
  g_autofree char *name = NULL;
  int latency_ms = -1;

  g_return_val_if_fail (port != NULL, -1);

  if (find_scheme (port, &scheme))
    {
      known = scheme.look (port);
      return known->latency_ms;
    }
  name = fl_port_system_dup_name (port);
  for (guint i = 0; i < MAX_LINKS && name != NULL && latency_ms < 0; i++)
    {
      g_autofree char *here = g_steal_pointer (&name);

      latency_ms = fl_port_system_get_latency (here);
      name = fl_port_system_dup_target (here);
    }
  return latency_ms;
}

/**
 * fl_surroundings_dup_adapter:
 * @port: what fl_transport_open() takes
 *
 * Returns: (transfer full): what stays the same of @port's adapter when it is plugged in elsewhere: vendor, product and
 * serial number, for comparing only; the port's name where it is no USB port
 */
char *
fl_surroundings_dup_adapter (const char *port)
{
  FlScheme scheme = { NULL, NULL };
  g_autofree char *name = NULL;

  g_return_val_if_fail (port != NULL, NULL);

  if (find_scheme (port, &scheme))
    return g_strdup (port);
  name = fl_port_system_dup_name (port);
  for (guint i = 0; i < MAX_LINKS && name != NULL; i++)
    {
      g_autofree char *here = g_steal_pointer (&name);
      g_autoptr (FlPortInfo) info = fl_port_list_find (here);

      if (info != NULL && fl_port_info_get_vid (info) >= 0)
        return g_strdup_printf ("%04x:%04x %s", (guint) fl_port_info_get_vid (info),
                                (guint) fl_port_info_get_pid (info),
                                fl_port_info_get_serial (info) != NULL ? fl_port_info_get_serial (info) : "");
      name = fl_port_system_dup_target (here);
    }
  return g_strdup (port);
}

void
fl_surroundings_free (FlSurroundings *self)
{
  g_clear_object (&self->port);
  g_free (self->driver);
  g_ptr_array_unref (self->other_ports);
  g_free (self);
}
