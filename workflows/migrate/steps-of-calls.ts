import type { MigratedValues } from './migrated-values.ts';
import { slugOf } from './migrated-values.ts';
import type { MigrationNote, OldCall } from './old-call.ts';

/** A step as a pipeline is written. */
export interface MigratedStep {
  readonly id: string;
  readonly uses: 'upload' | 'train' | 'evaluate' | 'swap';
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly with: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export interface MigratedSteps {
  readonly steps: readonly MigratedStep[];
  readonly notes: readonly MigrationNote[];
  readonly project: string | undefined;
}

/** Where a rate is first read out of an evaluation, which then decides what goes live. */
type Gate = { readonly file: string; readonly line: number } | undefined;

/** The steps that old calls become, in their order. The same data twice is one step. */
export function stepsOfCalls(
  calls: readonly OldCall[],
  { gate, ...options }: StepOptions & { readonly gate: Gate },
): MigratedSteps {
  const builder = new StepBuilder(calls, options);
  for (const call of calls) builder.add(call);
  return builder.finished(gate);
}

interface StepOptions {
  readonly values: MigratedValues;
  /** Of the pipeline; an endpoint without a name of its own has it, too. */
  readonly name: string;
  readonly locale: string;
}

type With = Record<string, string | number | boolean | readonly string[]>;
type OwnStep = { id: string; uses: MigratedStep['uses']; with: With; needs?: readonly string[]; if?: string };

class StepBuilder {
  readonly #values: MigratedValues;
  readonly #name: string;
  readonly #locale: string;
  readonly #steps: OwnStep[] = [];
  readonly #stepOf = new Map<OldCall, OwnStep>();
  readonly #notes: MigrationNote[] = [];
  /** What pipelines call the endpoint that goes live. */
  readonly #endpoint: string | undefined;
  #project: string | undefined;

  constructor(calls: readonly OldCall[], { values, name, locale }: StepOptions) {
    this.#values = values;
    this.#name = name;
    this.#locale = locale;
    const live = calls.find(({ kind, settings }) => kind === 'endpoint' && settings.model !== undefined);
    this.#endpoint = live && this.#endpointName(live);
  }

  add(call: OldCall): void {
    const { kind, verb, settings } = call;
    if (kind === 'endpoint' && settings.model !== undefined) return this.#swap(call);
    if (verb === 'update')
      return this.#left(
        call,
        `the update of the ${kind}`,
        'a pipeline makes a new one when what it is made from changes: change the file, and delete the old one by hand',
      );
    const { locale } = settings;
    const other =
      locale !== undefined &&
      this.#values.marksIn(locale).length === 0 &&
      locale.toLowerCase() !== this.#locale.toLowerCase();
    if (other && kind !== 'dataset' && kind !== 'project')
      return this.#left(
        call,
        `the ${kind} in another locale`,
        'a pipeline has one locale: migrate the calls of each into a pipeline of its own, or write a matrix (docs/pipeline.md)',
      );
    if (kind === 'project') return this.#projectOf(call);
    if (kind === 'dataset') return this.#upload(call);
    if (kind === 'model') return this.#train(call);
    if (kind === 'evaluation') return this.#evaluate(call);
    this.#left(call, 'the endpoint', 'it names no model: write a `swap` step with the model that it is to serve');
  }

  finished(gate: Gate): MigratedSteps {
    for (const swap of this.#steps.filter(({ uses }) => uses === 'swap')) this.#waitForMeasurement(swap);
    if (gate !== undefined) this.#decideBy(gate);
    const steps = this.#steps.map(({ id, uses, needs, if: condition, with: settings }) => ({
      id,
      uses,
      ...(needs === undefined ? {} : { needs }),
      ...(condition === undefined ? {} : { if: condition }),
      with: settings,
    }));
    return { steps, notes: this.#notes, project: this.#project };
  }

  /** A script measures a model before it goes live because the one stands behind the other. */
  #waitForMeasurement(swap: OwnStep): void {
    const measured = this.#measurementOf(swap);
    if (measured !== undefined) swap.needs = [...(swap.needs ?? []), measured.id];
  }

  #decideBy(gate: NonNullable<Gate>): void {
    const swap = this.#steps.findLast(({ uses }) => uses === 'swap');
    const measured = swap && this.#measurementOf(swap);
    const what = 'the comparison of rates';
    if (swap === undefined || measured === undefined) {
      const why = 'write what it decides as `if` of a step: `steps.ID.outputs.wer < 10%`';
      this.#notes.push({ ...gate, outcome: 'left', what, why });
      return;
    }
    measured.with['against'] = `endpoint/${String(swap.with['endpoint'])}`;
    swap.if = `\${{ steps.${measured.id}.outputs.better }}`;
    delete swap.needs;
    const why =
      'the model goes live when it is better than the one in use, and chance does not explain that: a small test set decides nothing (docs/measuring.md)';
    this.#notes.push({ ...gate, outcome: 'carried', what, to: `step ${swap.id}`, why });
  }

  #measurementOf({ with: { model } }: OwnStep): OwnStep | undefined {
    return this.#steps.findLast(
      (step) => step.uses === 'evaluate' && step.with['model'] === model && String(model).includes('steps.'),
    );
  }

  #projectOf(call: OldCall): void {
    const name = this.#values.constant(call.settings.name);
    if (name === undefined || (this.#project !== undefined && this.#project !== name))
      return this.#left(
        call,
        'the project',
        name === undefined
          ? 'its name is not in the file: write `project`'
          : 'a pipeline has one project: migrate its calls into a pipeline of their own',
      );
    this.#project = name;
    this.#notes.push({ file: call.file, line: call.line, outcome: 'carried', what: 'project create', to: 'project' });
  }

  #upload(call: OldCall): void {
    const { name, kind: written, content, locale, description, textNormalization } = call.settings;
    const kind = kindOf(written ?? '');
    const what = 'the dataset';
    if (content === '')
      return this.#note(call, {
        outcome: 'unneeded',
        what,
        why: 'its path is empty, so that the old file did nothing either',
      });
    if (kind === undefined) return this.#left(call, what, 'its kind is not known: write an `upload` step');
    if (content === undefined)
      return this.#left(
        call,
        what,
        'where its data is does not stand in the call: write an `upload` step with the path under `from`',
      );
    const id = this.#id(this.#values.stem(name) || slugOf(kind));
    const from = this.#values.source(content, call, { step: id });
    if (from === undefined) return;
    const isOther = locale !== undefined && isLocale(locale) && locale !== this.#locale;
    const settings: With = {
      kind,
      from,
      ...this.#texts({ name, description }),
      ...(isOther ? { locale } : {}),
      ...(textNormalization === 'None' ? { 'text-normalization': 'None' } : {}),
    };
    const same = this.#steps.find(
      ({ uses, with: one }) =>
        uses === 'upload' && ['kind', 'from', 'locale'].every((key) => one[key] === settings[key]),
    );
    this.#carried(call, same ?? { id, uses: 'upload', with: settings });
  }

  #train(call: OldCall): void {
    const { name, description, datasets, dataset, baseModel, weight } = call.settings;
    const data = [...(datasets ?? []), ...(dataset === undefined ? [] : [dataset])].filter((one) => one.trim() !== '');
    if (data.length === 0)
      return this.#left(
        call,
        'the model',
        'it names no datasets: write a `train` step with those that it is made from',
      );
    const references = data.flatMap((one) => this.#datasets(one, call));
    if (references.length === 0)
      return this.#left(call, 'the model', 'none of its datasets became a step: write a `train` step');
    const marks = this.#values.marksIn(baseModel);
    const base =
      baseModel === undefined || marks.some(({ kind }) => kind === 'base')
        ? {}
        : { 'base-model': this.#values.reference(baseModel, call) };
    const isWeight = /^(100|[1-9]\d?)$/.test(weight ?? '');
    const settings = {
      datasets: [...new Set(references)],
      ...base,
      ...(isWeight ? { weight: Number(weight) } : {}),
      ...this.#texts({ name, description }),
    };
    this.#carried(call, { id: this.#id(this.#values.stem(name) || 'train'), uses: 'train', with: settings });
  }

  #evaluate(call: OldCall): void {
    const { name, dataset = '', model1, model2 } = call.settings;
    const [data] = this.#datasets(dataset, call);
    if (data === undefined)
      return this.#left(call, 'the evaluation', 'its dataset became no step: write an `evaluate` step');
    const both = [model1, model2]
      .filter((one) => one !== undefined && one !== '')
      .map((one) => this.#model(one ?? '', call));
    const models = [...new Set(both)];
    if (models.length === 0) return this.#left(call, 'the evaluation', 'it names no model: write an `evaluate` step');
    // What was made last is what is measured, a base model what it is compared with.
    const made = models.findLast((one) => one.includes('steps.'));
    const model = made ?? models.find((one) => one !== 'base') ?? 'base';
    const against = models.find((one) => one !== model);
    const settings = { dataset: data, model, ...(against === undefined ? {} : { against }), ...this.#texts({ name }) };
    this.#carried(call, { id: this.#id(this.#values.stem(name) || 'evaluate'), uses: 'evaluate', with: settings });
  }

  #swap(call: OldCall): void {
    const { model = '', locale } = call.settings;
    const endpoint = this.#endpointName(call);
    const isNew = call.verb === 'create';
    const before = this.#steps.findLast(({ uses, with: one }) => uses === 'swap' && one['endpoint'] === endpoint);
    if (isNew && this.#values.constant(call.settings.name) === undefined)
      this.#left(
        call,
        'the name of the endpoint',
        `it differed from run to run, and each made another endpoint: now endpoint ${endpoint} stays, and its model is swapped. Write the name that you want`,
      );
    if (locale !== undefined && isLocale(locale) && locale.toLowerCase() !== this.#locale.toLowerCase())
      return this.#left(
        call,
        'the endpoint in another locale',
        'a pipeline has one locale: migrate its calls into a pipeline of their own',
      );
    this.#carried(call, {
      id: this.#id('go-live'),
      uses: 'swap',
      ...(before === undefined ? {} : { needs: [before.id] }),
      with: { endpoint, ...(isNew ? { create: true } : {}), model: this.#model(model, call) },
    });
  }

  #endpointName(call: OldCall): string {
    const { endpoint, name } = call.settings;
    const made = this.#values.marksIn(endpoint).find((mark) => mark.kind === 'made');
    if (made?.kind === 'made' && made.call !== call) return this.#endpointName(made.call);
    if (endpoint !== undefined && endpoint !== '') return this.#values.reference(endpoint, call);
    const own = this.#values.constant(name) ?? this.#values.stem(name);
    return /^(endpoint)?$/.test(own) ? this.#name : own;
  }

  #model(text: string, call: OldCall): string {
    const [mark] = this.#values.marksIn(text);
    if (mark?.kind === 'base') return 'base';
    if (mark?.kind === 'made') {
      const step = this.#stepOf.get(mark.call);
      if (step?.uses === 'train') return `\${{ steps.${step.id}.outputs.model }}`;
      if (step?.uses === 'swap') return `endpoint/${String(step.with['endpoint'])}`;
    }
    // The newest custom model is the one that was trained before in the same file.
    const trained = [...this.#stepOf].findLast(([{ file }, { uses }]) => uses === 'train' && file === call.file)?.[1];
    if (mark?.kind === 'in-use' && trained !== undefined) return `\${{ steps.${trained.id}.outputs.model }}`;
    if (mark?.kind === 'in-use' || mark?.kind === 'made')
      return this.#endpoint === undefined ? 'base' : `endpoint/${this.#endpoint}`;
    return this.#values.reference(text, call);
  }

  #datasets(text: string, call: OldCall): readonly string[] {
    const marks = this.#values.marksIn(text).filter(({ kind }) => kind === 'made');
    if (marks.length === 0)
      return text.trim() === '' || this.#values.marksIn(text).some(({ kind }) => kind !== 'unknown')
        ? []
        : [this.#values.reference(text, call)];
    return marks.flatMap((mark) => {
      const step = mark.kind === 'made' ? this.#stepOf.get(mark.call) : undefined;
      return step?.uses === 'upload' ? [`\${{ steps.${step.id}.outputs.dataset }}`] : [];
    });
  }

  #texts({
    name,
    description,
  }: {
    readonly name?: string | undefined;
    readonly description?: string | undefined;
  }): With {
    const own = this.#values.constant(name);
    const said = this.#values.constant(description);
    return { ...(own === undefined ? {} : { name: own }), ...(said === undefined ? {} : { description: said }) };
  }

  #carried(call: OldCall, step: OwnStep): void {
    if (!this.#steps.includes(step)) this.#steps.push(step);
    this.#stepOf.set(call, step);
    this.#note(call, { outcome: 'carried', what: `${call.kind} ${call.verb}`, to: `step ${step.id}` });
  }

  #left(call: OldCall, what: string, why: string): void {
    this.#note(call, { outcome: 'left', what, why });
  }

  #note({ file, line }: OldCall, note: Omit<MigrationNote, 'file' | 'line'>): void {
    this.#notes.push({ file, line, ...note });
  }

  /** An id that no other step has. */
  #id(wanted: string): string {
    const ids = new Set(this.#steps.map(({ id }) => id));
    let id = wanted;
    for (let count = 2; ids.has(id); count += 1) id = `${wanted}-${count}`;
    return id;
  }
}

function kindOf(written: string): string | undefined {
  const name = written.toLowerCase().replaceAll(/[^a-z]/g, '');
  return name === 'audio' ? 'AudioFiles' : kinds.find((kind) => kind.toLowerCase() === name);
}

const kinds = ['Acoustic', 'AudioFiles', 'Language', 'LanguageMarkdown', 'Pronunciation', 'OutputFormatting'];

/** Whether a text is a locale as pipelines write it. */
export function isLocale(text: string): boolean {
  return /^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|[0-9]{3})$/.test(text);
}
