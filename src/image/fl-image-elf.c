/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: System V Application Binary Interface, chapters 4 and 5 (ELF-32); ELF for the Arm Architecture (e_machine).
 */
#include "config.h"

#include "fl-image-private.h"

#include "fl-bytes.h"
#include "fl-error.h"

#include <glib/gi18n-lib.h>

/* Where the fields of the structures are that are used here. */
enum
{
  EI_CLASS = 4,
  EI_DATA = 5,
  E_TYPE = 16,
  E_MACHINE = 18,
  E_ENTRY = 24,
  E_PHOFF = 28,
  E_SHOFF = 32,
  E_PHENTSIZE = 42,
  E_PHNUM = 44,
  E_SHENTSIZE = 46,
  E_SHNUM = 48,
  EHDR_SIZE = 52,

  P_TYPE = 0,
  P_OFFSET = 4,
  P_VADDR = 8,
  P_PADDR = 12,
  P_FILESZ = 16,
  P_MEMSZ = 20,
  PHDR_SIZE = 32,

  SH_TYPE = 4,
  SH_FLAGS = 8,
  SH_OFFSET = 16,
  SH_SIZE = 20,
  SHDR_SIZE = 40,
};

enum
{
  ELFCLASS32 = 1,
  ELFCLASS64 = 2,
  ELFDATA2LSB = 1,
  ELFDATA2MSB = 2,
  ET_REL = 1,
  ET_EXEC = 2,
  EM_ARM = 40,
  PT_LOAD = 1,
  PN_XNUM = 0xFFFF, /* the number stands elsewhere: for core dumps */
  SHT_NOBITS = 8,
  SHF_ALLOC = 2,
};

typedef struct
{
  const guint8 *data;
  gsize size;
  guint32 phoff;
  guint phnum;
  guint phentsize;
} Elf;

/* What is wrong with a file that is ELF, but not what an STM32 runs; %NULL if nothing. */
static const char *
find_misfit (const guint8 *data)
{
  guint type = fl_bytes_get_le16 (data + E_TYPE);

  if (data[EI_CLASS] == ELFCLASS64)
    return N_ ("This is a 64-bit program. STM32 chips are 32-bit ARM: choose the file that the firmware's build made.");
  if (data[EI_CLASS] != ELFCLASS32)
    return N_ ("The ELF header is damaged (at offset 4). Make or copy the file again.");
  if (data[EI_DATA] == ELFDATA2MSB)
    return N_ ("This is a big-endian program. STM32 chips are little-endian: choose the file that the firmware's build "
               "made.");
  if (data[EI_DATA] != ELFDATA2LSB)
    return N_ ("The ELF header is damaged (at offset 5). Make or copy the file again.");
  if (fl_bytes_get_le16 (data + E_MACHINE) != EM_ARM)
    return N_ ("This program is not for ARM processors. Choose the file that the firmware's build made.");
  if (type == ET_REL)
    return N_ ("This is an object file (.o), not yet linked: it has no addresses. Choose the linked program (.elf).");
  if (type != ET_EXEC)
    return N_ ("This is a shared library or a core dump, not a program with fixed addresses. Choose the linked program "
               "(.elf).");
  return NULL;
}

static gboolean
read_header (Elf *self, GError **error)
{
  const char *misfit;

  if (self->size < EHDR_SIZE || memcmp (self->data, "\177ELF", 4) != 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The file is too short for an ELF file, or not one (%lu bytes). Make or copy it "
                      "again."),
                   (gulong) self->size);
      return FALSE;
    }
  misfit = find_misfit (self->data);
  if (misfit != NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, _ (misfit));
      return FALSE;
    }
  self->phoff = fl_bytes_get_le32 (self->data + E_PHOFF);
  self->phnum = fl_bytes_get_le16 (self->data + E_PHNUM);
  self->phentsize = fl_bytes_get_le16 (self->data + E_PHENTSIZE);
  if (self->phnum == 0)
    return TRUE;
  if (self->phnum == PN_XNUM || self->phentsize < PHDR_SIZE
      || !fl_range_contains (0, self->size, self->phoff, (guint64) self->phnum * self->phentsize))
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("The table of program headers (%u at offset 0x%X) is damaged or reaches over the end of the file. "
             "Make or copy the file again."),
          self->phnum, self->phoff);
      return FALSE;
    }
  return TRUE;
}

static const guint8 *
get_program_header (const Elf *self, guint index)
{
  return self->data + self->phoff + (gsize) index * self->phentsize;
}

static gboolean
is_loaded (const guint8 *header)
{
  return fl_bytes_get_le32 (header + P_TYPE) == PT_LOAD && fl_bytes_get_le32 (header + P_FILESZ) > 0;
}

/* Some linkers leave the physical addresses out. As binutils do, take the others when all are 0. */
static gboolean
has_physical_addresses (const Elf *self)
{
  gboolean has_virtual = FALSE;

  for (guint i = 0; i < self->phnum; i++)
    {
      const guint8 *header = get_program_header (self, i);

      if (!is_loaded (header))
        continue;
      if (fl_bytes_get_le32 (header + P_PADDR) != 0)
        return TRUE;
      has_virtual |= fl_bytes_get_le32 (header + P_VADDR) != 0;
    }
  return !has_virtual;
}

/* Linkers that align segments to pages can put the ELF header itself into the first one, in front of flash. Returns
 * where the first section begins that is meant for the chip, or @offset when there is nothing to leave out. */
static guint32
skip_file_headers (const Elf *self, guint32 offset, guint32 length)
{
  guint32 shoff = fl_bytes_get_le32 (self->data + E_SHOFF);
  guint shnum = fl_bytes_get_le16 (self->data + E_SHNUM);
  guint shentsize = fl_bytes_get_le16 (self->data + E_SHENTSIZE);
  guint32 first = G_MAXUINT32;

  if (offset >= EHDR_SIZE || shentsize < SHDR_SIZE
      || !fl_range_contains (0, self->size, shoff, (guint64) shnum * shentsize))
    return offset;
  for (guint i = 0; i < shnum; i++)
    {
      const guint8 *section = self->data + shoff + (gsize) i * shentsize;
      guint32 start = fl_bytes_get_le32 (section + SH_OFFSET);

      if ((fl_bytes_get_le32 (section + SH_FLAGS) & SHF_ALLOC) != 0
          && fl_bytes_get_le32 (section + SH_TYPE) != SHT_NOBITS && fl_bytes_get_le32 (section + SH_SIZE) > 0
          && fl_range_contains (offset, length, start, 1))
        first = MIN (first, start);
    }
  return first != G_MAXUINT32 ? first : offset;
}

static gboolean
load_segment (const Elf *self, FlImage *image, guint index, gsize address_field, GError **error)
{
  const guint8 *header = get_program_header (self, index);
  guint32 offset = fl_bytes_get_le32 (header + P_OFFSET);
  guint32 address = fl_bytes_get_le32 (header + address_field);
  guint32 length = fl_bytes_get_le32 (header + P_FILESZ);
  guint32 skipped;

  if (!fl_range_contains (0, self->size, offset, length))
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("Program header %u names data (%u bytes at offset 0x%X) behind the end of the file: it was probably "
             "cut short. Make or copy it again."),
          index, length, offset);
      return FALSE;
    }
  if (fl_bytes_get_le32 (header + P_MEMSZ) < length
      || !fl_range_contains (0, G_GUINT64_CONSTANT (0x100000000), address, length))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Program header %u contradicts itself (%u bytes at 0x%08X). The file is damaged: make it again."),
                   index, length, address);
      return FALSE;
    }
  skipped = skip_file_headers (self, offset, length) - offset;
  if (skipped > 0)
    fl_image_add_remark (image,
                         _ ("The first %u bytes of program header %u (at 0x%08X) are the ELF file's own headers, not "
                            "program: they are left out."),
                         skipped, index, address);
  fl_image_set_origin (image, index);
  return fl_image_add (image, address + skipped, self->data + offset + skipped, length - skipped, error);
}

gboolean
fl_image_parse_elf (FlImage *image, GBytes *contents, GError **error)
{
  Elf self = { NULL };
  gsize address_field = P_PADDR;
  gboolean found = FALSE;
  guint32 entry;

  self.data = g_bytes_get_data (contents, &self.size);
  if (!read_header (&self, error))
    return FALSE;
  if (!has_physical_addresses (&self))
    {
      address_field = P_VADDR;
      fl_image_add_remark (image, _ ("The file says where its parts run, but not where they are stored (all physical "
                                     "addresses are 0). They are placed where they run: check the linker script."));
    }
  for (guint i = 0; i < self.phnum; i++)
    if (is_loaded (get_program_header (&self, i)))
      {
        found = TRUE;
        if (!load_segment (&self, image, i, address_field, error))
          return FALSE;
      }
  if (!found)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT,
                           _ ("The ELF file holds nothing to load (no PT_LOAD segment with data). Choose the linked "
                              "program, not a file of debug symbols."));
      return FALSE;
    }
  entry = fl_bytes_get_le32 (self.data + E_ENTRY);
  if (entry != 0)
    fl_image_set_entry (image, entry);
  return TRUE;
}
