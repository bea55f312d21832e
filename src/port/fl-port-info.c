/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-port"

#include "config.h"

#include "fl-port-info.h"

#include <glib/gi18n-lib.h>

struct _FlPortInfo
{
  GObject parent_instance;

  /* All immutable. */
  FlPortKind kind;
  char *name;
  char *title;
  char *subtitle;
  char *product;
  char *manufacturer;
  char *serial;
  int vid;
  int pid;
};

enum
{
  PROP_NAME = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_KIND,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FlPortInfo, fl_port_info, G_TYPE_OBJECT)

/* NULL for what says nothing; strings of USB devices are padded and not always UTF-8. */
static char *
dup_clean (const char *text)
{
  g_autofree char *clean = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_strstrip (clean);
  return clean[0] != '\0' ? g_steal_pointer (&clean) : NULL;
}

static char *
make_title (FlPortInfo *self)
{
  const char *label = self->product;
  g_autofree char *short_name = NULL;

  if (self->kind == FL_PORT_PRACTICE)
    return g_strdup (label != NULL ? label : self->name);
  /* "/dev/ttyUSB0" is known as "ttyUSB0"; a path that the user typed stays as it is. */
  if (self->kind != FL_PORT_OTHER && g_str_has_prefix (self->name, "/dev/"))
    short_name = g_strdup (self->name + strlen ("/dev/"));
  else
    short_name = g_strdup (self->name);
  if (label == NULL && self->kind == FL_PORT_NATIVE)
    label = _ ("Built-in serial port");
  if (label == NULL && self->kind == FL_PORT_USB)
    label = self->manufacturer != NULL ? self->manufacturer : _ ("USB serial port");
  if (label == NULL && self->kind == FL_PORT_BLUETOOTH)
    label = _ ("Bluetooth serial port");
  if (label == NULL)
    return g_steal_pointer (&short_name);
  return g_strdup_printf ("%s · %s", label, short_name);
}

static char *
make_subtitle (FlPortInfo *self)
{
  GString *text = g_string_new (NULL);

  if (self->manufacturer != NULL)
    g_string_append (text, self->manufacturer);
  if (self->serial != NULL)
    {
      g_string_append (text, text->len > 0 ? " · " : "");
      g_string_append_printf (text, _ ("serial number %s"), self->serial);
    }
  if (self->vid >= 0 && self->pid >= 0)
    g_string_append_printf (text, "%s%04X:%04X", text->len > 0 ? " · " : "", (guint) self->vid, (guint) self->pid);
  if (text->len == 0)
    g_string_append (text, self->name);
  return g_string_free (text, FALSE);
}

FlPortKind
fl_port_info_get_kind (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), FL_PORT_OTHER);

  return self->kind;
}

/**
 * fl_port_info_get_name:
 *
 * Returns: (transfer none): what fl_transport_open() takes: "/dev/ttyUSB0"
 */
const char *
fl_port_info_get_name (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->name;
}

/**
 * fl_port_info_get_title:
 *
 * Returns: (transfer none): what a person calls it: "CP2102N USB to UART Bridge · ttyUSB0"
 */
const char *
fl_port_info_get_title (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->title;
}

/**
 * fl_port_info_get_subtitle:
 *
 * Returns: (transfer none): "Silicon Labs · serial number 0001 · 10C4:EA60", as far as it is known, else the name
 */
const char *
fl_port_info_get_subtitle (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->subtitle;
}

const char *
fl_port_info_get_product (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->product;
}

const char *
fl_port_info_get_manufacturer (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->manufacturer;
}

const char *
fl_port_info_get_serial (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), NULL);

  return self->serial;
}

int
fl_port_info_get_vid (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), -1);

  return self->vid;
}

int
fl_port_info_get_pid (FlPortInfo *self)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (self), -1);

  return self->pid;
}

/**
 * fl_port_info_equal:
 *
 * Returns: whether both describe the same adapter at the same name
 */
gboolean
fl_port_info_equal (FlPortInfo *a, FlPortInfo *b)
{
  g_return_val_if_fail (FL_IS_PORT_INFO (a) && FL_IS_PORT_INFO (b), FALSE);

  return a->kind == b->kind && a->vid == b->vid && a->pid == b->pid && g_str_equal (a->name, b->name)
         && g_strcmp0 (a->product, b->product) == 0 && g_strcmp0 (a->manufacturer, b->manufacturer) == 0
         && g_strcmp0 (a->serial, b->serial) == 0;
}

static void
fl_port_info_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlPortInfo *self = FL_PORT_INFO (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_KIND:
      g_value_set_int (value, (int) self->kind);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_port_info_finalize (GObject *object)
{
  FlPortInfo *self = FL_PORT_INFO (object);

  g_free (self->name);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->product);
  g_free (self->manufacturer);
  g_free (self->serial);
  G_OBJECT_CLASS (fl_port_info_parent_class)->finalize (object);
}

static void
fl_port_info_class_init (FlPortInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_port_info_get_property;
  object_class->finalize = fl_port_info_finalize;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SUBTITLE] =
      g_param_spec_string ("subtitle", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, FL_PORT_NATIVE, FL_PORT_PRACTICE, FL_PORT_NATIVE,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fl_port_info_init (FlPortInfo *self)
{
}

/**
 * fl_port_info_new:
 * @kind: what sort of port
 * @name: what fl_transport_open() takes
 * @product: (nullable): what the adapter calls itself
 * @manufacturer: (nullable): who made it
 * @serial: (nullable): its serial number
 * @vid: USB vendor id, -1 for none
 * @pid: USB product id, -1 for none
 *
 * Returns: (transfer full): a description that never changes
 */
FlPortInfo *
fl_port_info_new (FlPortKind kind, const char *name, const char *product, const char *manufacturer, const char *serial,
                  int vid, int pid)
{
  FlPortInfo *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (FL_TYPE_PORT_INFO, NULL);
  self->kind = kind;
  self->name = g_strdup (name);
  self->product = dup_clean (product);
  self->manufacturer = dup_clean (manufacturer);
  self->serial = dup_clean (serial);
  self->vid = vid;
  self->pid = pid;
  self->title = make_title (self);
  self->subtitle = make_subtitle (self);
  return self;
}
