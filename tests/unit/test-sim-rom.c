/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulated ROM byte by byte: what is sent, and everything that comes back. */
#include "sim-bench.h"
#include "sim-script.h"

#define WAIT_MS 60000

typedef struct
{
  const char *path;
  const char *board;
  const char *script;
} RomCase;

#define SYNC   " > 7F < 79 "
#define BLOCK8 "07 01 02 03 04 05 06 07 08 0F"

#define CHECKSUM   "A1 5E < 79 > 08 00 00 00 08 < 79"
#define POLYNOMIAL " > 04 C1 1D B7 6F < 79"
#define ID         " FD < 79 01 04 60 79"

static const RomCase cases[] = {
  { "/sim/rom/sync", "0x460", SYNC },
  { "/sim/rom/second-sync-is-half-a-command", "0x460", SYNC "> 7F < > 7F < 1F > 02 FD < 79 01 04 60 79" },
  { "/sim/rom/wrong-first-byte-auto-baud", "0x460", "> 00 < > 7F < ! > 7F < 79" },
  { "/sim/rom/wrong-first-byte-measured", "0x410", "> 00 < > 7F < 79" },
  { "/sim/rom/two-sync-acks-l412", "0x464", "> 7F < 79 79 > 02 FD < 79 01 04 64 79" },
  { "/sim/rom/deaf", "0x460,deaf=1", "> 7F <" },
  { "/sim/rom/get-g0", "0x460", SYNC "> 00 FF < 79 0B 31 00 01 02 11 21 31 44 63 73 82 92 79" },
  { "/sim/rom/get-f1", "0x410", SYNC "> 00 FF < 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79" },
  { "/sim/rom/get-h5", "0x484", SYNC "> 00 FF < 79 0A 40 00 01 02 11 21 31 44 50 63 73 79" },
  { "/sim/rom/get-version", "0x460", SYNC "> 01 FE < 79 31 00 00 79" },
  { "/sim/rom/get-id-g0b1", "0x467", SYNC "> 02 FD < 79 01 04 67 79" },
  { "/sim/rom/get-id-of-a-stranger", "0x467,pid=0x4FF",
    SYNC "> 02 FD < 79 01 04 FF 79 > 11 EE < 79 > 1F FF 9F FE 81 < 79 > 00 FF < 79 92" },
  { "/sim/rom/bad-complement", "0x460", SYNC "> 02 FC < 1F > 02 FD < 79 01 04 60 79" },
  { "/sim/rom/unknown-command", "0x460", SYNC "> FF 00 < 1F > A1 5E < 1F" },
  { "/sim/rom/erase-of-the-other-kind", "0x460", SYNC "> 43 BC < 1F" },
  { "/sim/rom/extended-erase-on-f1", "0x410", SYNC "> 44 BB < 1F" },
  { "/sim/rom/no-timeout", "0x460", SYNC "> 02 < +100000 > FD < 79 01 04 60 79" },

  { "/sim/rom/read", "0x460", SYNC "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 FF FF FF FF" },
  { "/sim/rom/read-erased-l0", "0x417", SYNC "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 00 00 00 00" },
  { "/sim/rom/read-bad-checksum", "0x460", SYNC "> 11 EE < 79 > 08 00 00 00 09 < 1F > 02 FD < 79 01 04 60 79" },
  { "/sim/rom/read-bad-count", "0x460", SYNC "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FD < 1F" },
  { "/sim/rom/read-outside", "0x460", SYNC "> 11 EE < 79 > 08 02 00 00 0A < 1F" },
  { "/sim/rom/read-outside-larger-part", "0x467,flash=512",
    SYNC "> 11 EE < 79 > 08 08 00 00 00 < 1F > 11 EE < 79 > 08 07 FF FC 0C < 79 > 03 FC < 79 FF FF FF FF" },
  { "/sim/rom/read-rom-ram", "0x460", SYNC "> 11 EE < 79 > 20 00 00 00 20 < 1F" },
  { "/sim/rom/read-flash-size", "0x460", SYNC "> 11 EE < 79 > 1F FF 75 E0 75 < 79 > 01 FE < 79 80 00" },
  { "/sim/rom/read-bootloader-id", "0x467", SYNC "> 11 EE < 79 > 1F FF 9F FE 81 < 79 > 00 FF < 79 92" },
  { "/sim/rom/silent-bad-address", "0x413,bl=0x30", SYNC "> 11 EE < 79 > 00 00 00 10 10 < > 02 FD < 79 01 04 13 79" },
  { "/sim/rom/info-block-f4", "0x413", SYNC "> 11 EE < 79 > 1F FF 7A 22 B8 < 1F > 11 EE < 79 > 1F FF 7A 10 8A < 1F" },

  { "/sim/rom/write-read", "0x460",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 07 F8 < 79 01 02 03 04 05 06 07 08" },
  /* 256 is the first page of bank 2 to one ROM, and nothing to another. */
  { "/sim/rom/erase-bank-2-by-its-code", "0x467,codes=256",
    SYNC "> 31 CE < 79 > 08 04 00 00 0C < 79 > " BLOCK8 " < 79 > 44 BB < 79 > 00 00 00 80 80 < 79"
         " > 11 EE < 79 > 08 04 00 00 0C < 79 > 00 FF < 79 01 > 44 BB < 79 > 00 00 01 00 01 < 79"
         " > 11 EE < 79 > 08 04 00 00 0C < 79 > 00 FF < 79 FF" },
  { "/sim/rom/erase-bank-2-by-another", "0x467",
    SYNC "> 31 CE < 79 > 08 04 00 00 0C < 79 > " BLOCK8 " < 79 > 44 BB < 79 > 00 00 01 00 01 < 79"
         " > 11 EE < 79 > 08 04 00 00 0C < 79 > 00 FF < 79 01 > 44 BB < 79 > 00 00 00 80 80 < 79"
         " > 11 EE < 79 > 08 04 00 00 0C < 79 > 00 FF < 79 FF" },
  { "/sim/rom/write-bad-checksum", "0x460",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 01 02 03 04 00 < 1F > 02 FD < 79 01 04 60 79" },
  { "/sim/rom/write-odd-length", "0x460", SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > 02 01 02 03 02 < 1F" },
  { "/sim/rom/write-system-memory", "0x460", SYNC "> 31 CE < 79 > 1F FF 00 00 E0 < 1F" },
  { "/sim/rom/write-over-old-is-acked", "0x460",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79"
         " > 31 CE < 79 > 08 00 00 00 08 < 79 > 07 11 11 11 11 11 11 11 11 07 < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 01" },
  { "/sim/rom/write-misaligned-spoils", "0x460",
    SYNC "> 31 CE < 79 > 08 00 00 04 0C < 79 > 03 01 02 03 04 07 < 79"
         " > 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 FF !" SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8
         " < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 01" },
  { "/sim/rom/voltage-byte", "0x413",
    SYNC "> 31 CE < 79 > FF FF 00 00 00 < 79 > 00 03 03 < 79 > 11 EE < 79 > FF FF 00 00 00 < 79 > 00 FF < 79 03"
         " > 31 CE < 79 > FF FF 00 00 00 < 79 > 00 05 05 < 1F" },

  { "/sim/rom/erase-page", "0x460",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79 > 44 BB < 79 > 00 00 00 00 00 < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 FF" },
  { "/sim/rom/erase-bad-checksum", "0x460", SYNC "> 44 BB < 79 > 00 00 00 01 00 < 1F" },
  { "/sim/rom/erase-unknown-page", "0x460", SYNC "> 44 BB < 79 > 00 00 0F FF F0 < 79" },
  { "/sim/rom/mass-erase", "0x460", SYNC "> 44 BB < 79 > FF FF 00 < 79" },
  { "/sim/rom/mass-erase-bad-checksum", "0x460", SYNC "> 44 BB < 79 > FF FF 01 < 1F" },
  { "/sim/rom/reserved-erase", "0x460", SYNC "> 44 BB < 79 > FF F5 0A < 1F" },
  { "/sim/rom/bank-erase-dual", "0x467", SYNC "> 44 BB < 79 > FF FE 01 < 79 > 44 BB < 79 > FF FD 02 < 79" },
  { "/sim/rom/bank-2-of-one", "0x460", SYNC "> 44 BB < 79 > FF FD 02 < 1F" },
  { "/sim/rom/mass-erase-l0", "0x417", SYNC "> 44 BB < 79 > FF FF 00 < 1F > 44 BB < 79 > 00 00 00 00 00 < 79" },
  { "/sim/rom/erase-f1", "0x410", SYNC "> 43 BC < 79 > 01 00 01 00 < 79 > 43 BC < 79 > FF 00 < 79" },
  { "/sim/rom/erase-f1-bad-mass", "0x410,blank=0",
    SYNC "> 43 BC < 79 > FF 01 < 79 > 11 EE < 79 > 08 00 00 06 0E < 79 > 01 FE < 79 00 08" },

  { "/sim/rom/rdp", "0x460,rdp=1",
    SYNC "> 02 FD < 79 01 04 60 79 > 11 EE < 1F > 21 DE < 1F > 31 CE < 1F > 44 BB < 1F > 63 9C < 1F > 73 8C < 1F"
         " > 82 7D < 1F" },
  { "/sim/rom/rdp-double-nack", "0x444,rdp=1", SYNC "> 11 EE < 1F 1F > 31 CE < 1F 1F > 44 BB < 1F" },
  { "/sim/rom/readout-unprotect", "0x460,rdp=1,blank=0",
    SYNC "> 92 6D < 79 79 > 7F < 79 > 11 EE < 79 > 08 00 00 00 08 < 79 > 01 FE < 79 FF FF" },
  { "/sim/rom/readout-protect", "0x460", SYNC "> 82 7D < 79 79 > 7F < 79 > 11 EE < 1F" },
  { "/sim/rom/write-protect", "0x413",
    SYNC "> 63 9C < 79 > 00 00 00 < 79 > 7F < 79 > 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79"
         " > 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 FF > 44 BB < 79 > FF FF 00 < 1F > 73 8C < 79 79"
         " > 7F < 79 > 44 BB < 79 > FF FF 00 < 79" },
  { "/sim/rom/option-write-resets", "0x460",
    SYNC "> 31 CE < 79 > 1F FF 78 00 98 < 79 > 07 AA FE FF FE 55 01 00 01 07 < 79 > 7F < 79" },
  { "/sim/rom/option-write-not-at-base", "0x460", SYNC "> 31 CE < 79 > 1F FF 78 08 90 < 1F" },
  { "/sim/rom/option-write-sets-rdp", "0x460",
    SYNC "> 31 CE < 79 > 1F FF 78 00 98 < 79 > 03 BB FE FF FE 47 < 79 > 7F < 79 > 11 EE < 1F" },

  /* No ROM lists it; the words 0x04030201 0x08070605, and only the first. */
  { "/sim/rom/get-with-checksum", "0x460,checksum=words",
    SYNC "> 00 FF < 79 0C 33 00 01 02 11 21 31 44 63 73 82 92 A1 79" },
  { "/sim/rom/checksum", "0x460,checksum=words",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79 > " CHECKSUM " > 00 00 00 02 02 < 79" POLYNOMIAL
         " > FF FF FF FF 00 < 79 79 A3 14 1B DA 76 > " CHECKSUM " > 00 00 00 01 01 < 79 > 00 00 00 00 00 < 79"
         " > 00 00 00 00 00 < 79 79 1D AB E7 4F 1E > 02 FD < 79 01 04 60 79" },
  { "/sim/rom/checksum-of-nothing", "0x460,checksum=words", SYNC "> " CHECKSUM " > 00 00 00 00 00 < 1F > 02" ID },
  { "/sim/rom/checksum-past-the-end", "0x460,flash=64,checksum=words",
    SYNC "> " CHECKSUM " > 00 00 40 01 41 < 1F > " CHECKSUM " > 40 00 00 01 41 < 1F > " CHECKSUM
         " > 00 00 40 00 40 < 79" },
  { "/sim/rom/checksum-damaged", "0x460,checksum=words",
    SYNC "> A1 5F < 1F > A1 5E < 79 > 08 00 00 00 09 < 1F > " CHECKSUM " > 00 00 00 02 03 < 1F > " CHECKSUM
         " > 00 00 00 02 02 < 79 > 04 C1 1D B7 6E < 1F > " CHECKSUM " > 00 00 00 02 02 < 79" POLYNOMIAL
         " > FF FF FF FF 01 < 1F > 02" ID },
  { "/sim/rom/checksum-elsewhere", "0x460,checksum=words",
    SYNC "> A1 5E < 79 > 08 00 00 02 0A < 1F > A1 5E < 79 > 1F FF 00 00 E0 < 1F > A1 5E < 79 > 20 00 00 00 20 < 1F"
         " > A1 5E < 79 > 20 00 30 00 10 < 79 > 00 00 18 01 19 < 1F" },
  { "/sim/rom/checksum-protected", "0x460,rdp=1,checksum=words", SYNC "> A1 5E < 1F" },
  { "/sim/rom/checksum-in-bytes", "0x460,checksum=bytes",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79 > " CHECKSUM
         " > 00 00 00 08 08 < 79 79 A3 14 1B DA 76 > 02" ID },
  { "/sim/rom/checksum-zlib", "0x460,checksum=zlib",
    SYNC "> 31 CE < 79 > 08 00 00 00 08 < 79 > " BLOCK8 " < 79 > " CHECKSUM " > 00 00 00 02 02 < 79" POLYNOMIAL
         " > FF FF FF FF 00 < 79 79 3F CA 88 C5 B8" },

  { "/sim/rom/go-to-application", "0x460,blank=0", SYNC "> 21 DE < 79 > 08 00 00 00 08 < 79 > 7F < ! > 7F < 79" },
  { "/sim/rom/go-to-system-memory", "0x460", SYNC "> 21 DE < 79 > 1F FF 00 00 E0 < 1F" },
  { "/sim/rom/special-unknown", "0x482", SYNC "> 50 AF < 79 > 12 34 26 < 1F > 02 FD < 79 01 04 82 79" },
  { "/sim/rom/boot0-ignored", "0x460,boot0=ignored,blank=0", "> 7F < % > 7F <" },
  { "/sim/rom/boot0-ignored-but-empty", "0x460,boot0=ignored", "> 7F < 79" },
  { "/sim/rom/empty-mark-stays", "0x460,boot0=ignored", SYNC "! > 7F < 79" },
  { "/sim/rom/empty-mark-cleared-g07x", "0x460,bl=0xB3,boot0=ignored", SYNC "! > 7F < % > 7F < 79" },
  { "/sim/rom/empty-mark-cleared-g0b1", "0x467,boot0=ignored", SYNC "! > 7F < % > 7F < 79" },
  { "/sim/rom/empty-mark-cleared-g0b0", "0x467,bl=0xD0,boot0=ignored", SYNC "! > 7F < % > 7F < 79" },
  { "/sim/rom/empty-mark-cleared-c071", "0x493,boot0=ignored", SYNC "! > 7F < % > 7F < 79" },
  { "/sim/rom/options-not-reloaded", "0x460,bl=0xB2",
    SYNC "> 31 CE < 79 > 1F FF 78 00 98 < 79 > 03 BB FE FF FE 47 < 79"
         " > 11 EE < 79 > 1F FF 78 00 98 < 79 > 00 FF < 79 BB !" SYNC "> 11 EE < 79 > 00 00 00 00 01 < 1F %" SYNC
         "> 11 EE < 1F" },
  { "/sim/rom/unprotect-needs-power", "0x495,rdp=1,blank=0",
    SYNC "> 92 6D < 79 79 > 7F < 79 > 11 EE < 1F !" SYNC "> 11 EE < 1F %" SYNC
         "> 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 FF" },
  { "/sim/rom/go-without-first-ack", "0x450,bl=0x90,blank=0", SYNC "> 21 DE < > 08 00 00 00 08 < 79 > 7F <" },
  { "/sim/rom/go-with-first-ack", "0x450,bl=0x92,blank=0", SYNC "> 21 DE < 79 > 08 00 00 00 08 < 79 > 7F <" },
  { "/sim/rom/voltage-bytes-behind", "0x413",
    SYNC "> 31 CE < 79 > FF FF 00 00 00 < 79 > 03 03 FF FF FF FF < 79"
         " > 31 CE < 79 > FF FF 00 00 00 < 79 > 03 03 00 FF FF 00 < 1F"
         " > 31 CE < 79 > FF FF 00 01 01 < 79 > 00 03 03 < 1F" },
  { "/sim/rom/voltage-default-after-reset", "0x413",
    SYNC "> 31 CE < 79 > FF FF 00 00 00 < 79 > 00 03 03 < 79 !" SYNC
         "> 11 EE < 79 > FF FF 00 00 00 < 79 > 00 FF < 79 00" },
  { "/sim/rom/no-parity-family", "0x028", SYNC "> 02 FD < 79 40 28 DE ~FP" },
};

static void
test_rom (gconstpointer data)
{
  const RomCase *rom = data;
  g_autoptr (FlSimBoard) board = sim_bench_make_board (rom->board);
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  g_autofree char *played = NULL;
  g_autofree char *wanted = sim_script_normalize (rom->script);

  played = sim_script_play (board, transport, rom->script, WAIT_MS);
  g_assert_cmpstr (played, ==, wanted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_rom);
  return g_test_run ();
}
