import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const drugs = [
  'apixaban',
  'metoprolol',
  'furosemide',
  'ramipril',
  'enoxaparin',
  'spironolactone',
  'atorvastatin',
  'tamsulosin',
];

const test = [
  'please give the patient in bed four ten milligrams of DRUG this evening',
  'the potassium is low so we will stop DRUG and check it again tomorrow',
  'she has been taking DRUG at home for many years without any trouble',
];

const training = [
  'the doctor has written up DRUG for the new patient',
  'we ran out of DRUG on the ward last night',
  'start DRUG after breakfast and watch the blood pressure',
  'ask the pharmacy whether DRUG can be crushed',
  'he says that DRUG makes him feel dizzy',
];

/** A pipeline of another trade than the example's, with data of its own: a hospital ward, 24 test utterances. */
export async function writeWardPipeline(folder: string): Promise<string> {
  await writeAudio(
    path.join(folder, 'calls'),
    drugs.flatMap((drug) => test.map((sentence) => sentence.replace('DRUG', drug))),
  );
  await writeAudio(path.join(folder, 'smoke'), [
    'good morning how did you sleep last night',
    'can you tell me where the pain is now',
  ]);
  await writeFile(
    path.join(folder, 'text.txt'),
    drugs.flatMap((drug) => training.map((sentence) => sentence.replace('DRUG', drug))).join('\n'),
  );
  const file = path.join(folder, 'ward.yaml');
  await writeFile(file, wardPipeline);
  return file;
}

const wardPipeline = `name: ward
locale: en-US
project: Ward
inputs:
  bound: { type: rate, default: 5% }
steps:
  - id: calls
    uses: upload
    with: { kind: Acoustic, from: calls }
  - id: text
    uses: upload
    with: { kind: Language, from: text.txt }
  - id: same-text
    uses: upload
    with: { kind: Language, from: text.txt, name: a second name }
  - id: baseline
    uses: evaluate
    with: { dataset: "\${{ steps.calls.outputs.dataset }}", model: endpoint/ward }
  - id: retrain
    uses: train
    with:
      datasets: ["\${{ steps.text.outputs.dataset }}"]
      if-wer-above: "\${{ inputs.bound }}"
      measured-by: baseline
  - id: candidate
    uses: evaluate
    with: { dataset: "\${{ steps.calls.outputs.dataset }}", model: "\${{ steps.retrain.outputs.model }}", against: endpoint/ward, min-words: 250 }
  - id: go-live
    uses: swap
    if: \${{ steps.candidate.outputs.better }}
    with:
      endpoint: ward
      create: true
      model: \${{ steps.retrain.outputs.model }}
      verify: { audio: smoke, max-wer: 30%, every: 1s }
`;

async function writeAudio(folder: string, sentences: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, sentence] of sentences.entries())
    await writeFile(path.join(folder, `${index}.wav`), wav(index, sentence.length));
  await writeFile(
    path.join(folder, 'trans.txt'),
    `\uFEFF${sentences.map((sentence, index) => `${index}.wav\t${sentence}`).join('\n')}\n`,
  );
}

/** Noise that no other file has: the emulator knows audio by its content. 8 kHz mono PCM, 50 ms a letter. */
function wav(seed: number, letters: number): Buffer {
  const samples = letters * 400;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0).toString();
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  let state = (seed + letters * 7919 + 1) >>> 0;
  for (let index = 0; index < samples; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeInt16LE(((state >>> 16) % 8000) - 4000, 44 + index * 2);
  }
  return bytes;
}
