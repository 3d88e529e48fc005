#!/bin/sh
# What ffmpeg makes of `framerate` in an FLV whose pictures come unevenly, as those of a browser do.
#
# Expected: an MP4 or HLS made from an FLV has as many pictures as the FLV, whatever onMetaData says of their rate:
# timestamps are in every tag.
# Seen (ffmpeg 5.1 of Debian 12; 300 pictures on a grid of 4 ms, 31 a second, then 10 a second):
#   framerate 250       MP4 and HLS hold more than ten times as many pictures; `-f null -` says nothing
#   framerate none      the same
#   framerate the mean  MP4 and HLS hold 300, give or take 2 %; `-f null -` prints "non monotonically increasing dts" for
#                       any two pictures within one step of the mean rate, although each has a time of its own
# So no number serves both: with a rate below 70 ffmpeg takes the mean for the step of everything that it writes, also
# where an output has no timestamps; else it takes the grid that it finds in the timestamps.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v ffmpeg >/dev/null || { apt-get update -qq; apt-get install -y -qq ffmpeg >/dev/null; }
version=$(ffmpeg -version | sed -n '1s/^ffmpeg version \([0-9]*\.[0-9]*\).*/\1/p')
echo "ffmpeg $version"
[ "$version" = 5.1 ] || { echo "made for 5.1: look again" >&2; exit 1; }

# Pictures 24 to 40 ms apart in steps of 4 ms, from the 150th on three times as far.
ffmpeg -v error -f lavfi -i "testsrc=s=320x240:r=250" \
  -vf "select='eq(n\,0)+gte(n-prev_selected_n\,(8+mod(selected_n\,2)-3*eq(mod(selected_n\,7)\,0))*(1+2*gte(selected_n\,150)))'" \
  -vsync vfr -frames:v 300 -c:v libx264 -preset ultrafast -bf 0 made.flv
cat > set.py <<'P'
import struct, sys
data = bytearray(open('made.flv', 'rb').read())
at = data.index(b'framerate')
if sys.argv[1] == 'none': data[at:at + 9] = b'xxxxxxxxx'
else: data[at + 10:at + 18] = struct.pack('>d', float(sys.argv[1]))
open('try.flv', 'wb').write(data)
P
pictures() { ffprobe -v error -count_packets -select_streams v -show_entries stream=nb_read_packets -of default=nw=1:nk=1 "$1" | head -1; }
last=$(ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 made.flv | tail -1 | tr -d ,)
mean=$(python3 -c "print(299 / $last)")
expect() { [ "$2" "$3" "$4" ] || { echo "changed: $1 is $2" >&2; exit 1; }; }
for rate in 250 none "$mean"; do
  python3 set.py "$rate"
  complaints=$(ffmpeg -v error -i try.flv -f null - 2>&1 | grep -c 'non monotonically' || true)
  ffmpeg -v error -y -i try.flv -c:v libx264 -preset ultrafast out.mp4
  ffmpeg -v error -y -i try.flv -c:v libx264 -preset ultrafast -f hls -hls_list_size 0 -hls_flags single_file out.m3u8
  mp4=$(pictures out.mp4) hls=$(pictures out.ts)
  echo "framerate $rate: $(pictures try.flv) pictures; MP4 $mp4, HLS $hls, complaints $complaints"
  if [ "$rate" = "$mean" ]; then
    expect MP4 "$mp4" -le 306; expect MP4 "$mp4" -ge 294; expect HLS "$hls" -le 306; expect complaints "$complaints" -gt 0
  else
    expect MP4 "$mp4" -gt 2000; expect HLS "$hls" -gt 2000; expect complaints "$complaints" -eq 0
  fi
done
