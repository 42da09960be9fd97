import { policiesSchema } from '../../schemas/documents.ts';
import type { JsonSchema, PoliciesDocument, PolicyAcknowledgement, PolicyRule } from '../../schemas/index.ts';
import { createFindings, type Findings } from '../document/diagnostics/diagnostics.ts';
import { entryAt, valueAt } from '../document/yaml/plain-value.ts';
import { readBySchema } from '../document/schema/read-by-schema.ts';
import type { SourceMap, SourceScalar } from '../document/yaml/read-document.ts';
import { contextsIn } from '../expressions/expression-tree.ts';
import { parseTemplate, templateOf } from '../expressions/expression-syntax.ts';
import { locatorIn } from '../expressions/scalar-offsets.ts';
import { nameOfValueType } from '../expressions/value-type.ts';
import { typeAmong } from '../language/references/check-expression.ts';
import { reportFault } from '../language/references/expression-faults.ts';
import { ExpressionPlaces } from '../language/references/expression-scope.ts';
import { PolicyNames, policyContexts } from './policy-names.ts';
import { reportNoMapping } from './prices.ts';

/** What a rule does when its expression is true. */
export type PolicyEffect = 'deny' | 'warn' | 'acknowledge';

/** A rule that was checked. */
export interface Rule extends Pick<PolicyRule, 'id' | 'message'> {
  readonly effect: PolicyEffect;
  /** Its expression as a template. */
  readonly condition: string;
  /** Whether it is held against each step, and not against the plan. */
  readonly isOfSteps: boolean;
  /** Whether a value that is not known is as if the rule held. */
  readonly deniesUnknown: boolean;
}

export interface Policies {
  readonly rules: readonly Rule[];
  readonly acknowledgements: readonly PolicyAcknowledgement[];
}

/** The rules that a text says, with what is wrong with it; without policies where something is. */
export interface ReadPolicies {
  readonly policies?: Policies;
  readonly findings: Findings;
}

/** Reads the text of `policies.yaml`; `schemas/policies.schema.json` describes it. Never throws. */
export function readPolicies(text: string, { path }: { readonly path: string }): ReadPolicies {
  const findings = createFindings(path, text);
  const schema = policiesSchema as JsonSchema;
  const read = readBySchema<PoliciesDocument>(text, { schema, what: 'the policies', findings });
  if (read === undefined) {
    reportNoMapping(text, { what: 'the policies', findings });
    return { findings };
  }
  const { root, document } = read;
  const nodes = mapsIn(root, 'rules');
  const ids = new Map<string, SourceMap>();
  const rules = document.rules.flatMap((rule, index) => {
    const node = nodes[index]!;
    const first = ids.get(rule.id);
    const at = entryAt(node, 'id')!.value;
    if (first !== undefined)
      findings.report('duplicate-rule', at, { rule: rule.id, firstLine: findings.lineOf(first.start) });
    else ids.set(rule.id, node);
    return checkRule(rule, { node, text, findings }) ?? [];
  });
  const { acknowledgements = [] } = document;
  for (const [index, { rule }] of acknowledgements.entries()) checkRuleNamed(rule, { index, root, document, findings });
  return { ...(findings.errors() > 0 ? {} : { policies: { rules, acknowledgements } }), findings };
}

interface RulePlace {
  readonly node: SourceMap;
  readonly text: string;
  readonly findings: Findings;
}

const effects: readonly PolicyEffect[] = ['deny', 'warn', 'acknowledge'];

function checkRule(rule: PolicyRule, { node, text, findings }: RulePlace): Rule | undefined {
  const given = effects.filter((effect) => rule[effect] !== undefined);
  const [effect] = given;
  if (effect === undefined || given.length > 1) {
    const at = effect === undefined ? entryAt(node, 'id')!.value : entryAt(node, given[1]!)!.keySpan;
    findings.report('rule-effect', at, { rule: rule.id, given });
    return undefined;
  }
  const written = entryAt(node, effect)!.value as SourceScalar;
  const isOfSteps = checkCondition(written, { key: effect, text, findings });
  if (isOfSteps === undefined) return undefined;
  const { id, message, unknown } = rule;
  const condition = templateOf(String(written.value));
  return { id, message, effect, condition, isOfSteps, deniesUnknown: unknown === 'deny' };
}

/** Whether an expression reads `step`; undefined when something is wrong with it, which is reported. */
function checkCondition(
  node: SourceScalar,
  { key, text, findings }: { readonly key: string; readonly text: string; readonly findings: Findings },
): boolean | undefined {
  const written = String(node.value);
  const template = templateOf(written);
  // What is put around an expression that stands alone is not in the text.
  const isBare = template !== written.trim();
  const shift = isBare ? '${{ '.length - (written.length - written.trimStart().length) : -leadingBlanks(written);
  const inScalar = locatorIn(node, text);
  const locate: typeof inScalar = ({ start, end }) => {
    const within = (offset: number): number => Math.min(Math.max(offset - shift, 0), written.length);
    return inScalar({ start: within(start), end: Math.max(within(end), within(start) + 1) });
  };
  const { parts, fault } = parseTemplate(template, policyContexts);
  if (fault !== undefined) {
    reportFault(fault, { findings, locate, contexts: policyContexts });
    return undefined;
  }
  const [part, ...others] = parts;
  if (part?.kind !== 'expression' || others.length > 0) {
    findings.report('condition-type', node, {
      key,
      actual: 'text',
      hint: 'Write one expression, without text around it',
    });
    return undefined;
  }
  const { expression } = part;
  const places = new ExpressionPlaces(expression, { locate });
  const before = findings.errors();
  const type = typeAmong(expression, { findings, places, names: new PolicyNames({ findings, places }) });
  if (findings.errors() > before) return undefined;
  if (type !== 'boolean' && type !== 'any') {
    const hint = 'Compare it with something: `step.wer > 0.2`';
    findings.report('condition-type', node, { key, actual: nameOfValueType(type), hint });
    return undefined;
  }
  return contextsIn(expression.tree).has('step');
}

function leadingBlanks(written: string): number {
  return written.length - written.trimStart().length;
}

function checkRuleNamed(
  rule: string,
  of: {
    readonly index: number;
    readonly root: SourceMap;
    readonly document: PoliciesDocument;
    readonly findings: Findings;
  },
): void {
  const { index, root, document, findings } = of;
  const found = document.rules.find(({ id }) => id === rule);
  if (found?.acknowledge !== undefined) return;
  const allowed = document.rules.flatMap(({ id, acknowledge }) => (acknowledge === undefined ? [] : [id]));
  const at = entryAt(mapsIn(root, 'acknowledgements')[index]!, 'rule')!.value;
  findings.report('unknown-rule', at, { rule, isThere: found !== undefined, allowed });
}

function mapsIn(root: SourceMap, key: string): readonly SourceMap[] {
  const list = valueAt(root, key);
  return list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
}
