/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-image.h"
#include "fl-job.h"

G_BEGIN_DECLS

/**
 * FlCli:
 *
 * What the options that all commands share say, and what a command answers with. One for the whole run.
 */
typedef struct
{
  /* from the command line */
  char    *port;
  char    *baud_text;
  char    *parity_text;
  char    *entry_text;
  char    *device_text;
  char    *trace_path;
  char    *map_path;
  char    *geometry;
  int      timeout_s;
  gboolean one_by_one;
  gboolean climb;
  gboolean no_climb;
  gboolean json;
  gboolean quiet;

  /* made from them */
  guint         baud; /* 0: automatic */
  FlParity      parity;
  FlEntryMethod entry;
  char         *preset;
  int           pid;  /* -1: as the chip says */
  guint64       n_bytes; /* that the command is about to send, for what that is known before it connects */
  FlDeclaration *declared; /* nullable: --map or --geometry */

  FlSession    *session;
  JsonBuilder  *result;  /* an open object, for --json */
  GCancellable *cancellable;
} FlCli;

/* One command. @run gets what is left of the arguments; it returns FALSE with an error, whose code gives the exit code. */
typedef struct
{
  const char         *name;
  const char         *arguments;   /* "FILE" */
  const char         *description; /* N_() */
  const GOptionEntry *options;     /* nullable; their variables are static in the command's file */
  guint               min_arguments;
  guint               max_arguments;
  gboolean (*run) (FlCli *cli, char **arguments, GError **error);
} FlCliCommand;

extern const FlCliCommand fl_cli_check_command;
extern const FlCliCommand fl_cli_decode_command;
extern const FlCliCommand fl_cli_devices_command;
extern const FlCliCommand fl_cli_diagnose_command;
extern const FlCliCommand fl_cli_erase_command;
extern const FlCliCommand fl_cli_info_command;
extern const FlCliCommand fl_cli_jump_command;
extern const FlCliCommand fl_cli_loopback_command;
extern const FlCliCommand fl_cli_map_command;
extern const FlCliCommand fl_cli_options_command;
extern const FlCliCommand fl_cli_ports_command;
extern const FlCliCommand fl_cli_program_command;
extern const FlCliCommand fl_cli_protect_command;
extern const FlCliCommand fl_cli_read_command;
extern const FlCliCommand fl_cli_report_command;
extern const FlCliCommand fl_cli_start_command;
extern const FlCliCommand fl_cli_unprotect_command;
extern const FlCliCommand fl_cli_verify_command;

void     fl_cli_console_init   (GCancellable *cancellable);
FlConnectOptions *fl_cli_make_options (FlCli *cli, GError **error);
gboolean fl_cli_connect       (FlCli *cli, GError **error);
void     fl_cli_warn_declared (FlCli *cli, FlDevice *device);
const char *fl_cli_get_advice (FlCli *cli);
gboolean fl_cli_run_job       (FlCli *cli, FlJob *job, GError **error);
void     fl_cli_print         (FlCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     fl_cli_add_chip      (FlCli *cli, const FlChip *chip, gboolean details);
void     fl_cli_add_device    (FlCli *cli, FlDevice *device);
void     fl_cli_add_string    (FlCli *cli, const char *name, const char *value);
void     fl_cli_add_int       (FlCli *cli, const char *name, gint64 value);
gboolean fl_cli_parse_common  (FlCli *cli, GError **error);
gboolean fl_cli_parse_number  (const char *text, const char *what, guint32 *value, GError **error);
GPtrArray *fl_cli_find_chips  (const char *wanted, GError **error); /* (transfer container); wanted NULL: all */
gboolean fl_cli_parse_address (const char *text, guint32 *value, GError **error);
FlImage *fl_cli_load_image    (FlCli *cli, const char *path, const char *address_text, GError **error);
void     fl_cli_look_again    (FlCli *cli, FlImage *image);
gboolean fl_cli_save_image    (const char *path, FlImageFormat format, guint32 address, GBytes *data, GError **error);
FlImageFormat fl_cli_choose_format (const char *path);
gboolean fl_cli_find_format   (const char *name, FlImageFormat *format);
gboolean fl_cli_ask           (FlCli *cli, const FlChip *chip, FlDanger danger, gboolean yes, char **typed,
                               GError **error);
gboolean fl_cli_is_attended   (FlCli *cli);
gboolean fl_cli_ask_whole_bank (FlCli *cli, const FlChip *chip, const char *doubt, gboolean yes, GError **error);
const FlOptionSet *fl_cli_get_options (FlCli *cli, GError **error);
gboolean fl_cli_write_options (FlCli *cli, const FlOptionSet *wanted, gboolean agreed, GError **error);

G_END_DECLS
