import { isCredentialName } from '../language/variables/credential-names.ts';
import { isTemplate } from '../document/yaml/plain-value.ts';
import { escapeControls } from '../document/quote-name.ts';
import { hasLiteralSecret } from '../document/signed-url.ts';
import { type Mark, type Marks, unmarked, withoutMarks } from './text-marks.ts';
import type { MigrationNote, OldCall } from './old-call.ts';

/** The values of old calls as a pipeline has them: what only a run knows becomes an input or a variable of it. */
export class MigratedValues {
  readonly inputs = new Map<string, { readonly type: 'string'; readonly description: string }>();
  readonly env = new Map<string, { readonly secret: true; readonly description: string }>();
  readonly notes: MigrationNote[] = [];
  readonly #marks: Marks;
  readonly #dataRoot: string;

  /** `dataRoot` leads from the folder of the pipeline to the one that paths in old files begin in. */
  constructor(marks: Marks, { dataRoot }: { readonly dataRoot: string }) {
    this.#marks = marks;
    this.#dataRoot = dataRoot;
  }

  marksIn(text: string | undefined): readonly Mark[] {
    return text === undefined ? [] : this.#marks.in(text);
  }

  /** A name or a description as it stands there, or undefined where it is not the same in every run. */
  constant(text: string | undefined): string | undefined {
    if (text === undefined || this.marksIn(text).length > 0) return undefined;
    const isWritable = text.trim() === text && escapeControls(text) === text && !isTemplate(text);
    return isWritable && text !== '' && text.length <= 256 && !hasLiteralSecret(text) ? text : undefined;
  }

  /** What is left of a name without what differs from run to run: `model_${hash}` is `model`. */
  stem(text: string | undefined): string {
    const plain = withoutMarks(text ?? '');
    return plain.includes('://') || hasLiteralSecret(plain) ? '' : slugOf(plain);
  }

  /** An id out of an address, or an input for what is none: a variable, or a word in its place, as articles have it. */
  reference(text: string, of: OldCall): string {
    const [unknown] = this.marksIn(text).filter((mark) => mark.kind === 'unknown');
    if (unknown?.kind === 'unknown') return this.#input(unknown.name, of);
    const [, id] = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(text) ?? [];
    return id ?? this.#input(this.constant(lastPart(text)) ?? `${of.kind}-id`, of);
  }

  /** Where data is: a path from the pipeline's folder, or an URL whose access is a secret variable. Undefined with a note. */
  source(text: string, of: OldCall, { step }: { readonly step: string }): string | undefined {
    const unknown = this.marksIn(text).find((mark) => mark.kind === 'unknown');
    if (unknown?.kind === 'unknown') {
      const [, name] = /^secrets\.(\w+)$/.exec(unknown.name) ?? [];
      const isInput = name === undefined && withoutMarks(text) === '' && !/SAS|SIG/i.test(unknown.name);
      return isInput && !isCredentialName(unknown.name)
        ? this.#input(unknown.name, of)
        : this.#secret(`${step}-url`, of);
    }
    if (/^https?:/i.test(text)) return this.#url(text, of, { step });
    const plain = text.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
    if (/^([/~]|[a-z]:)/i.test(plain) || this.constant(plain) === undefined) {
      const why = 'it is not relative to the repository: put the data there, and write `from`';
      this.notes.push({ file: of.file, line: of.line, outcome: 'left', what: 'the path of the data', why });
      return this.#input(`${step}-data`, of);
    }
    return [this.#dataRoot, plain].filter((part) => part !== '').join('/');
  }

  #url(text: string, of: OldCall, { step }: { readonly step: string }): string {
    const [, place = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(text) ?? [];
    const isPlain =
      /^https?:\/\/[\w.-]+(:\d{1,5})?(\/[!#%-z|~]*)?$/i.test(place) && URL.canParse(place) && !isTemplate(place);
    // A variable that gives access goes by https alone.
    if (!isPlain || (query !== '' && !/^https:/i.test(place))) return this.#secret(`${step}-url`, of);
    return query === '' ? place : `${place}?${this.#secret(`${step}-access`, of)}`;
  }

  #secret(name: string, of: OldCall): string {
    const wanted = name.toUpperCase().replaceAll('-', '_');
    const own = isCredentialName(wanted) ? `DATA_${this.env.size + 1}` : wanted;
    const isQuery = name.endsWith('-access');
    const description = isQuery
      ? "What stands behind the question mark of the data's URL."
      : 'The https URL of the data.';
    if (!this.env.has(own)) {
      this.env.set(own, { secret: true, description });
      const why = `it gives access, which is never copied: set ${own} where the pipeline runs`;
      const what = isQuery ? 'the query of the URL of the data' : 'the URL of the data';
      this.notes.push({ file: of.file, line: of.line, outcome: 'left', what, why });
    }
    return `\${{ env.${own} }}`;
  }

  #input(name: string, of: OldCall): string {
    const digits = /^\d+$/.test(name) ? `argument-${name}` : name.replace(/^.*\./, '').split(':-')[0];
    const id = slugOf(digits ?? '') || 'value';
    if (!this.inputs.has(id)) {
      const shown = /^[\w.-]{1,60}$/.test(name) ? `\`${name}\`` : 'a text';
      this.inputs.set(id, { type: 'string', description: `Was ${shown} in ${escapeControls(unmarked(of.file))}.` });
      const why = `the file does not say it: give it with --input ${id}=…, or write a default`;
      this.notes.push({ file: of.file, line: of.line, outcome: 'left', what: `the value of ${shown}`, why });
    }
    return `\${{ inputs.${id} }}`;
  }
}

/** A text as an id of a pipeline, or an empty one. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}

function lastPart(text: string): string {
  return /^https?:/i.test(text) ? (text.split(/[?#]/)[0]?.split('/').at(-1) ?? '') : text;
}
