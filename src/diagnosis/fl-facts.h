/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/**
 * FlFacts:
 *
 * What was observed, by name: "sync.first" is "79", "trials.ok" is "3". Jobs and probes write them, the engine reads
 * them, a report carries them. A fact that is not there is not known, which is not the same as "no". Each may have a
 * sentence beside it that says to a person what was seen. One thread at a time.
 *
 * The names, their values and their meanings are listed in data/diagnosis/facts.json; nothing else may be set.
 */
typedef struct _FlFacts FlFacts;

FlFacts    *fl_facts_new        (void);
FlFacts    *fl_facts_copy       (const FlFacts *self);
void        fl_facts_free       (FlFacts *self);
void        fl_facts_set        (FlFacts *self, const char *name, const char *value); /* NULL: not known any more */
void        fl_facts_set_number (FlFacts *self, const char *name, double value);
void        fl_facts_set_flag   (FlFacts *self, const char *name, gboolean value);    /* "yes", "no" */
void        fl_facts_say        (FlFacts *self, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);
const char *fl_facts_get        (const FlFacts *self, const char *name);              /* NULL: not known */
double      fl_facts_get_number (const FlFacts *self, const char *name, double fallback);
gboolean    fl_facts_is         (const FlFacts *self, const char *name, const char *value);
const char *fl_facts_get_text   (const FlFacts *self, const char *name);              /* its sentence; NULL: none */
GPtrArray  *fl_facts_dup_names  (const FlFacts *self);                                /* (element-type utf8), sorted */
void        fl_facts_take_chip  (FlFacts *self, const FlChip *chip);                  /* the "chip." facts; NULL: none */

/* "sync.first= garble.factor<1.0 !host.st-link chip.series=G0|C0 port.usb=2341:*": terms that all have to hold:
 * NAME (known, and neither "no" nor "0"), !NAME (not so), NAME=A|B (with * and ?; "NAME=" is: known and empty),
 * NAME!=A|B (known, and none of them), NAME<N, NAME>N (N may be another fact), ?NAME (not known). A ! before any term
 * turns it round: "!port.usb=2341:*". A value with spaces: "sync.first=86?FE*". */
gboolean    fl_facts_match      (const FlFacts *self, const char *condition);

char       *fl_facts_to_json    (const FlFacts *self);
FlFacts    *fl_facts_from_json  (const char *text, gssize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFacts, fl_facts_free)

G_END_DECLS
