import { data } from '@actions/expressions';
import { formatRate } from '../document/rates.ts';
import type { ValueType } from './value-type.ts';

/** A function that calculates: GitHub's expressions compare and join texts, and have none. */
export interface Calculation {
  readonly name: string;
  /** For people: how it is called, in backticks, an empty line, and what it gives. */
  readonly description: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  /** What the next argument may be, after arguments of these types. */
  takes(before: readonly ValueType[]): readonly ValueType[];
  /** What it gives for arguments of these types. */
  gives(types: readonly ValueType[]): ValueType;
  /** Throws an Error that says why there is no result. */
  call(values: readonly data.ExpressionData[]): data.ExpressionData;
}

const numbers: readonly ValueType[] = ['number', 'rate', 'duration'];
const numbersAndRates: readonly ValueType[] = ['number', 'rate'];
const manyArguments = 255;

/**
 * The functions that calculate, by their names in lower case. What they give has 15 digits, as many as mean something: so
 * `sub(0.1, 0.09) > 0.01` is false. Durations are in seconds.
 */
export const calculations: ReadonlyMap<string, Calculation> = new Map<string, Calculation>([
  [
    'add',
    {
      ...ofOneType('add', sum),
      minArgs: 2,
      maxArgs: 2,
      description: '`add( a, b )`\n\nThe sum of two numbers, rates or durations.',
    },
  ],
  [
    'sub',
    {
      ...ofOneType('sub', (a, b) => sum(a, -b)),
      minArgs: 2,
      maxArgs: 2,
      description: '`sub( a, b )`\n\nThe first less the second: two numbers, rates or durations.',
    },
  ],
  [
    'mul',
    {
      name: 'mul',
      description: '`mul( a, b )`\n\nThe product of two numbers or rates, or of a duration and a number.',
      minArgs: 2,
      maxArgs: 2,
      takes: (before) => (before.includes('duration') ? numbersAndRates : numbers),
      gives: (types) => (types.every((type) => type === 'rate') ? 'rate' : scaled(types)),
      call: calculate('mul', (a, b) => Number((a * b).toPrecision(digits))),
    },
  ],
  [
    'div',
    {
      name: 'div',
      description:
        '`div( a, b )`\n\nThe first divided by the second; two durations give a number. Division by zero fails the step.',
      minArgs: 2,
      maxArgs: 2,
      takes: ([dividend]) => (dividend === 'number' || dividend === 'rate' ? numbersAndRates : numbers),
      gives: (types) => (types.every((type) => type === 'duration') ? 'number' : scaled(types)),
      call: calculate('div', quotient),
    },
  ],
  [
    'min',
    {
      ...ofOneType('min', Math.min),
      minArgs: 1,
      maxArgs: manyArguments,
      description: '`min( a, ... )`\n\nThe least of numbers, rates or durations.',
    },
  ],
  [
    'max',
    {
      ...ofOneType('max', Math.max),
      minArgs: 1,
      maxArgs: manyArguments,
      description: '`max( a, ... )`\n\nThe greatest of numbers, rates or durations.',
    },
  ],
  [
    'round',
    {
      name: 'round',
      description: '`round( a, decimals )`\n\nThe number with so many decimals; a whole number without `decimals`.',
      minArgs: 1,
      maxArgs: 2,
      takes: ({ length }) => (length === 0 ? numbers : ['number']),
      gives: ([type = 'number']) => type,
      call: calculate('round', round),
    },
  ],
  [
    'percent',
    {
      name: 'percent',
      description: '`percent( rate )`\n\nThe rate as text, as reports print it: `7.9 %`.',
      minArgs: 1,
      maxArgs: 1,
      takes: () => ['rate'],
      gives: () => 'text',
      call: (values) => new data.StringData(formatRate(...(numbersIn('percent', values) as [number]))),
    },
  ],
]);

/** Rates go with rates, durations with durations, and numbers with either. */
function ofOneType(
  name: string,
  result: (...values: number[]) => number,
): Pick<Calculation, 'name' | 'takes' | 'gives' | 'call'> {
  const special = (types: readonly ValueType[]): ValueType | undefined =>
    types.find((type) => type === 'rate' || type === 'duration');
  return {
    name,
    takes(before) {
      const first = special(before);
      return first === undefined ? numbers : [first, 'number'];
    },
    gives: (types) => special(types) ?? (types.includes('any') ? 'any' : 'number'),
    call: calculate(name, result),
  };
}

/** What multiplying and dividing give, where not two of a type make another. */
function scaled(types: readonly ValueType[]): ValueType {
  if (types.includes('duration')) return 'duration';
  return types.includes('any') ? 'any' : 'number';
}

function calculate(name: string, result: (...values: number[]) => number): Calculation['call'] {
  return (values) => {
    const value = result(...numbersIn(name, values));
    if (!Number.isFinite(value)) throw new Error(`${name} gives a number that is too large`);
    return new data.NumberData(value);
  };
}

function numbersIn(name: string, values: readonly data.ExpressionData[]): readonly number[] {
  return values.map((value, index) => {
    if (value.kind === data.Kind.Number && Number.isFinite(value.value)) return value.value;
    throw new Error(`${name} calculates with numbers, and its argument ${index + 1} is ${nameOf(value)}`);
  });
}

function nameOf(value: data.ExpressionData): string {
  if (value.kind === data.Kind.Null) return 'nothing';
  if (value.kind === data.Kind.String) return 'text';
  if (value.kind === data.Kind.Number) return 'no finite number';
  return value.kind === data.Kind.Boolean ? 'true or false' : 'a list or a mapping';
}

const digits = 15;

/** The digits are counted from the first one of the largest number: those behind come from how machines keep fractions. */
function sum(a: number, b: number): number {
  const largest = Math.max(Math.abs(a), Math.abs(b));
  const whole = largest === 0 ? 1 : Math.floor(Math.log10(largest)) + 1;
  return rounded(a + b, digits - whole);
}

function quotient(a: number, b: number): number {
  if (b === 0) throw new Error('div divides by zero');
  return Number((a / b).toPrecision(digits));
}

function round(value: number, decimals = 0): number {
  if (Number.isInteger(decimals) && decimals >= 0 && decimals <= digits) return rounded(value, decimals);
  throw new Error(`round takes 0 to ${digits} decimals`);
}

/** Halves are rounded away from zero as they are written, `1.005` to `1.01`, though a machine keeps a little less. */
function rounded(value: number, decimals: number): number {
  const shifted = Math.round(Math.abs(Number(shift(value, decimals))));
  // A number this large has no decimals to round.
  if (!Number.isFinite(shifted)) return value;
  const size = Number(shift(shifted, -decimals));
  return value < 0 && size !== 0 ? -size : size;
}

/** The exponent shifts the decimal point exactly, where a multiplication would round. */
function shift(value: number, places: number): string {
  const [mantissa, exponent = '0'] = value.toExponential().split('e');
  return `${mantissa}e${Number(exponent) + places}`;
}
