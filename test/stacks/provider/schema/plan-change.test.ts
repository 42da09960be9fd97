import { describe, expect, it } from 'vitest';
import { finishPlan, planChange } from '../../../../stacks/provider/schema/plan-change.ts';
import type { PathStep } from '../../../../stacks/provider/schema/diagnostic.ts';
import type { Attribute, Schema, Shape } from '../../../../stacks/provider/schema/schema.ts';
import { type ObjectValue, unknown, type Value } from '../../../../stacks/provider/schema/value.ts';

type Kind = Partial<Omit<Attribute, 'description'>>;

const kinds = {
  required: { presence: 'required' },
  optional: { presence: 'optional' },
  computed: { presence: 'computed' },
  'stable computed': { presence: 'computed', stable: true },
  'optional-computed': { presence: 'optional-computed' },
  'optional with a default': { presence: 'optional', default: 'd' },
  'replacing optional': { presence: 'optional', replaces: true },
  'replacing optional-computed': { presence: 'optional-computed', replaces: true },
  'optional without case': {
    presence: 'optional',
    replaces: true,
    isSame: (one, other) => String(one).toLowerCase() === String(other).toLowerCase(),
  },
  'replacing once it was set': { presence: 'optional', replaces: ({ prior }) => prior !== null },
} as const satisfies Record<string, Kind>;

/** An attribute `x` of the kind, and an optional `name` beside it. */
function plan(kind: keyof typeof kinds, change: { prior?: ObjectValue; config: ObjectValue }) {
  const schema: Schema = {
    version: 0,
    description: '',
    attributes: {
      name: { type: 'string', presence: 'optional', description: '' },
      x: { type: 'string', description: '', ...kinds[kind] } as Attribute,
    },
  };
  const planned = planChange(schema, { prior: change.prior, config: change.config });
  return finishPlan(schema, { planned, prior: change.prior });
}

describe('the plan of a new object', () => {
  it.each<[keyof typeof kinds, Value, Value]>([
    ['required', 'a', 'a'],
    ['required', unknown, unknown],
    ['optional', null, null],
    ['optional', 'a', 'a'],
    ['optional', unknown, unknown],
    ['computed', null, unknown],
    ['stable computed', null, unknown],
    ['optional-computed', null, unknown],
    ['optional-computed', 'a', 'a'],
    ['optional-computed', unknown, unknown],
    ['optional with a default', null, 'd'],
    ['optional with a default', 'a', 'a'],
    ['optional with a default', unknown, unknown],
    ['replacing optional', 'a', 'a'],
    ['replacing optional', unknown, unknown],
  ])('has for %s configured as %o the value %o', (kind, configured, expected) => {
    const { planned, replacing } = plan(kind, { config: { name: null, x: configured } });
    expect(planned).toEqual({ name: null, x: expected });
    expect(replacing).toEqual([]);
  });
});

describe('the plan of an object that is there', () => {
  it.each<[keyof typeof kinds, { prior: Value; config: Value }, Value, 'update' | 'replace' | 'nothing']>([
    ['required', { prior: 'a', config: 'a' }, 'a', 'nothing'],
    ['required', { prior: 'a', config: 'b' }, 'b', 'update'],
    ['required', { prior: 'a', config: unknown }, unknown, 'update'],
    ['optional', { prior: 'a', config: null }, null, 'update'],
    ['optional', { prior: null, config: 'a' }, 'a', 'update'],
    ['computed', { prior: 'a', config: null }, 'a', 'nothing'],
    ['computed', { prior: null, config: null }, null, 'nothing'],
    ['optional-computed', { prior: 'a', config: null }, 'a', 'nothing'],
    ['optional-computed', { prior: 'a', config: 'b' }, 'b', 'update'],
    ['optional-computed', { prior: 'a', config: unknown }, unknown, 'update'],
    ['optional with a default', { prior: 'a', config: null }, 'd', 'update'],
    ['optional with a default', { prior: 'd', config: null }, 'd', 'nothing'],
    ['replacing optional', { prior: 'a', config: 'a' }, 'a', 'nothing'],
    ['replacing optional', { prior: 'a', config: 'b' }, 'b', 'replace'],
    ['replacing optional', { prior: 'a', config: null }, null, 'replace'],
    ['replacing optional', { prior: null, config: 'a' }, 'a', 'replace'],
    ['replacing optional', { prior: 'a', config: unknown }, unknown, 'replace'],
    ['replacing optional-computed', { prior: 'a', config: null }, 'a', 'nothing'],
    ['replacing optional-computed', { prior: 'a', config: unknown }, unknown, 'replace'],
    ['optional without case', { prior: 'a', config: 'A' }, 'a', 'nothing'],
    ['optional without case', { prior: 'a', config: 'B' }, 'B', 'replace'],
    ['replacing once it was set', { prior: null, config: 'a' }, 'a', 'update'],
    ['replacing once it was set', { prior: 'a', config: 'b' }, 'b', 'replace'],
  ])('has for %s that changes as %o the value %o: %s', (kind, { prior, config }, expected, effect) => {
    const before = { name: 'n', x: prior };
    const { planned, replacing } = plan(kind, { prior: before, config: { name: 'n', x: config } });
    expect(planned).toEqual({ name: 'n', x: expected });
    expect(replacing).toEqual(effect === 'replace' ? [[{ name: 'x' }]] : []);
  });

  it.each<[keyof typeof kinds, Value]>([
    ['computed', unknown],
    ['stable computed', 'a'],
    ['optional-computed', 'a'],
  ])('has for %s the value %o when something else changes', (kind, expected) => {
    const change = { prior: { name: 'n', x: 'a' }, config: { name: 'm', x: null } };
    expect(plan(kind, change).planned).toEqual({ name: 'm', x: expected });
  });
});

describe('the plan of objects inside objects', () => {
  const inner: Attribute = {
    type: {
      object: {
        given: { type: 'string', presence: 'optional', description: '' },
        made: { type: 'string', presence: 'computed', description: '' },
        standard: { type: 'number', presence: 'optional', default: 7, description: '' },
      },
    },
    presence: 'optional',
    description: '',
  };
  const schema: Schema = {
    version: 0,
    description: '',
    attributes: {
      one: inner,
      many: { ...inner, type: { list: inner.type } },
      named: { ...inner, type: { map: inner.type } },
    },
  };
  const given = { given: 'g', made: null, standard: null };

  it('fills in each of them', () => {
    const config = { one: given, many: [given, { ...given, standard: 1 }], named: { k: given } };
    const filled = { given: 'g', made: unknown, standard: 7 };
    expect(planChange(schema, { prior: undefined, config })).toEqual({
      one: filled,
      many: [filled, { ...filled, standard: 1 }],
      named: { k: filled },
    });
  });

  it('keeps what was made of those that stay', () => {
    const made = { given: 'g', made: 'm', standard: 7 };
    const prior = { one: made, many: [made], named: { k: made } };
    const config = { one: given, many: [given, given], named: { k: given, l: given } };
    expect(planChange(schema, { prior, config })).toEqual({
      one: made,
      many: [made, { ...made, made: unknown }],
      named: { k: made, l: { ...made, made: unknown } },
    });
  });

  it('leaves what is unknown as a whole unknown, and what is left out away', () => {
    const config = { one: unknown, many: unknown, named: null };
    expect(planChange(schema, { prior: undefined, config })).toEqual(config);
  });
});

describe('the plan of a change inside an object', () => {
  const inner = {
    object: {
      fixed: { type: 'string', presence: 'optional', replaces: true, description: '' },
      loose: { type: 'string', presence: 'optional', description: '' },
    },
  } as const satisfies Shape;
  const schema: Schema = {
    version: 0,
    description: '',
    attributes: {
      one: { type: inner, presence: 'optional', description: '' },
      named: { type: { map: inner }, presence: 'optional', description: '' },
      whole: { type: inner, presence: 'optional', replaces: true, description: '' },
      set: { type: { set: inner }, presence: 'optional', description: '' },
    },
    blocks: {
      block: {
        description: '',
        attributes: inner.object,
        nesting: 'list',
        blocks: { deep: { description: '', attributes: inner.object } },
      },
    },
  };
  const a = { fixed: 'a', loose: 'a' };
  const block = { ...a, deep: a };
  const nothing = { one: null, named: null, whole: null, set: [], block: [] };

  it.each<[string, { prior: ObjectValue; config: ObjectValue }, readonly (readonly PathStep[])[]]>([
    ['an object', { prior: { one: a }, config: { one: { ...a, fixed: 'b' } } }, [[{ name: 'one' }, { name: 'fixed' }]]],
    ['an object, where it may change', { prior: { one: a }, config: { one: { ...a, loose: 'b' } } }, []],
    ['an object that goes', { prior: { one: a }, config: {} }, [[{ name: 'one' }, { name: 'fixed' }]]],
    ['an object that comes', { prior: {}, config: { one: a } }, [[{ name: 'one' }, { name: 'fixed' }]]],
    ['an object that comes without it', { prior: {}, config: { one: { ...a, fixed: null } } }, []],
    [
      'an object that nobody knows',
      { prior: { one: a }, config: { one: unknown } },
      [[{ name: 'one' }, { name: 'fixed' }]],
    ],
    [
      'a map',
      { prior: { named: { k: a, l: a } }, config: { named: { k: a, l: { ...a, fixed: unknown } } } },
      [[{ name: 'named' }, { key: 'l' }, { name: 'fixed' }]],
    ],
    [
      'an object that cannot change as a whole',
      { prior: { whole: a }, config: { whole: { ...a, loose: 'b' } } },
      [[{ name: 'whole' }]],
    ],
    [
      'a block',
      { prior: { block: [block, block] }, config: { block: [block, { ...block, fixed: 'b' }] } },
      [[{ name: 'block' }, { index: 1 }, { name: 'fixed' }]],
    ],
    [
      'a block of a block',
      { prior: { block: [block] }, config: { block: [{ ...block, deep: { ...a, fixed: 'b' } }] } },
      [[{ name: 'block' }, { index: 0 }, { name: 'deep' }, { name: 'fixed' }]],
    ],
    [
      'a block that is one more',
      { prior: { block: [block] }, config: { block: [block, { ...block, deep: null }] } },
      [[{ name: 'block' }, { index: 1 }, { name: 'fixed' }]],
    ],
    ['a set, whose elements have no places', { prior: { set: [a] }, config: { set: [{ ...a, fixed: 'b' }] } }, []],
  ])('makes another object where %s says so', (_, change, replacing) => {
    const [prior, config] = [
      { ...nothing, ...change.prior },
      { ...nothing, ...change.config },
    ];
    const planned = planChange(schema, { prior, config });
    expect(finishPlan(schema, { planned, prior })).toEqual({ planned: config, replacing });
  });
});
