/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-jump-code.h"

/* What the code for a chip has, and what it has not. That it compiles is seen in tests/cli/test-jump.py. */
static const struct
{
  guint16 pid;
  guint32 address;
  const char *has;
  const char *has_not;
} rows[] = {
  { 0x410, 0x1FFFF000, "SCB->VTOR", "SYSCFG" },
  { 0x410, 0x1FFFF000, "msr faultmask", "msr msplim" },
  { 0x418, 0x1FFFB000, "0x1FFFB000u", "0x1FFFF000u" },
  { 0x440, 0x1FFFEC00, "RCC_APB2ENR_SYSCFGEN", "VTOR" }, /* a Cortex-M0 has none */
  { 0x440, 0x1FFFEC00, "SYSCFG->CFGR1", "faultmask" },
  { 0x413, 0x1FFF0000, "SYSCFG->MEMRMP", "SYSCFG->CFGR1" },
  { 0x413, 0x1FFF0000, "RCC->AHB1RSTR", "SCB_DisableDCache" },
  { 0x449, 0x1FF00000, "SCB_DisableDCache", "MEMRMP" },
  { 0x450, 0x1FF09800, "static void\nbootloader_jump", "RCC->" },
  { 0x460, 0x1FFF0000, "RCC_APBENR2_SYSCFGEN", "MSION" },
  { 0x468, 0x1FFF0000, "RCC->CFGR = RCC_CFGR_SW_0", "RCC->CFGR = 0" }, /* where 0 is reserved */
  { 0x415, 0x1FFF0000, "RCC_CR_MSION", "HSION" },
  { 0x440, 0x1FFFEC00, "RCC->CFGR3 = 0", "PLLCFGR" },
  { 0x418, 0x1FFFB000, "RCC_CR_PLL3ON", "RCC_CR_PLLI2SON" },
  { 0x453, 0x1FFF0000, "RCC_CR_HSIKERDIV_1", "PLL" },
  { 0x470, 0x1FFF0000, "RCC_CFGR_HPRE_3", "HSION" }, /* runs at more than 80 MHz */
  { 0x415, 0x1FFF0000, "RCC_CR_MSIRANGE_6", "RCC_CFGR_HPRE" },
  { 0x472, 0x0BF90000, "msr msplim", "RCC->" },
  { 0x474, 0x0BF87000, "stm32h5xx.h", "SYSCFG" },
  { 0x495, 0x1FFF0000, "SYSCFG->MEMRMP", "RCC->" },
  { 0x410, 0x1FFFF000, "RCC->APB2RSTR = 0xFFFFFFFFu;\n  RCC->APB2RSTR = 0;", "RCC->CFGR2 = 0xFFFFFFFFu" },
  /* Once only, and not by a word that happens to stand there. */
  { 0x410, 0x1FFFF000, "wanted[0] = 0; /* once only", "wanted[0] = 1" },
  { 0x410, 0x1FFFF000, "first == BOOTLOADER_MAGIC && second == BOOTLOADER_MAGIC)", "MAGIC ||" },
};

static void
test_code (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlJumpCode) jump = fl_jump_code_new (fl_chip_db_find (rows[i].pid));

      g_test_message ("0x%03X: %s, not %s", rows[i].pid, rows[i].has, rows[i].has_not);
      g_assert_cmphex (jump->address, ==, rows[i].address);
      g_assert_null (jump->reason);
      g_assert_nonnull (strstr (jump->code, rows[i].has));
      g_assert_null (strstr (jump->code, rows[i].has_not));
      g_assert_cmpuint (jump->checks->len, >, 5);
    }
}

/* What would come too early or too late the other way round. */
static void
test_order (void)
{
  static const struct
  {
    guint16 pid;
    const char *first;
    const char *then;
  } orders[] = {
    { 0x413, "RCC->CFGR &= ~RCC_CFGR_SW", "RCC->CFGR = 0" },       /* prescalers: they keep the buses slow */
    { 0x413, "RCC->CR &= ~RCC_CR_PLLSAION", "RCC->PLLCFGR = 0x" }, /* locked as long as a PLL runs */
    { 0x410, "RCC->CR &= ~RCC_CR_PLLON", "RCC->CFGR = 0" },        /* where PLLMUL is in CFGR */
    { 0x413, "RCC_CR_HSEON", "RCC_CR_HSEBYP" },
    { 0x415, "RCC_CR_MSIRANGE_6", "RCC->CFGR &= ~RCC_CFGR_SW" }, /* 48 MHz may be too fast for the flash */
    { 0x453, "RCC_CR_HSIDIV_1", "RCC->CFGR &= ~RCC_CFGR_SW" },
    { 0x468, "RCC_CFGR_HPRE_3", "| RCC_CFGR_SW_0" },
    { 0x413, "RCC->APB2RSTR = 0;", "SYSCFG->MEMRMP" }, /* a reset of SYSCFG undoes the mapping */
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (FlJumpCode) jump = fl_jump_code_new (fl_chip_db_find (orders[i].pid));
      const char *first = strstr (jump->code, orders[i].first);

      g_test_message ("0x%03X: %s before %s", orders[i].pid, orders[i].first, orders[i].then);
      g_assert_nonnull (first);
      g_assert_nonnull (strstr (first, orders[i].then));
      g_assert_true (strstr (jump->code, orders[i].then) > first);
    }
}

static gboolean
lists (const GPtrArray *list, const char *words)
{
  for (guint i = 0; i < list->len; i++)
    if (strstr (g_ptr_array_index (list, i), words) != NULL)
      return TRUE;
  return FALSE;
}

/* A peculiarity, and a chip with and without it. */
static const struct
{
  const char *words;
  guint16 with;
  guint16 without;
} caveats[] = {
  { "watchdog", 0x410, 0x417 },
  { "TZEN=1", 0x472, 0x460 },
  { "radio stack", 0x495, 0x460 },
  { "second core", 0x450, 0x483 },
  { "two banks", 0x419, 0x460 },
  { "flash is blank", 0x460, 0x413 },
  { "ignores its BOOT0", 0x467, 0x435 },
  { "HDPL 3", 0x474, 0x478 },
  { "clock settings are protected", 0x485, 0x450 },
};

static void
test_caveats (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (caveats); i++)
    {
      g_autoptr (FlJumpCode) with = fl_jump_code_new (fl_chip_db_find (caveats[i].with));
      g_autoptr (FlJumpCode) without = fl_jump_code_new (fl_chip_db_find (caveats[i].without));

      g_test_message ("%s", caveats[i].words);
      g_assert_true (lists (with->caveats, caveats[i].words));
      g_assert_false (lists (without->caveats, caveats[i].words));
    }
}

/* What is not known is not guessed. */
static void
test_reasons (void)
{
  static const struct
  {
    guint16 pid;
    const char *words;
  } none[] = {
    { 0x417, "cannot be entered" }, { 0x445, "cannot be entered" }, { 0x44E, "not documented" },
    { 0x01E, "not documented" },    { 0x480, "disagree" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_autoptr (FlJumpCode) jump = fl_jump_code_new (fl_chip_db_find (none[i].pid));
      g_autofree char *text = fl_jump_code_to_text (jump);

      g_assert_null (jump->code);
      g_assert_cmphex (jump->address, ==, 0);
      g_assert_nonnull (strstr (jump->reason, none[i].words));
      g_assert_cmpuint (jump->checks->len, ==, 0);
      g_assert_true (g_str_has_prefix (text, "/*"));
    }
}

/* Each list is one comment, whatever a translation writes. */
static void
test_text (void)
{
  g_autoptr (FlJumpCode) jump = fl_jump_code_new (fl_chip_db_find (0x460));
  g_autofree char *text = NULL;
  const char *lists_begin;
  const char *end;

  g_ptr_array_add (jump->checks, g_strdup ("a */ b"));
  text = fl_jump_code_to_text (jump);
  g_assert_true (g_str_has_prefix (text, jump->code));
  lists_begin = text + strlen (jump->code);
  end = strstr (lists_begin, "*/");
  g_assert_nonnull (end);
  end = strstr (end + 2, "*/");
  g_assert_cmpstr (end, ==, "*/\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jump-code/code", test_code);
  g_test_add_func ("/jump-code/order", test_order);
  g_test_add_func ("/jump-code/caveats", test_caveats);
  g_test_add_func ("/jump-code/reasons", test_reasons);
  g_test_add_func ("/jump-code/text", test_text);
  return g_test_run ();
}
