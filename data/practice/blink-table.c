/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A firmware to practise with: it fades a value up and down by a table, and touches no pin, so that it harms no board.
 * Made for Cortex-M0+, runs on any STM32 with 32 KiB of flash and 4 KiB of RAM. blink-table.hex was made from it with
 *
 *   clang --target=thumbv6m-none-eabi -Os -ffreestanding -nostdlib -fuse-ld=lld -Wl,-T,blink-table.ld \
 *     -o blink-table.elf blink-table.c && llvm-objcopy -O ihex blink-table.elf blink-table.hex
 */
#include <stdint.h>

#define N_STEPS 6144

/* Three times 2 KiB of a triangle whose steps are disturbed, so that no two pages of flash are alike. */
#define STEP(i)    ((uint32_t) (((i) *2654435761u) ^ (((i) % 512) << 7)))
#define STEP4(i)   STEP (i), STEP ((i) + 1), STEP ((i) + 2), STEP ((i) + 3)
#define STEP16(i)  STEP4 (i), STEP4 ((i) + 4), STEP4 ((i) + 8), STEP4 ((i) + 12)
#define STEP64(i)  STEP16 (i), STEP16 ((i) + 16), STEP16 ((i) + 32), STEP16 ((i) + 48)
#define STEP256(i) STEP64 (i), STEP64 ((i) + 64), STEP64 ((i) + 128), STEP64 ((i) + 192)
#define STEP1K(i)  STEP256 (i), STEP256 ((i) + 256), STEP256 ((i) + 512), STEP256 ((i) + 768)

static const uint32_t table[N_STEPS] = { STEP1K (0),    STEP1K (1024), STEP1K (2048),
                                         STEP1K (3072), STEP1K (4096), STEP1K (5120) };
static volatile uint32_t brightness;

void reset (void);

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];

static void
halt (void)
{
  for (;;)
    continue;
}

void
reset (void)
{
  const volatile uint32_t *from = data_load;
  uint32_t at = 0, step = 1;

  for (volatile uint32_t *to = data_start; to < data_end; to++)
    *to = *from++;
  for (volatile uint32_t *to = bss_start; to < bss_end; to++)
    *to = 0;
  for (;;)
    {
      if (at == 0)
        step = 1;
      else if (at == N_STEPS - 1)
        step = UINT32_MAX;
      at += step;
      brightness = table[at];
    }
}

extern const uint32_t stack_top[];

__attribute__ ((section (".vectors"), used)) static const void *const vectors[16] = {
  stack_top, reset, halt, halt, 0, 0, 0, 0, 0, 0, 0, halt, 0, 0, halt, halt,
};
