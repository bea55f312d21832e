/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"
#include "fl-image.h"

G_BEGIN_DECLS

typedef enum
{
  FL_VERDICT_FITS,   /* looks as if it was built for this chip */
  FL_VERDICT_DOUBT,  /* can be programmed, but read the remarks */
  FL_VERDICT_REFUSE, /* part of it is outside this chip's flash: cannot be programmed */
} FlVerdict;

/* What a file's parts are to a chip. */
typedef enum
{
  FL_REGION_FLASH,
  FL_REGION_RAM,
  FL_REGION_SYSTEM,
  FL_REGION_OPTION_BYTES,
  FL_REGION_OTP,
  FL_REGION_EEPROM,
  FL_REGION_OUTSIDE,
} FlRegion;

typedef struct
{
  FlRegion region;
  guint32  address;
  guint64  length;
} FlJudgePart;

/**
 * FlJudgement:
 * @verdict: the worst of what was found
 * @summary: one sentence: "Fits the STM32G071: 24 KiB, starts at 0x08000000"
 * @remarks: (element-type utf8): further sentences, the most important first
 * @parts: (element-type FlJudgePart): the file by region, in order of address
 * @error: (nullable): why it is refused (%FL_ERROR_RANGE)
 * @has_vectors: whether a vector table was looked at
 * @stack_pointer: its first word
 * @reset_vector: its second word
 *
 * Does this file belong into this chip, in words. Advice, except for what lies outside the flash.
 */
typedef struct
{
  FlVerdict  verdict;
  char      *summary;
  GPtrArray *remarks;
  GPtrArray *parts;
  GError    *error;
  gboolean   has_vectors;
  guint32    stack_pointer;
  guint32    reset_vector;
} FlJudgement;

FlJudgement *fl_judge_image      (FlImage *image, const FlChip *chip, FlDevice *device); /* device: nullable */
void         fl_judgement_free   (FlJudgement *self);
const char  *fl_region_get_name  (FlRegion region); /* translated */
FlRegion     fl_chip_get_region  (const FlChip *chip, FlDevice *device, guint32 address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlJudgement, fl_judgement_free)

G_END_DECLS
