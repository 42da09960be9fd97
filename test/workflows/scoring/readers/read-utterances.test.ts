import { describe, expect, it } from 'vitest';
import { readUtterances } from '../../../../workflows/scoring/readers/read-utterances.ts';
import type { TranscriptForm, TranscriptSide } from '../../../../workflows/scoring/readers/transcript.ts';

/** The form and the texts by their ids, or the fault as `line: message`. */
function read(
  text: string,
  { side = 'hypothesis', form }: { readonly side?: TranscriptSide; readonly form?: TranscriptForm } = {},
): unknown {
  const { form: told, utterances, fault } = readUtterances(text, { side, form });
  return fault === undefined
    ? [told, Object.fromEntries(utterances.map((utterance) => [utterance.id, utterance.text]))]
    : [told, `${fault.line}: ${fault.message}`];
}

describe('the form of a file', () => {
  it.each([
    ['a tab behind the id', 'u1\ta b\nu2\n', ['tab', { u1: 'a b', u2: '' }]],
    ['a tab in a later line', 'u1\n\nu2\ta (b)\n', ['tab', { u1: '', u2: 'a (b)' }]],
    [
      'an id at the end of the first line',
      ';; made by hand\na b (s1-1)\n(s1-2)\n',
      ['trn', { 's1-1': 'a b', 's1-2': '' }],
    ],
    ['an id behind optional words', 'i (uh) know (s1_1)\n', ['trn', { s1_1: 'i (uh) know' }]],
    ['alternations, which are no JSON', '{ a / b } c (s1-1)\n', ['trn', { 's1-1': '{ a / b } c' }]],
    ['alternations in each other', '{ { a / b } / c } (s1-1)\n', ['trn', { 's1-1': '{ { a / b } / c }' }]],
    ['braces around nothing', '{ } (s_1)\n[ ] a (s_2)\n', ['trn', { s_1: '{ }', s_2: '[ ] a' }]],
    ['brackets around nothing', '[ ] a (s_2)\n', ['trn', { s_2: '[ ] a' }]],
    ['words alone', 'u1 a  b\nu2\n  u3 c\r\n', ['kaldi', { u1: 'a  b', u2: '', u3: 'c' }]],
    ['words with other line ends of Unicode in them', 'u1 a\u2028b\n', ['kaldi', { u1: 'a\u2028b' }]],
    ['an id behind other line ends', 'a\rb (u1)\n', ['trn', { u1: 'a\rb' }]],
    ['objects a line', '{"id":"u1","text":"a"}\n\n{"id":2,"text":"b"}\n', ['json', { u1: 'a', 2: 'b' }]],
    ['a list of objects', '[\n  { "key": "u1", "txt": "a\\nb" }\n]\n', ['json', { u1: 'a b' }]],
    ['a byte order mark', '\uFEFF{"id":"u1","text":"a"}', ['json', { u1: 'a' }]],
  ])('is told by %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('is what is said, whatever the text looks like', () => {
    expect(read('u1 he said (laughs)\n')).toEqual([
      'trn',
      '1: Give each line an id: "laughs" looks like a part of the text',
    ]);
    expect(read('u1 he said (laughs)\n', { form: 'kaldi' })).toEqual(['kaldi', { u1: 'he said (laughs)' }]);
    expect(read('u1 a\tb\n', { form: 'kaldi' })).toEqual(['kaldi', { u1: 'a\tb' }]);
  });

  it('has any ids where it is said', () => {
    expect(read('hello mat\n', { form: 'kaldi' })).toEqual(['kaldi', { hello: 'mat' }]);
    expect(read('mat (hello)\n', { form: 'trn' })).toEqual(['trn', { hello: 'mat' }]);
    expect(read('hello\tmat\n')).toEqual(['tab', { hello: 'mat' }]);
  });

  it.each([
    ['tab', 'u1\ta\nu2 b c\n', '2: Write id<TAB>text: this line has words and no tab, other lines have one'],
    ['tab', 'u1\ta\n\tb\n', '2: Begin the line with an id: there is nothing before the tab'],
    ['trn', 'a (s-1)\nb c\n', '2: End the line with (id), as the first line does: write text (id)'],
    ['kaldi', 'u1 the cat sat\nu1 the mat\n', '2: Give each id once: "u1" is also on line 1'],
    ['kaldi', 'u1 the cat\nhello mat\n', '2: Give each line an id: "hello" looks like a part of the text'],
    ['kaldi', 'u1,hello mat\n', '1: Give each line an id: "u1,hello" looks like a part of the text'],
    ['kaldi', ' \n', '1: Give at least one utterance: there is none'],
    [
      'json',
      '{"id":"u1","text":"a"}\n{"id":"u2",\n',
      '2: Write one JSON object a line: Expected double-quoted property name in JSON',
    ],
    [
      'json',
      '{"id":"u1","text":"a"}\n["u2"]\n',
      '2: Write JSON objects with an id and a text: there is none on line 2',
    ],
    ['json', '[{"id":"u1","text":"a"}, 7]', '1: Write JSON objects with an id and a text: there is none in record 2'],
    ['json', '[\n{"id":"u1",\n"text" "a"}\n]\n', "3: Write JSON: Expected ':' after property name in JSON"],
    ['json', '[{"id":"u1","text":"a"},{"id":"u1","text":"b"}]', '1: Give each id once: "u1" is also in record 1'],
    ['json', '[]', '1: Give at least one utterance: there is none'],
  ])('is that of every line of %s', (form, text, fault) => {
    expect(read(text)).toEqual([form, fault]);
  });
});

describe('JSON lines', () => {
  const nemo =
    '{"audio_filepath": "a/1.wav", "duration": 1.5, "text": "said", "pred_text": "heard", "speaker": "s1", "clean": true}\n';

  it('have a reference and what was recognised side by side, as NeMo writes them', () => {
    expect(read(nemo, { side: 'reference' })).toEqual(['json', { 'a/1.wav': 'said' }]);
    expect(read(nemo)).toEqual(['json', { 'a/1.wav': 'heard' }]);
  });

  it('have fields', () => {
    expect(readUtterances(nemo, { side: 'reference' }).utterances[0]?.fields).toMatchObject({
      speaker: 's1',
      duration: '1.5',
      clean: 'true',
    });
  });

  it('never give a reference for what was not recognised', () => {
    expect(read(`${nemo}{"audio_filepath": "2.wav", "text": "said"}\n`)).toEqual([
      'json',
      '2: Give a text as pred_text: there is none on line 2',
    ]);
    expect(read('{"id":"u1","reference":"said"}')).toEqual([
      'json',
      '1: Give a text as pred_text, hypothesis, hyp, prediction, predicted, text, transcript, transcription, sentence or txt: there is none in record 1',
    ]);
  });

  it('need an id, and the same one in all lines', () => {
    expect(read('{"text":"a"}')).toEqual([
      'json',
      '1: Give an id as id, utt_id, utterance_id, utt, key, audio_filepath, audio_file, audio, path or file: there is none in record 1',
    ]);
    expect(read('{"id":"1","text":"a"}\n{"key":"2","text":"a"}\n')).toEqual([
      'json',
      '2: Give an id as id: there is none on line 2',
    ]);
  });
});

describe('results of the service', () => {
  const phrase = (channel: number, lexical: string) => ({
    recognitionStatus: 'Success',
    channel,
    nBest: [{ lexical, display: `${lexical}.` }, { lexical: 'second best' }],
  });
  const source = 'https://x.blob.core.windows.net/c/folder/my%20call.wav?sig=secret';

  it('of a batch transcription are its combined phrases, by the name of the recording', () => {
    const result = {
      source,
      combinedRecognizedPhrases: [{ channel: 0, lexical: 'five kilos', display: '5 kg.' }],
      recognizedPhrases: [phrase(0, 'other')],
    };
    expect(read(JSON.stringify(result, undefined, 2))).toEqual(['azure', { 'my call.wav': 'five kilos' }]);
    expect(read(JSON.stringify(result), { form: 'azure-display' })).toEqual([
      'azure-display',
      { 'my call.wav': '5 kg.' },
    ]);
  });

  it('of several recordings may be in one file', () => {
    const results = ['a.wav', 'b.wav'].map((name) => ({
      source: name,
      recognizedPhrases: [phrase(0, name), phrase(0, 'x')],
    }));
    const expected = ['azure', { 'a.wav': 'a.wav x', 'b.wav': 'b.wav x' }];
    expect(read(JSON.stringify(results))).toEqual(expected);
    expect(read(results.map((result) => `${JSON.stringify(result)}\n`).join(''))).toEqual(expected);
  });

  it('have an utterance for each channel where there are several', () => {
    const result = { source: 'a.wav', recognizedPhrases: [phrase(1, 'b'), phrase(0, 'a'), phrase(1, 'c')] };
    expect(read(JSON.stringify(result))).toEqual(['azure', { 'a.wav#0': 'a', 'a.wav#1': 'b c' }]);
  });

  it('of an evaluation are read without the words that were not recognised', () => {
    const scoringResult = 'a,<substitution>b</substitution>,<deletion>c</deletion>,<insertion>d</insertion>';
    const result = { source: 'a.wav', recognizedPhrases: [{ channel: 0, nBest: [{ scoringResult }] }] };
    expect(read(JSON.stringify(result))).toEqual(['azure', { 'a.wav': 'a b d' }]);
  });

  it('are empty where nothing was recognised', () => {
    expect(read('{"source":"a.wav","recognizedPhrases":[{"recognitionStatus":"NoMatch"}]}')).toEqual([
      'azure',
      { 'a.wav': '' },
    ]);
    expect(read('{"source":"a.wav","recognizedPhrases":[]}')).toEqual(['azure', { 'a.wav': '' }]);
  });

  it.each([
    [{ recognizedPhrases: [] }, 'Name the recording as source: there is none in record 1'],
    [
      { source: 'a.wav', combinedRecognizedPhrases: [{ lexical: '', display: 'Hi.' }] },
      'Give results with lexical text: a.wav has display text alone, which the form azure-display reads',
    ],
  ])('are a fault where they have no recording, or the other text alone', (result, message) => {
    expect(read(JSON.stringify(result))).toEqual(['azure', `1: ${message}`]);
  });

  it('are not mixed with other objects', () => {
    expect(read('[{"source":"a.wav","recognizedPhrases":[]},{"id":"b","text":"x"}]')).toEqual([
      'azure',
      '1: Give results of the service: recognizedPhrases and combinedRecognizedPhrases are missing in record 2',
    ]);
  });
});
