/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <unistd.h>

#include "fl-fake-adapter.h"
#include "fl-surroundings.h"

#define HUB "/devices/pci0000:00/0000:00:14.0/usb1"

/* An FTDI adapter, which has a latency timer. */
static const char ftdi[] =
    "P: " HUB "/1-3\nN: bus/usb/001/006\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nA: busnum=1\\n\nA: devnum=6\\n\n"
    "A: idVendor=0403\\n\nA: idProduct=6001\\n\n\n"
    "P: " HUB "/1-3/1-3:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=ftdi_sio\n\n"
    "P: " HUB "/1-3/1-3:1.0/ttyUSB7\nE: SUBSYSTEM=usb-serial\nE: DRIVER=ftdi_sio\nA: latency_timer=16\\n\n\n"
    "P: " HUB "/1-3/1-3:1.0/ttyUSB7/tty/ttyUSB7\nN: ttyUSB7\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/ttyUSB7\n"
    "E: MAJOR=188\nE: MINOR=7\nL: device=../../../ttyUSB7\nA: dev=188:7\\n\n\n";

/* A chip in its USB bootloader, and an ST-LINK/V2 without a serial port. */
static const char dfu[] = "P: " HUB "/1-4\nN: bus/usb/001/007\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
                          "A: idVendor=0483\\n\nA: idProduct=df11\\n\n\n";
static const char st_link[] = "P: " HUB "/1-5\nN: bus/usb/001/008\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
                              "A: idVendor=0483\\n\nA: idProduct=3748\\n\n\n";

static void
test_alone (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlSurroundings) none = fl_surroundings_look ("/dev/ttyUSB0");
  g_autoptr (FlSurroundings) one = NULL;

  g_assert_null (none->port);
  g_assert_null (none->driver);
  g_assert_cmpuint (none->other_ports->len, ==, 0);
  fl_fake_adapter_plug (adapter);
  one = fl_surroundings_look ("ttyUSB0");
  g_assert_cmpstr (fl_port_info_get_name (one->port), ==, "/dev/ttyUSB0");
  g_assert_cmphex ((guint) fl_port_info_get_vid (one->port), ==, 0x1A86);
  g_assert_cmpstr (one->driver, ==, "ch341");
  g_assert_cmpint (one->latency_ms, ==, -1);
  g_assert_cmpint (fl_surroundings_get_latency ("/dev/ttyUSB0"), ==, -1);
  g_assert_false (one->has_dfu);
  g_assert_false (one->has_st_link);
  g_assert_cmpuint (one->other_ports->len, ==, 0);
  g_assert_cmpint (one->chip, ==, -1);
}

static void
test_others (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlSurroundings) with_dfu = NULL;
  g_autoptr (FlSurroundings) with_st_link = NULL;

  fl_fake_adapter_plug (adapter);
  fl_fake_adapter_plug_other (adapter, ftdi);
  fl_fake_adapter_plug_other (adapter, dfu);
  with_dfu = fl_surroundings_look ("/dev/ttyUSB7");
  g_assert_cmpstr (with_dfu->driver, ==, "ftdi_sio");
  g_assert_cmpint (with_dfu->latency_ms, ==, 16);
  g_assert_cmpint (fl_surroundings_get_latency ("ttyUSB7"), ==, 16);
  g_assert_true (with_dfu->has_dfu);
  g_assert_false (with_dfu->has_st_link);
  g_assert_cmpuint (with_dfu->other_ports->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (with_dfu->other_ports, 0), ==, "/dev/ttyUSB0");
  fl_fake_adapter_plug_other (adapter, st_link);
  with_st_link = fl_surroundings_look ("/dev/ttyUSB0");
  g_assert_true (with_st_link->has_st_link);
}

/* As with /dev/serial/by-id/…; and a path that is no port of this computer. */
static void
test_link (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autofree char *folder = g_dir_make_tmp ("fl-ports-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (folder, "board", NULL);
  g_autoptr (FlSurroundings) linked = NULL;
  g_autoptr (FlSurroundings) unknown = fl_surroundings_look ("/dev/pts/0");

  g_assert_null (unknown->port);
  fl_fake_adapter_plug (adapter);
  g_assert_cmpint (symlink ("/dev/ttyUSB0", link), ==, 0);
  linked = fl_surroundings_look (link);
  g_assert_nonnull (linked->port);
  g_assert_cmpstr (linked->driver, ==, "ch341");
  g_remove (link);
  g_rmdir (folder);
}

static FlSurroundings *
look_moon (const char *port)
{
  FlSurroundings *self = g_new0 (FlSurroundings, 1);

  self->port = fl_port_info_new (FL_PORT_OTHER, port, NULL, NULL, NULL, -1, -1);
  self->other_ports = g_ptr_array_new ();
  self->chip = 0x467;
  return self;
}

static FlAnswer
ask_moon (const char *port, const char *question)
{
  return FL_ANSWER_YES;
}

static void
test_scheme (void)
{
  static const FlHands hands = { NULL, ask_moon };
  g_autoptr (FlSurroundings) self = NULL;

  g_assert_null (fl_hands_find ("moon:base"));
  fl_surroundings_register ("moon", look_moon, &hands);
  g_assert_true (fl_hands_find ("moon:base") == &hands);
  g_assert_null (fl_hands_find ("/dev/ttyUSB0"));
  self = fl_surroundings_look ("moon:base");
  g_assert_cmpint (self->chip, ==, 0x467);
  g_assert_cmpstr (fl_port_info_get_name (self->port), ==, "moon:base");
}

static void
test_ids (void)
{
  for (FlAction i = 0; i < FL_N_ACTIONS; i++)
    for (FlAction j = 0; j < i; j++)
      g_assert_cmpstr (fl_action_get_id (i), !=, fl_action_get_id (j));
  g_assert_cmpstr (fl_action_get_id (FL_ACTION_POWER_CYCLE), ==, "power-cycle");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surroundings/alone", test_alone);
  g_test_add_func ("/surroundings/others", test_others);
  g_test_add_func ("/surroundings/link", test_link);
  g_test_add_func ("/surroundings/scheme", test_scheme);
  g_test_add_func ("/surroundings/ids", test_ids);
  return g_test_run ();
}
