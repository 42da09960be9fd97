/** A recording for the emulator, which knows audio by its content: noise that no other name has, 8 kHz, 16 bit, mono. */
export function sampleRecording(name: string, sentence: string): Uint8Array {
  const samples = sentence.length * samplesPerLetter;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  // PCM, one channel, samples and bytes a second, bytes and bits a sample: http://soundfile.sapp.org/doc/WaveFormat
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(samplesPerSecond, 24);
  wav.writeUInt32LE(samplesPerSecond * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  let noise = [...name].reduce((sum, letter) => Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0), 1);
  for (let sample = 0; sample < samples; sample += 1) {
    noise = Math.imul(noise, 1_664_525) + 1_013_904_223;
    wav.writeInt16LE(noise >> 20, 44 + sample * 2);
  }
  return wav;
}

const samplesPerSecond = 8000;
/** A twentieth of a second a letter, about as long as it takes to say one. */
const samplesPerLetter = 400;
