/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a firmware's vector table tells about the chip that it was built for. Advice: nothing here refuses a file.
 * Source: ARMv6-M and ARMv7-M Architecture Reference Manuals, "The vector table": the first word is the initial stack
 * pointer, the second the reset vector, odd for Thumb code. */
#include "config.h"

#include "fl-judge-private.h"

#include "fl-bytes.h"

#include <glib/gi18n-lib.h>

/* No STM32 has more on-chip RAM in one piece, or more flash. */
#define MOST_RAM   (4 * 1024 * 1024)
#define MOST_FLASH (4 * 1024 * 1024)

/* Where the ARMv6-M/v7-M memory map has RAM, and where some STM32 put more of it in front (CCM, ITCM). */
static gboolean
could_be_ram (guint32 address)
{
  return fl_range_contains (0x20000000, 0x20000000, address, 1) || fl_range_contains (0x10000000, 0x40000, address, 1);
}

/* Whether two words are the start of a vector table, of whatever chip. */
static gboolean
looks_like_vectors (guint32 stack_pointer, guint32 reset)
{
  return could_be_ram (stack_pointer) && (reset & 1) != 0 && reset < 0x40000000;
}

/* How many words of the table are handlers on every Cortex-M: the rest belongs to the chip's peripherals. */
#define N_HANDLERS 16

/* Reads handler @index of the table at @table, without its Thumb bit. */
static gboolean
read_handler (FlImage *image, guint32 table, guint index, guint32 *address)
{
  guint8 word[4];

  if (!fl_image_read (image, table + index * 4, word, sizeof word) || (word[0] & 1) == 0)
    return FALSE;
  *address = fl_bytes_get_le32 (word) & ~(guint32) 1;
  return TRUE;
}

/* Where the program was linked for whose table is at @table: the roundest address at which all handlers in flash are
 * within the program. */
static guint32
guess_base (const FlJudgeContext *context, guint32 table)
{
  guint64 length = fl_image_get_end (context->image) - table;
  guint32 low = G_MAXUINT32;
  guint32 high = 0;
  guint32 address;

  for (guint i = 1; i < N_HANDLERS; i++)
    if (read_handler (context->image, table, i, &address)
        && fl_chip_get_region (context->chip, context->device, address) == FL_REGION_FLASH)
      {
        low = MIN (low, address);
        high = MAX (high, address);
      }
  for (guint bits = 20; bits > 8; bits--)
    {
      guint32 base = low & ~(((guint32) 1 << bits) - 1);

      if (high < base + length)
        return base;
    }
  return low & ~(guint32) 0xFF;
}

/* Whether a handler is in flash, but not in the file. */
static gboolean
find_stray_handler (const FlJudgeContext *context, guint32 table, guint32 *address)
{
  for (guint i = 1; i < N_HANDLERS; i++)
    if (read_handler (context->image, table, i, address) && !fl_image_covers (context->image, *address, 2)
        && fl_chip_get_region (context->chip, context->device, *address) == FL_REGION_FLASH)
      return TRUE;
  return FALSE;
}

/* A stack grows downward: it may begin behind the last byte, but not at the first. */
static gboolean
is_in_more_ram (const FlChip *chip, guint32 stack_pointer)
{
  for (guint i = 0; chip->more_ram != NULL && i < chip->more_ram->len; i++)
    {
      const FlChipRange *ram = &g_array_index (chip->more_ram, FlChipRange, i);

      if (stack_pointer > ram->start && stack_pointer - ram->start <= ram->size)
        return TRUE;
    }
  return FALSE;
}

static void
judge_stack_pointer (const FlJudgeContext *context, FlJudgement *judgement)
{
  guint32 stack_pointer = judgement->stack_pointer;
  const FlChip *chip = context->chip;
  g_autofree char *ram = NULL;
  gboolean elsewhere;
  guint64 end;

  if (chip == NULL)
    {
      fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                           _ ("This chip is not known, nor how much RAM it has: whether the program was built for it "
                              "cannot be said (its stack begins at 0x%08X)."),
                           stack_pointer);
      return;
    }
  if (chip->ram_kib == 0)
    {
      fl_judgement_remark (judgement, FL_VERDICT_FITS,
                           _ ("How much RAM the %s has is not known: the program's stack (0x%08X) was not checked."),
                           context->name, stack_pointer);
      return;
    }
  end = chip->ram_start + (guint64) chip->ram_kib * 1024;
  ram = fl_judge_format_bytes (end - chip->ram_start);
  elsewhere = is_in_more_ram (chip, stack_pointer);
  if (!elsewhere && stack_pointer > end && stack_pointer - end <= MOST_RAM)
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("Built for a chip with more RAM than this one: its stack begins at 0x%08X, but the %s has %s, "
           "up to 0x%08X. It will probably crash at once. Choose the file for this chip."),
        stack_pointer, context->name, ram, (guint32) end);
  else if (!elsewhere && (stack_pointer <= chip->ram_start || stack_pointer > end))
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The program's stack begins at 0x%08X, outside the main RAM of the %s (%s from 0x%08X). Make "
           "sure that the file was built for this chip."),
        stack_pointer, context->name, ram, chip->ram_start);
  else if (stack_pointer % 8 != 0)
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The program's stack begins at 0x%08X, which is no multiple of 8 as ARM asks for. Long numbers "
           "may come out wrong: check the linker script."),
        stack_pointer);
}

/* The table names code at @address in flash, which the file does not hold. */
static void
judge_stray_handler (const FlJudgeContext *context, FlJudgement *judgement, guint32 table, guint32 address)
{
  if (fl_image_get_format (context->image) == FL_IMAGE_BIN)
    fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                         _ ("Probably linked for 0x%08X, but would be placed at 0x%08X: its vector table points to "
                            "0x%08X, where the file then has nothing. Check the address."),
                         guess_base (context, table), table, address);
  else
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The vector table points to 0x%08X, but the file holds nothing there. It is only a part of a "
           "program, or damaged: check that it is the right file."),
        address);
}

/* The program starts at @start, which is not in flash. */
static void
judge_start_elsewhere (const FlJudgeContext *context, FlJudgement *judgement, guint32 table, guint32 start)
{
  if (start < context->flash_size && fl_image_covers (context->image, context->flash_start + start, 2))
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("Linked for address 0x00000000, but would be placed at 0x%08X. It works only as long as the "
           "chip shows its flash at address 0, too. Better link it for 0x%08X."),
        table, context->flash_start);
  else if (start >= context->flash_end && start - context->flash_start < MOST_FLASH)
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("Built for a chip with more flash than this one: it starts at 0x%08X, but the flash of the %s "
           "ends before 0x%08X. Choose the file for this chip."),
        start, context->name, (guint32) context->flash_end);
  else
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The program starts at 0x%08X, which is not in the flash of the %s. Make sure that the file "
           "was built for this chip."),
        start, context->name);
}

static void
judge_table (const FlJudgeContext *context, FlJudgement *judgement, guint32 table)
{
  guint32 start = judgement->reset_vector & ~(guint32) 1;
  guint32 stray;

  judge_stack_pointer (context, judgement);
  if ((judgement->reset_vector & 1) == 0)
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The reset vector 0x%08X is even, but must be odd: the program cannot start. Make sure that "
           "the file was built for an STM32."),
        judgement->reset_vector);
  else if (fl_chip_get_region (context->chip, context->device, start) != FL_REGION_FLASH)
    judge_start_elsewhere (context, judgement, table, start);
  else if (find_stray_handler (context, table, &stray))
    judge_stray_handler (context, judgement, table, stray);
  else if (table != context->flash_start)
    fl_judgement_remark (
        judgement, FL_VERDICT_DOUBT,
        _ ("The program begins at 0x%08X, not at the start of flash (0x%08X): it needs another program "
           "there that starts it, such as a bootloader of your own. Program that too."),
        table, context->flash_start);
}

/* The first words are no vector table. */
static void
judge_other_kind (const FlJudgeContext *context, FlJudgement *judgement, guint32 first, guint32 second)
{
  guint32 erased = context->chip != NULL && context->chip->erased_value == 0 ? 0 : G_MAXUINT32;

  if (first == erased && second == erased)
    fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                         _ ("The file begins with blank flash: the chip cannot start a program from it. Make sure that "
                            "this is what you want."));
  else
    fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                         _ ("The file does not begin with a program's vector table (its first words are 0x%08X and "
                            "0x%08X). It is data, or a raw binary of another kind: the chip cannot start it."),
                         first, second);
}

/**
 * fl_judge_vectors:
 *
 * Looks at the vector table at the start of flash, or, when the file holds nothing there, at its own start, and adds
 * what it finds to @judgement.
 */
void
fl_judge_vectors (const FlJudgeContext *context, FlJudgement *judgement)
{
  guint32 table = 0;
  gboolean found = FALSE;
  gboolean at_start;
  guint8 words[8];
  gboolean is_table;

  for (guint i = 0; i < judgement->parts->len && !found; i++)
    {
      const FlJudgePart *part = g_ptr_array_index (judgement->parts, i);

      found = part->region == FL_REGION_FLASH;
      table = part->address;
    }
  if (!found)
    return;
  at_start = table == context->flash_start;

  if (!fl_image_read (context->image, table, words, sizeof words))
    memset (words, 0, sizeof words);
  else if (at_start)
    judgement->has_vectors = TRUE;
  is_table = looks_like_vectors (fl_bytes_get_le32 (words), fl_bytes_get_le32 (words + 4));
  judgement->has_vectors |= is_table;
  if (judgement->has_vectors)
    {
      judgement->stack_pointer = fl_bytes_get_le32 (words);
      judgement->reset_vector = fl_bytes_get_le32 (words + 4);
    }

  if (is_table || (judgement->has_vectors && could_be_ram (judgement->stack_pointer)))
    judge_table (context, judgement, table);
  else if (judgement->has_vectors)
    judge_other_kind (context, judgement, judgement->stack_pointer, judgement->reset_vector);
  else if (at_start)
    fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                         _ ("The file is too short to hold a program: it ends before the vector table does."));
  else
    fl_judgement_remark (judgement, FL_VERDICT_DOUBT,
                         _ ("The file begins at 0x%08X and holds nothing at the start of flash (0x%08X), and no "
                            "program of its own: it is data, "
                            "which the chip cannot start."),
                         table, context->flash_start);
}
