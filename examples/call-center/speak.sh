#!/usr/bin/env bash
# Speaks the transcripts: makes every WAV file of this example again from data/test/trans.txt and data/smoke/trans.txt.
# Needs espeak-ng (1.51 made the files here) and sox. The same versions make the same bytes.
#
#   ./speak.sh              both folders
#   ./speak.sh data/smoke   one folder
#
# The voice is chosen by line number, so that a transcript keeps its voice as long as lines are only added at the end.
set -euo pipefail
cd "$(dirname "$0")"

# espeak-ng voice and variant, words per minute, pitch (0 to 99)
voices=(
  'en-us         172 48'
  'en-us+f2      178 56'
  'en-gb+m3      176 44'
  'en-us+f4      170 52'
  'en-us+m1      182 38'
  'en-gb+f3      174 60'
  'en-us-nyc+m7  176 46'
  'en-gb-scotland+m2 168 50'
)

# A telephone line: 300 to 3400 Hz, 8 kHz, 16 bit, one channel, silence before and after what is said.
telephone() {
  sox -R -D -G "$1" -b 16 -e signed-integer -c 1 "$2" rate -h 8000 sinc 300-3400 norm -3 pad 0.5 0.5
}

speak_folder() {
  local folder=$1 line=0 file text voice speed pitch
  while IFS=$'\t' read -r file text; do
    read -r voice speed pitch <<<"${voices[line % ${#voices[@]}]}"
    espeak-ng -v "$voice" -s "$speed" -p "$pitch" -w "$scratch/spoken.wav" -- "$text"
    telephone "$scratch/spoken.wav" "$folder/$file"
    line=$((line + 1))
  done < <(sed -e '1s/^\xef\xbb\xbf//' -e 's/\r$//' "$folder/trans.txt")
  echo "$folder: $line files"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ $# -eq 0 ]; then set -- data/test data/smoke; fi
for folder in "$@"; do speak_folder "$folder"; done
