/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small real firmware, built by the tests for a Cortex-M0+: a vector table, code, data that are copied to RAM, and
 * bss that is cleared. It blinks a pin of a made-up port. */
#include <stdint.h>

extern uint32_t _stack_top, _data_load, _data_start, _data_end, _bss_start, _bss_end;

#define PORT (*(volatile uint32_t *) 0x50000414u)

static volatile uint32_t period = 50000;           /* .data */
static volatile uint8_t pattern[13] = { 1, 2, 3 }; /* .data, of odd length */
static volatile uint32_t ticks[100];               /* .bss */
static const char version[] = "blink 1.0";         /* .rodata */

void reset_handler (void);
void default_handler (void);

__attribute__ ((section (".vectors"), used)) static void *const vectors[48] = {
  &_stack_top,
  reset_handler,
  default_handler,
  default_handler,
  [11] = default_handler,
  [14] = default_handler,
  [15] = default_handler,
};

void
default_handler (void)
{
  for (;;)
    ;
}

void
reset_handler (void)
{
  uint32_t *from = &_data_load;

  for (uint32_t *to = &_data_start; to < &_data_end;)
    *to++ = *from++;
  for (uint32_t *to = &_bss_start; to < &_bss_end;)
    *to++ = 0;
  for (uint32_t i = 0;; i++)
    {
      PORT ^= (uint32_t) version[i & 7] ^ pattern[i & 7];
      ticks[i & 63]++;
      for (volatile uint32_t n = period; n > 0; n--)
        ;
    }
}
