import { counted } from '../../document/counted.ts';
import type { PlanBase } from './comment-state.ts';

/** What has changed since the comment was made, and not by the files of the pull request: a sentence each. */
export function notYours(base: PlanBase, now: PlanBase): readonly string[] {
  const isOwnUnchanged = base.own === now.own;
  const models = changes(base.models, now.models)
    // The model that would serve is another one when the pull request trains it on other data.
    .filter(({ what }) => isOwnUnchanged || isOfOthers(what))
    .map(({ what, is, was }) => `${what} ${is} now, it was ${was}`);
  const urls = changes(base.urls, now.urls).map(({ what }) => `what ${what} has is another content`);
  const sets = Object.entries(now.sets).flatMap(([id, is]) => {
    const was = Object.hasOwn(base.sets, id) ? base.sets[id] : undefined;
    if (!isOwnUnchanged || was === undefined || was.model !== is.model) return [];
    if (was.words === is.words && was.errors === is.errors) return [];
    return [
      `the measurement of ${is.model} in step ${id} is another one: ${counted(is.errors, 'error')} in ${counted(is.words, 'word')}, it was ${was.errors} in ${was.words}`,
    ];
  });
  return [...models, ...urls, ...sets];
}

function isOfOthers(what: string): boolean {
  return /: (the base model is|the model in use is|endpoint .* (is|serves))$/.test(what);
}

type Values = Readonly<Record<string, string>>;

function changes(
  base: Values,
  now: Values,
): readonly { readonly what: string; readonly is: string; readonly was: string }[] {
  return Object.entries(now).flatMap(([what, is]) => {
    const was = Object.hasOwn(base, what) ? base[what] : undefined;
    return was === undefined || was === is ? [] : [{ what, is, was }];
  });
}
