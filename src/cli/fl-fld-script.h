/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* The grammar of STMFlashLoader.exe, whose arguments are a script that is executed from left to right. */

typedef enum
{
  FL_FLD_HELP,        /* -? */
  FL_FLD_CONNECT,     /* -c */
  FL_FLD_LINE,        /* -Dtr, -Rts */
  FL_FLD_IDENTIFY,    /* -i */
  FL_FLD_ERASE_ALL,   /* -e --all */
  FL_FLD_ERASE_SOME,  /* -e --sec */
  FL_FLD_UPLOAD,      /* -u: flash to a file */
  FL_FLD_DOWNLOAD,    /* -d: a file to flash */
  FL_FLD_RUN,         /* -r */
  FL_FLD_PROTECT_WRITE,   /* -p --ewp */
  FL_FLD_UNPROTECT_WRITE, /* -p --dwp */
  FL_FLD_PROTECT_READ,    /* -p --erp */
  FL_FLD_UNPROTECT_READ,  /* -p --drp */
  FL_FLD_GET_OPTIONS, /* -o --get */
  FL_FLD_SET_OPTIONS, /* -o --set --fn: from a file */
  FL_FLD_SET_VALUES,  /* -o --set --vals */
} FlFldKind;

/* The option bytes that --vals names, in the order in which they lie in an F1. */
typedef enum
{
  FL_FLD_RDP,
  FL_FLD_USER,
  FL_FLD_DATA0,
  FL_FLD_DATA1,
  FL_FLD_WRP0,
  FL_FLD_WRP1,
  FL_FLD_WRP2,
  FL_FLD_WRP3,
  FL_FLD_N_VALUES,
} FlFldValue;

typedef struct
{
  FlFldKind kind;

  /* FL_FLD_CONNECT */
  char    *port;       /* nullable: --pn as it was written */
  guint    baud;
  FlParity parity;
  gboolean two_stop_bits;
  gboolean listen;     /* the line brings back what is sent */
  guint    timeout_ms; /* 0: not said */

  /* FL_FLD_LINE */
  FlLines  line;       /* FL_LINE_DTR or FL_LINE_RTS */
  gboolean set;        /* asserted */

  char    *name;       /* nullable: FL_FLD_IDENTIFY: of the map */
  char    *path;       /* of the steps with a file */
  GArray  *codes;      /* nullable: guint: erase codes of sectors */

  /* FL_FLD_DOWNLOAD, FL_FLD_RUN */
  gboolean has_address;
  guint32  address;
  gboolean verify;
  gboolean skip_blank;

  /* FL_FLD_SET_VALUES */
  gboolean has_value[FL_FLD_N_VALUES];
  guint16  values[FL_FLD_N_VALUES];
} FlFldStep;

/**
 * FlFldScript:
 *
 * What a command line in the old grammar says, checked as a whole before any of it is done. Immutable.
 */
typedef struct _FlFldScript FlFldScript;

FlFldScript     *fl_fld_script_parse       (const char *const *arguments, GError **error);
void             fl_fld_script_free        (FlFldScript *self);
guint            fl_fld_script_get_n_steps (const FlFldScript *self);
const FlFldStep *fl_fld_script_get_step    (const FlFldScript *self, guint index);

gboolean    fl_fld_has_option     (const char *option, const char *sub_option);
gboolean    fl_fld_is_script      (const char *const *arguments); /* arguments[0] is the program */
char       *fl_fld_dup_port       (const char *port, gboolean windows, GError **error);
const char *fl_fld_value_get_name (FlFldValue value); /* "RDP" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFldScript, fl_fld_script_free)

G_END_DECLS
