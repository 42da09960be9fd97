/** What a person is told when nothing is heard because the audio is not known. */
export const unknownAudio =
  'Recognise: nobody has told the emulator what is said in this audio, so it hears nothing. Import it in an Acoustic ' +
  'dataset, start with --audio-dir (WAV files with a trans.txt), or POST it to /_emulator/audio?transcript=…';
