/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "fl-error.h"
#include "fl-fld-name.h"
#include "fl-fld-script.h"

static const char *
get_parity (FlParity parity)
{
  return parity == FL_PARITY_NONE ? "none" : parity == FL_PARITY_ODD ? "odd" : "even";
}

static void
append_codes (GString *text, const GArray *codes)
{
  for (guint i = 0; i < codes->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "," : "", g_array_index (codes, guint, i));
}

static void
append_step (GString *text, const FlFldStep *step)
{
  if (text->len > 0)
    g_string_append (text, "; ");
  switch (step->kind)
    {
    case FL_FLD_HELP:
      g_string_append (text, "help");
      break;
    case FL_FLD_CONNECT:
      g_string_append_printf (text, "connect %s %u %s", step->port != NULL ? step->port : "-", step->baud,
                              get_parity (step->parity));
      if (step->two_stop_bits)
        g_string_append (text, " 2");
      if (step->listen)
        g_string_append (text, " listen");
      if (step->timeout_ms > 0)
        g_string_append_printf (text, " %ums", step->timeout_ms);
      break;
    case FL_FLD_LINE:
      g_string_append_printf (text, "%s%c", step->set ? "set " : "clear ", step->line == FL_LINE_DTR ? 'D' : 'R');
      break;
    case FL_FLD_IDENTIFY:
      g_string_append_printf (text, "identify %s", step->name != NULL ? step->name : "-");
      break;
    case FL_FLD_ERASE_ALL:
      g_string_append (text, "erase all");
      break;
    case FL_FLD_ERASE_SOME:
      g_string_append (text, "erase ");
      append_codes (text, step->codes);
      break;
    case FL_FLD_UPLOAD:
      g_string_append_printf (text, "read %s", step->path);
      break;
    case FL_FLD_DOWNLOAD:
      g_string_append_printf (text, "write %s", step->path);
      if (step->has_address)
        g_string_append_printf (text, " @%08X", step->address);
      g_string_append_printf (text, "%s%s", step->verify ? " verify" : "", step->skip_blank ? " skip" : "");
      break;
    case FL_FLD_RUN:
      g_string_append (text, "run");
      if (step->has_address)
        g_string_append_printf (text, " @%08X", step->address);
      break;
    case FL_FLD_PROTECT_WRITE:
      g_string_append (text, "ewp ");
      append_codes (text, step->codes);
      break;
    case FL_FLD_UNPROTECT_WRITE:
      g_string_append (text, "dwp");
      break;
    case FL_FLD_PROTECT_READ:
      g_string_append (text, "erp");
      break;
    case FL_FLD_UNPROTECT_READ:
      g_string_append (text, "drp");
      break;
    case FL_FLD_GET_OPTIONS:
      g_string_append_printf (text, "get %s", step->path);
      break;
    case FL_FLD_SET_OPTIONS:
      g_string_append_printf (text, "set %s", step->path);
      break;
    case FL_FLD_SET_VALUES:
      g_string_append (text, "values");
      for (guint i = 0; i < FL_FLD_N_VALUES; i++)
        if (step->has_value[i])
          g_string_append_printf (text, " %s=%02X", fl_fld_value_get_name (i), step->values[i]);
      break;
    }
}

#define CONNECTED "connect - 57600 even; "

/* A command line, and its steps. The first four are in public scripts. */
static const struct
{
  const char *line;
  const char *steps;
} good[] = {
  { "-c --pn 5 --br 115200 --db 8 --pr EVEN --sb 1 --ec OFF --to 10000 --co ON -Dtr --Lo -Rts --Hi -Dtr --Hi -i "
    "STM32F4_05_07_15_17_1024K -e --all -d --fn x.hex -Dtr --Lo -Rts --Lo -Dtr --Hi",
    "connect 5 115200 even 10000ms; clear D; set R; set D; identify STM32F4_05_07_15_17_1024K; erase all; write x.hex; "
    "clear D; clear R; set D" },
  { "-c --pn 3 --br 115200 --db 8 --pr NONE -i STM32F3_7x_8x_256K -e --all -d --fn f.hex -o --set --vals --User 0xF00F",
    "connect 3 115200 none; identify STM32F3_7x_8x_256K; erase all; write f.hex; values User=0F" },
  { "-c --pn 4 --br 115200 -i STM32_High-density_256K -e --sec 20 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 -d "
    "--a 8000000 --fn f.bin --v",
    "connect 4 115200 even; identify STM32_High-density_256K; erase "
    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19; write f.bin @08000000 verify" },
  { "-c --pn 7 --br 230400 -i STM32_Med-density_64K -e --all -d --fn f.bin --a 0x8000000 -r --a 0x8000000",
    "connect 7 230400 even; identify STM32_Med-density_64K; erase all; write f.bin @08000000; run @08000000" },
  { "-?", "help" },
  { "-c", "connect - 57600 even" },
  { "-C --PN COM12 --BR 9600 --PR odd --SB 1.5 --EC off --CO on", "connect COM12 9600 odd 2" },
  { "-c --pn sim:0x410 --sb 2 --ec LISTEN", "connect sim:0x410 57600 even 2 listen" },
  { "-c --pr MARK", "connect - 57600 even" },
  { "-c --br 9600 --br 19200", "connect - 19200 even" },
  { "-c -c --pn 2", CONNECTED "connect 2 57600 even" },
  { "-c -i -e --all", CONNECTED "identify -; erase all" },
  { "-c -e --sec 1 7 --all", CONNECTED "erase 7; erase all" },
  { "-c -d --o --v --fn a.s19", CONNECTED "write a.s19 verify skip" },
  { "-c -D --FN a --A 0X08004000", CONNECTED "write a @08004000" },
  { "-c -d --a FFFFFFFF --fn a", CONNECTED "write a @FFFFFFFF" },
  { "-c -u --fn out.bin -v -r", CONNECTED "read out.bin; run" },
  { "-c -p --drp --dwp -p --erp", CONNECTED "drp; dwp; erp" },
  { "-c -p --ewp 3 0 5 300", CONNECTED "ewp 0,5,300" },
  { "-c -o --get --fn a.bin -o --set --fn b.bin", CONNECTED "get a.bin; set b.bin" },
  { "-c -o --get --fn a.bin --set --vals --RDP A5", CONNECTED "get a.bin; values RDP=A5" },
  { "-c -o --set --vals --RDP 0xa5 --user 0 --Data0 5A --DATA1 A5 --WRP0 FE --WRP1 1 --WRP2 2 --WRP3 FC03",
    CONNECTED "values RDP=A5 User=00 Data0=5A Data1=A5 WRP0=FE WRP1=01 WRP2=02 WRP3=03" },
  { "-c --lcs --s 3 -e --s --all --lcs 1", CONNECTED "erase all" },
};

static void
test_good (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (GStrv) arguments = g_strsplit (good[row].line, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlFldScript) script = fl_fld_script_parse ((const char *const *) arguments, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < fl_fld_script_get_n_steps (script); i++)
    append_step (text, fl_fld_script_get_step (script, i));
  g_assert_cmpstr (text->str, ==, good[row].steps);
}

/* A command line with a fault, and what the message names. */
static const struct
{
  const char *line;
  const char *part;
} bad[] = {
  { "", "nothing to do" },
  { "-v", "nothing to do" },
  { "x", "bad parameter [x]" },
  { "-x", "bad parameter [-x]" },
  { "--pn 5", "bad parameter [--pn]" },
  { "-e --all", "bad parameter [-e]: no port is open" },
  { "-Dtr --Hi -c", "bad parameter [-Dtr]: no port is open" },
  { "-c 5", "bad parameter [5]" },
  { "-c --fn a", "bad parameter [--fn]" },
  { "-c --pn", "bad parameter [--pn]: its value is missing" },
  { "-c --pn --br 9600", "bad parameter [--pn]: its value is missing" },
  { "-c --br fast", "bad parameter [--br]" },
  { "-c --br 0", "bad parameter [--br]" },
  { "-c --br 0x2580", "bad parameter [--br]" },
  { "-c --br 99999999999999999999", "bad parameter [--br]" },
  { "-c --db 9", "bad parameter [--db]" },
  { "-c --db 7", "8 data bits, never 7" },
  { "-c --sb 3", "bad parameter [--sb]" },
  { "-c --ec ECHO", "STM8" },
  { "-c --ec ON", "STM8" },
  { "-c --ec maybe", "bad parameter [--ec]" },
  { "-c --to 0", "bad parameter [--to]" },
  { "-c --co perhaps", "bad parameter [--co]" },
  { "-c -Dtr", "bad parameter [Set Dtr line] should be Hi or Lo" },
  { "-c -Rts --Mid", "bad parameter [--Mid]" },
  { "-c -Rts --Hi --Lo", "bad parameter [Set Rts line] should be Hi or Lo" },
  { "-c -i A B", "bad parameter [B]" },
  { "-c -e", "bad parameter [-e]" },
  { "-c -e --sec", "bad parameter [--sec]" },
  { "-c -e --sec 0", "bad parameter [--sec]" },
  { "-c -e --sec 2 1", "announces 2 codes, and 1 follow" },
  { "-c -e --sec 2 1 -d", "announces 2 codes, and 1 follow" },
  { "-c -e --sec 1 1 2", "bad parameter [2]" },
  { "-c -e --sec 1 0x1", "bad parameter [--sec]" },
  { "-c -e --sec 1 65536", "bad parameter [--sec]" },
  { "-c -u", "bad parameter [-u]: which file" },
  { "-c -d --v", "bad parameter [-d]: which file" },
  { "-c -d --fn", "bad parameter [--fn]: its value is missing" },
  { "-c -d --fn a --a 8G", "bad parameter [--a]" },
  { "-c -d --fn a --a 100000000", "bad parameter [--a]" },
  { "-c -d --fn a --a 0x", "bad parameter [--a]" },
  { "-c -r --fn a", "bad parameter [--fn]" },
  { "-c -p", "bad parameter [-p]" },
  { "-c -p --ewp", "bad parameter [--ewp]" },
  { "-c -o", "bad parameter [-o]" },
  { "-c -o --fn a", "bad parameter [--fn]: -o needs to know first" },
  { "-c -o --get", "bad parameter [-o]: which file" },
  { "-c -o --set", "bad parameter [-o]: to what" },
  { "-c -o --set --vals", "bad parameter [-o]: --vals names no value" },
  { "-c -o --set --fn a --vals --RDP A5", "not both" },
  { "-c -o --set --RDP A5", "belongs behind --set --vals" },
  { "-c -o --get --vals", "belongs behind --set" },
  { "-c -o --set --vals --RDP 1A5", "bad parameter [--RDP]" },
  { "-c -o --set --vals --User F00E", "F00F, not F00E" },
  { "-c -o --set --vals --User 0x1F00F", "bad parameter [--User]" },
  { "-c -o --set --vals --Data0", "bad parameter [--Data0]: its value is missing" },
};

static void
test_bad (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (GStrv) arguments = g_strsplit (bad[row].line, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlFldScript) script = fl_fld_script_parse ((const char *const *) arguments, &error);

  g_assert_null (script);
  g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
  if (strstr (error->message, bad[row].part) == NULL)
    g_error ("“%s”: “%s” is not in: %s", bad[row].line, bad[row].part, error->message);
}

/* Which command lines are in the old grammar: our own grammar keeps all that it had. */
static const struct
{
  const char *line;
  gboolean old;
} entries[] = {
  { "flashloader-cli -c --pn 5", TRUE },
  { "flashloader-cli -C", TRUE },
  { "flashloader-cli -?", TRUE },
  { "flashloader-cli -i", TRUE },
  { "flashloader-cli -Dtr --Hi", TRUE },
  { "flashloader-cli -RTS --Hi", TRUE },
  { "flashloader-cli -o", TRUE },
  { "flashloader-cli -p --drp", TRUE },
  { "flashloader-cli -p /dev/ttyUSB0 info", FALSE },
  { "flashloader-cli -p", FALSE },
  { "flashloader-cli -b 9600 info", FALSE },
  { "flashloader-cli -q info", FALSE },
  { "flashloader-cli -h", FALSE },
  { "flashloader-cli --port COM3 info", FALSE },
  { "flashloader-cli info -p COM3", FALSE },
  { "flashloader-cli erase --all -e", FALSE },
  { "flashloader-cli", FALSE },
  { "STMFlashLoader", TRUE },
  { "STMFlashLoader.exe -p COM3", TRUE },
  { "/opt/old/stmflashloader.EXE info", TRUE },
  { "/opt/STMFlashLoader/flashloader-cli info", FALSE },
  { "xSTMFlashLoader info", FALSE },
};

static void
test_entries (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_auto (GStrv) arguments = g_strsplit (entries[i].line, " ", -1);

      if (fl_fld_is_script ((const char *const *) arguments) != entries[i].old)
        g_error ("“%s”", entries[i].line);
    }
}

static const struct
{
  const char *port;
  gboolean windows;
  const char *name; /* NULL: refused */
} ports[] = {
  { "5", TRUE, "COM5" },
  { "12", TRUE, "COM12" },
  { NULL, TRUE, "COM1" },
  { "COM7", TRUE, "COM7" },
  { "0", TRUE, NULL },
  { "70000", TRUE, NULL },
  { "5", FALSE, NULL },
  { NULL, FALSE, NULL },
  { "/dev/ttyUSB0", FALSE, "/dev/ttyUSB0" },
  { "sim:0x410", FALSE, "sim:0x410" },
  { "sim:0x410", TRUE, "sim:0x410" },
};

static void
test_ports (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = fl_fld_dup_port (ports[i].port, ports[i].windows, &error);

      g_assert_cmpstr (name, ==, ports[i].name);
      if (name == NULL)
        g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
    }
}

/* The name of a map beside a chip; what is doubted. */
static const struct
{
  const char *name;
  guint16 pid;
  guint kib;        /* that the chip says; 0: it does not */
  const char *part; /* NULL: no doubt */
} names[] = {
  { "STM32_Med-density_128K", 0x410, 128, NULL },
  { "STM32_Med-density_128K", 0x410, 64, "128 KiB" },
  { "STM32_Med-density_128K", 0x410, 0, NULL },
  { "STM32F1_Med-density_64K", 0x410, 64, NULL },
  { "stm32_med-density_128k", 0x410, 128, NULL },
  { "STM32_Med-density_128K", 0x414, 128, "another chip" },
  { "STM32_Med-density-value_128K", 0x420, 128, NULL },
  { "STM32_Med-density-value_128K", 0x410, 128, "another chip" },
  { "STM32_Low-density_16K", 0x412, 16, NULL },
  { "STM32_High-density_256K", 0x414, 256, NULL },
  { "STM32_XL-density_1024K", 0x430, 1024, NULL },
  { "STM32_Connectivity-line_128K", 0x418, 128, NULL },
  { "STM32F3_7x_8x_256K", 0x432, 256, NULL },
  { "STM32F4_05_07_15_17_1024K", 0x413, 1024, NULL },
  { "STM32F4_05_07_15_17_1024K", 0x419, 1024, "another chip" },
  { "STM32F4_27_37_29_39_2048K", 0x419, 2048, NULL },
  { "STM32F4_99_512K", 0x421, 512, NULL },
  { "STM32F4_99_512K", 0x440, 64, "another chip" },
  { "STM32L0_x3_x2_x1_64K", 0x417, 64, NULL },
  { "STM32L0_x3_x2_x1_192K", 0x447, 192, NULL },
  { "STM32_Anything", 0x410, 128, NULL },
  { "STM32_Anything", 0x440, 64, "another chip" },
  { "STM8_32K", 0x410, 128, "no STM32" },
  { "STR750F", 0x410, 128, "no STM32" },
  { "mine", 0x410, 128, NULL },
  { "STM32F4_05_07_15_17_1024K", 0x7FF, 0, NULL },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FlDevice) device = fl_device_new (names[i].pid);
      g_autofree char *doubt = NULL;

      if (device->chip != NULL)
        fl_device_set_geometry (device, names[i].kib > 0 ? names[i].kib : device->chip->flash_kib, names[i].kib > 0);
      doubt = fl_fld_name_dup_doubt (names[i].name, device);
      if ((doubt == NULL) != (names[i].part == NULL) || (doubt != NULL && strstr (doubt, names[i].part) == NULL))
        g_error ("%s, 0x%03X: %s", names[i].name, names[i].pid, doubt);
    }
}

#ifdef G_OS_WIN32
#define PROGRAM_NAME "STMFlashLoader.exe" /* nothing else is a program there */
#else
#define PROGRAM_NAME "STMFlashLoader"
#endif

/* Beside the program, and in a folder Map there; a name is no path. */
static void
test_maps (void)
{
  g_autofree char *folder = g_dir_make_tmp ("fld-XXXXXX", NULL);
  g_autofree char *program = g_build_filename (folder, PROGRAM_NAME, NULL);
  g_autofree char *sub = g_build_filename (folder, "Map", NULL);
  g_autofree char *beside = g_build_filename (folder, "A.STmap", NULL);
  g_autofree char *inside = g_build_filename (sub, "B.STmap", NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  g_assert_true (g_file_set_contents (program, "", 0, NULL) && g_chmod (program, 0700) == 0);
  g_assert_true (g_file_set_contents (beside, "", 0, NULL) && g_file_set_contents (inside, "", 0, NULL));
  a = fl_fld_name_find_map ("A", program);
  b = fl_fld_name_find_map ("B", program);
  g_assert_cmpstr (a, ==, beside);
  g_assert_cmpstr (b, ==, inside);
  g_assert_null (fl_fld_name_find_map ("C", program));
  g_assert_null (fl_fld_name_find_map ("Map/B", program));
  g_assert_null (fl_fld_name_find_map ("B", NULL));
  for (const char *const *path = (const char *[]){ beside, inside, sub, program, folder, NULL }; *path != NULL; path++)
    g_assert_cmpint (g_remove (*path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fld/good/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fld/bad/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad);
    }
  g_test_add_func ("/fld/entries", test_entries);
  g_test_add_func ("/fld/ports", test_ports);
  g_test_add_func ("/fld/names", test_names);
  g_test_add_func ("/fld/maps", test_maps);
  return g_test_run ();
}
