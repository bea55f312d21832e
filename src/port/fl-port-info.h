/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FL_PORT_NATIVE,    /* on the mainboard */
  FL_PORT_USB,
  FL_PORT_BLUETOOTH,
  FL_PORT_OTHER,     /* a path that the user typed: a pty, a link */
  FL_PORT_PRACTICE,  /* a simulated board */
} FlPortKind;

/**
 * FlPortInfo:
 *
 * What is known of a port; immutable. Its properties (read only, for bindings): "name", "title", "subtitle", "kind".
 */
#define FL_TYPE_PORT_INFO (fl_port_info_get_type ())
G_DECLARE_FINAL_TYPE (FlPortInfo, fl_port_info, FL, PORT_INFO, GObject)

FlPortInfo *fl_port_info_new              (FlPortKind kind, const char *name, const char *product,
                                           const char *manufacturer, const char *serial, int vid, int pid);
FlPortKind  fl_port_info_get_kind         (FlPortInfo *self);
const char *fl_port_info_get_name         (FlPortInfo *self); /* what fl_transport_open() takes */
const char *fl_port_info_get_title        (FlPortInfo *self); /* "CP2102N USB to UART Bridge · ttyUSB0" */
const char *fl_port_info_get_subtitle     (FlPortInfo *self); /* maker, serial number, VID:PID; for the tooltip */
const char *fl_port_info_get_product      (FlPortInfo *self); /* nullable, as the next two */
const char *fl_port_info_get_manufacturer (FlPortInfo *self);
const char *fl_port_info_get_serial       (FlPortInfo *self);
int         fl_port_info_get_vid          (FlPortInfo *self); /* -1: not a USB port */
int         fl_port_info_get_pid          (FlPortInfo *self);
gboolean    fl_port_info_equal            (FlPortInfo *a, FlPortInfo *b);

G_END_DECLS
