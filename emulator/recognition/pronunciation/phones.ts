/**
 * Phones of the CMU dictionary (ARPAbet without stress) as small integers, and how far apart they sound. Costs are
 * whole numbers, so that no rounding can decide between two alternatives; 10 is a phone that has nothing in common.
 */
export const phoneCount = 39;

/** The phones of a pronunciation such as `K AE1 T`; unknown symbols are left out. */
export function parsePhones(pronunciation: string): readonly number[] {
  const phones: number[] = [];
  for (const symbol of pronunciation.split(' ')) {
    const bare = symbol.length === 3 ? symbol.slice(0, 2) : symbol;
    const phone = NUMBERS.get(bare);
    if (phone !== undefined) phones.push(phone);
  }
  return phones;
}

/** Cost of hearing the second phone for the first. */
export function substitutionCost(spoken: number, heard: number): number {
  return SUBSTITUTION[spoken * phoneCount + heard] as number;
}

/** Cost of not hearing the phone, or of hearing it where nothing was. */
export function gapCost(phone: number): number {
  return GAP[phone] as number;
}

interface Consonant {
  readonly place: number;
  readonly manner: 'stop' | 'affricate' | 'fricative' | 'nasal' | 'liquid' | 'glide';
  readonly voiced: boolean;
}

interface Vowel {
  /** 0 close to 3 open. */
  readonly height: number;
  /** 0 front to 2 back. */
  readonly back: number;
  readonly glides: boolean;
}

const CONSONANTS: Readonly<Record<string, Consonant>> = {
  P: { place: 0, manner: 'stop', voiced: false },
  B: { place: 0, manner: 'stop', voiced: true },
  T: { place: 3, manner: 'stop', voiced: false },
  D: { place: 3, manner: 'stop', voiced: true },
  K: { place: 6, manner: 'stop', voiced: false },
  G: { place: 6, manner: 'stop', voiced: true },
  CH: { place: 4, manner: 'affricate', voiced: false },
  JH: { place: 4, manner: 'affricate', voiced: true },
  F: { place: 1, manner: 'fricative', voiced: false },
  V: { place: 1, manner: 'fricative', voiced: true },
  TH: { place: 2, manner: 'fricative', voiced: false },
  DH: { place: 2, manner: 'fricative', voiced: true },
  S: { place: 3, manner: 'fricative', voiced: false },
  Z: { place: 3, manner: 'fricative', voiced: true },
  SH: { place: 4, manner: 'fricative', voiced: false },
  ZH: { place: 4, manner: 'fricative', voiced: true },
  HH: { place: 7, manner: 'fricative', voiced: false },
  M: { place: 0, manner: 'nasal', voiced: true },
  N: { place: 3, manner: 'nasal', voiced: true },
  NG: { place: 6, manner: 'nasal', voiced: true },
  L: { place: 3, manner: 'liquid', voiced: true },
  R: { place: 4, manner: 'liquid', voiced: true },
  W: { place: 0, manner: 'glide', voiced: true },
  Y: { place: 5, manner: 'glide', voiced: true },
};

const VOWELS: Readonly<Record<string, Vowel>> = {
  IY: { height: 0, back: 0, glides: false },
  IH: { height: 1, back: 0, glides: false },
  EY: { height: 1, back: 0, glides: true },
  EH: { height: 2, back: 0, glides: false },
  AE: { height: 3, back: 0, glides: false },
  AH: { height: 2, back: 1, glides: false },
  ER: { height: 1, back: 1, glides: false },
  AA: { height: 3, back: 2, glides: false },
  AO: { height: 2, back: 2, glides: false },
  OW: { height: 1, back: 2, glides: true },
  UH: { height: 1, back: 2, glides: false },
  UW: { height: 0, back: 2, glides: false },
  AY: { height: 3, back: 1, glides: true },
  AW: { height: 3, back: 2, glides: true },
  OY: { height: 2, back: 2, glides: true },
};

const NAMES: readonly string[] = [...Object.keys(CONSONANTS), ...Object.keys(VOWELS)];
const NUMBERS: ReadonlyMap<string, number> = new Map(NAMES.map((name, number) => [name, number]));

/** Pairs of a vowel and a consonant that are near each other. */
const NEAR: ReadonlySet<string> = new Set(['ER R', 'R ER', 'UW W', 'W UW', 'IY Y', 'Y IY', 'OW L', 'L OW']);

const SUBSTITUTION = Uint8Array.from(NAMES.flatMap((spoken) => NAMES.map((heard) => distance(spoken, heard))));
const GAP = Uint8Array.from(NAMES.map(omission));

function distance(spoken: string, heard: string): number {
  if (spoken === heard) return 0;
  const [consonant, otherConsonant] = [CONSONANTS[spoken], CONSONANTS[heard]];
  if (consonant && otherConsonant) return betweenConsonants(consonant, otherConsonant);
  const [vowel, otherVowel] = [VOWELS[spoken], VOWELS[heard]];
  if (vowel && otherVowel) return betweenVowels(vowel, otherVowel);
  return NEAR.has(`${spoken} ${heard}`) ? 4 : 14;
}

function betweenConsonants(a: Consonant, b: Consonant): number {
  const places = Math.min(4, Math.abs(a.place - b.place));
  if (a.manner === b.manner) return (a.voiced === b.voiced ? 1 : 3) + places;
  return Math.min(10, 5 + (a.voiced === b.voiced ? 0 : 2) + places);
}

function betweenVowels(a: Vowel, b: Vowel): number {
  return Math.min(7, 1 + Math.abs(a.height - b.height) + Math.abs(a.back - b.back) + (a.glides === b.glides ? 0 : 2));
}

function omission(name: string): number {
  if (name === 'AH' || name === 'IH' || name === 'HH') return 4;
  return ['T', 'D', 'R', 'L', 'Y', 'W', 'N'].includes(name) ? 6 : 8;
}
