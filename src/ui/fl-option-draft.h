/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"

G_BEGIN_DECLS

/**
 * FlOptionDraft:
 *
 * What the user wants a chip's option bytes to be, beside what they are. Nothing here reaches the chip: that is for a
 * job, after a review.
 *
 * Signal: "changed", whenever a value, a problem or the device is another one.
 */
#define FL_TYPE_OPTION_DRAFT (fl_option_draft_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionDraft, fl_option_draft, FL, OPTION_DRAFT, GObject)

FlOptionDraft     *fl_option_draft_new         (void);
void               fl_option_draft_set_device  (FlOptionDraft *self, FlDevice *device, gboolean keep);
FlDevice          *fl_option_draft_get_device  (FlOptionDraft *self); /* (transfer none) nullable */
const FlOptionSet *fl_option_draft_get_before  (FlOptionDraft *self); /* as read; NULL: there are none to edit */
const FlOptionSet *fl_option_draft_get_wanted  (FlOptionDraft *self); /* NULL with the above */
GPtrArray         *fl_option_draft_dup_changes (FlOptionDraft *self); /* FlOptionChange; may be empty */

gboolean           fl_option_draft_put         (FlOptionDraft *self, const FlOptionField *field, guint32 value,
                                                GError **error);
gboolean           fl_option_draft_protect     (FlOptionDraft *self, guint8 *sectors, GError **error);
gboolean           fl_option_draft_load        (FlOptionDraft *self, const char *text, gsize length,
                                                const char *file_name, GError **error);
void               fl_option_draft_put_factory (FlOptionDraft *self);
void               fl_option_draft_undo        (FlOptionDraft *self, const FlOptionField *field);
void               fl_option_draft_undo_all    (FlOptionDraft *self);

/* An input that is not a value: nothing can be written until it is put right. Owners are compared, never looked into. */
void               fl_option_draft_set_problem (FlOptionDraft *self, gconstpointer owner, const char *text);
const char        *fl_option_draft_get_problem (FlOptionDraft *self, gconstpointer owner); /* NULL owner: any */

G_END_DECLS
