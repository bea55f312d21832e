; SPDX-License-Identifier: GPL-3.0-or-later
; The installer; package.sh gives VERSION, STAGE (what is installed), PATH_ENTRY (the helper), ICON, OUTPUT, and writes FILES.
;   flashloader-VERSION-setup.exe /S [/TYPES] [/NOPATH] [/D=C:\where]    installs without asking: what is ticked below, with
;                                                        /TYPES also the file types, with /NOPATH without PATH
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include x64.nsh
!include "${FILES}" ; the macro DeleteFiles: what was installed, by name, so that nothing else can be deleted

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Flashloader"
!define ENTRY "Flashloader.Firmware"

Name "Flashloader"
BrandingText "Flashloader ${VERSION}"
OutFile "${OUTPUT}"
InstallDir "$PROGRAMFILES64\Flashloader"
RequestExecutionLevel admin
ManifestDPIAware true
ShowInstDetails nevershow
ShowUninstDetails nevershow
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Flashloader"
BrandingText "Flashloader ${VERSION}"
VIAddVersionKey FileDescription "Flashloader installer"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "GPL-3.0-or-later"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\bin\flashloader.exe"
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString PROGRAM ${LANG_ENGLISH} "Flashloader"
LangString PROGRAM ${LANG_GERMAN} "Flashloader"
LangString PROGRAM_HELP ${LANG_ENGLISH} "The window, the command line (also as STMFlashLoader.exe), and the simulated board."
LangString PROGRAM_HELP ${LANG_GERMAN} "Das Fenster, die Befehlszeile (auch als STMFlashLoader.exe) und das simulierte Board."
LangString ON_PATH ${LANG_ENGLISH} "Command line on PATH"
LangString ON_PATH ${LANG_GERMAN} "Befehlszeile im PATH"
LangString ON_PATH_HELP ${LANG_ENGLISH} "flashloader-cli can be called from any folder."
LangString ON_PATH_HELP ${LANG_GERMAN} "flashloader-cli kann aus jedem Ordner aufgerufen werden."
LangString FILE_TYPES ${LANG_ENGLISH} "Offer to open firmware files"
LangString FILE_TYPES ${LANG_GERMAN} "Zum Öffnen von Firmware anbieten"
LangString FILE_TYPES_HELP ${LANG_ENGLISH} "Flashloader is listed under “Open with” for .hex, .s19, .srec and .elf. What opens them now still does."
LangString FILE_TYPES_HELP ${LANG_GERMAN} "Flashloader steht unter „Öffnen mit“ für .hex, .s19, .srec und .elf. Was sie bisher öffnet, bleibt."
LangString FIRMWARE ${LANG_ENGLISH} "Firmware"
LangString FIRMWARE ${LANG_GERMAN} "Firmware"
LangString NOT_64_BIT ${LANG_ENGLISH} "Flashloader needs a 64-bit Windows."
LangString NOT_64_BIT ${LANG_GERMAN} "Flashloader braucht ein 64-Bit-Windows."
LangString IN_USE ${LANG_ENGLISH} "Flashloader is running. Close it, then try again."
LangString IN_USE ${LANG_GERMAN} "Flashloader läuft gerade. Bitte schließen, dann noch einmal versuchen."
LangString NO_PATH ${LANG_ENGLISH} "PATH could not be changed. Flashloader works all the same; its command line has to be called by its full name."
LangString NO_PATH ${LANG_GERMAN} "PATH konnte nicht geändert werden. Flashloader läuft trotzdem; seine Befehlszeile muss mit vollem Namen aufgerufen werden."

; Push a program's path first. Stops when it is running: its file cannot be written then.
Function un.StopIfRunning
  Pop $0
  retry:
  ${IfNot} ${FileExists} "$0"
    Return
  ${EndIf}
  ClearErrors
  FileOpen $1 "$0" a
  ${IfNot} ${Errors}
    FileClose $1
    Return
  ${EndIf}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IN_USE)" /SD IDCANCEL IDRETRY retry
  SetErrorLevel 2
  Abort
FunctionEnd

; AddType .EXTENSION, RemoveType .EXTENSION: one more program for "Open with".
!macro AddType EXTENSION
  WriteRegStr HKLM "Software\Classes\${EXTENSION}\OpenWithProgids" "${ENTRY}" ""
!macroend
!macro RemoveType EXTENSION
  DeleteRegValue HKLM "Software\Classes\${EXTENSION}\OpenWithProgids" "${ENTRY}"
  DeleteRegKey /ifempty HKLM "Software\Classes\${EXTENSION}\OpenWithProgids"
  DeleteRegKey /ifempty HKLM "Software\Classes\${EXTENSION}"
!macroend
!macro TellDesktop
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; SHCNE_ASSOCCHANGED
!macroend

Section "$(PROGRAM)" SECTION_PROGRAM
  SectionIn RO
  ; An older version goes first, from wherever it is, with files that this one may not have.
  ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\uninstall.exe"
    ExecWait '"$0\uninstall.exe" /S _?=$0' $1
    ${If} $1 != 0
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(IN_USE)" /SD IDOK
      SetErrorLevel 2
      Abort
    ${EndIf}
    Delete "$0\uninstall.exe"
    RMDir "$0"
  ${EndIf}

  SetOutPath "$INSTDIR"
  File /r "${STAGE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\Flashloader.lnk" "$INSTDIR\bin\flashloader.exe"

  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "Flashloader"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bin\flashloader.exe"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "The Flashloader project"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" $0
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "$(ON_PATH)" SECTION_PATH
  InitPluginsDir
  File "/oname=$PLUGINSDIR\path-entry.exe" "${PATH_ENTRY}"
  ExecWait '"$PLUGINSDIR\path-entry.exe" add "$INSTDIR\bin"' $0
  ${If} $0 != 0
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NO_PATH)" /SD IDOK
  ${EndIf}
SectionEnd

Section /o "$(FILE_TYPES)" SECTION_TYPES
  WriteRegStr HKLM "Software\Classes\${ENTRY}" "" "$(FIRMWARE)"
  WriteRegStr HKLM "Software\Classes\${ENTRY}\DefaultIcon" "" "$INSTDIR\bin\flashloader.exe,0"
  WriteRegStr HKLM "Software\Classes\${ENTRY}\shell\open\command" "" '"$INSTDIR\bin\flashloader.exe" "%1"'
  !insertmacro AddType .hex
  !insertmacro AddType .s19
  !insertmacro AddType .srec
  !insertmacro AddType .elf
  !insertmacro TellDesktop
SectionEnd

Function .onInit
  SetRegView 64
  SetShellVarContext all
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(NOT_64_BIT)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  ; Where it is already: there again, unless /D= says otherwise.
  ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} $INSTDIR == "$PROGRAMFILES64\Flashloader"
    StrCpy $INSTDIR $0
  ${EndIf}

  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/TYPES" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${SECTION_TYPES}
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/NOPATH" $1
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${SECTION_PATH}
  ${EndIf}
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SECTION_PROGRAM} "$(PROGRAM_HELP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SECTION_PATH} "$(ON_PATH_HELP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SECTION_TYPES} "$(FILE_TYPES_HELP)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section "Uninstall"
  Push "$INSTDIR\bin\flashloader.exe"
  Call un.StopIfRunning
  Push "$INSTDIR\bin\flashloader-cli.exe"
  Call un.StopIfRunning

  InitPluginsDir
  File "/oname=$PLUGINSDIR\path-entry.exe" "${PATH_ENTRY}"
  ExecWait '"$PLUGINSDIR\path-entry.exe" remove "$INSTDIR\bin"'

  !insertmacro RemoveType .hex
  !insertmacro RemoveType .s19
  !insertmacro RemoveType .srec
  !insertmacro RemoveType .elf
  DeleteRegKey HKLM "Software\Classes\${ENTRY}"
  !insertmacro TellDesktop

  !insertmacro DeleteFiles
  Delete "$SMPROGRAMS\Flashloader.lnk"
  DeleteRegKey HKLM "${UNINSTALL}"
  ; The settings of whoever uninstalls.
  DeleteRegKey HKCU "Software\GSettings\io\github\flashloader"
  DeleteRegKey /ifempty HKCU "Software\GSettings\io\github"
  DeleteRegKey /ifempty HKCU "Software\GSettings\io"
  DeleteRegKey /ifempty HKCU "Software\GSettings"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
