/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Adds a folder to the PATH of all users, or takes it out: a helper of the installer, which cannot do it itself,
 * because its strings end at 1024 characters and a PATH may be longer.
 *
 *   path-entry add|remove FOLDER
 *
 * Ends with 0 when PATH is as it should be, also when it was before. What else is in PATH stays as it is, letter by
 * letter.
 */
#define UNICODE
#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>
#include <wchar.h>

#define ENVIRONMENT L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"

/* PATH as it is in the registry, with room for @room more characters; free() it. NULL when it cannot be read. */
static wchar_t *
read_path (HKEY key, size_t room, DWORD *type)
{
  DWORD size = 0;
  LSTATUS status = RegQueryValueExW (key, L"Path", NULL, type, NULL, &size);
  wchar_t *path;

  if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND)
    return NULL;
  path = calloc (size / sizeof (wchar_t) + room + 1, sizeof (wchar_t));
  if (path == NULL)
    return NULL;
  if (status == ERROR_FILE_NOT_FOUND)
    *type = REG_EXPAND_SZ;
  else if (RegQueryValueExW (key, L"Path", NULL, type, (BYTE *) path, &size) != ERROR_SUCCESS
           || (*type != REG_SZ && *type != REG_EXPAND_SZ))
    {
      free (path);
      return NULL;
    }
  return path;
}

/* Where @folder is an entry of @path: upper and lower case are the same. NULL when it is none. */
static wchar_t *
find_entry (wchar_t *path, const wchar_t *folder)
{
  size_t length = wcslen (folder);

  for (wchar_t *entry = path;; entry++)
    {
      size_t n = wcscspn (entry, L";");

      if (n == length && _wcsnicmp (entry, folder, n) == 0)
        return entry;
      entry += n;
      if (*entry == L'\0')
        return NULL;
    }
}

static void
add_entry (wchar_t *path, const wchar_t *folder)
{
  size_t length = wcslen (path);

  if (length > 0 && path[length - 1] != L';')
    wcscat (path, L";");
  wcscat (path, folder);
}

/* Takes out the entry at @entry, and one of the semicolons beside it. */
static void
remove_entry (wchar_t *path, wchar_t *entry)
{
  wchar_t *end = entry + wcscspn (entry, L";");

  if (*end == L';')
    end++;
  else if (entry > path)
    entry--;
  memmove (entry, end, (wcslen (end) + 1) * sizeof (wchar_t));
}

static int
change (BOOL add, const wchar_t *folder)
{
  HKEY key;
  DWORD type;
  wchar_t *path;
  wchar_t *entry;
  LSTATUS status = ERROR_SUCCESS;

  if (RegOpenKeyExW (HKEY_LOCAL_MACHINE, ENVIRONMENT, 0, KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY, &key)
      != ERROR_SUCCESS)
    return 1;
  path = read_path (key, wcslen (folder) + 1, &type);
  if (path == NULL)
    {
      RegCloseKey (key);
      return 1;
    }
  entry = find_entry (path, folder);
  if (add != (entry != NULL))
    {
      if (add)
        add_entry (path, folder);
      else
        remove_entry (path, entry);
      status =
          RegSetValueExW (key, L"Path", 0, type, (const BYTE *) path, (DWORD) ((wcslen (path) + 1) * sizeof (wchar_t)));
      /* Programs that are running, the desktop above all, pass the new PATH on to those they start. */
      SendMessageTimeoutW (HWND_BROADCAST, WM_SETTINGCHANGE, 0, (LPARAM) L"Environment", SMTO_ABORTIFHUNG, 2000, NULL);
    }
  free (path);
  RegCloseKey (key);
  return status == ERROR_SUCCESS ? 0 : 1;
}

int
main (void)
{
  int n_arguments;
  wchar_t **arguments = CommandLineToArgvW (GetCommandLineW (), &n_arguments);
  int status = 2;

  if (arguments != NULL && n_arguments == 3 && wcscmp (arguments[1], L"add") == 0)
    status = change (TRUE, arguments[2]);
  else if (arguments != NULL && n_arguments == 3 && wcscmp (arguments[1], L"remove") == 0)
    status = change (FALSE, arguments[2]);
  LocalFree (arguments);
  return status;
}
