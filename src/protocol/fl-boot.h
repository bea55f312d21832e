/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

#define FL_BOOT_ACK       0x79
#define FL_BOOT_NACK      0x1F
#define FL_BOOT_SYNC      0x7F
#define FL_BOOT_MAX_BLOCK 256 /* bytes of one Read or Write Memory: AN3155 */
#define FL_BOOT_CHECKSUM_POLYNOMIAL 0x04C11DB7u /* of the CRC unit of a chip that has a fixed one */
#define FL_BOOT_CHECKSUM_INITIAL    0xFFFFFFFFu
#define FL_BOOT_MAX_PAGES 100 /* of one erase command: keeps its answer within a known time, see an3155 notes on lists */

typedef enum
{
  FL_COMMAND_GET               = 0x00,
  FL_COMMAND_GET_VERSION       = 0x01,
  FL_COMMAND_GET_ID            = 0x02,
  FL_COMMAND_READ              = 0x11,
  FL_COMMAND_GO                = 0x21,
  FL_COMMAND_WRITE             = 0x31,
  FL_COMMAND_ERASE             = 0x43,
  FL_COMMAND_EXTENDED_ERASE    = 0x44,
  FL_COMMAND_SPECIAL           = 0x50,
  FL_COMMAND_EXTENDED_SPECIAL  = 0x51,
  FL_COMMAND_WRITE_PROTECT     = 0x63,
  FL_COMMAND_WRITE_UNPROTECT   = 0x73,
  FL_COMMAND_READOUT_PROTECT   = 0x82,
  FL_COMMAND_READOUT_UNPROTECT = 0x92,
  FL_COMMAND_GET_CHECKSUM      = 0xA1,
} FlCommand;

const char *fl_command_get_name (guint8 command); /* "Read Memory"; NULL: not one of AN3155 */

typedef enum
{
  FL_MASS_ERASE_ALL   = 0xFFFF,
  FL_MASS_ERASE_BANK1 = 0xFFFE,
  FL_MASS_ERASE_BANK2 = 0xFFFD,
} FlMassErase;

/* What depends on the chip: how long things may take, what its bootloader cannot do. Zero-filled fields take the
 * defaults of fl_boot_limits_default. The jobs fill it from the chip's row. */
typedef struct
{
  guint    answer_ms;       /* for an ACK to a command, address or count */
  guint    program_ms;      /* for the ACK after a block of 256 bytes */
  guint    erase_page_ms;   /* for each page of an erase list, worst case */
  guint    erase_mass_ms;
  guint    option_ms;       /* for protect, unprotect */
  guint    startup_ms;      /* from a reset to a bootloader that hears 0x7F */
  guint    max_pages;       /* of one erase command */
  guint    page_pause_ms;   /* to wait after an erase was acknowledged (early ACK) */
  gboolean double_nack;     /* under protection Read and Write are refused twice */
  gboolean double_sync_ack; /* 0x7F is answered by two ACKs */
  gboolean silent_bad_address;
} FlBootLimits;

extern const FlBootLimits fl_boot_limits_default;

typedef struct
{
  guint8 version;      /* 0x31 is 3.1 */
  guint8 commands[32];
  guint  n_commands;
} FlBootInfo;

typedef enum
{
  FL_SYNC_FRESH,   /* 0x79: the bootloader had waited for its first byte */
  FL_SYNC_ALREADY, /* silence, then 0x1F at a second 0x7F: it was synchronised before, and is healthy */
} FlSyncState;

/* Whether Read and Write Memory go out as several packets at once. */
typedef enum
{
  FL_BURST_UNTRIED,
  FL_BURST_WORKS,
  FL_BURST_TOO_FAST, /* the bootloader lost bytes of the trial */
  FL_BURST_GIVEN_UP, /* it worked, until one got another answer than its packets one by one */
} FlBurst;

/* Whether the chip may have erased another page than was asked for: see fl_boot_get_stray(). */
typedef enum
{
  FL_STRAY_NO,
  FL_STRAY_UNSEEN, /* nothing speaks for it; but what would show it was not seen */
  FL_STRAY_LIKELY,
} FlStray;

/**
 * FlBoot:
 *
 * The host's side of AN3155 on a transport: one function a command. A lost, damaged or extra byte is survived:
 * commands that can be repeated without harm are, a bounded number of times, after the two sides have been brought
 * back to the start of a command; each time the callback is told. All functions block: worker only.
 */
#define FL_TYPE_BOOT (fl_boot_get_type ())
G_DECLARE_FINAL_TYPE (FlBoot, fl_boot, FL, BOOT, GObject)

/* Worker. @message: one sentence for the log, such as "Read Memory at 0x08000400: no answer; tried again (1 of 3)". */
typedef void (*FlBootRetryFunc) (FlBoot *boot, const char *message, gpointer user_data);

FlBoot      *fl_boot_new            (FlTransport *transport);
FlTransport *fl_boot_get_transport  (FlBoot *self);
void         fl_boot_set_limits     (FlBoot *self, const FlBootLimits *limits);
const FlBootLimits *fl_boot_get_limits (FlBoot *self);
void         fl_boot_set_max_retries (FlBoot *self, guint n_retries); /* of one exchange; 3 */
void         fl_boot_set_retry_func (FlBoot *self, FlBootRetryFunc func, gpointer user_data);
guint        fl_boot_get_n_retries  (FlBoot *self);                   /* since it was made */
double       fl_boot_get_round_trip_ms (FlBoot *self); /* shortest seen beyond wire time, from Get ID; 0: not measured */
void         fl_boot_forget_burst   (FlBoot *self);
gboolean     fl_boot_try_burst      (FlBoot *self, guint32 address, const guint8 *known, gsize n_known,
                                     GCancellable *cancellable, GError **error);
FlBurst      fl_boot_get_burst      (FlBoot *self);
guint        fl_boot_get_read_size  (FlBoot *self);
void         fl_boot_get_waits      (FlBoot *self, guint *n_read, guint *n_write); /* round trips that a block costs */

gboolean     fl_boot_sync           (FlBoot *self, FlSyncState *state, GCancellable *cancellable, GError **error);
gboolean     fl_boot_resync         (FlBoot *self, GCancellable *cancellable, GError **error);
gboolean     fl_boot_get            (FlBoot *self, FlBootInfo *info, GCancellable *cancellable, GError **error);
gboolean     fl_boot_get_version    (FlBoot *self, guint8 *version, GCancellable *cancellable, GError **error);
gboolean     fl_boot_get_id         (FlBoot *self, guint16 *pid, GCancellable *cancellable, GError **error);
gboolean     fl_boot_read           (FlBoot *self, guint32 address, guint8 *data, gsize length,
                                     GCancellable *cancellable, GError **error);
gboolean     fl_boot_write          (FlBoot *self, guint32 address, const guint8 *data, gsize length,
                                     GCancellable *cancellable, GError **error);
gboolean     fl_boot_write_options  (FlBoot *self, guint32 address, const guint8 *data, gsize length,
                                     GCancellable *cancellable, GError **error);
gboolean     fl_boot_go             (FlBoot *self, guint32 address, GCancellable *cancellable, GError **error);
gboolean     fl_boot_erase_pages    (FlBoot *self, FlCommand command, const guint16 *pages, guint n_pages,
                                     GCancellable *cancellable, GError **error);
void         fl_boot_forget_stray   (FlBoot *self);
FlStray      fl_boot_get_stray      (FlBoot *self);
gboolean     fl_boot_erase_mass     (FlBoot *self, FlCommand command, FlMassErase what, GCancellable *cancellable,
                                     GError **error);
gboolean     fl_boot_write_protect  (FlBoot *self, const guint8 *sectors, guint n_sectors, GCancellable *cancellable,
                                     GError **error);
gboolean     fl_boot_write_unprotect (FlBoot *self, GCancellable *cancellable, GError **error);
gboolean     fl_boot_readout_protect (FlBoot *self, GCancellable *cancellable, GError **error);
gboolean     fl_boot_readout_unprotect (FlBoot *self, GCancellable *cancellable, GError **error);
gboolean     fl_boot_get_checksum   (FlBoot *self, guint32 address, guint32 n_words, guint32 polynomial,
                                     guint32 initial, guint32 *checksum, GCancellable *cancellable, GError **error);
guint32      fl_boot_calculate_checksum (const guint8 *data, gsize length);

G_END_DECLS
