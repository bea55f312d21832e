#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts GTK 4 and whatever else the Windows programs are made of into _build-windows/prefix, built from source (sources.txt).
# The first time takes about ten minutes on two processors. The result is kept as
# ${FLASHLOADER_WINDOWS_CACHE:-$XDG_CACHE_HOME/flashloader}/windows-KEY.tar.xz, where KEY stands for all that it depends
# on, and is only unpacked from then on. The sources are kept there too; what is there is not downloaded.
#   build-aux/windows/dependencies.sh                  from the cache, or built
#   build-aux/windows/dependencies.sh --from LIBRARY   goes on with a build that failed there
#   build-aux/windows/dependencies.sh --sources        only downloads the sources, and says where they are
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
. ../packages.sh

host=x86_64-w64-mingw32
work=$(cd ../.. && pwd)/_build-windows
prefix=$work/prefix
cache=${FLASHLOADER_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flashloader}
sources=$cache/windows-sources
key=$(cat dependencies.sh sources.txt mingw64.ini mingw64.cmake | sha256sum | cut -c1-16)
archive=$cache/windows-$key.tar.xz
jobs=$(nproc)

# Nothing of the machine's own may leak in: pkg-config looks nowhere but here.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS PKG_CONFIG_PATH
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig:$prefix/share/pkgconfig:/usr/$host/lib/pkgconfig
export LC_ALL=C.UTF-8

# --- the sources ------------------------------------------------------------------------------------------------------

# The mirrors of Debian that this machine's apt is set up for.
list_mirrors () {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | sed -n 's/^Debian //p' | sort -u
}

# fetch SHA256 PATH: the file from the first mirror that has it; apt-helper checks the sum.
fetch () {
  local sum=$1 path=$2 mirror try log=$work/logs/fetch.log
  local file=$sources/${path##*/}

  if [ -f "$file" ] && echo "$sum  $file" | sha256sum --check --status; then return 0; fi
  for mirror in $mirrors; do
    for try in "$path" "${path/#pool\/main/pool\/updates\/main}"; do
      if /usr/lib/apt/apt-helper download-file "$mirror$try" "$file.part" "SHA256:$sum" >>"$log" 2>&1; then
        mv "$file.part" "$file"
        return 0
      fi
    done
  done
  echo "No mirror has $path (see $log). Put it into $sources yourself, or name a newer one in sources.txt." >&2
  return 1
}

fetch_all () {
  local library sum path mirrors

  mkdir -p "$sources" "$work/logs"
  : >"$work/logs/fetch.log"
  mirrors=$(list_mirrors)
  if [ -z "$mirrors" ]; then
    refresh_packages
    mirrors=$(list_mirrors)
  fi
  while read -r library sum path; do
    fetch "$sum" "$path"
  done < <(grep -v '^#' sources.txt)
}

# unpack LIBRARY: into _build-windows/src/LIBRARY, with Debian's patches.
unpack () {
  local src=$work/src/$1 library sum path file patch

  rm -rf "$src"
  mkdir -p "$src"
  while read -r library sum path; do
    [ "$library" = "$1" ] || continue
    file=$sources/${path##*/}
    case $file in
    *.debian.tar.*)
      tar -xf "$file" -C "$src"
      while read -r patch _; do
        case $patch in '' | '#'*) continue ;; esac
        patch -d "$src" -p1 -s -f --no-backup-if-mismatch <"$src/debian/patches/$patch"
      done < <(cat "$src/debian/patches/series" 2>/dev/null)
      ;;
    *) tar -xf "$file" -C "$src" --strip-components=1 ;;
    esac
  done < <(grep -v '^#' "$here/sources.txt")
}

# keep_licence LIBRARY FILE…: its licence texts, to be shipped.
keep_licence () {
  local to=$prefix/share/licenses/$1
  shift
  mkdir -p "$to"
  cp "$@" "$to/"
}

# --- three ways to build ----------------------------------------------------------------------------------------------

with_meson () {
  local name=$1
  shift
  nice meson setup "$work/obj/$name" "$work/src/$name" --cross-file "$work/folders.ini" --cross-file "$here/mingw64.ini" \
    --prefix "$prefix" --libdir lib --buildtype plain -Db_ndebug=if-release --default-library shared --wrap-mode nofallback -Dpkgconfig.relocatable=true "$@"
  nice ninja -C "$work/obj/$name" -j"$jobs"
  nice meson install -C "$work/obj/$name" --no-rebuild --strip
}

with_cmake () {
  local name=$1
  shift
  nice cmake -G Ninja -S "$work/src/$name" -B "$work/obj/$name" -DCMAKE_TOOLCHAIN_FILE="$here/mingw64.cmake" \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release \
    -DBUILD_SHARED_LIBS=ON -DCMAKE_SHARED_LINKER_FLAGS=-static-libgcc "$@"
  nice ninja -C "$work/obj/$name" -j"$jobs"
  nice cmake --install "$work/obj/$name" --strip
}

# with_configure NAME SUBFOLDER "FOLDER…" OPTION…: builds only these folders of it.
with_configure () {
  local name=$1 src=$work/src/$1/$2 folders=$3 folder
  shift 3
  # Patches touched what these are generated from. They are good as they are: newer, they need no autotools.
  find "$src" -name aclocal.m4 -exec touch {} +
  sleep 1
  find "$src" \( -name configure -o -name '*config.h.in' -o -name Makefile.in \) -exec touch {} +
  mkdir -p "$work/obj/$name"
  cd "$work/obj/$name"
  CC=$host-gcc-posix CXX=$host-g++-posix CFLAGS='-O2 -pipe' CXXFLAGS='-O2 -pipe' \
    CPPFLAGS="-I$prefix/include" LDFLAGS="-L$prefix/lib -static-libgcc" \
    nice "$src/configure" --host=$host --build=x86_64-linux-gnu --prefix="$prefix" --enable-shared --disable-static "$@"
  for folder in $folders; do
    nice make -j"$jobs" -C "$folder"
    nice make install-strip -C "$folder"
  done
}

# --- the libraries ----------------------------------------------------------------------------------------------------

# What Debian has ready made: zlib, the threads and the run-time library of the compiler.
build_toolchain () {
  local gcc
  gcc=$(dirname "$($host-gcc-posix -print-libgcc-file-name)")
  mkdir -p "$prefix"/{bin,include,lib/pkgconfig}
  cp /usr/$host/lib/zlib1.dll /usr/$host/lib/libwinpthread-1.dll "$gcc/libgcc_s_seh-1.dll" "$prefix/bin/"
  cp "$gcc/libssp.a" "$prefix/lib/" # found here before the shared one, which would be one more DLL
  keep_licence zlib /usr/share/doc/libz-mingw-w64/copyright
  keep_licence mingw-w64 /usr/share/doc/mingw-w64-x86-64-dev/copyright
  keep_licence gcc /usr/share/doc/gcc-mingw-w64-base/copyright /usr/share/common-licenses/GPL-3
}

build_libffi () {
  with_configure libffi . . --disable-docs --disable-multi-os-directory --disable-exec-static-tramp
  keep_licence libffi "$work/src/libffi/LICENSE"
}

build_pcre2 () {
  with_cmake pcre2 -DPCRE2_BUILD_PCRE2_8=ON -DPCRE2_SUPPORT_UNICODE=ON -DPCRE2_SUPPORT_JIT=ON -DPCRE2_BUILD_PCRE2GREP=OFF \
    -DPCRE2_BUILD_TESTS=OFF -DBUILD_STATIC_LIBS=OFF
  keep_licence pcre2 "$work/src/pcre2/LICENCE"*
}

# Of GNU gettext only the library, without iconv: message catalogues have to be UTF-8.
build_libintl () {
  with_configure libintl gettext-runtime intl --enable-threads=windows --with-included-gettext --enable-nls \
    --without-libiconv-prefix --without-libintl-prefix --without-emacs --disable-java --disable-csharp --disable-c++ \
    --disable-libasprintf --disable-openmp --disable-curses --disable-rpath
  keep_licence libintl "$work/src/libintl/gettext-runtime/intl/COPYING.LIB"
}

build_glib () {
  with_meson glib -Dtests=false -Dinstalled_tests=false -Dnls=enabled -Dlibmount=disabled -Dselinux=disabled -Dxattr=false \
    -Dman=false -Dgtk_doc=false -Dglib_debug=disabled
  keep_licence glib "$work/src/glib/COPYING"
}

build_json_glib () {
  # It asks for Meson 1.2 and uses nothing that 1.0 has not.
  sed -i "s/meson_version: '>= 1.2.0'/meson_version: '>= 1.0'/" "$work/src/json-glib/meson.build"
  with_meson json-glib -Dintrospection=disabled -Ddocumentation=disabled -Dman=false -Dtests=false -Dconformance=false \
    -Dinstalled_tests=false
  keep_licence json-glib "$work/src/json-glib/COPYING"
}

build_libpng () {
  with_cmake libpng -DPNG_SHARED=ON -DPNG_STATIC=OFF -DPNG_TESTS=OFF -DPNG_EXECUTABLES=OFF
  keep_licence libpng "$work/src/libpng/LICENSE"
}

build_libjpeg_turbo () {
  # It takes a relative folder for libraries from wherever it happens to be.
  with_cmake libjpeg-turbo -DCMAKE_INSTALL_LIBDIR="$prefix/lib" -DENABLE_SHARED=ON -DENABLE_STATIC=OFF \
    -DWITH_TURBOJPEG=OFF -DWITH_JAVA=OFF
  keep_licence libjpeg-turbo "$work/src/libjpeg-turbo/"{LICENSE.md,README.ijg}
}

build_tiff () {
  with_cmake tiff -Dtiff-tools=OFF -Dtiff-tests=OFF -Dtiff-contrib=OFF -Dtiff-docs=OFF -Dcxx=OFF -Djbig=OFF -Dlzma=OFF \
    -Dzstd=OFF -Dwebp=OFF -Dlerc=OFF -Dlibdeflate=OFF
  keep_licence tiff "$work/src/tiff/LICENSE.md"
}

build_pixman () {
  with_meson pixman -Dtests=disabled -Dgtk=disabled -Dlibpng=disabled -Dopenmp=disabled
  keep_licence pixman "$work/src/pixman/COPYING"
}

# Windows' own fonts: no freetype, no fontconfig.
build_cairo () {
  # Its configure asks for _FORTIFY_SOURCE, for which this mingw-w64 has no functions.
  sed -i 's/-Wp,-D_FORTIFY_SOURCE=2//' "$work/src/cairo/configure"
  with_configure cairo . 'src util/cairo-gobject' --enable-win32 --enable-win32-font --disable-ft --disable-fc \
    --disable-xlib --disable-xcb --disable-gtk-doc --disable-trace --disable-interpreter --disable-valgrind \
    --disable-pthread --enable-gobject --enable-png
  keep_licence cairo "$work/src/cairo/COPYING"*
}

build_fribidi () {
  with_meson fribidi -Ddocs=false
  keep_licence fribidi "$work/src/fribidi/COPYING"
}

build_harfbuzz () {
  with_meson harfbuzz -Dglib=disabled -Dgobject=disabled -Dcairo=disabled -Dchafa=disabled -Dicu=disabled \
    -Dfreetype=disabled -Dgdi=disabled -Ddirectwrite=disabled -Dtests=disabled -Dintrospection=disabled -Ddocs=disabled \
    -Dbenchmark=disabled
  keep_licence harfbuzz "$work/src/harfbuzz/COPYING"
}

build_pango () {
  with_meson pango -Dfontconfig=disabled -Dfreetype=disabled -Dxft=disabled -Dlibthai=disabled -Dcairo=enabled \
    -Dintrospection=disabled -Dgtk_doc=false -Dinstall-tests=false
  keep_licence pango "$work/src/pango/COPYING"
}

build_gdk_pixbuf () {
  with_meson gdk-pixbuf -Dpng=enabled -Djpeg=enabled -Dtiff=enabled -Dbuiltin_loaders=all -Dgtk_doc=false -Ddocs=false \
    -Dintrospection=disabled -Dman=false -Drelocatable=true -Dnative_windows_loaders=false -Dinstalled_tests=false \
    -Dtests=false -Dgio_sniffing=false
  keep_licence gdk-pixbuf "$work/src/gdk-pixbuf/COPYING"
}

build_graphene () {
  with_meson graphene -Dtests=false -Dinstalled_tests=false -Dintrospection=disabled -Dgtk_doc=false
  keep_licence graphene "$work/src/graphene/LICENSE.txt"
}

build_libepoxy () {
  with_meson libepoxy -Degl=no -Dglx=no -Dx11=false -Dtests=false -Ddocs=false
  keep_licence libepoxy "$work/src/libepoxy/COPYING"
}

build_gtk () {
  with_meson gtk -Dx11-backend=false -Dwayland-backend=false -Dbroadway-backend=false -Dwin32-backend=true \
    -Dmacos-backend=false -Dmedia-ffmpeg=disabled -Dmedia-gstreamer=disabled -Dprint-cups=disabled -Dvulkan=disabled \
    -Dcloudproviders=disabled -Dsysprof=disabled -Dtracker=disabled -Dcolord=disabled -Df16c=enabled -Dgtk_doc=false \
    -Dman-pages=false -Dintrospection=disabled -Ddemos=false -Dbuild-examples=false -Dbuild-tests=false \
    -Dinstall-tests=false
  keep_licence gtk "$work/src/gtk/COPYING"
}

build_libadwaita () {
  # Its own icons are SVG, which needs librsvg to draw: as the PNG that GTK takes for symbolic icons they need nothing.
  local icon folder size files
  cd "$work/src/libadwaita/src"
  for icon in icons/scalable/*/*-symbolic.svg; do
    folder=$(basename "$(dirname "$icon")")
    files=
    for size in 16x16 32x32; do
      mkdir -p "icons/$size/$folder"
      gtk4-encode-symbolic-svg "$icon" $size -o "icons/$size/$folder"
      files+="<file>icons/$size/$folder/$(basename "$icon" .svg).symbolic.png</file>"
    done
    sed -i "s|<file[^>]*>$icon</file>|$files|" adwaita.gresources.xml
  done
  with_meson libadwaita -Dintrospection=disabled -Dvapi=false -Dgtk_doc=false -Dtests=false -Dexamples=false
  keep_licence libadwaita "$work/src/libadwaita/COPYING"
}

build_libserialport () {
  with_configure libserialport . .
  keep_licence libserialport "$work/src/libserialport/COPYING"
}

# --- all of it --------------------------------------------------------------------------------------------------------

# Makes the prefix fit to be moved, and small: what no program needs goes.
finish () {
  local file
  for file in "$prefix"/lib/pkgconfig/*.pc; do
    sed -i -e "s|^prefix=$prefix\$|prefix=\${pcfiledir}/../..|" -e "s|=$prefix\$|=\${prefix}|" \
      -e "s|=$prefix/|=\${prefix}/|" -e "s|\([IL]\)$prefix/|\1\${prefix}/|g" "$file"
  done
  if grep -l "$prefix" "$prefix"/lib/pkgconfig/*.pc; then
    echo "These name the folder in which they were made." >&2
    return 1
  fi
  find "$prefix" -name '*.la' -delete
  rm -rf "$prefix"/share/{doc,man,info,gtk-doc,gettext,bash-completion,gdb,icons,applications,metainfo} "$prefix/man"
  rm -rf "$prefix/lib/cmake" "$prefix/include/unistd.h"
  $host-strip --strip-unneeded "$prefix"/bin/*.dll "$prefix"/bin/*.exe
  cp "$here/sources.txt" "$here/dependencies.sh" "$prefix/share/licenses/"
}

# build_all [LIBRARY]: all, or from this one on.
build_all () {
  local from=${1:-} library start log

  [ -n "$from" ] || rm -rf "$prefix" "$work"/{src,obj}
  mkdir -p "$work"/{src,obj,logs}
  echo "Downloading the sources into $sources"
  fetch_all
  for library in toolchain $(grep -v '^#' sources.txt | cut -d' ' -f1 | uniq) finish; do
    if [ "$library" = "$from" ]; then from=; fi
    [ -z "$from" ] || continue
    start=$SECONDS
    rm -rf "$work/obj/$library"
    log=$work/logs/$library.log
    # A shell of its own, and not in a condition, so that the first command that fails ends it.
    set +e
    (
      set -e
      case $library in
      toolchain) build_toolchain ;;
      finish) finish ;;
      *)
        unpack "$library"
        "build_${library//-/_}"
        ;;
      esac
    ) >"$log" 2>&1
    status=$?
    set -e
    if [ $status -ne 0 ]; then
      tail -n 30 "$log" >&2
      echo "Building $library failed: $log" >&2
      exit 1
    fi
    printf '%-14s %4d s\n' "$library" $((SECONDS - start))
  done
  rm -rf "$work"/{src,obj}
}

if [ "${1:-}" = --sources ]; then
  fetch_all
  echo "$sources"
  exit 0
fi
mkdir -p "$cache" "$work"
printf "[constants]\nprefix = '%s'\nhere = '%s'\n" "$prefix" "$here" >"$work/folders.ini"
if [ "$(cat "$prefix/.key" 2>/dev/null)" = "$key" ]; then exit 0; fi
if [ -f "$archive" ]; then
  rm -rf "$prefix"
  tar -xf "$archive" -C "$work"
  exit 0
fi
install_missing "${PACKAGES_BUILD[@]}" "${PACKAGES_WINDOWS[@]}"
if [ "${1:-}" = --from ]; then build_all "$2"; else build_all; fi
echo "$key" >"$prefix/.key"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -c prefix | nice xz -T"$jobs" -6 >"$archive.part"
mv "$archive.part" "$archive"
echo "Kept as $archive"
