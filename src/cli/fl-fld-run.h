/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-cli.h"
#include "fl-fld-script.h"

G_BEGIN_DECLS

/**
 * FlFldRun:
 *
 * An old script while it is carried out. One board at a time: the one behind the last "-c".
 */
typedef struct
{
  FlCli             *cli;     /* its session is the one in use */
  const FlFldScript *script;
  const char        *program; /* how it was called */

  FlConnectOptions *options;  /* nullable: of the last -c */
  gboolean          left;     /* the application was started: the bootloader is gone */
  guint8           *erased;   /* nullable: one byte a sector: erased by this script, and not written since */
  char             *reason;   /* nullable: why the last job failed, in many lines */
  char             *state;    /* nullable: what it leaves the board in */
} FlFldRun;

int          fl_fld_main           (FlCli *cli, const char *const *arguments);

/* What the steps share. */
FlDevice    *fl_fld_connect        (FlFldRun *self, GError **error);
gboolean     fl_fld_run_job        (FlFldRun *self, FlJob *job, GError **error);
FlLayout    *fl_fld_get_layout     (FlFldRun *self, GError **error);
guint8      *fl_fld_find_codes     (FlFldRun *self, const GArray *codes, GError **error);
void         fl_fld_set_erased     (FlFldRun *self, const guint8 *sectors);

/* Lines as the old program wrote them. */
void         fl_fld_say            (gboolean ok, const char *format, ...) G_GNUC_PRINTF (2, 3);
void         fl_fld_say_title      (const char *title);
void         fl_fld_note           (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The steps. Each says its lines, [KO] included. */
gboolean     fl_fld_erase          (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_upload         (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_download       (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_start          (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_protect        (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_get_options    (FlFldRun *self, const FlFldStep *step, GError **error);
gboolean     fl_fld_set_options    (FlFldRun *self, const FlFldStep *step, GError **error);

G_END_DECLS
