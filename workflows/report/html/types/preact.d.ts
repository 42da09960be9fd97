/*
 * What is used of Preact. Its own types bring the globals of browsers into every file of the program, where `document`, `name` or
 * `status` would then be no unknown names any more.
 */

export interface VNode {
  readonly type: string | ((props: never) => ComponentChild);
  readonly props: Readonly<Record<string, unknown>>;
  readonly key: unknown;
}

export type ComponentChild = VNode | string | number | boolean | null | undefined | readonly ComponentChild[];

export function h(
  type: VNode['type'],
  props: Readonly<Record<string, unknown>> | null,
  ...children: readonly ComponentChild[]
): VNode;

/** Draws into an element of a browser's document; the second time it changes what is different. */
export function render(view: ComponentChild, parent: object): void;
