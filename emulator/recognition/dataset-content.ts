/** What a dataset taught the emulator: the part of an import that training, evaluation and recognition use. */
export interface DatasetContent {
  /** Lexical lines of the text kinds; transcripts of Acoustic. */
  readonly sentences: readonly string[];
  readonly clips: readonly Clip[];
  readonly pronunciations: readonly Pronunciation[];
}

/** One recording, with what is said in it. */
export interface Clip {
  /** The file's name in its archive. */
  readonly name: string;
  /** Lexical form; empty where nobody has said what is spoken (AudioFiles). */
  readonly transcript: string;
  /** As it was uploaded, with capitals and punctuation; absent where it came in another way than in a dataset. */
  readonly display?: string;
  readonly samples: Int16Array;
  /** In hertz: 8000 or 16000. */
  readonly sampleRate: number;
}

/** How a written form is spoken: by words (`i triple e`) or, from a phonetic lexicon, by phones. */
export interface Pronunciation {
  readonly display: string;
  readonly spoken: string;
}
