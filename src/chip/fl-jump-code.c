/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-jump-code.h"

#include <glib/gi18n-lib.h>

/* Register and bit names are those of ST's CMSIS device headers. Compared with (repository and commit):
 *   C0 stm32c011xx.h (cmsis-device-c0 12eca8ec), F0 stm32f042x6.h (a copy from STM32CubeF0), F1 stm32f105xc.h
 *   (STM32CubeF1 660179d4), F4 stm32f410cx.h (STM32CubeF4 1f339530), G0 stm32g0b1xx.h (STM32CubeG0 2447e18b),
 *   G4 stm32g431xx.h (cmsis-device-g4 7ec9f90c), L1 stm32l152xe.h and L4 stm32l412xx.h (copies from STM32CubeL1 and
 *   STM32CubeL4), U0 stm32u031xx.h (cmsis-device-u0 a973f2d9), WL stm32wle5xx.h (STM32CubeWL 6d27fec2);
 * the other names, those of other lines, and the order of things, with what ST's HAL and LL drivers of the series use
 * and do (HAL_DeInit, HAL_RCC_DeInit). Other sources: AN2606 ("Bootloader activation", and the notes on jumping to it),
 * the series' reference manuals (RCC, SYSCFG: reset values), and for the addresses AN2606 and ST's table of entry
 * points in "How to jump to system bootloader from application code on STM32". */

#define COMMENT_WIDTH 110

typedef enum
{
  JUMP_MAY_BE_DIRECT = 1 << 0, /* it is known how to undo what the application did; otherwise only a reset does it */
  JUMP_VTOR = 1 << 1,          /* the core has a vector table register */
  JUMP_MASKS = 1 << 2,         /* BASEPRI and FAULTMASK */
  JUMP_CACHES = 1 << 3,        /* of the core, with ECC in the RAM: a flag may never get there */
  JUMP_STACK_LIMIT = 1 << 4,
  JUMP_TRUSTZONE = 1 << 5,
  JUMP_TWO_CORES = 1 << 6,
  JUMP_RADIO = 1 << 7,
  JUMP_UNKNOWN = 1 << 8, /* where the bootloader begins is not known */
} JumpTraits;

/* What leads from the clock settings of an application to those after a reset. The prescalers last: without them, the
 * application's clock may be too fast for the buses. The wait states of the flash stay: too many do no harm. */
#define CLOCK_ON(oscillator)                                                                                           \
  "  RCC->CR |= RCC_CR_" oscillator "ON;\n"                                                                            \
  "  while ((RCC->CR & RCC_CR_" oscillator "RDY) == 0)\n"                                                              \
  "    ;\n"
#define CLOCK_WAIT(sws)                                                                                                \
  "  while ((RCC->CFGR & RCC_CFGR_SWS) != " sws ")\n"                                                                  \
  "    ;\n"
#define CLOCK_USE_0 "  RCC->CFGR &= ~RCC_CFGR_SW;\n" CLOCK_WAIT ("0")
#define CLOCK_USE_1 "  RCC->CFGR = (RCC->CFGR & ~RCC_CFGR_SW) | RCC_CFGR_SW_0;\n" CLOCK_WAIT ("RCC_CFGR_SWS_0")
#define PLL_OFF(name)                                                                                                  \
  "  RCC->CR &= ~RCC_CR_" name "ON;\n"                                                                                 \
  "  while ((RCC->CR & RCC_CR_" name "RDY) != 0)\n"                                                                    \
  "    ;\n"
#define PLL_OFF_IF(name) "#ifdef RCC_CR_" name "ON\n" PLL_OFF (name) "#endif\n"
/* HSEBYP cannot be written as long as HSEON is set. */
#define CLOCK_REST(cfgr)                                                                                               \
  "  RCC->CFGR = " cfgr ";\n"                                                                                          \
  "  RCC->CR &= ~(RCC_CR_HSEON | RCC_CR_CSSON);\n"                                                                     \
  "  RCC->CR &= ~RCC_CR_HSEBYP;\n"
#define FROM_HIGH                                                                                                      \
  "  if ((RCC->CFGR & RCC_CFGR_HPRE) == 0)\n"                                                                          \
  "    RCC->CFGR |= RCC_CFGR_HPRE_3; /* half speed first: above 80 MHz one step would be too much */\n"
#define HSI_UNDIVIDED "  RCC->CR &= ~RCC_CR_HSIDIV;\n"
#define HSI_DIVIDED                                                                                                    \
  "  RCC->CR = (RCC->CR & ~(RCC_CR_HSIDIV | RCC_CR_HSIKERDIV)) | RCC_CR_HSIDIV_1 | RCC_CR_HSIKERDIV_1;\n"
#define SYS_UNDIVIDED                                                                                                  \
  "#ifdef RCC_CR_SYSDIV\n"                                                                                             \
  "  RCC->CR &= ~RCC_CR_SYSDIV;\n"                                                                                     \
  "#endif\n"
#define MSI_4_MHZ      "  RCC->CR = (RCC->CR & ~RCC_CR_MSIRANGE) | RCC_CR_MSIRANGE_6 | RCC_CR_MSIRGSEL;\n"
#define MSI_2_MHZ      "  RCC->ICSCR = (RCC->ICSCR & ~RCC_ICSCR_MSIRANGE) | RCC_ICSCR_MSIRANGE_5;\n"
#define PLLCFGR(value) "  RCC->PLLCFGR = " value ";\n"
/* The STM32F410, which has no second PLL, has another reset value. */
#define PLLCFGR_F4 "#ifdef RCC_CR_PLLI2SON\n" PLLCFGR ("0x24003010u") "#else\n" PLLCFGR ("0x7F003010u") "#endif\n"

/* The PLLs before CFGR or PLLCFGR: they do not let go of their factors while they run. */
#define CLOCK_C0 HSI_DIVIDED CLOCK_ON ("HSI") CLOCK_USE_0 SYS_UNDIVIDED CLOCK_REST ("0")
#define CLOCK_F0 CLOCK_ON ("HSI") CLOCK_USE_0 PLL_OFF ("PLL") CLOCK_REST ("0")
#define CLOCK_F1 CLOCK_ON ("HSI") CLOCK_USE_0 PLL_OFF ("PLL") PLL_OFF_IF ("PLL2") PLL_OFF_IF ("PLL3") CLOCK_REST ("0")
#define CLOCK_F2 CLOCK_ON ("HSI") CLOCK_USE_0 PLL_OFF ("PLL") PLL_OFF_IF ("PLLI2S")
#define CLOCK_F4 CLOCK_F2 PLL_OFF_IF ("PLLSAI") PLLCFGR_F4 CLOCK_REST ("0")
#define CLOCK_F7 CLOCK_F2 PLL_OFF_IF ("PLLSAI") PLLCFGR ("0x24003010u") CLOCK_REST ("0")
#define CLOCK_G0 CLOCK_ON ("HSI") CLOCK_USE_0 PLL_OFF ("PLL") PLLCFGR ("0x00001000u") HSI_UNDIVIDED CLOCK_REST ("0")
#define CLOCK_G4                                                                                                       \
  CLOCK_ON ("HSI")                                                                                                     \
  FROM_HIGH CLOCK_USE_1 PLL_OFF ("PLL") PLLCFGR ("0x00001000u") CLOCK_REST ("RCC_CFGR_SW_0")
#define CLOCK_L1 CLOCK_ON ("MSI") MSI_2_MHZ CLOCK_USE_0 PLL_OFF ("PLL") CLOCK_REST ("0")
#define CLOCK_L4                                                                                                       \
  CLOCK_ON ("MSI")                                                                                                     \
  MSI_4_MHZ CLOCK_USE_0 PLL_OFF ("PLL") PLL_OFF_IF ("PLLSAI1") PLL_OFF_IF ("PLLSAI2") PLLCFGR ("0x00001000u")          \
      CLOCK_REST ("0")
#define CLOCK_L4_PLUS FROM_HIGH CLOCK_L4
#define CLOCK_U0      CLOCK_ON ("MSI") MSI_4_MHZ CLOCK_USE_0 PLL_OFF ("PLL") PLLCFGR ("0x00001000u") CLOCK_REST ("0")

/* Where BOOT0 would put the bootloader at address 0, the application has to, or its interrupts end up in the flash. */
#define REMAP_CFGR1  "  SYSCFG->CFGR1 = (SYSCFG->CFGR1 & ~SYSCFG_CFGR1_MEM_MODE) | SYSCFG_CFGR1_MEM_MODE_0;\n"
#define REMAP_MEMRMP "  SYSCFG->MEMRMP = (SYSCFG->MEMRMP & ~SYSCFG_MEMRMP_MEM_MODE) | SYSCFG_MEMRMP_MEM_MODE_0;\n"

/* Names of registers: with "?MACRO", only where that is defined, as not every line of the series has the register. */
typedef struct
{
  const char *name;    /* of the series */
  const char *header;  /* CMSIS */
  const char *resets;  /* the registers that reset peripherals */
  const char *clock;   /* statements */
  const char *sources; /* the registers, 0 after a reset, from where peripherals get their clocks; NULL: none */
  const char *enable;  /* register and bit that clock SYSCFG; NULL: always on, or not needed */
  const char *remap;   /* statement; NULL: nothing is mapped to address 0 */
  JumpTraits traits;
} JumpSeries;

static const JumpSeries series[] = {
  { "C0", "stm32c0xx.h", "IOPRSTR AHBRSTR APBRSTR1 APBRSTR2", CLOCK_C0, "CCIPR CCIPR2?RCC_CCIPR2_USBSEL",
    "APBENR2 RCC_APBENR2_SYSCFGEN", REMAP_CFGR1, JUMP_MAY_BE_DIRECT | JUMP_VTOR },
  { "F0", "stm32f0xx.h", "AHBRSTR APB1RSTR APB2RSTR", CLOCK_F0, "CFGR2 CFGR3", "APB2ENR RCC_APB2ENR_SYSCFGEN",
    REMAP_CFGR1, JUMP_MAY_BE_DIRECT },
  { "F1", "stm32f1xx.h", "AHBRSTR?RCC_AHBRSTR_OTGFSRST APB1RSTR APB2RSTR", CLOCK_F1, "CFGR2?RCC_CFGR2_PREDIV1", NULL,
    NULL, JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "F2", "stm32f2xx.h", "AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR APB2RSTR",
    CLOCK_F2 PLLCFGR ("0x24003010u") CLOCK_REST ("0"), NULL, "APB2ENR RCC_APB2ENR_SYSCFGEN", REMAP_MEMRMP,
    JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "F3", "stm32f3xx.h", "AHBRSTR APB1RSTR APB2RSTR", CLOCK_F0, "CFGR2 CFGR3", "APB2ENR RCC_APB2ENR_SYSCFGEN",
    REMAP_CFGR1, JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "F4", "stm32f4xx.h",
    "AHB1RSTR AHB2RSTR?RCC_AHB2RSTR_OTGFSRST AHB3RSTR?RCC_AHB3RSTR_FSMCRST AHB3RSTR?RCC_AHB3RSTR_FMCRST APB1RSTR "
    "APB2RSTR",
    CLOCK_F4, "DCKCFGR?RCC_DCKCFGR_TIMPRE DCKCFGR2?RCC_DCKCFGR2_FMPI2C1SEL", "APB2ENR RCC_APB2ENR_SYSCFGEN",
    REMAP_MEMRMP, JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "F7", "stm32f7xx.h", "AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR APB2RSTR", CLOCK_F7, "DCKCFGR2", NULL, NULL,
    JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS | JUMP_CACHES },
  { "G0", "stm32g0xx.h", "IOPRSTR AHBRSTR APBRSTR1 APBRSTR2", CLOCK_G0, "CCIPR CCIPR2?RCC_CCIPR2_USBSEL",
    "APBENR2 RCC_APBENR2_SYSCFGEN", REMAP_CFGR1, JUMP_MAY_BE_DIRECT | JUMP_VTOR },
  { "G4", "stm32g4xx.h", "AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR1 APB1RSTR2 APB2RSTR", CLOCK_G4, "CCIPR CCIPR2",
    "APB2ENR RCC_APB2ENR_SYSCFGEN", REMAP_MEMRMP, JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "L1", "stm32l1xx.h", "AHBRSTR APB1RSTR APB2RSTR", CLOCK_L1, NULL, "APB2ENR RCC_APB2ENR_SYSCFGEN", REMAP_MEMRMP,
    JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "L4", "stm32l4xx.h", "AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR1 APB1RSTR2 APB2RSTR", CLOCK_L4,
    "CCIPR CCIPR2?RCC_CCIPR2_I2C4SEL", "APB2ENR RCC_APB2ENR_SYSCFGEN", REMAP_MEMRMP,
    JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "L4+", "stm32l4xx.h", "AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR1 APB1RSTR2 APB2RSTR", CLOCK_L4_PLUS,
    "CCIPR CCIPR2?RCC_CCIPR2_I2C4SEL", "APB2ENR RCC_APB2ENR_SYSCFGEN", REMAP_MEMRMP,
    JUMP_MAY_BE_DIRECT | JUMP_VTOR | JUMP_MASKS },
  { "U0", "stm32u0xx.h", "IOPRSTR AHBRSTR APBRSTR1 APBRSTR2", CLOCK_U0, "CCIPR", "APBENR2 RCC_APBENR2_SYSCFGEN",
    REMAP_CFGR1, JUMP_MAY_BE_DIRECT | JUMP_VTOR },
  /* From here on an application leaves too much behind for a list of registers: only a reset clears it. */
  { "H5", "stm32h5xx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_STACK_LIMIT | JUMP_TRUSTZONE },
  { "H7", "stm32h7xx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_CACHES },
  { "H7RS", "stm32h7rsxx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_CACHES },
  { "L5", "stm32l5xx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_STACK_LIMIT | JUMP_TRUSTZONE },
  { "U3", "stm32u3xx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_STACK_LIMIT | JUMP_TRUSTZONE },
  { "U5", "stm32u5xx.h", NULL, NULL, NULL, NULL, NULL, JUMP_VTOR | JUMP_MASKS | JUMP_STACK_LIMIT | JUMP_TRUSTZONE },
  { "WB", "stm32wbxx.h", NULL, NULL, NULL, NULL, REMAP_MEMRMP, JUMP_VTOR | JUMP_MASKS | JUMP_RADIO },
  { "WBA", "stm32wbaxx.h", NULL, NULL, NULL, NULL, NULL,
    JUMP_VTOR | JUMP_MASKS | JUMP_STACK_LIMIT | JUMP_TRUSTZONE | JUMP_RADIO },
  { "WL", "stm32wlxx.h", NULL, NULL, NULL, NULL, REMAP_MEMRMP, JUMP_VTOR | JUMP_MASKS | JUMP_RADIO },
  /* Their system memory holds more than the bootloader, and its entry is nowhere documented. */
  { "C5", NULL, NULL, NULL, NULL, NULL, NULL, JUMP_UNKNOWN },
  { "WB0", NULL, NULL, NULL, NULL, NULL, NULL, JUMP_UNKNOWN },
  { "WL3", NULL, NULL, NULL, NULL, NULL, NULL, JUMP_UNKNOWN },
};

/* Where the entry is not the beginning of the system memory. */
static const struct
{
  guint16 pid;
  guint32 address; /* 0: documents disagree */
  const char *reason;
} entries[] = {
  { 0x450, 0x1FF09800, NULL },
  { 0x483, 0x1FF09800, NULL },
  { 0x480, 0, N_ ("Documents disagree about where the bootloader of this chip begins: 0x1FF0A000 or 0x1FF0A800.") },
};

static const JumpSeries *
find_series (const FlChip *chip)
{
  for (guint i = 0; i < G_N_ELEMENTS (series); i++)
    if (g_strcmp0 (series[i].name, chip->series) == 0)
      return &series[i];
  return NULL;
}

/* Returns: 0 when it is not known, with the reason in @reason. */
static guint32
find_address (const FlChip *chip, const JumpSeries *row, const char **reason)
{
  *reason = NULL;
  if (chip->flags & FL_CHIP_NO_JUMP)
    *reason = _ ("The bootloader of this chip cannot be entered from the application. It needs its BOOT0 pin.");
  else if (row == NULL || (row->traits & JUMP_UNKNOWN) || chip->system_start == 0)
    *reason =
        _ ("It is not documented where the bootloader of this chip begins, and a guess would end in a hard fault.");
  for (guint i = 0; *reason == NULL && i < G_N_ELEMENTS (entries); i++)
    if (entries[i].pid == chip->pid)
      {
        if (entries[i].address == 0)
          *reason = _ (entries[i].reason);
        return entries[i].address;
      }
  return *reason == NULL ? chip->system_start : 0;
}

/* The code itself is not translated: it is for a source tree. */
static void
add_head (GString *code, const FlChip *chip, const JumpSeries *row, guint32 address)
{
  g_string_append_printf (
      code,
      "/* Enters the bootloader in the system memory of %s (product ID 0x%03X).\n"
      " *\n"
      " * Call bootloader_enter_if_requested() first thing in main(), before any clock, pin or\n"
      " * interrupt is set up, and bootloader_request() wherever the bootloader is wanted. A reset\n"
      " * lies between the two: it is the only thing that undoes all that an application has done to\n"
      " * clocks, peripherals, caches, interrupts and stacks.\n"
      " *\n"
      " * The linker script needs a section that the start-up code does not clear, in RAM:\n"
      " *   .noinit (NOLOAD) : { *(.noinit*) } > RAM\n"
      " */\n"
      "#include \"%s\"\n\n"
      "#define BOOTLOADER_ADDRESS 0x%08Xu\n"
      "#define BOOTLOADER_MAGIC   0xB007F1A5u\n\n"
      "void bootloader_request (void);\n"
      "void bootloader_enter_if_requested (void);\n",
      chip->name, chip->pid, row->header, address);
  if (row->traits & JUMP_MAY_BE_DIRECT)
    g_string_append (code, "void bootloader_jump (void);\n");
  g_string_append (code, "\n/* Both words hold the magic number; neither does after power-on. */\n"
                         "__attribute__ ((section (\".noinit\"), aligned (8))) static volatile uint32_t "
                         "bootloader_wanted[2];\n\n");
}

static void
add_request (GString *code, const JumpSeries *row)
{
  g_string_append (code, "/* Resets the chip into its bootloader. From anywhere, also from an interrupt. */\n"
                         "void\n"
                         "bootloader_request (void)\n"
                         "{\n"
                         "  bootloader_wanted[0] = BOOTLOADER_MAGIC;\n"
                         "  bootloader_wanted[1] = BOOTLOADER_MAGIC;\n");
  if (row->traits & JUMP_CACHES)
    g_string_append (code, "  if ((SCB->CCR & SCB_CCR_DC_Msk) != 0)\n"
                           "    SCB_CleanDCache (); /* what is still in the cache does not survive the reset */\n");
  g_string_append (code, "  __DSB ();\n"
                         "  NVIC_SystemReset ();\n"
                         "}\n\n");
}

/* No C after the stack has been changed: a compiler may keep variables there. */
static void
add_leave (GString *code, const JumpSeries *row)
{
  g_string_append (code,
                   "/* The last instructions: main stack, privileged, interrupts enabled again (USB, SPI and USARTs\n"
                   " * whose rate is measured by software need them), then the bootloader's reset handler. In\n"
                   " * assembler, because the compiler may use the stack that is being changed; for GCC, Clang and\n"
                   " * Arm Compiler 6. */\n"
                   "__attribute__ ((naked, noreturn)) static void\n"
                   "bootloader_leave (uint32_t stack __attribute__ ((unused)),\n"
                   "                  uint32_t entry __attribute__ ((unused)))\n"
                   "{\n"
                   "  __asm volatile (\"movs r2, #0\\n\"\n"
                   "                  \"msr control, r2\\n\"\n"
                   "                  \"isb\\n\"\n");
  if (row->traits & JUMP_STACK_LIMIT)
    g_string_append (code, "                  \"msr msplim, r2\\n\"\n");
  if (row->traits & JUMP_MASKS)
    g_string_append (code, "                  \"msr basepri, r2\\n\"\n"
                           "                  \"msr faultmask, r2\\n\"\n");
  g_string_append (code, "                  \"msr msp, r0\\n\"\n"
                         "                  \"cpsie i\\n\"\n"
                         "                  \"bx r1\\n\");\n"
                         "}\n\n");
}

/* A statement for each register; with @pulse, all bits are set before. */
static void
add_zeros (GString *code, const char *registers, gboolean pulse)
{
  g_auto (GStrv) names = g_strsplit (registers, " ", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      char *macro = strchr (names[i], '?');

      if (macro != NULL)
        *macro++ = '\0';
      if (macro != NULL)
        g_string_append_printf (code, "#ifdef %s\n", macro);
      if (pulse)
        g_string_append_printf (code, "  RCC->%s = 0xFFFFFFFFu;\n", names[i]);
      g_string_append_printf (code, "  RCC->%s = 0;\n", names[i]);
      if (macro != NULL)
        g_string_append (code, "#endif\n");
    }
}

static void
add_remap (GString *code, const JumpSeries *row)
{
  g_auto (GStrv) words = row->enable != NULL ? g_strsplit (row->enable, " ", 2) : NULL;

  g_string_append (
      code, "\n  /* The bootloader to address 0, as BOOT0 would have put it: it looks for its vectors there. */\n");
  if (words != NULL)
    g_string_append_printf (code, "  RCC->%s |= %s;\n  (void) RCC->%s; /* the clock needs a moment */\n", words[0],
                            words[1], words[0]);
  g_string_append_printf (code, "%s  __DSB ();\n  __ISB ();\n", row->remap);
}

static void
add_jump (GString *code, const JumpSeries *row)
{
  gboolean direct = (row->traits & JUMP_MAY_BE_DIRECT) != 0;

  g_string_append (
      code, direct ? "/* Goes there at once. Not from an interrupt: the bootloader's own would never come.\n"
                     " * Nor from a low-power run mode, nor with code or stack in external memory: the clock and the\n"
                     " * resets below would be the end of them.\n"
                     " * bootloader_request() is safer: it also clears what is not listed here. */\n"
                     "void\n"
                   : "/* Only right after a reset: what an application leaves behind, nothing here clears. */\n"
                     "static void\n");
  g_string_append (code, "bootloader_jump (void)\n"
                         "{\n"
                         "  const volatile uint32_t *vectors = (const volatile uint32_t *) BOOTLOADER_ADDRESS;\n\n"
                         "  __disable_irq ();\n"
                         "  SysTick->CTRL = 0;\n"
                         "  SysTick->LOAD = 0;\n"
                         "  SysTick->VAL = 0;\n");
  if (row->traits & JUMP_CACHES)
    g_string_append (code, "\n  /* Caches and memory protection off. A cache that is off must not be cleaned. */\n"
                           "  if ((SCB->CCR & SCB_CCR_DC_Msk) != 0)\n"
                           "    SCB_DisableDCache ();\n"
                           "  if ((SCB->CCR & SCB_CCR_IC_Msk) != 0)\n"
                           "    SCB_DisableICache ();\n"
                           "  MPU->CTRL = 0;\n");
  if (row->clock != NULL)
    g_string_append_printf (
        code, "\n  /* Clocks as after a reset: the bootloader counts on them for the bit rate. */\n%s", row->clock);
  if (row->sources != NULL)
    add_zeros (code, row->sources, FALSE);
  if (row->resets != NULL)
    {
      g_string_append (code, "\n  /* Peripherals as after a reset. */\n");
      add_zeros (code, row->resets, TRUE);
    }
  g_string_append (code, "\n  /* No interrupt is left that the bootloader has no handler for. */\n"
                         "  for (uint32_t i = 0; i < sizeof NVIC->ICER / sizeof NVIC->ICER[0]; i++)\n"
                         "    {\n"
                         "      NVIC->ICER[i] = 0xFFFFFFFFu;\n"
                         "      NVIC->ICPR[i] = 0xFFFFFFFFu;\n"
                         "    }\n"
                         "  SCB->ICSR = SCB_ICSR_PENDSTCLR_Msk | SCB_ICSR_PENDSVCLR_Msk;\n");
  if (row->remap != NULL)
    add_remap (code, row);
  if (row->traits & JUMP_VTOR)
    g_string_append (code, "\n  SCB->VTOR = BOOTLOADER_ADDRESS;\n"
                           "  __DSB ();\n"
                           "  __ISB ();\n");
  g_string_append (code, "  bootloader_leave (vectors[0], vectors[1]);\n"
                         "}\n\n");
}

static void
add_enter (GString *code)
{
  g_string_append (code, "/* First thing in main(). Returns when the application is to run. */\n"
                         "void\n"
                         "bootloader_enter_if_requested (void)\n"
                         "{\n"
                         "  uint32_t first = bootloader_wanted[0];\n"
                         "  uint32_t second = bootloader_wanted[1];\n\n"
                         "  bootloader_wanted[0] = 0; /* once only: the next reset starts the application */\n"
                         "  bootloader_wanted[1] = 0;\n"
                         "  if (first == BOOTLOADER_MAGIC && second == BOOTLOADER_MAGIC)\n"
                         "    bootloader_jump ();\n"
                         "}\n");
}

static void
add_text (GPtrArray *list, const char *text)
{
  g_ptr_array_add (list, g_strdup (text));
}

/* Whether a bank may be started by an option bit: then what stands at address 0 is not what one thinks. */
static gboolean
has_two_banks (const FlChip *chip)
{
  for (guint i = 0; i < chip->layouts->len; i++)
    if (((const FlChipLayout *) g_ptr_array_index (chip->layouts, i))->dual_bank)
      return TRUE;
  return FALSE;
}

/* Whether a known fault of the bootloader shows after a jump; the words are those of data/chips/words.xml. */
static gboolean
concerns_jump (const char *fault)
{
  return strstr (fault, "jump-") != NULL || g_str_has_suffix (fault, "empty-flag") || g_str_has_suffix (fault, "-low");
}

static void
add_caveats (FlJumpCode *self, const FlChip *chip, const JumpSeries *row)
{
  g_autoptr (GPtrArray) faults = fl_chip_dup_faults (chip);

  if (self->code != NULL)
    add_text (
        self->caveats,
        _ ("A watchdog that the application has started cannot be stopped: the independent one keeps running in the "
           "bootloader, which feeds it, but a window watchdog resets the chip. After the reset of "
           "bootloader_request() neither runs, unless an option bit starts it."));
  if (self->code != NULL && row != NULL && (row->traits & JUMP_TRUSTZONE))
    add_text (self->caveats,
              _ ("With TrustZone switched on (TZEN=1) the bootloader is reached over the secure firmware "
                 "(RSS) only: this code is for TZEN=0."));
  if (self->code != NULL && (row->traits & JUMP_RADIO))
    add_text (
        self->caveats,
        _ ("What a running radio stack, or the second core, leaves behind is not documented. After "
           "bootloader_request() neither has been started yet: call bootloader_enter_if_requested() before it is."));
  if (self->code != NULL && strstr (chip->core, "+Cortex") != NULL)
    add_text (self->caveats,
              _ ("A second core must not run while the bootloader does: it must wait for the first one to "
                 "start it, or be kept from starting by its option bit."));
  if (self->code != NULL && has_two_banks (chip))
    add_text (self->caveats,
              _ ("With two banks: where an option bit starts one bank or the other (BFB2, nDBOOT, SWAP_BANK), the "
                 "chip's first-stage code runs before the application, and address 0 may show it. Clear that bit, or "
                 "make sure that both banks hold an application that knows bootloader_request()."));
  if (chip->flags & FL_CHIP_EMPTY_CHECK)
    add_text (
        self->caveats,
        _ ("This chip enters its bootloader by itself while its flash is blank, and remembers that from power-on. "
           "After the flash was erased in the bootloader, a reset may lead back there: power off and on, or use Go."));
  if (chip->flags & FL_CHIP_BOOT0_IGNORED)
    add_text (self->caveats,
              _ ("A new chip of this kind ignores its BOOT0 pin: an application whose jump does not work "
                 "locks the board's serial port out. Set the option bits so that BOOT0 counts first."));
  for (guint i = 0; i < faults->len; i++)
    if (concerns_jump (chip->bugs[i]))
      add_text (self->caveats, g_ptr_array_index (faults, i));
}

static void
add_checks (FlJumpCode *self)
{
  add_text (self->checks,
            _ ("Does the bootloader answer with BOOT0 high and a reset, on the same wires? If not, the wires, "
               "the port or the option bits are at fault, not the jump."));
  add_text (self->checks,
            _ ("Blink a LED, or send a byte, right before the jump: is it reached at all? And in the reset "
               "handler: does the application simply start again, because a watchdog or a fault has reset "
               "the chip?"));
  add_text (
      self->checks,
      _ ("With a debugger, stop after the jump: what stands at address 0, and in VTOR where the core has one? Both "
         "have to show the bootloader's vectors, not the application's."));
  g_ptr_array_add (
      self->checks,
      g_strdup_printf (_ ("The first word at 0x%08X has to be an address in RAM, the second an odd one in the "
                          "system memory. Anything else: it is the wrong address for this chip."),
                       self->address));
  add_text (self->checks,
            _ ("Is 0x7F answered with garbage? The answer's clock factor tells (“Find out why” computes it): "
               "exactly 1/2, 1/4 or 2 is a clock or a prescaler that the application left set."));
  add_text (self->checks,
            _ ("Is 0x7F answered and no command after it? Interrupts are still disabled, or one is pending "
               "that the bootloader does not know: PRIMASK, SysTick, NVIC."));
  add_text (self->checks, _ ("Was it called from an interrupt or from a task of an operating system? Use "
                             "bootloader_request(), which works from everywhere."));
  add_text (self->checks, _ ("Nothing may reach the board before the 0x7F: a program that goes on talking to the "
                             "application spoils the measuring of the rate."));
  add_text (self->checks,
            _ ("The bootloader listens on all its interfaces: is the application's other USART, CAN or USB "
               "still talking on one of its pins?"));
}

/**
 * fl_jump_code_new:
 *
 * Returns: (transfer full): how to enter the bootloader of @chip from its application, as far as that is known
 */
FlJumpCode *
fl_jump_code_new (const FlChip *chip)
{
  FlJumpCode *self = g_new0 (FlJumpCode, 1);
  const JumpSeries *row = find_series (chip);
  const char *reason;

  self->caveats = g_ptr_array_new_with_free_func (g_free);
  self->checks = g_ptr_array_new_with_free_func (g_free);
  self->address = find_address (chip, row, &reason);
  self->reason = g_strdup (reason);
  g_assert (row != NULL || reason != NULL); /* a series that is not known is a reason */
  if (reason == NULL)
    {
      GString *code = g_string_new (NULL);

      add_head (code, chip, row, self->address);
      add_request (code, row);
      add_leave (code, row);
      add_jump (code, row);
      add_enter (code);
      self->code = g_string_free (code, FALSE);
      add_checks (self);
    }
  add_caveats (self, chip, row);
  return self;
}

void
fl_jump_code_free (FlJumpCode *self)
{
  g_free (self->code);
  g_free (self->reason);
  g_ptr_array_unref (self->caveats);
  g_ptr_array_unref (self->checks);
  g_free (self);
}

/* Words of a comment, in lines that fit a source file. A translation must not end the comment. */
static void
add_words (GString *text, const char *first, const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  glong width = g_utf8_strlen (first, -1);

  g_string_append (text, first);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      glong length = g_utf8_strlen (parts[i], -1) + 1;

      if (width + length > COMMENT_WIDTH)
        {
          g_string_append (text, "\n *   ");
          width = 5;
        }
      g_string_append_printf (text, " %s", strstr (parts[i], "*/") == NULL ? parts[i] : "…");
      width += length;
    }
  g_string_append_c (text, '\n');
}

static void
add_comment (GString *text, const char *title, const GPtrArray *list)
{
  if (list->len == 0)
    return;
  g_string_append_printf (text, "%s/* %s\n", text->len > 0 ? "\n" : "", title);
  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *number = g_strdup_printf (" * %u.", i + 1);

      add_words (text, number, g_ptr_array_index (list, i));
    }
  g_string_append (text, " */\n");
}

/**
 * fl_jump_code_to_text:
 *
 * Returns: (transfer full): the code, with the rest as comments; a C file even where there is no code
 */
char *
fl_jump_code_to_text (const FlJumpCode *self)
{
  GString *text = g_string_new (self->code);

  if (self->reason != NULL)
    {
      add_words (text, "/*", self->reason);
      g_string_append (text, " */\n");
    }
  add_comment (text, _ ("To be known about this chip:"), self->caveats);
  add_comment (text, _ ("If it does not work:"), self->checks);
  return g_string_free (text, FALSE);
}
