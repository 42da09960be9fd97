import { expect, test } from 'vitest';
import { lexicalWords } from '../../../emulator/recognition/lexical-words.ts';

test.each([
  ["I'm double-jointed, aren't I?", "i'm double jointed aren't i"],
  ['„Grüße“ – aus Köln!', 'grüße aus köln'],
  ['L’heure d’été', "l'heure d'été"],
  ['今日は良い天気です。', '今 日 は 良 い 天 気 で す'],
  ['カテーテルABC', 'カ テ ー テ ル abc'],
  ['你好, world 2', '你 好 world 2'],
  ['สวัสดี', 'ส วั ส ดี'],
  ['नमस्ते दुनिया', 'नमस्ते दुनिया'],
  ['…', ''],
])('lexicalWords of %j', (text, words) => {
  expect(lexicalWords(text).join(' ')).toBe(words);
});

test('lexicalWords changes nothing the second time', () => {
  const once = lexicalWords("O'Neill said: “Go-get 'em”, 3 times — İstanbul 東京タワー").join(' ');
  expect(lexicalWords(once).join(' ')).toBe(once);
});
